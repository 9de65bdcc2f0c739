"""What the operator decides: `scheduler.toml`, and the secrets of the environment."""

from riddles.config.environment import Environment, read_environment
from riddles.config.settings import (
    LANGUAGES,
    Circle,
    Language,
    MediaTable,
    Season,
    Server,
    Settings,
    WeekTable,
    load_settings,
)

__all__ = [
    "LANGUAGES",
    "Circle",
    "Environment",
    "Language",
    "MediaTable",
    "Season",
    "Server",
    "Settings",
    "WeekTable",
    "load_settings",
    "read_environment",
]

"""Discord's routes, as far as the bot walks them. Importing this package registers them all."""

from riddles.rehearsal.discord.routes import (
    application,
    channels,
    events,
    guilds,
    interactions,
    messages,
    threads,
    webhooks,
)

__all__ = [
    "application",
    "channels",
    "events",
    "guilds",
    "interactions",
    "messages",
    "threads",
    "webhooks",
]

"""The show: everything one running program works with, made once and passed around."""

from dataclasses import dataclass, field
from pathlib import Path

from engine.play.submissions import AnswerDesk
from engine.standings import Boards
from engine.storage.database import Database
from riddles.clock import Clock
from riddles.config import Server, Settings
from riddles.shop.counter import Shop
from riddles.week.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Show:
    """One community's show."""

    settings: Settings
    clock: Clock
    database: Database
    desk: AnswerDesk
    boards: Boards
    shop: Shop
    content: Path
    """The folder of riddle folders; only ever read."""
    data: Path
    """The folder beside the database where finished videos wait."""
    secret: bytes | None = field(default=None, repr=False)
    """What codes are sealed and the erased are recognised with; None where none is set."""

    @property
    def uploads(self) -> Uploads:
        """How large a file each server takes."""
        return Uploads(self.data)

    def server(self, guild: int | None) -> Server | None:
        """The settings of a Discord server; None if it is not one of the community's."""
        return next((one for one in self.settings.server if one.guild == guild), None)

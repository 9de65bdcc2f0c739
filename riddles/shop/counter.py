"""The shop: the catalogue as it lies in the folder now, the counter, and the vault behind it.

A catalogue with a mistake in it is not taken over from one without: the shop stays as it was until
it is mended. Whoever starts with a mistake offers what is right, and says so of the rest.
"""

import asyncio
import logging
from pathlib import Path

from engine.shop.redeeming import Manner, RedemptionDesk
from engine.storage.database import Database
from riddles.config import Settings
from riddles.content.catalogue import CATALOGUE_FILE, NOTHING, Catalogue, read_catalogue
from riddles.problems import Problem, errors
from riddles.refusal import Refusal
from riddles.shop.promises import owed_for
from riddles.shop.vault import Vault

log = logging.getLogger(__name__)

FileState = tuple[int, int, int] | None


class Shop:
    """What members can turn points into."""

    def __init__(
        self, content: Path, settings: Settings, database: Database, secret: bytes | None
    ) -> None:
        self.content = content
        self.vault = None if secret is None else Vault(secret)
        """None: no code can be sold or shown, because RIDDLES_SECRET is not set."""
        name = None if self.vault is None else self.vault.name
        self.manner = Manner(settings.timezone, owed_for(settings), name)
        self.desk = RedemptionDesk(database, self.manner)
        self._settings = settings
        self._state: FileState | str = "unread"
        self._catalogue = NOTHING
        self._was_right = False
        """Whether the catalogue is one without mistakes."""
        self.mistakes: tuple[Problem, ...] = ()
        """What is wrong with the file as it lies there now."""
        self._reading = asyncio.Lock()

    async def catalogue(self) -> Catalogue:
        """The catalogue, read again when its file has changed."""
        async with self._reading:
            state = _state_of(self.content / CATALOGUE_FILE)
            if state is None and not self.content.is_dir():
                return self._catalogue  # All of it is out of reach: that says nothing of the shop.
            if state != self._state:
                self._take_over(
                    await asyncio.to_thread(read_catalogue, self.content, self._settings)
                )
                self._state = state
        return self._catalogue

    def refuse_in_doubt(self) -> None:
        """See that what is not in the catalogue is not to be had.

        Raises:
            Refusal: it may be missing for a mistake alone.
        """
        if self.mistakes and not self._was_right:
            raise Refusal("the shop's list has to be mended, and the staff know: try again later")

    def _take_over(self, found: Catalogue) -> None:
        for problem in found.problems:
            log.warning("%s", problem)
        self.mistakes = tuple(errors(found.problems))
        if self.mistakes and self._was_right:
            return
        self._catalogue, self._was_right = found, not self.mistakes


def _state_of(path: Path) -> FileState:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

"""The shop: the catalogue as it lies in the folder now, the counter, and the vault behind it."""

import asyncio
import logging
from pathlib import Path

from engine.shop.redeeming import Manner, RedemptionDesk
from engine.storage.database import Database
from riddles.config import Settings
from riddles.content.catalogue import CATALOGUE_FILE, NOTHING, Catalogue, read_catalogue
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
        self._reading = asyncio.Lock()

    async def catalogue(self) -> Catalogue:
        """The catalogue, read again when its file has changed."""
        async with self._reading:
            state = _state_of(self.content / CATALOGUE_FILE)
            if state != self._state:
                self._catalogue = await asyncio.to_thread(
                    read_catalogue, self.content, self._settings
                )
                self._state = state
                for problem in self._catalogue.problems:
                    log.warning("%s", problem)
        return self._catalogue


def _state_of(path: Path) -> FileState:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

"""Where one preparation happens: its source, its folder, its workers, and whom it tells."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from riddles.media.folder import plain_file
from riddles.media.limits import MIB, Bounds
from riddles.media.lock import held
from riddles.media.process import work
from riddles.media.refusal import Kind, MediaRefusal
from riddles.media.store import Prepared, Source, Store, write_aside
from riddles.sentence import because

LOOK_S = 120
"""For what needs no encoding; a worker that encodes asks for more itself."""
LEAST_ROOM = 64 * MIB
COPIES = 3
"""Of a fetched video: picture and sound apart, both together, and the fitted one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a preparation is: waiting, fetching, checking, fitting or watching."""

    step: str
    fraction: float | None
    detail: str


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One preparation at work."""

    store: Store
    source: Source
    secrets: tuple[str, ...]
    on_progress: OnProgress | None
    allow_private: bool | Sequence[str]
    cookies: Path | None
    bounds: Bounds

    def tell(self, step: str, fraction: float | None = None, detail: str = "") -> None:
        """Pass on how far it is."""
        if self.on_progress:
            self.on_progress(Progress(step=step, fraction=fraction, detail=detail))

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Nobody else works on this source meanwhile."""
        return held(self.store.lock(self.source.name), lambda: self.tell("waiting"))

    def encoder(self) -> AbstractAsyncContextManager[None]:
        """One encode at a time: two would take as long together, and starve the bot."""
        return held(self.store.lock("encoder"), lambda: self.tell("waiting"))

    @asynccontextmanager
    async def folder(self) -> AsyncGenerator[Path]:
        """An empty folder to work in, gone afterwards."""
        folder = self.store.place("work", self.source.name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def video(self) -> Path:
        """The file to work on: the folder's own, or what the link leads to."""
        if self.source.file:
            return plain_file(self.source.folder, self.source.file)
        return self.store.fetched(self.source) or await self._fetch()

    async def make(
        self, video: Path, folder: Path, *, limit: int, captions_burn: str | None
    ) -> dict[str, Any]:
        """Have video.mp4 and poster.jpg written into the folder; returns their facts."""
        job = {"limit": limit, "captions_burn": captions_burn}
        return await self._on_video("make", video, folder, job)

    async def make_poster(self, video: Path, folder: Path) -> dict[str, Any]:
        """Have poster.jpg alone written into the folder."""
        return await self._on_video("poster", video, folder, {})

    async def is_clean(self, prepared: Prepared) -> bool:
        """Whether a finished result spells none of today's answers, of which some may be new."""
        if not self.secrets:
            return True
        paths = [str(prepared.video), str(prepared.poster)]
        return not (await self._work("search", {"paths": paths}))["leaks"]

    async def _on_video(
        self, verb: str, video: Path, folder: Path, job: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return await self._work(verb, self._places(video, folder) | job)
        except MediaRefusal as refusal:
            if self.source.url and refusal.kind is Kind.DAMAGED:
                # A resumed download may be two halves of different files: begin afresh next time.
                shutil.rmtree(video.parent, ignore_errors=True)
            raise

    def _places(self, video: Path, folder: Path) -> dict[str, Any]:
        """Where the worker finds what: from the folder it goes to, relative paths lead astray."""
        return {
            "source": str(video.absolute()),
            "name": None if self.source.url else video.name,
            "work": str(folder.absolute()),
            "folder": str(self.source.folder.absolute()),
        }

    async def _fetch(self) -> Path:
        self.store.need_space(COPIES * LEAST_ROOM)
        room = min(self.bounds.source_bytes, self.store.room() // COPIES)
        folder = self.store.place("partial", self.source.name)
        folder.mkdir(parents=True, exist_ok=True)
        keep = False
        try:
            cookies = self._cookies(folder)
            job = {
                "url": self.source.url,
                "folder": str(folder),
                "most_bytes": room,
                "allow_private": self.allow_private,
                "cookies": cookies and str(cookies),
            }
            found = await self._work("fetch", job, deadline_s=self.bounds.fetch_s)
            return await asyncio.to_thread(self._shelve, folder, found)
        except MediaRefusal as refusal:
            # What has come so far saves the next try its beginning.
            keep = refusal.kind is Kind.NETWORK and any(folder.glob("*.part*"))
            raise
        finally:
            (folder / "cookies.txt").unlink(missing_ok=True)
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _cookies(self, folder: Path) -> Path | None:
        """A copy of the cookies, because yt-dlp writes into the file it is given."""
        if not self.cookies:
            return None
        try:
            return Path(shutil.copyfile(self.cookies, folder / "cookies.txt"))
        except OSError as error:
            raise MediaRefusal(
                "the cookies cannot be read from {name} ({why}): give a cookies.txt file",
                Kind.FILE,
                name=self.cookies.name,
                why=because(error),
            ) from None

    def _shelve(self, folder: Path, found: dict[str, Any]) -> Path:
        """Move what was fetched to the sources, in one step."""
        for path in folder.iterdir():
            if path.name != found["file"]:
                path.unlink()
        write_aside(folder / "source.json", json.dumps(found).encode())
        target = self.store.place("sources", self.source.name)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)
        return target / str(found["file"])

    async def _work(
        self, verb: str, job: dict[str, Any], *, deadline_s: float = LOOK_S
    ) -> dict[str, Any]:
        whole = {"verb": verb, "secrets": self.secrets, "bounds": asdict(self.bounds)} | job
        return await work(whole, self.tell, deadline_s=deadline_s, bounds=self.bounds)

"""The workshop: a riddle's videos and posters, made by the community's settings.

Whoever needs one asks here: the clock ahead of time, a publication at its moment, the command
line. What is there already is not made again.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.judging import entries_of
from engine.play.rounds import Round
from riddles.config import MediaTable, Settings
from riddles.content import Riddle
from riddles.content.footage import SOLUTION_VIDEO
from riddles.content.library import read_folder
from riddles.media.limits import BOUNDS, Bounds
from riddles.media.prepare import OnProgress, prepare, prepare_link
from riddles.media.store import LinkPost, Prepared, Source
from riddles.refusal import Refusal
from riddles.show import Show


def source_of(riddle: Riddle) -> Source:
    """Where the riddle's video comes from."""
    return Source(folder=riddle.folder, file=riddle.file.video.file, url=riddle.file.video.url)


def solution_of(riddle: Riddle) -> Source | None:
    """Where the video of the riddle's solution comes from; None if there is none."""
    there = (riddle.folder / SOLUTION_VIDEO).exists()
    return Source(folder=riddle.folder, file=SOLUTION_VIDEO) if there else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where videos are made, how they are fetched, and what is refused."""

    data: Path
    cookies: Path | None = None
    allow_private: tuple[str, ...] = ()
    bounds: Bounds = BOUNDS

    @classmethod
    def of(cls, show: Show) -> Self:
        """The running show's."""
        return cls.by(show.settings, show.data)

    @classmethod
    def by(cls, settings: Settings, data: Path) -> Self:
        """The one that the settings describe."""
        media = settings.media
        return cls(
            data=data,
            cookies=media.cookies,
            allow_private=tuple(map(str, media.allow_private)),
            bounds=bounds(media),
        )

    async def video(
        self, riddle: Riddle, *, limit: int, on_progress: OnProgress | None = None
    ) -> Prepared:
        """The riddle's video, made to fit `limit` bytes.

        Raises:
            MediaRefusal: it cannot be used; the sentence says why and what to do.
        """
        return await prepare(
            source_of(riddle),
            limit=limit,
            data=self.data,
            secrets=entries_of(riddle.file.answer),
            captions_burn=riddle.file.video.captions_to_burn,
            on_progress=on_progress,
            allow_private=self.allow_private,
            cookies=self.cookies,
            bounds=self.bounds,
        )

    async def link(self, riddle: Riddle, *, on_progress: OnProgress | None = None) -> LinkPost:
        """The poster of a riddle whose post links to its video.

        Raises:
            MediaRefusal: nothing usable is behind the link.
        """
        return await prepare_link(
            source_of(riddle),
            data=self.data,
            secrets=entries_of(riddle.file.answer),
            on_progress=on_progress,
            allow_private=self.allow_private,
            cookies=self.cookies,
            bounds=self.bounds,
        )

    async def poster(self, riddle: Riddle, *, limit: int) -> Path:
        """The riddle's poster, however its video reaches members.

        Raises:
            MediaRefusal: the video cannot be used.
        """
        if riddle.file.video.mode == "link":
            return (await self.link(riddle)).poster
        return (await self.video(riddle, limit=limit)).poster

    async def uploaded(self, round_: Round, content: Path, *, limit: int) -> Path:
        """What is uploaded for a riddle that is out, found finished as a rule.

        Its folder is asked for the video and for nothing else: the round keeps its rules.

        Raises:
            Refusal: the folder cannot be read any more, or its video cannot be used.
        """
        folder = await asyncio.to_thread(read_folder, content / round_.slug)
        if folder.riddle is None:
            raise Refusal("the folder {slug} cannot be read any more", slug=round_.slug)
        if round_.rules.link:
            return (await self.link(folder.riddle)).poster
        return (await self.video(folder.riddle, limit=limit)).video

    async def solution(
        self, riddle: Riddle, *, limit: int, on_progress: OnProgress | None = None
    ) -> Prepared | None:
        """The video of the riddle's solution, made to fit `limit` bytes; None if there is none.

        Raises:
            MediaRefusal: it cannot be used; the sentence says why and what to do.
        """
        source = solution_of(riddle)
        if source is None:
            return None
        # It is shown when the answer is, so there is no secret to look for in it.
        return await prepare(
            source,
            limit=limit,
            data=self.data,
            secrets=(),
            on_progress=on_progress,
            bounds=self.bounds,
        )


def bounds(media: MediaTable) -> Bounds:
    """What the settings refuse and how long they wait; the rest as it is everywhere."""
    return Bounds(
        source_bytes=media.largest,
        duration_s=media.longest.total_seconds(),
        fetch_s=media.fetch_within.total_seconds(),
    )

"""Preparing: from a folder to a riddle whose videos wait, ready to upload.

The next riddle is prepared as soon as it is queued, so that its publication only uploads. One
that cannot be prepared steps aside, and whoever may mend it is told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from engine.calendar import Plan
from engine.play import rounds
from engine.play.rules import Rules
from riddles.content import Library, Riddle, hold_back_renamed, read_library
from riddles.content.footage import SOLUTION_VIDEO
from riddles.media.desk import Progress
from riddles.media.prepare import prune
from riddles.media.refusal import Kind, MediaRefusal
from riddles.media.store import LinkPost, Prepared
from riddles.problems import errors
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.week.frozen import freeze
from riddles.week.outlook import look_out
from riddles.week.workshop import Workshop, solution_of, source_of

log = logging.getLogger(__name__)

T = TypeVar("T")

TRY_AGAIN_AFTER = timedelta(minutes=5)
"""How soon a riddle whose video could not be prepared is tried again."""

REMINDERS = ((timedelta(hours=1), "an hour before"), (timedelta(days=2), "two days before"))
"""How long before the publication staff are told once more that a riddle is not ready."""

TellStaff = Callable[[str, Sentence], Awaitable[None]]
"""Takes a key, by which the same thing is told once, and a sentence."""

FolderState = frozenset[tuple[str, int, int]]
"""Every file below a folder, with its size and when it was written."""


def _state_of(root: Path) -> FolderState | None:
    try:
        files = [(path, path.lstat()) for path in root.rglob("*")]
    except OSError:
        return None  # Somebody is at work in there: look again next time.
    return frozenset((str(path), found.st_size, found.st_mtime_ns) for path, found in files)


def nothing_ready(library: Library) -> Refusal:
    """Why no riddle can go out: there is none, or nobody can read them."""
    for problem in library.root_problems:
        return Refusal(problem.message.text, **problem.message.facts)
    return Refusal("the queue is empty: no riddle is ready to go out")


@dataclass(frozen=True, slots=True)
class Finished:
    """A riddle whose videos wait, with the rules it will be played by."""

    riddle: Riddle
    rules: Rules
    videos: Mapping[int, Prepared | LinkPost]
    """By Discord server: what is uploaded there, or the poster of what is linked to."""

    def upload_to(self, guild: int) -> Path:
        """The file that is uploaded to that server: a video, or the poster of a linked one."""
        made = self.videos[guild]
        return made.poster if isinstance(made, LinkPost) else made.video

    @property
    def warnings(self) -> list[Sentence]:
        """What a host should know of the videos before they go out; each thing once."""
        each = (made for made in self.videos.values() if isinstance(made, Prepared))
        return list(dict.fromkeys(warning for made in each for warning in made.warnings))


class Preparations:
    """The riddles of the queue, on their way to being ready."""

    def __init__(self, show: Show, tell_staff: TellStaff) -> None:
        self._show = show
        self._tell_staff = tell_staff
        self._unready: dict[str, datetime] = {}
        """Riddles that failed, and until when they are not tried again."""
        self._ahead: asyncio.Task[None] | None = None
        self._making: set[asyncio.Task[Any]] = set()
        self.stopping = False
        """Whether what is being made is left for the next start."""
        self.progress: Progress | None = None
        """How far the video is that is being made; None: none is."""
        self._read: tuple[FolderState | None, Library] | None = None
        self._held: tuple[Library, int, Library] | None = None
        """What was read, how many rounds there were, and what came of it."""

    def _follow(self, progress: Progress) -> None:
        self.progress = progress

    async def library(self) -> Library:
        """The riddles as their folders are now; read aside, so that nobody's answer waits."""
        library, database = await asyncio.to_thread(self._read_again), self._show.database
        (count,) = await database.look_one("SELECT count(*) FROM rounds") or (0,)
        if self._held is None or self._held[0] is not library or self._held[1] != count:
            rules = await database.study(rounds.rules_by_slug)
            self._held = library, count, hold_back_renamed(library, rules)
        return self._held[2]

    def _read_again(self) -> Library:
        """Read the folders, unless nothing in them has changed since the last time."""
        state = _state_of(self._show.content)
        if self._read is None or state is None or self._read[0] != state:
            self._read = state, read_library(self._show.content, self._show.settings)
        return self._read[1]

    async def named(self, slug: str) -> Riddle:
        """The riddle of that folder; of a draft only where no other has its name.

        Raises:
            Refusal: there is none, or it is not ready.
        """
        library = await self.library()
        named = [folder for folder in library.folders if folder.slug == slug]
        found = min(named, key=lambda folder: folder.draft, default=None)
        if found is None:
            raise Refusal("there is no riddle folder {slug}", slug=slug)
        if found.riddle is None or errors(found.problems):
            why = (errors(found.problems) or found.problems)[0].message
            raise Refusal("{slug} is not ready: {why}", slug=slug, why=why)
        return found.riddle

    async def finish(self, riddle: Riddle) -> Finished:
        """Prepare a riddle's video for every server.

        Raises:
            Refusal: the video cannot be used; the sentence says why.
        """
        settings, uploads, shop = self._show.settings, self._show.uploads, Workshop.of(self._show)
        limit_of = {server.guild: uploads.limit_of(server) for server in settings.server}
        made: dict[int, Prepared | LinkPost] = {}
        for limit in uploads.limits_of(settings.server):
            if riddle.file.video.mode == "link":
                work = shop.link(riddle, on_progress=self._follow)
            else:
                work = shop.video(riddle, limit=limit, on_progress=self._follow)
            try:
                made[limit] = await self._unless_stopped(work)
            except MediaRefusal as refusal:
                # What is kept for the day a boost ends may be impossible; today's must not be.
                if limit in limit_of.values() or refusal.kind is not Kind.TOO_LONG:
                    raise
                log.info("%s has no smaller variant: %s", riddle.slug, refusal)
        videos = {guild: made[limit] for guild, limit in limit_of.items()}
        return Finished(riddle, freeze(riddle, settings), videos)

    async def finish_within(self, riddle: Riddle, seconds: float) -> Finished | None:
        """As `finish`; None if that takes longer, and then it goes on by itself.

        Raises:
            Refusal: the video cannot be used; the sentence says why.
        """
        task = asyncio.create_task(self.finish(riddle))
        self._making.add(task)
        task.add_done_callback(self._making.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done else None

    async def upcoming(self) -> tuple[Plan, Riddle] | None:
        """The riddle that goes out next, and its plan."""
        async with self._show.database.reading() as reader:
            outlook = await look_out(reader, self._show.settings)
        plan = outlook.opens_next(self._show.clock.now())
        riddle = outlook.pick(plan.week, await self.library())
        return None if riddle is None else (plan, riddle)

    async def chosen(self, slug: str) -> Riddle:
        """The riddle of that folder; without a name, the one that goes out next.

        Raises:
            Refusal: there is none, or it is not ready.
        """
        if slug:
            return await self.named(slug)
        upcoming = await self.upcoming()
        if upcoming is None:
            raise nothing_ready(await self.library())
        return upcoming[1]

    def failed_since(self, moment: datetime) -> set[str]:
        """The riddles that could not be made ready then or later, and are not to be tried yet."""
        now, since = self._show.clock.now(), moment + TRY_AGAIN_AFTER
        return {slug for slug, until in self._unready.items() if until > now and until >= since}

    async def attempt(
        self, riddle: Riddle, occasion: str, *, is_one_of_many: bool = False
    ) -> Finished | None:
        """Prepare a riddle's video; None if that fails, and then staff are told.

        For each `occasion` they are told once, of a full disk once for all that it fails.
        """
        subject = riddle.slug
        try:
            return await self.finish(riddle)
        except Refusal as refusal:
            if self.stopping:
                return None
            log.warning("%s is not ready: %s", riddle.slug, refusal)
            why = refusal.kept
            if isinstance(refusal, MediaRefusal) and refusal.kind is Kind.SPACE:
                why = Sentence(
                    "{why}; once there is room, the bot goes on by itself within {minutes} minutes",
                    why=why,
                    minutes=TRY_AGAIN_AFTER // timedelta(minutes=1),
                )
                subject = "space" if is_one_of_many else subject
        except Exception:
            log.exception("the video of %s could not be made", riddle.slug)
            why = Sentence("its video could not be made; the program's log says why")
        self._unready[riddle.slug] = self._show.clock.now() + TRY_AGAIN_AFTER
        sentence = Sentence("{slug}: {why}", slug=riddle.slug, why=why)
        await self._tell_staff(f"{occasion}:{subject}", sentence)
        return None

    def prepare_ahead(self, riddle: Riddle, publishes_at: datetime) -> None:
        """Make this riddle's videos aside, unless something is being made already.

        Staff hear of a failure at once, and again two days and one hour before the moment.
        """
        if self._ahead is not None and not self._ahead.done():
            return
        now = self._show.clock.now()
        if self._unready.get(riddle.slug, now) <= now:
            left = publishes_at - now
            occasion = next((name for span, name in REMINDERS if left <= span), "queued")
            self._ahead = asyncio.create_task(self._make_ahead(riddle, occasion))

    def forget_failures(self) -> None:
        """Try again whatever failed: the clock by which it waits was set."""
        self._unready.clear()

    async def tidy(self, past: set[str]) -> None:
        """Remove the videos of riddles that had their show; their folders stay as they are."""
        library = await self.library()
        if library.root_problems:
            return  # Nobody knows what is still to come.
        coming = [riddle for riddle in library.ready if riddle.slug not in past]
        keep = [source_of(riddle) for riddle in coming]
        keep += [source for riddle in coming if (source := solution_of(riddle))]
        try:
            await asyncio.to_thread(prune, self._show.data, keep)
        except OSError as error:
            log.warning("finished videos could not be removed: %s", error)

    async def stop(self) -> None:
        """Leave what is being made for later; nothing half-made remains."""
        self.stopping = True
        for task in self._making:
            task.cancel()
        if self._ahead is not None:
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work, unless the program is being stopped.

        Raises:
            Refusal: it is.
        """
        task = asyncio.create_task(work)
        self._making.add(task)
        if self.stopping:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if self.stopping:
                raise Refusal(
                    "the program is being stopped: its video is made at the next start"
                ) from None
            raise
        finally:
            self._making.discard(task)
            self.progress = None

    async def _make_ahead(self, riddle: Riddle, occasion: str) -> None:
        try:
            if await self.attempt(riddle, occasion):
                await self._make_solution(riddle)
        except Exception:
            log.exception("the video of %s could not be prepared ahead", riddle.slug)

    async def _make_solution(self, riddle: Riddle) -> None:
        """Make the solution's video too; the riddle is ready without it."""
        name, now = f"{riddle.slug}/{SOLUTION_VIDEO}", self._show.clock.now()
        if self._unready.get(name, now) > now:
            return
        shop = Workshop.of(self._show)
        try:
            for limit in self._show.uploads.limits_of(self._show.settings.server):
                work = shop.solution(riddle, limit=limit, on_progress=self._follow)
                await self._unless_stopped(work)
        except Refusal as refusal:
            if self.stopping:
                return
            self._unready[name] = now + TRY_AGAIN_AFTER
            log.warning("%s cannot be used: %s", name, refusal)
            sentence = Sentence(
                "{file} cannot be used, and the reveal goes without it: {why}",
                file=name,
                why=refusal.kept,
            )
            await self._tell_staff(f"solution:{riddle.slug}", sentence)

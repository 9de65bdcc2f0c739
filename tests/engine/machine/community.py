"""A community: the engine with its database, and beside it the notebook of a bystander."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from engine.books.ledger import NO_DIGEST
from engine.calendar import Week
from engine.moments import to_ms
from engine.people.erasure import mark
from engine.people.members import Person, meet
from engine.play.rounds import Round
from engine.play.submissions import AnswerDesk, Attempt
from engine.storage.database import Database, open_database
from engine.storage.transactions import Reader, Transaction
from tests.builders import MONDAY, WEEK, a_person
from tests.engine.machine.lots import Lottery
from tests.engine.machine.notebook import Life, Notebook
from tests.engine.machine.noted import Said
from tests.engine.machine.riddles import Riddle
from tests.engine.machine.shop import CODES, Shop
from tests.rewards import fill

MEMBERS = (1, 2, 3, 4, 5)
STAFF = (4, 5)
"""They play as well."""
SECRET = b"of this community"
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own in it

Result = TypeVar("Result")


@dataclass
class Sent:
    """A try that was answered, to be delivered again."""

    attempt: Attempt
    said: Said


@dataclass(eq=False)
class Brought:
    """A row of points from elsewhere."""

    life: Life
    key: str
    points: int
    at: int
    undone: bool = False


@dataclass(eq=False)
class Delivery:
    """An import."""

    batch: str
    source: str
    rows: list[Brought]


@dataclass(eq=False)
class Waiting:
    """A correction that waits for a second member of the staff."""

    id: int
    by: Life
    expires: int
    concerns: Life | None
    """The member it adjusts, if it is an adjustment."""
    gain: Callable[[Life], int | str]
    """What a member would gain by it now; who gains cannot be the second pair of eyes.

    Or why it cannot be booked.
    """
    book: Callable[[], str | None]
    """Book it in the notebook; or say why it cannot be booked."""


class Community:
    """Both worlds, and the clock they share."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.books = self.run(self._open(_empty_books()))
        self.desk = AnswerDesk(self.books)
        self.now = to_ms(MONDAY)
        self.week: Week = WEEK
        self.notebook = Notebook()
        self.people: dict[int, Life] = {}
        self.rounds: list[Round] = []
        self.riddles: list[Riddle] = []
        self.shop = Shop(self.notebook)
        self.lotteries: list[Lottery] = []
        self.seasons: list[tuple[int, int]] = []
        self.sent: list[Sent] = []
        self.deliveries: list[Delivery] = []
        self.waiting: list[Waiting] = []
        self.corrections = 0
        self.last_row = 0
        self.last_digest = NO_DIGEST
        self.diary: list[str] = []
        """What happened, for whoever has to find out why the worlds differ."""
        self.run(fill(self.books, CODES))
        self.meet(*MEMBERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note("\n".join(self.diary[-40:]))
        self.close()

    def close(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(doing)

    def write(self, work: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        return self.run(self.books.write(work))

    def read(self, work: Callable[[Reader], Coroutine[Any, Any, Result]]) -> Result:
        return self.run(self.books.read(work))

    async def _open(self, empty: bytes) -> Database:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=PLACE))
        path = Path(folder) / "books.db"
        path.write_bytes(empty)
        return await self.stack.enter_async_context(
            open_database(path, kind="rehearsal", now=MONDAY)
        )

    # People.

    def person(self, number: int) -> Person:
        whole = a_person(number)
        return a_person(number, mark=mark(SECRET, whole.id))

    def meet(self, *numbers: int) -> None:
        """Let members be seen; whoever was erased is somebody new."""

        async def seen(tx: Transaction) -> dict[int, int]:
            return await meet(tx, [self.person(number) for number in numbers], self.now)

        accounts = self.write(seen)
        for number in numbers:
            self.admit(number, accounts[a_person(number).id])
            self.saw(number, self.now)

    def admit(self, number: int, account: int) -> Life:
        """Note whose that account is."""
        life = self.people.get(number)
        if life is None:
            life = self.people[number] = Life(number, account)
            self.notebook.lives.append(life)
        return life

    def saw(self, number: int, at: int) -> None:
        """Note that somebody showed themselves; whoever was erased is recognised."""
        life = self.people[number]
        if life.seen_at is None or at >= life.seen_at:
            life.seen_at = at
            if life.gone_at is not None and life.gone_at < at:
                life.gone_at = None
        for riddle in self.riddles:
            if number in riddle.forgotten:
                riddle.shown[life] = 0

    def here(self, number: int) -> Life:
        """The member, met first if need be."""
        if number not in self.people or self.people[number].seen_at is None:
            self.meet(number)
        return self.people[number]

    # Riddles.

    @property
    def newest(self) -> Riddle | None:
        return self.riddles[-1] if self.riddles else None

    def is_open(self) -> bool:
        return self.newest is not None and not self.newest.closed

    # Seasons.

    def season_starts(self) -> tuple[int, int] | None:
        """Note the season that holds the present moment, if it is a new one."""
        if any(start <= self.now < end for start, end in self.seasons):
            return None
        zone = ZoneInfo("Europe/Paris")
        local = datetime.fromtimestamp(self.now / 1000, zone)
        first = local.month - (local.month - 1) % 3
        after = (local.year, first + 3) if first < 10 else (local.year + 1, 1)
        start, end = (
            int(datetime(year, month, 1, tzinfo=zone).astimezone(UTC).timestamp() * 1000)
            for year, month in ((local.year, first), after)
        )
        before = [one for _, one in self.seasons if one <= self.now]
        self.seasons.append((max([start, *before]), end))
        return self.seasons[-1]


@cache
def _empty_books() -> bytes:
    """A database that was opened once: bringing the schema up to date takes its time."""
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        path = Path(folder) / "books.db"

        async def make() -> None:
            async with open_database(path, kind="rehearsal", now=MONDAY) as books:
                await books.look("SELECT 1")

        asyncio.run(make())
        shutil.copy(path, path.with_suffix(".copy"))
        return path.with_suffix(".copy").read_bytes()

"""Boards that answer at once: held in memory, in step with the books.

A board is built when it is first asked for. Each question first looks whether the books have
anything new, and brings the board up to date, so an answer tells what was committed, whoever
wrote it, and costs the same for ten thousand members as for a million. Where nothing is new, that
costs no trip to another thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar

from engine.standings import following
from engine.standings.board import Board
from engine.standings.cup import BEST, CupLine, cup
from engine.standings.following import Answered, Behind, Followed, Lost, Scope
from engine.standings.lines import Line, Own
from engine.standings.window import Window
from engine.storage.database import Database, Reader

Answer = TypeVar("Answer")

IDLE_S = 1800.0
"""A board that nobody asked for so long is forgotten."""
MOST_MEMBERS = 4_000_000
"""Members on all boards together, about 120 bytes each, before the least used are forgotten."""
CUP_SHARE = 20
"""The cup stays as it is for so many times as long as it took to reckon."""


@dataclass(frozen=True, slots=True)
class View:
    """A page of a board, and where the one who looks stands."""

    lines: list[Line]
    own: Own


class Boards:
    """The boards of one database."""

    def __init__(
        self, database: Database, *, idle_s: float = IDLE_S, most_members: int = MOST_MEMBERS
    ) -> None:
        self._database = database
        self._idle_s = idle_s
        self._most_members = most_members
        # The least recently used comes first.
        self._boards: dict[Scope, Followed] = {}
        self._building: dict[Scope, asyncio.Task[Followed]] = {}
        self._cups: dict[tuple[Window, tuple[str, ...], int], tuple[float, list[CupLine]]] = {}
        self._one_cup = asyncio.Lock()
        self._one_study = asyncio.Lock()

    async def page(
        self, window: Window, *, server: int | None, first: int = 1, lines: int = 10
    ) -> list[Line]:
        """Lines of the board from its `first`, of those seen in `server` or of everybody."""
        return await self._ask((window, server), partial(following.page, server, first, lines))

    async def own(self, window: Window, account: int | None, *, server: int | None) -> Own:
        """A member's points and rank, however far down the board."""
        return await self._ask((window, server), partial(following.own, window, account))

    async def view(
        self,
        window: Window,
        account: int | None,
        *,
        server: int | None,
        first: int = 1,
        lines: int = 10,
    ) -> View:
        """Both at once, from one state of the books."""

        async def both(reader: Reader, board: Board) -> View:
            return View(
                await following.page(server, first, lines, reader, board),
                await following.own(window, account, reader, board),
            )

        return await self._ask((window, server), both)

    async def cup(
        self, window: Window, circles: Sequence[str], *, best: int = BEST
    ) -> list[CupLine]:
        """The circles' cup; reckoned one at a time, and not too often where that takes long."""
        key = window, tuple(circles), best
        loop = asyncio.get_running_loop()
        async with self._one_cup:
            begun = loop.time()
            self._cups = {k: known for k, known in self._cups.items() if begun < known[0]}
            if key not in self._cups:

                async def reckon(reader: Reader) -> list[CupLine]:
                    return await cup(reader, window, circles, best=best)

                lines = await self._database.study(reckon)
                now = loop.time()
                self._cups[key] = now + CUP_SHARE * (now - begun), lines
            return self._cups[key][1]

    async def study(self, work: Callable[[Reader], Coroutine[Any, Any, Answer]]) -> Answer:
        """What `work` reads of the tables, for what looks at every member: one at a time.

        However many servers sum up their week at once, others find a free connection.
        """
        async with self._one_study:
            return await self._database.study(work)

    @property
    def kept(self) -> int:
        """How many boards are in memory."""
        return len(self._boards)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give up what is being built."""
        tasks = list(self._building.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._boards.clear()

    async def _ask(
        self, scope: Scope, question: Callable[[Reader, Board], Awaitable[Answer]]
    ) -> Answer:
        while True:
            followed = self._boards.pop(scope, None) or await self._built(scope)
            self._keep(scope, followed)
            seen = self._database.peek(partial(following.glance, followed, question))
            if isinstance(seen, Answered):
                # Who asks again and again lets others have their turn.
                await asyncio.sleep(0)
                return seen.answer
            match await self._database.read(partial(following.follow, scope, followed, question)):
                case Answered(answer):
                    return answer
                case Behind():
                    continue
                case Lost():
                    if self._boards.get(scope) is followed:
                        del self._boards[scope]

    async def _built(self, scope: Scope) -> Followed:
        """A new board; whoever asks meanwhile waits for the same one."""
        task = self._building.get(scope)
        if task is None:
            task = asyncio.create_task(self._database.study(partial(following.build, scope)))
            task.add_done_callback(lambda _: self._building.pop(scope, None))
            self._building[scope] = task
        return await asyncio.shield(task)

    def _keep(self, scope: Scope, followed: Followed) -> None:
        """Keep a board that was just used, and forget those that nobody needs."""
        now = asyncio.get_running_loop().time()
        followed.used_at = now
        self._boards[scope] = followed
        members = sum(len(each.board) for each in self._boards.values())
        for each, oldest in list(self._boards.items())[:-1]:
            if now - oldest.used_at < self._idle_s and members <= self._most_members:
                break
            members -= len(oldest.board)
            del self._boards[each]

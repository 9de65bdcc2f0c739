"""Group commit: requests that wait while a commit is under way share the next one.

One durable commit costs about the same for one answer as for a thousand, so a burst is served
as fast as the disk allows. A request that fails is tried again alone: it never fails its
neighbours, and each caller hears its own result, after the commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from engine.database import Database, Transaction

Request = TypeVar("Request")
Result = TypeVar("Result")

LARGEST = 1024
"""Requests in one commit at most; bounds how long the writer is held."""


class Batches(Generic[Request, Result]):
    """A desk where requests queue for the next commit."""

    def __init__(
        self,
        database: Database,
        decide: Callable[[Transaction, Sequence[Request]], Awaitable[Sequence[Result]]],
    ) -> None:
        self._database = database
        self._decide = decide
        self._waiting: list[tuple[Request, asyncio.Future[Result]]] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Result:
        """The result for `request`, once it is on disk.

        A caller that is cancelled while waiting gives up the answer, not the request.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._work is None:
            self._work = asyncio.create_task(self._serve())
        return await future

    async def idle(self) -> None:
        """Return once nothing waits; part of an orderly shutdown."""
        while self._work is not None:
            await asyncio.wait([self._work])

    async def _serve(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
                try:
                    await self._commit(batch)
                except Exception:  # noqa: BLE001 - whatever it was, it is one request's own trouble
                    await self._commit_one_by_one(batch)
        finally:
            self._work = None

    async def _commit(self, batch: Sequence[tuple[Request, asyncio.Future[Result]]]) -> None:
        async with self._database.transaction() as tx:
            results = await self._decide(tx, [request for request, _ in batch])
            if len(results) != len(batch):
                raise ValueError(f"{len(batch)} requests were given {len(results)} results")
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _commit_one_by_one(
        self, batch: Sequence[tuple[Request, asyncio.Future[Result]]]
    ) -> None:
        for one in batch:
            try:
                await self._commit([one])
            except Exception as error:  # noqa: BLE001 - handed to the caller it belongs to
                if not one[1].done():
                    one[1].set_exception(error)

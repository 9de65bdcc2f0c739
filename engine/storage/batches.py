"""Group commit: requests that wait while a commit is under way share the next one.

One durable commit costs about the same for one answer as for a thousand, so a burst is served
as fast as the disk allows, in one trip to the database. A request that fails is found by halves
within the same commit: its neighbours get their results as if it had never been there, and each
caller hears its own, after the commit.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from engine.storage.database import Database, Transaction

Request = TypeVar("Request")
Result = TypeVar("Result")

LARGEST = 1024
"""Requests in one commit at most; bounds how long the writer is held."""


class Batches(Generic[Request, Result]):
    """A desk where requests queue for the next commit.

    `decide` gives each request its result. It runs away from the event loop, may await nothing
    but its transaction, and keeps nothing in memory: where it fails, it is asked again for less.
    """

    def __init__(
        self,
        database: Database,
        decide: Callable[[Transaction, Sequence[Request]], Coroutine[Any, Any, Sequence[Result]]],
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
                await self._commit(batch)
        finally:
            self._work = None

    async def _commit(self, batch: Sequence[tuple[Request, asyncio.Future[Result]]]) -> None:
        results = await self._results([request for request, _ in batch])
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, _Failed):
                future.set_exception(result.error)
            else:
                future.set_result(result)

    async def _results(self, requests: Sequence[Request]) -> "Sequence[Result | _Failed]":
        try:
            try:
                return await self._database.write(partial(self._decide_all, requests))
            except Exception:
                if len(requests) == 1:
                    raise
                return await self._database.write(partial(self._decide_by_halves, requests))
        except Exception as error:  # noqa: BLE001 - a full disk, say: it is everybody's trouble
            return [_Failed(error)] * len(requests)

    async def _decide_all(self, requests: Sequence[Request], tx: Transaction) -> Sequence[Result]:
        results = await self._decide(tx, requests)
        if len(results) != len(requests):
            raise ValueError(f"{len(requests)} requests were given {len(results)} results")
        return results

    async def _decide_by_halves(
        self, requests: Sequence[Request], tx: Transaction
    ) -> "list[Result | _Failed]":
        """Every request's own result, or its failure, undone; asked for when they failed together.

        What can be undone in part costs half as much again, so it is not how a batch begins.
        """
        half = len(requests) // 2
        results: list[Result | _Failed] = []
        for part in (requests[:half], requests[half:]):
            try:
                async with tx.attempt():
                    decided = await self._decide_all(part, tx)
                results += decided
            except Exception as error:  # noqa: BLE001 - handed to the caller it belongs to
                if len(part) == 1:
                    results.append(_Failed(error))
                else:
                    results += await self._decide_by_halves(part, tx)
        return results


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why a request has no result."""

    error: Exception

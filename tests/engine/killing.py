"""A program under load that is there to be killed, and the eye that reads what it left behind.

It does everything at once from many tasks: answers are handed in, rewards asked for, points
adjusted in pairs. Whatever it is told is on disk it writes to a pipe, where a kill cannot take it
back. Everything it does follows from a number, so that the one who reads knows what was meant.
"""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.books.approvals import propose
from engine.books.audit import audit
from engine.books.ledger import post
from engine.books.proposals import Proposal
from engine.moments import to_ms
from engine.people.members import meet
from engine.play.submissions import AnswerDesk, Attempt
from engine.shop.redeeming import RedemptionDesk
from engine.shop.redemptions import Redemption
from engine.storage.database import Database, open_database
from engine.storage.transactions import Reader, Transaction
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person, a_transfer, a_try
from tests.rewards import DAY_MS, a_code, a_manner, a_reward, a_wish

TASKS = 64
BUYERS = tuple(range(900_001, 900_011))
RICH, FRIEND = 900_100, 900_101
STOCK = 100_000
LIMITED = 7
"""A reward that each buyer may have so often."""


def the_attempt(number: int) -> Attempt:
    """Try no. `number`: each is a member's first; every third is wrong."""
    return a_try(
        "quicksort" if number % 3 else f"sort {number}",
        member=number,
        interaction=number,
        at=to_ms(MONDAY) + 1000 + number % 977,
    )


async def prepare(books: Database) -> None:
    """Members who can buy, and two whose points are moved to and fro."""
    people = [a_person(number) for number in (*BUYERS, RICH, FRIEND)]
    async with books.transaction() as tx:
        accounts = await meet(tx, people, to_ms(MONDAY))
        for account in accounts.values():
            await post(tx, a_transfer(account, 1_000_000))


def load(path: str, cycle: int, pipe: Connection, again: Sequence[int]) -> None:
    """Work until killed."""
    asyncio.run(_load(Path(path), cycle, pipe.fileno(), again))


async def _load(path: Path, cycle: int, pipe: int, again: Sequence[int]) -> None:
    def tell(*words: object) -> None:
        os.write(pipe, (" ".join(map(str, words)) + "\n").encode())

    async with open_database(path, kind="live", now=MONDAY) as books:
        answers, rewards = AnswerDesk(books), RedemptionDesk(books, a_manner())

        async def repeat(number: int) -> None:
            tell("again", number, (await answers.submit(the_attempt(number))).told)

        async def answer(number: int) -> None:
            tell("answer", number, (await answers.submit(the_attempt(number))).told)

        async def buy(number: int) -> None:
            kinds = (
                a_code(id="key", cost=3),
                a_reward(id="few", cost=5, limit_ever=LIMITED),
                a_reward(id="plain", cost=2),
            )
            wish = a_wish(
                kinds[number % 3],
                request=number,
                person=a_person(BUYERS[number // 3 % len(BUYERS)]),
                deadline_ms=DAY_MS,
            )
            outcome = await rewards.redeem(wish)
            tell("reward", number, int(isinstance(outcome, Redemption)))

        async def move(number: int) -> None:
            async def both(tx: Transaction) -> None:
                accounts = await meet(tx, [a_person(RICH), a_person(FRIEND)], to_ms(MONDAY))
                for member, points in ((RICH, -5), (FRIEND, 5)):
                    proposal = Proposal(
                        key=f"{number}:{member}",
                        what="adjust",
                        reason="To and fro.",
                        actor=accounts[a_person(RICH).id],
                        account=accounts[a_person(member).id],
                        points=points,
                    )
                    await propose(
                        tx, proposal, approve_above=9, patience_ms=1, now_ms=to_ms(MONDAY)
                    )

            await books.write(both)
            tell("pair", number)

        async def work(task: int) -> None:
            number = cycle * 1_000_000 + task + 1
            while True:
                await (move if task % 8 == 0 else buy if task % 4 == 1 else answer)(number)
                await asyncio.sleep(0.001)
                number += TASKS

        await asyncio.gather(*map(repeat, again))
        await asyncio.gather(*map(work, range(TASKS)))


@dataclass
class Heard:
    """What the program said was on disk."""

    answers: dict[int, str] = field(default_factory=dict[int, str])
    rewards: dict[int, bool] = field(default_factory=dict[int, bool])
    pairs: set[int] = field(default_factory=set[int])
    repeated: int = 0

    def listen(self, said: bytes) -> None:
        """Take in whole lines; the last may have been cut off."""
        for line in said.decode().split("\n")[:-1]:
            match line.split():
                case ["again", number, told]:
                    assert self.answers[int(number)] == told
                    self.repeated += 1
                case ["answer", number, told]:
                    self.answers[int(number)] = told
                case ["reward", number, granted]:
                    self.rewards[int(number)] = granted == "1"
                case ["pair", number]:
                    self.pairs.add(int(number))
                case _:
                    raise AssertionError(line)


async def inspect(path: Path, heard: Heard) -> None:
    """Everything that was acknowledged is there, nothing is there by half, and the books fit."""
    async with open_database(path, kind="live", now=MONDAY) as books:
        await books.study(lambda reader: _inspect(reader, heard))


async def _inspect(reader: Reader, heard: Heard) -> None:
    assert (await audit(reader)).trouble is None
    await assert_books_fit(reader)
    tries = {row["interaction"]: row for row in await reader.all("SELECT * FROM submissions")}
    missing = {number for number, told in heard.answers.items() if tries[number]["outcome"] != told}
    assert missing == set()
    right = {number for number, row in tries.items() if row["outcome"] == "accept"}
    assert right == {number for number in tries if number % 3}
    solves = await _column(
        reader, "SELECT interaction FROM solves JOIN submissions ON submissions.id = submission"
    )
    paid = await _column(
        reader,
        "SELECT interaction FROM transfers JOIN submissions ON submissions.id = submission "
        "WHERE kind = 'award' AND points = 100 AND target = account",
    )
    assert sorted(right) == sorted(solves) == sorted(paid)

    granted = {row["request"]: row for row in await reader.all("SELECT * FROM redemptions")}
    refused = await _column(reader, "SELECT request FROM redemption_refusals")
    assert {number for number, yes in heard.rewards.items() if yes} <= granted.keys()
    assert {number for number, yes in heard.rewards.items() if not yes} <= set(refused)
    assert granted.keys() & set(refused) == set()
    few = [row["account"] for row in granted.values() if row["reward"] == "few"]
    assert max(map(few.count, few), default=0) <= LIMITED

    moved = await _column(reader, "SELECT key FROM corrections WHERE state = 'booked'")
    assert {f"{number}:{RICH}" for number in heard.pairs} <= set(moved)
    assert sorted(key for key in moved if key.endswith(str(RICH))) == sorted(
        key.replace(str(FRIEND), str(RICH)) for key in moved if key.endswith(str(FRIEND))
    )
    assert len(moved) == len(await _column(reader, "SELECT id FROM corrections"))
    assert len(moved) == len(
        await _column(reader, "SELECT id FROM transfers WHERE batch LIKE 'correction-%'")
    )


async def _column(reader: Reader, sql: str) -> list[Any]:
    rows: list[sqlite3.Row] = await reader.all(sql)
    return [row[0] for row in rows]

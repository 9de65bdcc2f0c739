"""Random histories of whole instances, and what their members are worth in the end."""

import random
from dataclasses import dataclass

from engine.books.ledger import ELSEWHERE, HELD, HOUSE, SPENT, Kind, balance, post
from engine.books.owing import debt, take_back
from engine.people.members import Person, meet
from engine.storage.database import Database, Reader, Transaction
from tests.audit import assert_books_fit
from tests.builders import SERVER, a_transfer

FIRST = 259627944538177536


@dataclass(frozen=True, slots=True)
class Worth:
    """What a member has, owes, and has earned."""

    balance: int
    owed: int
    score: int

    def __add__(self, other: "Worth") -> "Worth":
        net = self.balance - self.owed + other.balance - other.owed
        return Worth(max(net, 0), max(-net, 0), self.score + other.score)


async def play(database: Database, seed: int, members: range, moves: int = 120) -> None:
    """A history: awards, purchases, refunds, reversals, debts, points of other bots."""
    dice = random.Random(seed)
    async with database.transaction() as tx:
        people = [Person(id=FIRST + n, server=SERVER, name=f"M{n}") for n in members]
        accounts = list((await meet(tx, people, 0)).values())
        for n in range(moves):
            await _move(tx, dice, dice.choice(accounts), f"{seed}:{n}", n)


async def _move(tx: Transaction, dice: random.Random, member: int, key: str, at: int) -> None:
    points, have, held = dice.randint(1, 60), await balance(tx, member), await balance(tx, HELD)
    match dice.randint(0, 9):
        case 0 | 1 | 2:
            kind = dice.choice([Kind.AWARD, Kind.BONUS, Kind.ADJUSTMENT])
            await post(tx, a_transfer(member, points, kind=kind, key=key, counts_at=at))
        case 3 | 4:
            kind = dice.choice([Kind.OPENING, Kind.MERGE])
            await post(tx, a_transfer(member, points, kind=kind, source=ELSEWHERE, key=key))
        case 5 | 6 if have:
            hold = a_transfer(HELD, min(points, have), source=member, kind=Kind.HOLD, key=key)
            await post(tx, hold)
        case 7 if held:
            spent = a_transfer(SPENT, min(points, held), source=HELD, kind=Kind.REDEMPTION, key=key)
            await post(tx, spent)
        case 8 if held:
            back = a_transfer(member, min(points, held), source=HELD, kind=Kind.REFUND, key=key)
            await post(tx, back)
        case _:
            await take_back(
                tx,
                [a_transfer(HOUSE, points, source=member, kind=Kind.REVERSAL, key=key)],
            )


async def worths(database: Database) -> dict[int, Worth]:
    """What each member is worth, by Discord id; the books fit."""
    async with database.reading() as reader:
        await assert_books_fit(reader)
        rows = await reader.all("SELECT id, account FROM members")
        return {row["id"]: await _worth(reader, row["account"]) for row in rows}


async def _worth(reader: Reader, account: int) -> Worth:
    score = await reader.value(
        "SELECT points FROM scores WHERE season = 0 AND account = ?", (account,)
    )
    return Worth(await balance(reader, account), await debt(reader, account), score or 0)

"""Points are brought in from elsewhere, and taken back."""

import hashlib
from dataclasses import dataclass

from engine.books import imports
from engine.books.imports import Line
from engine.books.ledger import Kind
from engine.people.members import accounts_of
from engine.storage.transactions import Reader, Transaction
from tests.engine.machine.community import MEMBERS, Brought, Community, Delivery
from tests.engine.machine.notebook import Counts
from tests.engine.machine.steps import Dice, step

SOURCES = ("bot", "server")
STRANGERS = (6, 7)
"""Known elsewhere, and not seen here yet."""


@dataclass(frozen=True)
class Row:
    """A line of a file."""

    number: int
    key: str
    points: int
    at: int


@step(4)
def points_are_brought_in(community: Community, dice: Dice) -> None:
    source = dice.choice(SOURCES)
    rows = [
        Row(
            dice.choice((*MEMBERS, *STRANGERS)),
            dice.choice(("level", "bonus")),
            dice.choice((50, 50, 10, 120, 300, -30)),
            community.now - dice.choice((0, 1, 10**9, 10**11)),
        )
        for _ in range(dice.randrange(1, 6))
    ]
    delivery = Delivery("", source, [])
    community.deliveries.append(delivery)
    if dice.random() < 0.3:
        bring(community, delivery, rows, first=len(rows) // 2)  # It breaks off here.
    bring(community, delivery, rows, first=len(rows))


def bring(community: Community, delivery: Delivery, rows: list[Row], *, first: int) -> None:
    """Bring in the first lines of a file; with all of them it is done."""
    kind = Kind.OPENING if delivery.source == "bot" else Kind.MERGE
    file = hashlib.sha256(repr((community.now, rows)).encode()).digest()
    lines = [
        Line(
            member=community.person(row.number).id,
            key=row.key,
            points=row.points,
            kind=kind,
            counts_at=row.at,
        )
        for row in rows[:first]
    ]

    async def bringing(tx: Transaction) -> tuple[str, list[str]]:
        one = await imports.begin(
            tx,
            origin=delivery.source,
            source=delivery.source,
            form="csv",
            rate="1",
            file=file,
            now_ms=community.now,
        )
        states = await imports.book(tx, one, lines, community.now)
        if first == len(rows):
            await imports.end(tx, one, community.now)
        return one.batch, [str(state) for state in states]

    batch, states = community.write(bringing)
    assert delivery.batch in ("", batch)
    delivery.batch = batch
    people = [line.member for line in lines]

    async def known(reader: Reader) -> dict[int, int]:
        return await accounts_of(reader, people)

    accounts = community.read(known)
    for row in rows[:first]:
        community.admit(row.number, accounts[community.person(row.number).id])
    assert states == note(community, delivery, rows[:first])


def note(community: Community, delivery: Delivery, rows: list[Row]) -> list[str]:
    """What becomes of the lines: what came in before does not come in again."""
    states: list[str] = []
    new: list[Brought] = []
    for row in rows:
        life = community.people[row.number]
        there = [
            one
            for other in community.deliveries
            if other.source == delivery.source
            for one in (*other.rows, *new)
            if (one.life, one.key) == (life, row.key) and not one.undone
        ]
        if there:
            states.append("present" if there[0].points == row.points else "different")
        else:
            states.append("new")
            new.append(Brought(life, row.key, row.points, row.at))
    for one in sorted(new, key=lambda one: one.points < 0):
        move(community, one, one.points)
    delivery.rows += new
    return states


@step(3, lambda community: bool(community.deliveries))
def points_go_back_where_they_came_from(community: Community, dice: Dice) -> None:
    delivery, limit = dice.choice(community.deliveries), dice.choice((1, 2, 10_000))
    due = [row for row in delivery.rows if not row.undone and not row.life.erased]

    async def undoing(tx: Transaction) -> None:
        one = await imports.get(tx, delivery.batch)
        before = None
        while before := await imports.undo(tx, one, community.now, before=before, limit=limit):
            pass

    community.write(undoing)
    for row in sorted(due, key=lambda one: one.points > 0):
        move(community, row, -row.points)
        row.undone = True


def move(community: Community, row: Brought, points: int) -> None:
    """Give or take, for all time only."""
    notebook = community.notebook
    (notebook.give if points > 0 else notebook.take)(row.life, abs(points), row.at, Counts.ALL_TIME)

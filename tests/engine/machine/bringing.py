"""Points are brought in from elsewhere, and taken back."""

import hashlib

from engine import imports
from engine.imports import Line
from engine.ledger import Kind
from engine.members import accounts_of
from engine.transactions import Reader, Transaction
from tests.engine.machine.community import MEMBERS, Brought, Community, Delivery
from tests.engine.machine.notebook import Counts
from tests.engine.machine.steps import Dice, step

SOURCES = ("bot", "server")
STRANGERS = (6, 7)
"""Known elsewhere, and not seen here yet."""


@step(4)
def points_are_brought_in(community: Community, dice: Dice) -> None:
    source = dice.choice(SOURCES)
    drawn = [
        (
            dice.choice((*MEMBERS, *STRANGERS)),
            dice.choice(("level", "bonus")),
            dice.choice((50, 50, 10, 120, -30)),
            community.now - dice.choice((0, 1, 10**9, 10**11)),
        )
        for _ in range(dice.randrange(1, 6))
    ]
    kind = Kind.OPENING if source == "bot" else Kind.MERGE
    lines = [
        Line(member=community.person(number).id, key=key, points=points, kind=kind, counts_at=at)
        for number, key, points, at in drawn
    ]
    file = hashlib.sha256(repr((community.now, drawn)).encode()).digest()

    async def bringing(tx: Transaction) -> tuple[str, list[str]]:
        one = await imports.begin(
            tx,
            origin=source,
            source=source,
            form="csv",
            rate="1",
            file=file,
            now_ms=community.now,
        )
        states = await imports.book(tx, one, lines, community.now)
        await imports.end(tx, one, community.now)
        return one.batch, [str(state) for state in states]

    batch, states = community.write(bringing)
    people = [line.member for line in lines]

    async def known(reader: Reader) -> dict[int, int]:
        return await accounts_of(reader, people)

    accounts = community.read(known)
    expected: list[str] = []
    new: list[Brought] = []
    for number, key, points, at in drawn:
        life = community.admit(number, accounts[community.person(number).id])
        there = [
            row
            for delivery in community.deliveries
            if delivery.source == source
            for row in delivery.rows
        ]
        same = [
            row for row in (*there, *new) if (row.life, row.key) == (life, key) and not row.undone
        ]
        if same:
            expected.append("present" if same[0].points == points else "different")
        else:
            expected.append("new")
            new.append(Brought(life, key, points, at))
    assert states == expected
    for row in sorted(new, key=lambda one: one.points < 0):
        move(community, row, row.points)
    community.deliveries.append(Delivery(batch, source, new))


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

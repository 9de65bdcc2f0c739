"""Points move once, never below zero, and nobody can rewrite how they moved."""

import hashlib
import random
import secrets
import sqlite3
from dataclasses import replace
from itertools import permutations

import pytest

from engine.books.ledger import (
    ELSEWHERE,
    ERASED,
    HELD,
    HOUSE,
    SPENT,
    Kind,
    Posted,
    Transfer,
    balance,
    open_account,
    post,
    post_all,
    tail_of,
    write_note,
)
from engine.errors import InsufficientPoints, KeyReused
from engine.moments import to_ms
from engine.people.members import account_of, meet_one
from engine.storage.database import Database, Transaction
from tests.audit import assert_books_fit, first_misfit
from tests.builders import MONDAY, a_person, a_round, a_transfer, a_try, hand_in

NOW = to_ms(MONDAY)


async def test_a_transfer_moves_points_from_one_side_to_the_other(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        posted = await post(tx, a_transfer(member, 40))

        assert posted == Posted(id=1, new=True)
        assert await balance(tx, member) == 40
        assert await balance(tx, HOUSE) == -40
        await assert_books_fit(tx)


async def test_a_retried_transfer_moves_points_once(database: Database) -> None:
    async with database.transaction() as tx:
        award = a_transfer(await open_account(tx), 40)
        first = await post(tx, award)
        again = await post(tx, replace(award, booked_at=award.booked_at + 60_000))

        assert (first, again) == (Posted(id=1, new=True), Posted(id=1, new=False))
        assert await balance(tx, award.target) == 40


async def test_a_transfer_retried_within_one_batch_moves_points_once(database: Database) -> None:
    async with database.transaction() as tx:
        award = a_transfer(await open_account(tx), 40)
        results = await post_all(tx, [award, award])

        assert results == [Posted(id=1, new=True), Posted(id=1, new=False)]
        assert await balance(tx, award.target) == 40


@pytest.mark.parametrize(
    "change",
    [
        {"points": 41},
        {"kind": Kind.BONUS},
        {"counts_at": NOW + 1},
        {"source": ELSEWHERE},
        {"target": SPENT},
        {"server": 7},
        {"circle": "réseau"},
        {"batch": "other"},
        {"actor": HOUSE},
    ],
    ids=str,
)
@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "later"])
async def test_a_key_stands_for_one_transfer_only(
    database: Database, change: dict[str, object], *, together: bool
) -> None:
    async with database.transaction() as tx:
        award = a_transfer(await open_account(tx), 40)
        other = replace(award, **change)
        if together:
            _, result = await post_all(tx, [award, other])
        else:
            await post(tx, award)
            (result,) = await post_all(tx, [other])

        assert isinstance(result, KeyReused)
        assert await balance(tx, award.target) == 40


async def test_a_single_transfer_is_refused_by_raising(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40, key="k"))

        with pytest.raises(KeyReused):
            await post(tx, a_transfer(member, 41, key="k"))
        with pytest.raises(InsufficientPoints):
            await post(tx, a_transfer(SPENT, 41, source=member, kind=Kind.REDEMPTION))


async def test_nobody_spends_more_than_they_have(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40))
        (refusal,) = await post_all(tx, [a_transfer(HELD, 41, source=member, kind=Kind.HOLD)])

        assert isinstance(refusal, InsufficientPoints)
        assert (refusal.have, refusal.need) == (40, 41)
        assert await balance(tx, member) == 40


@pytest.mark.parametrize("source", [HELD, SPENT, ERASED])
async def test_nobodys_accounts_cannot_give_what_they_do_not_hold(
    database: Database, source: int
) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        (refusal,) = await post_all(tx, [a_transfer(member, 1, source=source, kind=Kind.RELEASE)])

        assert isinstance(refusal, InsufficientPoints)


async def test_a_batch_cannot_spend_the_same_points_twice(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40))
        spend = [a_transfer(HELD, 30, source=member, kind=Kind.HOLD) for _ in range(2)]
        first, second = await post_all(tx, spend)

        assert isinstance(first, Posted)
        assert isinstance(second, InsufficientPoints)
        assert second.have == 10
        assert await balance(tx, member) == 10


async def test_points_earned_in_a_batch_can_be_spent_in_it(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        earn = a_transfer(member, 30)
        spend = a_transfer(HELD, 30, source=member, kind=Kind.HOLD)
        early, _, later = await post_all(tx, [spend, earn, replace(spend, key="again")])

        assert isinstance(early, InsufficientPoints)
        assert isinstance(later, Posted)
        assert await balance(tx, member) == 0


async def test_a_refused_transfer_costs_its_neighbours_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        one, two = await open_account(tx), await open_account(tx)
        good = [a_transfer(one, 40, key="a"), a_transfer(two, 50, key="b")]
        poor = a_transfer(HELD, 999, source=one, kind=Kind.HOLD)
        reused = a_transfer(two, 1, key="a")
        results = await post_all(tx, [good[0], poor, reused, good[1]])

        assert [result for result in results if isinstance(result, Posted)] == [
            Posted(id=1, new=True),
            Posted(id=2, new=True),
        ]
        assert (await balance(tx, one), await balance(tx, two)) == (40, 50)
        await assert_books_fit(tx)


async def test_a_refused_transfer_may_be_made_later_under_its_key(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        hold = a_transfer(HELD, 40, source=member, kind=Kind.HOLD)
        (refused,) = await post_all(tx, [hold])
        await post(tx, a_transfer(member, 40))
        made = await post(tx, hold)

        assert isinstance(refused, InsufficientPoints)
        assert made.new


async def test_an_empty_batch_is_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        assert await post_all(tx, []) == []
        assert await tail_of(tx) == (0, bytes(32))


@pytest.mark.parametrize("points", [0, -1])
async def test_a_transfer_moves_at_least_one_point(database: Database, points: int) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await post(tx, a_transfer(await open_account(tx), points))


async def test_points_cannot_move_from_an_account_to_itself(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await post(tx, a_transfer(HOUSE, 1))


async def test_points_cannot_move_to_an_account_that_does_not_exist(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await post(tx, a_transfer(424242, 1))


async def test_the_schema_itself_keeps_balances_above_zero(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)

        with pytest.raises(sqlite3.IntegrityError):
            await tx.execute("UPDATE accounts SET balance = -1 WHERE id = ?", (member,))


# Nobody rewrites the past.

REWRITES = [
    "UPDATE transfers SET points = 1",
    "UPDATE transfers SET id = 9 WHERE id = 2",
    "UPDATE OR REPLACE transfers SET key = 'a' WHERE key = 'b'",
    "UPDATE OR IGNORE transfers SET points = 1",
    "DELETE FROM transfers",
    "DELETE FROM transfers WHERE id = 2",
    "INSERT OR REPLACE INTO transfers SELECT * FROM transfers WHERE id = 1",
    "REPLACE INTO transfers {again} FROM transfers WHERE id = 1",
    "INSERT OR IGNORE INTO transfers SELECT * FROM transfers WHERE id = 1",
    "INSERT INTO transfers SELECT * FROM transfers WHERE 1 ON CONFLICT DO UPDATE SET points = 1",
]
NEXT_ROW = """
    SELECT {id}, {key}, kind, source, target, points, booked_at, counts_at, round, submission,
           server, circle, corrects, batch, actor, note, encoding, digest
"""


async def two_rows(tx: Transaction) -> None:
    member = await open_account(tx)
    await post_all(tx, [a_transfer(member, 40, key="a"), a_transfer(member, 50, key="b")])


@pytest.mark.parametrize("rewrite", REWRITES)
async def test_history_cannot_be_rewritten(database: Database, rewrite: str) -> None:
    async with database.transaction() as tx:
        await two_rows(tx)
        before = [tuple(row) for row in await tx.all("SELECT * FROM transfers")]

        with pytest.raises(sqlite3.IntegrityError, match="transfers are final"):
            await tx.execute(rewrite.format(again=NEXT_ROW.format(id=3, key="key")))
        assert [tuple(row) for row in await tx.all("SELECT * FROM transfers")] == before


@pytest.mark.parametrize("number", [-1, 0, 1, 2, 4, "NULL"])
async def test_numbers_of_rows_have_no_gaps(database: Database, number: int | str) -> None:
    async with database.transaction() as tx:
        await two_rows(tx)
        row = NEXT_ROW.format(id=number, key="'c'")

        with pytest.raises(sqlite3.IntegrityError, match="next id"):
            await tx.execute(f"INSERT INTO transfers {row} FROM transfers WHERE id = 2")


async def test_numbers_stay_without_gaps_after_a_transaction_that_failed(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await post_all(tx, [a_transfer(member), a_transfer(424242)])
    async with database.transaction() as tx:
        posted = await post(tx, a_transfer(member))

        assert posted.id == 1
        await assert_books_fit(tx)


# The chain.


async def a_full_row(database: Database) -> int:
    """Three transfers, the second with every column that can be filled; its number."""
    await a_round(database)
    await hand_in(database, a_try(person=a_person(circle="réseau 🛰")))
    async with database.transaction() as tx:
        account = await account_of(tx, a_person().id)
        assert account is not None
        staff = await meet_one(tx, a_person(2), NOW)
        full = await post(
            tx,
            a_transfer(
                account,
                7,
                kind=Kind.ADJUSTMENT,
                round=1,
                submission=1,
                server=3,
                circle='un "cercle"\n',
                corrects=1,
                batch="b1",
                actor=staff,
                note=await write_note(tx, "Sorry!"),
            ),
        )
        await post(tx, a_transfer(staff))
    return full.id


async def test_an_auditor_can_recompute_the_chain_from_its_description(
    database: Database,
) -> None:
    await a_full_row(database)
    async with database.reading() as reader:
        assert await first_misfit(reader) is None
        await assert_books_fit(reader)


async def test_the_first_digest_is_the_one_of_a_row_written_by_hand(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO accounts (id, kind) VALUES (77, 'member')")
        await post(
            tx,
            Transfer(
                key="k", kind=Kind.AWARD, source=1, target=77, points=5, booked_at=9, counts_at=8
            ),
        )
        by_hand = b'[1,"k","award",1,77,5,9,8,null,null,null,null,null,null,null,null,1]'

        assert await tail_of(tx) == (1, hashlib.sha256(bytes(32) + by_hand).digest())


@pytest.mark.parametrize(
    "tampering",
    [
        "key = 'other'",
        "kind = 'bonus'",
        "source = 4",
        "target = 5",
        "points = points + 1",
        "booked_at = booked_at + 1",
        "counts_at = counts_at - 1",
        "round = NULL",
        "submission = NULL",
        "server = NULL",
        "circle = 'x'",
        "corrects = NULL",
        "batch = NULL",
        "actor = NULL",
        "note = NULL",
        "encoding = 2",
        "digest = zeroblob(32)",
    ],
)
async def test_a_forged_column_shows(database: Database, tampering: str) -> None:
    number = await a_full_row(database)
    async with database.transaction() as tx:
        await tx.execute("PRAGMA ignore_check_constraints = ON")
        await tx.execute("DROP TRIGGER transfers_are_not_edited")
        await tx.execute(f"UPDATE transfers SET {tampering} WHERE id = ?", (number,))  # noqa: S608 - the list above

        assert await first_misfit(tx) == number


async def test_a_row_taken_out_of_the_middle_shows(database: Database) -> None:
    number = await a_full_row(database)
    async with database.transaction() as tx:
        await tx.execute("DROP TRIGGER transfers_are_not_deleted")
        await tx.execute("DELETE FROM transfers WHERE id = ?", (number,))

        assert await first_misfit(tx) == number + 1


async def test_rows_that_change_places_show(database: Database) -> None:
    async with database.transaction() as tx:
        await two_rows(tx)
        await tx.execute("DROP TRIGGER transfers_are_not_edited")
        for old, new in ((1, 99), (2, 1), (99, 2)):
            await tx.execute("UPDATE transfers SET id = ? WHERE id = ?", (new, old))

        assert await first_misfit(tx) == 1


async def test_a_note_is_bound_to_its_transfer_by_a_salted_digest(database: Database) -> None:
    async with database.transaction() as tx:
        notes = [await write_note(tx, "Sorry!") for _ in range(2)]
        row = await tx.one("SELECT * FROM notes WHERE digest = ?", (notes[0],))

        assert notes[0] != notes[1]
        assert row is not None
        assert hashlib.sha256(row["salt"] + b"Sorry!").digest() == notes[0]


# What is kept beside the rows.


@pytest.mark.parametrize("kind", Kind)
async def test_each_kind_of_transfer_changes_the_scores_it_should(
    database: Database, kind: Kind
) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seasons VALUES (1, 's', ?, ?)", (NOW, NOW + 10))
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40, kind=kind))
        scores = {
            row["season"]: row["points"]
            for row in await tx.all("SELECT season, points FROM scores")
        }

        in_season = kind in ("award", "bonus", "adjustment", "reversal")
        assert scores.get(1, 0) == (40 if in_season else 0)
        assert scores.get(0, 0) == (40 if in_season or kind in ("opening", "merge") else 0)
        await assert_books_fit(tx)


@pytest.mark.parametrize(("after", "season"), [(-1, 1), (0, 2), (9, 2), (10, None)])
async def test_the_moment_a_transfer_counts_for_decides_its_season(
    database: Database, after: int, season: int | None
) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seasons VALUES (1, 'old', ?, ?)", (NOW - 10, NOW))
        await tx.execute("INSERT INTO seasons VALUES (2, 'new', ?, ?)", (NOW, NOW + 10))
        member = await open_account(tx)
        await post(tx, a_transfer(member, booked_at=NOW + 99, counts_at=NOW + after))
        rows = await tx.all("SELECT season FROM scores WHERE season > 0")

        assert [row["season"] for row in rows] == ([] if season is None else [season])


async def test_spending_costs_no_score(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40))
        await post(tx, a_transfer(HELD, 30, source=member, kind=Kind.HOLD))

        assert await tx.value("SELECT points FROM scores WHERE account = ?", (member,)) == 40
        assert await balance(tx, member) == 10


async def test_what_a_member_owes_lowers_their_score(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await tx.execute("INSERT INTO accounts (id, kind, owner) VALUES (9, 'owed', ?)", (member,))
        await post(tx, a_transfer(member, 40))
        await post(tx, a_transfer(HELD, 30, source=member, kind=Kind.HOLD))
        await post_all(
            tx,
            [
                a_transfer(HOUSE, 10, source=member, kind=Kind.REVERSAL),
                a_transfer(HOUSE, 30, source=9, kind=Kind.REVERSAL),
            ],
        )

        assert await tx.value("SELECT points FROM scores WHERE account = ?", (member,)) == 0
        assert (await balance(tx, member), await balance(tx, 9)) == (0, -30)
        await assert_books_fit(tx)


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_of_transfers_leaves_books_that_fit(
    database: Database, seed: int
) -> None:
    rng = random.Random(seed)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seasons VALUES (1, 's', ?, ?)", (NOW, NOW + 500))
        members = [await open_account(tx) for _ in range(4)]
    sides = [HOUSE, HELD, SPENT, ELSEWHERE, *members]
    holds = dict.fromkeys(sides, 0)
    made: list[Transfer] = []
    for _ in range(12):
        batch: list[Transfer] = []
        for _ in range(rng.randrange(1, 9)):
            # Points are never given by one member to another.
            source, target = rng.choice(
                [pair for pair in permutations(sides, 2) if not set(pair) <= {*members}]
            )
            kind, at = rng.choice(list(Kind)), NOW + rng.randrange(1000)
            points = rng.randrange(1, 60)
            fresh = a_transfer(target, points, source=source, kind=kind, counts_at=at)
            batch.append(rng.choice(made) if made and rng.random() < 0.2 else fresh)
        async with database.transaction() as tx:
            results = await post_all(tx, batch)
        for one, result in zip(batch, results, strict=True):
            enough = one.source in (HOUSE, ELSEWHERE) or holds[one.source] >= one.points
            if one in made:
                assert result == Posted(id=made.index(one) + 1, new=False)
            elif enough:
                holds[one.source] -= one.points
                holds[one.target] += one.points
                made.append(one)
                assert result == Posted(id=len(made), new=True)
            else:
                assert isinstance(result, InsufficientPoints)

    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert {side: await balance(reader, side) for side in sides} == holds


async def test_account_numbers_say_nothing_about_members(database: Database) -> None:
    async with database.transaction() as tx:
        people = [await meet_one(tx, a_person(number), NOW) for number in range(50)]

        assert len(set(people)) == 50
        assert all(2**32 <= account < 2**63 for account in people)
        assert people != sorted(people)


async def test_no_key_derives_from_a_bare_discord_id(database: Database) -> None:
    member = secrets.randbits(60)
    await a_round(database)
    await hand_in(database, a_try(person=a_person(id=member)))
    async with database.reading() as reader:
        rows = await reader.all("SELECT * FROM transfers")

        assert len(rows) == 1
        assert not [fact for row in rows for fact in row if str(member) in str(fact)]

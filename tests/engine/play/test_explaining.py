"""An explanation adds up: its parts are its rows, and its rows are what the ledger holds."""

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.books import approvals
from engine.books.ledger import HELD, Kind, open_account, post
from engine.books.proposals import Proposal
from engine.books.statements import statement
from engine.errors import CorrectionRefused, InsufficientPoints
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import explaining, rejudging, rounds
from engine.play.explaining import Explanation, explain, newer, played
from engine.play.hints import take
from engine.play.rounds import Round
from engine.scoring import Scoring, Streak
from engine.storage.database import Database, open_database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_round,
    a_transfer,
    a_try,
    account_of_member,
    closed,
    hand_in,
    hand_in_one,
    settled,
)
from tests.engine.conftest import MEMORY

MINUTE = timedelta(minutes=1)
NOW = to_ms(MONDAY) + 8 * 24 * 3_600_000
STAFF = 90
MEMBERS = (1, 2, 3, 4)


async def explained(database: Database, round_: Round, member: int = 1) -> Explanation:
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        found = await explain(reader, account, round_.id)
    assert found is not None
    return found


async def test_a_solve_is_opened_into_its_formula_and_its_row(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        await take(tx, round_, await meet_one(tx, a_person(), NOW), 1, to_ms(MONDAY))
    await hand_in_one(database)
    found = await explained(database, round_)
    async with database.reading() as reader:
        digest = await reader.value("SELECT digest FROM transfers WHERE id = 1")
    (row,) = found.rows

    assert found.solved_at == to_ms(MONDAY + MINUTE)
    assert found.worth is not None
    assert (found.worth.value, found.worth.hints, found.worth.hint_cost) == (100, 1, 10)
    assert (found.worth.policy, found.worth.version) == ("fixed", 1)
    assert (row.transfer, row.kind, row.points, row.digest) == (1, Kind.AWARD, 90, digest)
    assert (found.total, found.kept, found.by_hand) == (90, 0, 0)


async def test_there_is_nothing_to_explain_to_who_did_not_solve(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in_one(database, "nonsense")
    account = await account_of_member(database)
    async with database.reading() as reader:
        assert await explain(reader, account, round_.id) is None
        assert await played(reader, account) == []


async def test_the_rounds_one_solved_are_offered_the_newest_first(database: Database) -> None:
    for week in (WEEK, WEEK.next()):
        await settled(database, await played_round(database, week.number))
    account = await account_of_member(database)
    async with database.reading() as reader:
        assert [one.id for one in await played(reader, account)] == [2, 1]


async def played_round(database: Database, number: int) -> Round:
    round_ = await a_round(database, week=WEEK if number == WEEK.number else WEEK.next())
    await hand_in(database, a_try(at=to_ms(round_.opens_at)))
    return round_


async def test_a_statement_is_paged_in_both_directions(database: Database) -> None:
    async with database.transaction() as tx:
        account = await open_account(tx)
        for _ in range(7):
            await post(tx, a_transfer(account))
            await post(tx, a_transfer(await open_account(tx)))
    async with database.reading() as reader:
        first = [one.transfer for one in await statement(reader, account, limit=3)]
        second = [one.transfer for one in await statement(reader, account, limit=3, before=9)]
        back = await newer(reader, account, second[0] + 1, 3)
        middle = await newer(reader, account, 5, 3)

    assert (first, second) == ([13, 11, 9], [7, 5, 3])
    assert back is None
    assert middle == 11


# Any policy, any history, any corrections.

points = st.integers(1, 60)
scorings = st.one_of(
    st.builds(Scoring, podium=st.lists(points, max_size=3).map(lambda p: tuple(sorted(p)[::-1]))),
    st.builds(
        Scoring, policy=st.just("time"), minimum=points, grace=st.sampled_from([None, 0, 90])
    ),
    st.builds(
        Scoring,
        policy=st.just("solves"),
        minimum=points,
        decay=st.integers(1, 4),
        curve=st.sampled_from(["linear", "parabolic"]),
        podium=st.lists(points, max_size=2).map(lambda p: tuple(sorted(p)[::-1])),
        streak=st.builds(Streak, bonus=points, cap=points),
    ),
)


@dataclass(frozen=True)
class Act:
    """Something that befalls the points of a round."""

    what: str
    member: int
    points: int
    lower: bool


acts = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(["accept", "reverse", "spend", "adjust", "void", "close"]),
        member=st.sampled_from(MEMBERS),
        points=st.integers(-150, 150).filter(bool),
        lower=st.booleans(),
    ),
    max_size=7,
)
tries = st.lists(
    st.tuples(
        st.sampled_from(MEMBERS),
        st.sampled_from(["quicksort", "tri rapide", "heap sort"]),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scoring=scorings, given_answers=tries, hints=st.sets(st.sampled_from(MEMBERS)), acts=acts)
def test_the_parts_add_up_whatever_the_policy_and_whatever_is_corrected(
    scoring: Scoring,
    given_answers: Sequence[tuple[int, str, int]],
    hints: set[int],
    acts: Sequence[Act],
) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            path = Path(folder) / "books.db"
            async with open_database(path, kind="live", now=MONDAY) as database:
                await _play(database, scoring, given_answers, hints, acts)

    asyncio.run(play())


async def _play(
    database: Database,
    scoring: Scoring,
    given_answers: Sequence[tuple[int, str, int]],
    hints: set[int],
    acts: Sequence[Act],
) -> None:
    round_ = await a_round(database, scoring=scoring)
    async with database.transaction() as tx:
        for member in (*MEMBERS, STAFF):
            account = await meet_one(tx, a_person(member), NOW)
            if member in hints:
                await take(tx, round_, account, 1, to_ms(MONDAY + 3 * MINUTE))
    for member, text, minute in sorted(given_answers, key=lambda one: one[2]):
        await hand_in(database, a_try(text, member=member, after=minute * MINUTE))
    untouched = True
    await _must_add_up(database, round_, untouched=untouched)
    for number, act in enumerate([Act("close", 1, 1, lower=False), *acts]):
        await _happen(database, round_, act, number)
        untouched &= act.what not in ("reverse", "void") and (act.what != "accept" or act.lower)
        await _must_add_up(database, round_, untouched=untouched)


async def _happen(database: Database, round_: Round, act: Act, number: int) -> None:
    account, staff = [await account_of_member(database, one) for one in (act.member, STAFF)]
    proposal = Proposal(key=str(number), what="adjust", reason="because", actor=staff)
    match act.what:
        case "close":
            await _close(database, round_)
        case "spend":
            await _spend(database, account, abs(act.points))
        case "accept":
            await _accept(database, round_, lower=act.lower)
        case "reverse":
            async with database.reading() as reader:
                last = await reader.value(
                    "SELECT max(id) FROM transfers WHERE round IS NOT NULL AND target = ?",
                    (account,),
                )
            await _correct(database, replace(proposal, what="reverse", transfer=last or 1))
        case "void":
            await _correct(database, replace(proposal, what="void", round=round_.id))
        case _:
            await _correct(database, replace(proposal, account=account, points=act.points))


async def _close(database: Database, round_: Round) -> None:
    async with database.reading() as reader:
        now = await rounds.get(reader, round_.id)
    if now.is_open:
        await settled(database, await closed(database, now))


async def _correct(database: Database, proposal: Proposal) -> None:
    with contextlib.suppress(CorrectionRefused):
        async with database.transaction() as tx:
            await approvals.propose(tx, proposal, approve_above=10_000, patience_ms=1, now_ms=NOW)


async def _spend(database: Database, account: int, amount: int) -> None:
    with contextlib.suppress(InsufficientPoints):
        async with database.transaction() as tx:
            await post(tx, a_transfer(HELD, amount, source=account, kind=Kind.HOLD))


async def _accept(database: Database, round_: Round, *, lower: bool) -> None:
    with contextlib.suppress(CorrectionRefused):
        async with database.transaction() as tx:
            now = await rounds.get(tx, round_.id)
            await rejudging.accept(
                tx, now, "tri rapide", now_ms=NOW, reason="it is the same", lower=lower
            )


async def _must_add_up(database: Database, round_: Round, *, untouched: bool) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)
        for member in MEMBERS:
            account = await account_of_member(database, member)
            found = await explaining.explain(reader, account, round_.id)
            in_books = await reader.value(
                """
                SELECT total(CASE WHEN target IN own THEN points ELSE -points END)
                FROM transfers, (SELECT 1) WHERE round = ?1 AND (target IN own) <> (source IN own)
                """.replace("own", "(SELECT id FROM accounts WHERE ?2 IN (id, owner))"),
                (round_.id, account),
            )
            if found is None:
                assert in_books == 0
                continue
            worth = found.worth
            assert sum(row.points for row in found.rows) == found.total == in_books
            assert found.kept >= 0
            assert found.kept == 0 or not untouched
            if worth is not None:
                assert worth.award == max(worth.base - worth.hints * worth.hint_cost, 1)
                assert found.total == worth.award + worth.podium + worth.streak + (
                    found.kept + found.by_hand
                )

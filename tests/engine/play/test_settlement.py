"""What depends on others is booked once the round is closed, whatever order answers came in."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.calendar import Step
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import insiders, rounds
from engine.play.hints import take as take_hint
from engine.play.rounds import Round, take_step
from engine.play.settlement import Settled, entitlement_of
from engine.play.settlement import settled as settle
from engine.play.solves import outcome
from engine.play.submissions import AnswerDesk, Attempt, Told
from engine.scoring import Entitlement, Scoring, Streak
from engine.storage.database import Database, open_database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_round,
    a_try,
    account_of_member,
    closed,
    hand_in,
    hand_in_one,
    revealed,
    settled,
)

OPENS = to_ms(MONDAY)
PODIUM = Scoring(podium=(30, 20, 10))
SOLVES = Scoring(policy="solves", minimum=50, curve="linear", decay=10)
TIME = Scoring(policy="time", minimum=50)
EVERYTHING = Scoring(
    policy="solves",
    minimum=50,
    curve="parabolic",
    decay=4,
    podium=(30, 20, 10),
    podium_grace=5,
    streak=Streak(bonus=10, cap=25),
)


def at(seconds: float, text: str = "quicksort", member: int = 1, **changes: Any) -> Attempt:
    """A try so many seconds after the opening."""
    return a_try(text, member=member, at=OPENS + round(seconds * 1000), **changes)


async def booked(database: Database) -> dict[int, dict[str, int]]:
    """What each member was paid, by number of member and part."""
    async with database.reading() as reader:
        await assert_books_fit(reader)
        rows = await reader.all(
            """
            SELECT members.id, key, kind, points FROM transfers
            JOIN members ON account = target ORDER BY transfers.id
            """
        )
    paid: dict[int, dict[str, int]] = {}
    for row in rows:
        part = paid.setdefault(row["id"] - a_person(0).id, {})
        name = row["key"].split(":")[0]
        assert row["kind"] == {"solve": "award", "decay": "award"}.get(
            name, "adjustment" if name == "rescore" else "bonus"
        )
        part[name] = part.get(name, 0) + row["points"]
    return paid


async def totals(database: Database) -> dict[int, int]:
    """What each member has from everything."""
    return {member: sum(parts.values()) for member, parts in (await booked(database)).items()}


async def explained(database: Database, round_: Round, member: int = 1) -> Entitlement | None:
    """What the books say a member's solve is worth."""
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        return await entitlement_of(reader, round_.id, account)


# What is sure is paid at solving, the rest at the settlement.


async def test_a_fixed_value_is_paid_at_solving_and_the_settlement_adds_nothing(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(10), at(20, member=2))
    before = await booked(database)
    await settled(database, round_)

    assert before == await booked(database) == {1: {"solve": 100}, 2: {"solve": 100}}


async def test_a_falling_value_is_paid_at_solving(database: Database) -> None:
    round_ = await a_round(database, scoring=TIME)
    half = (to_ms(round_.closes_at) - OPENS) / 2000
    replies = await hand_in(database, at(0), at(half, member=2))

    assert [reply.earned and reply.earned.total for reply in replies] == [100, 75]
    assert await totals(database) == {1: 100, 2: 75}


async def test_of_a_value_that_falls_with_solvers_the_minimum_is_sure(database: Database) -> None:
    round_ = await a_round(database, scoring=SOLVES)
    (reply,) = await hand_in(database, at(10))
    await hand_in(database, at(20, member=2), at(30, member=3))
    before = await booked(database)
    await settled(database, round_)

    assert reply.earned is not None
    assert (reply.earned.total, reply.earned.most) == (50, 100)
    assert before == {n: {"solve": 50} for n in (1, 2, 3)}
    assert await booked(database) == {n: {"solve": 50, "decay": 30} for n in (1, 2, 3)}


async def test_hints_are_paid_for_out_of_the_settled_value(database: Database) -> None:
    round_ = await a_round(database, scoring=SOLVES)
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), OPENS)
        await take_hint(tx, round_, account, 1, OPENS)
    await hand_in(database, at(10), at(20, member=2))
    await settled(database, round_)

    assert await booked(database) == {
        1: {"solve": 40, "decay": 40},
        2: {"solve": 50, "decay": 40},
    }


async def test_places_are_given_at_the_settlement(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    (reply,) = await hand_in(database, at(20, member=2))
    await hand_in(database, *(at(10 * n, member=n) for n in (1, 3, 4)))
    before = await totals(database)
    await settled(database, round_)

    assert reply.podium == (30, 20, 10)
    assert before == dict.fromkeys((1, 2, 3, 4), 100)
    assert await totals(database) == {1: 130, 2: 120, 3: 110, 4: 100}


async def test_a_bonus_belongs_where_and_when_its_solve_does(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10, person=a_person(server=7, circle="réseau")))
    await settled(database, round_)
    async with database.reading() as reader:
        rows = await reader.all(
            "SELECT counts_at, round, submission, server, circle FROM transfers ORDER BY id"
        )
        booked_at = await reader.value("SELECT max(booked_at) FROM transfers")

    assert [tuple(row) for row in rows] == [(OPENS + 10_000, round_.id, 1, 7, "réseau")] * 2
    assert booked_at == to_ms(round_.settles_at)


async def test_settling_says_what_it_did_and_does_it_once(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM, author_id=a_person(9).id)
    await hand_in(database, *(at(10 * n, member=n) for n in range(1, 6)), at(1, member=9))
    round_ = await closed(database, round_)
    async with database.transaction() as tx:
        now = round_.settles_at
        round_ = await take_step(tx, round_.id, Step.SETTLE, due_at=now, now=now)
        first = await settle(tx, round_, to_ms(now))
        again = await settle(tx, round_, to_ms(now) + 1)

    assert first == Settled(solved=6, paid=3, points=60)
    assert again == Settled(solved=6, paid=0, points=0)


async def test_nobody_solving_is_settled_too(database: Database) -> None:
    round_ = await settled(database, await a_round(database, scoring=EVERYTHING))

    assert round_.is_settled
    assert await booked(database) == {}


async def test_what_is_booked_is_explained_by_what_is_kept(database: Database) -> None:
    round_ = await a_round(database, scoring=EVERYTHING)
    await hand_in(database, at(10), at(20, member=2))
    promised = await explained(database, round_)
    await settled(database, round_)
    kept = await explained(database, round_)

    assert promised is not None
    assert (promised.settled, promised.total) == (False, 50)
    assert kept is not None
    assert (kept.place, kept.podium, kept.solvers, kept.base) == (1, 30, 2, 97)
    assert kept.total == (await totals(database))[1]


# The closing that was promised.


@pytest.mark.parametrize("moved_by", [timedelta(days=-3), timedelta(minutes=20)], ids=str)
async def test_moving_the_closing_changes_no_price(database: Database, moved_by: timedelta) -> None:
    round_ = await a_round(database, scoring=TIME)
    planned = round_.closes_at
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE rounds SET closes_at = ? WHERE id = ?", (to_ms(planned + moved_by), round_.id)
        )
        round_ = await rounds.get(tx, round_.id)
    half = (to_ms(planned) - OPENS) // 2
    reply = await hand_in_one(database, at=OPENS + half)

    assert round_.planned_closes_at == planned
    assert reply.earned is not None
    assert reply.earned.total == 75


async def test_after_the_promised_closing_an_extension_pays_the_minimum(database: Database) -> None:
    round_ = await a_round(database, scoring=TIME)
    later = to_ms(round_.closes_at) + 60_000
    async with database.transaction() as tx:
        await tx.execute("UPDATE rounds SET closes_at = ?", (later + 1,))
    reply = await hand_in_one(database, at=later)

    assert reply.earned is not None
    assert reply.earned.total == 50


# Whatever order answers arrive in.

_files = itertools.count()

TRIES = st.lists(
    st.tuples(
        st.integers(1, 5), st.integers(0, 40), st.sampled_from(["quicksort", "bubble sort", " "])
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: (one[0], one[1]),
)


@pytest.mark.parametrize("verdict", ["instant", "at_reveal"])
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tries=TRIES, order=st.randoms(use_true_random=False), cuts=st.integers(1, 4))
def test_the_arrival_order_decides_nothing(
    folder: Any, verdict: str, *, tries: list[tuple[int, int, str]], order: Any, cuts: int
) -> None:
    """Answers in any order, in any commits: the same solves, and the same points in the end."""
    attempts = [
        # An hour apart, so that no pause depends on what is known already.
        at(3600 * hour, text, member, interaction=10_000 + n)
        for n, (member, hour, text) in enumerate(tries)
    ]
    shuffled = order.sample(attempts, len(attempts))

    async def play(sequence: Sequence[Attempt], size: int) -> Any:
        file = folder / f"{next(_files)}.db"
        async with open_database(file, kind="live", now=MONDAY) as database:
            round_ = await a_round(database, verdict=verdict, scoring=EVERYTHING)
            for start in range(0, len(sequence), size):
                await hand_in(database, *sequence[start : start + size])
            await settled(database, round_)
            async with database.reading() as reader:
                rows = await reader.all(
                    "SELECT members.id, at, ranked, settled FROM solves "
                    "JOIN members USING (account)"
                )
            return sorted(tuple(row) for row in rows), await totals(database)

    one_by_one = asyncio.run(play(sorted(attempts, key=lambda one: one.at), 1))

    assert asyncio.run(play(shuffled, cuts)) == one_by_one


async def test_a_thousand_members_solving_at_the_same_moment_are_placed_by_their_millisecond(
    database: Database,
) -> None:
    podium = tuple(range(300, 0, -1))
    podium = podium[:100]
    round_ = await a_round(database, scoring=Scoring(podium=podium))
    desk, dice = AnswerDesk(database), random.Random(20261123)
    # A hundred milliseconds for a thousand members: places are shared by about ten.
    moments = {member: dice.randrange(100) for member in range(1, 1001)}
    tries = [at(10 + ms / 1000, member=member) for member, ms in moments.items()]
    dice.shuffle(tries)

    async def member_presses(one: Attempt) -> Told:
        await asyncio.sleep(dice.random() / 50)
        return (await desk.submit(one)).told

    told = await asyncio.gather(*(asyncio.create_task(member_presses(one)) for one in tries))
    await desk.idle()
    await settled(database, round_)
    before = Counter(moments.values())
    places = {ms: 1 + sum(n for at, n in before.items() if at < ms) for ms in before}
    expected = {
        member: 100 + (podium[places[ms] - 1] if places[ms] <= len(podium) else 0)
        for member, ms in moments.items()
    }

    assert set(told) == {Told.ACCEPT}
    assert await totals(database) == expected
    async with database.reading() as reader:
        kept = await reader.all(
            "SELECT members.id, json_extract(settled, '$.place') AS place FROM solves "
            "JOIN members USING (account)"
        )
        listed = await outcome(reader, round_.id, first=1000)
        order = [row["id"] - a_person(0).id for row in await _members(reader, listed.first)]
    assert {row["id"] - a_person(0).id: row["place"] for row in kept} == {
        member: places[ms] for member, ms in moments.items()
    }
    interactions = {one.person.id - a_person(0).id: one.interaction for one in tries}
    assert order == sorted(moments, key=lambda member: (moments[member], interactions[member]))


async def _members(reader: Any, accounts: Sequence[int]) -> list[Any]:
    rows = {row["account"]: row for row in await reader.all("SELECT id, account FROM members")}
    return [rows[account] for account in accounts]


# Answers that arrive late.


async def test_an_answer_that_arrives_after_the_settlement_is_paid_in_full_at_once(
    database: Database,
) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, *(at(10 * n, member=n) for n in (1, 2, 3)))
    await settled(database, round_)
    (reply,) = await hand_in(database, at(15, member=4))

    assert reply.earned is not None
    assert (reply.earned.place, reply.earned.total, reply.podium) == (2, 120, ())
    assert (await booked(database))[4] == {"solve": 100, "podium": 20}


async def test_nobody_who_was_paid_is_lowered_by_a_late_arrival(database: Database) -> None:
    round_ = await a_round(database, scoring=EVERYTHING)
    await hand_in(database, *(at(10 * n, member=n) for n in (1, 2, 3)))
    await settled(database, round_)
    before = await totals(database)
    kept = await explained(database, round_, member=3)
    await hand_in(database, at(5, member=4))
    after = await totals(database)

    assert {member: after[member] for member in before} == before
    assert await explained(database, round_, member=3) == kept


async def test_an_earlier_answer_of_ones_own_takes_the_place_of_a_later_one(
    database: Database,
) -> None:
    round_ = await a_round(database, scoring=TIME)
    half = (to_ms(round_.closes_at) - OPENS) / 2000
    (first,) = await hand_in(database, at(half))
    (second,) = await hand_in(database, at(0))

    assert [reply.earned and reply.earned.total for reply in (first, second)] == [75, 100]
    assert await booked(database) == {1: {"solve": 75, "rescore": 25}}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after the settlement"])
async def test_an_earlier_answer_of_ones_own_gains_the_place_it_deserves(
    database: Database, *, late: bool
) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(20, member=2), at(30, member=1))
    if late:
        await settled(database, round_)
    await hand_in(database, at(10, member=1))
    if not late:
        await settled(database, round_)
    kept = await explained(database, round_, member=1)

    assert kept is not None
    assert kept.place == 1
    assert await totals(database) == {1: 130, 2: 120 if not late else 130}


async def test_hints_taken_between_two_right_answers_are_given_back(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        await take_hint(tx, round_, await meet_one(tx, a_person(), OPENS), 1, OPENS + 15_000)
    await hand_in(database, at(20))
    before = await totals(database)
    await hand_in(database, at(10))

    assert before == {1: 90}
    assert await totals(database) == {1: 100}


async def test_a_reply_stays_the_same_when_an_earlier_answer_has_taken_its_place(
    database: Database,
) -> None:
    round_ = await a_round(database, scoring=EVERYTHING)
    tries = [at(30), at(20), at(10)]
    first = [(await hand_in(database, one))[0] for one in tries]
    await settled(database, round_)

    assert [(await hand_in(database, one))[0] for one in tries] == first


async def test_what_was_missed_by_a_millisecond_counts_in_the_place_it_deserves(
    database: Database,
) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    last = to_ms(round_.closes_at) - 1
    await hand_in(database, a_try(at=last, member=1))
    await settled(database, round_)
    reply = await hand_in_one(database, at=last, member=2)

    assert reply.earned is not None
    assert (reply.earned.place, reply.earned.podium) == (1, 30)
    assert await totals(database) == {1: 130, 2: 130}


# Sealed rounds.


async def test_a_sealed_round_is_paid_when_it_is_settled(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal", scoring=PODIUM)
    await hand_in(database, at(10), at(20, member=2), at(30, "bubble sort"), at(40))
    before = await booked(database)
    await settled(database, round_)

    assert before == {}
    assert await booked(database) == {
        1: {"solve": 100, "podium": 20},
        2: {"solve": 100, "podium": 30},
    }


async def test_a_sealed_answer_that_arrives_between_settlement_and_reveal_is_told_nothing(
    database: Database,
) -> None:
    round_ = await settled(database, await a_round(database, verdict="at_reveal"))
    (reply,) = await hand_in(database, at(10))
    await revealed(database, round_)

    assert (reply.sealed, reply.earned) == (True, None)
    assert await totals(database) == {1: 100}


async def test_a_late_sealed_answer_that_does_not_stand_is_told_so_and_again(
    database: Database,
) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await hand_in(database, at(3600, "bubble sort"))
    await revealed(database, round_)
    late = at(10)
    (first,) = await hand_in(database, late)
    (again,) = await hand_in(database, late)

    assert (first.told, first.replaced, first.earned) == (Told.ACCEPT, True, None)
    assert again == first
    assert await totals(database) == {}


async def test_a_late_wrong_answer_takes_no_sealed_solve_away(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await hand_in(database, at(10))
    await revealed(database, round_)
    (reply,) = await hand_in(database, at(20, "bubble sort"))

    assert reply.told is Told.SOLVED
    assert await totals(database) == {1: 100}


# Voided rounds.


async def test_a_voided_round_pays_nothing_any_more(database: Database) -> None:
    round_ = await a_round(database, scoring=EVERYTHING)
    await hand_in(database, at(10))
    round_ = await closed(database, round_)
    async with database.transaction() as tx:
        round_ = await rounds.void(tx, round_.id, round_.closes_at)
    await settled(database, round_)
    (late,) = await hand_in(database, at(5, member=2))

    assert await totals(database) == {1: 50}
    assert (late.told, late.practice) == (Told.ACCEPT, True)
    assert await explained(database, round_) is None


# Streaks.


async def play_weeks(database: Database, weeks: Sequence[str], **scoring: Any) -> list[int]:
    """Member 1's streak bonus in each week: `+` solved, `-` missed, `v` solved and voided."""
    week, bonuses = WEEK, list[int]()
    streak = Streak(**{"bonus": 10, "cap": 50, "forgiven": 0} | scoring)
    for what in weeks:
        round_ = await a_round(database, week=week, scoring=Scoring(streak=streak))
        if what in "+v":
            reply = await hand_in_one(database, at=to_ms(round_.opens_at) + 1000)
            assert reply.earned is not None
            bonuses.append(reply.earned.streak)
        round_ = await revealed(database, round_)
        if what == "v":
            async with database.transaction() as tx:
                await rounds.void(tx, round_.id, round_.reveals_at)
        # A week without a riddle now and then: rounds count, weeks do not.
        week = week.next() if what == "-" else week.next().next()
    return bonuses


@pytest.mark.parametrize(
    ("weeks", "scoring", "bonuses"),
    [
        ("+++", {}, [0, 10, 20]),
        ("++-+", {}, [0, 10, 0]),
        ("++-++", {"forgiven": 1}, [0, 10, 20, 30]),
        ("+-+-+", {"forgiven": 1}, [0, 10, 10]),
        ("++++", {"cap": 15}, [0, 10, 15, 15]),
        ("+v+", {}, [0, 10, 10]),
    ],
    ids=str,
)
async def test_a_streak_is_paid_at_solving(
    database: Database, weeks: str, scoring: dict[str, Any], bonuses: list[int]
) -> None:
    assert await play_weeks(database, weeks, **scoring) == bonuses
    assert sum(bonuses) == (await booked(database))[1].get("streak", 0)


@pytest.mark.parametrize("how", ["author_id", "test_solvers", "shown"])
async def test_a_riddle_one_cannot_be_ranked_on_breaks_no_streak(
    database: Database, how: str
) -> None:
    scoring = Scoring(streak=Streak(bonus=10, cap=50, forgiven=0))
    me = a_person(1).id
    changes: list[dict[str, Any]] = [
        {},
        {"author_id": {"author_id": me}, "test_solvers": {"test_solvers": (5, me)}}.get(how, {}),
        {},
    ]
    week, earned = WEEK, list[int | None]()
    for number, change in enumerate(changes):
        round_ = await a_round(database, week=week, scoring=scoring, **change)
        if number == 1 and how == "shown":
            async with database.transaction() as tx:
                account = await meet_one(tx, a_person(1), OPENS)
                await insiders.mark(tx, round_.slug, account, to_ms(round_.opens_at))
        if number != 1:
            reply = await hand_in_one(database, at=to_ms(round_.opens_at) + 1000)
            earned.append(reply.earned and reply.earned.streak)
        await revealed(database, round_)
        week = week.next()

    assert earned == [0, 10]


async def test_what_was_paid_for_a_row_that_became_shorter_counts_towards_the_place(
    database: Database,
) -> None:
    """Nobody is lowered, and nobody ends with more than the higher of the two."""
    scoring = Scoring(streak=Streak(bonus=10, cap=50), podium=(30,))
    first = await a_round(database, scoring=scoring)
    await hand_in(database, at(10))
    first = await revealed(database, first)
    second = await a_round(database, week=WEEK.next(), scoring=scoring)
    await hand_in_one(database, at=to_ms(second.opens_at) + 1000)
    async with database.transaction() as tx:
        await rounds.void(tx, first.id, first.reveals_at)
    before = await booked(database)
    await settled(database, second)
    paid = await booked(database)
    kept = await explained(database, second)

    assert before[1] == {"solve": 200, "podium": 30, "streak": 10}
    assert paid[1] == {"solve": 200, "podium": 50, "streak": 10}
    assert kept is not None
    assert (kept.total, kept.streak) == (130, 0)

"""A try is judged by Discord's clock, once, by the rules of its round, and paid when right."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.calendar import Step
from engine.judging import parse_answer
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play.hints import take as take_hint
from engine.play.limits import Limits
from engine.play.rounds import Round, take_step
from engine.play.settlement import Settled
from engine.play.settlement import settled as settle
from engine.play.submissions import AnswerDesk, Attempt, Reply, Told
from engine.scoring import Entitlement
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    NEAR_MISS,
    SERVER,
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
MINUTE = 60_000
FULL = Entitlement(value=100, base=100, hint_cost=10, award=100, sure=100)


def at(seconds: float, text: str = "quicksort", member: int = 1, **changes: Any) -> Attempt:
    """A try so many seconds after the opening."""
    return a_try(text, member=member, at=OPENS + round(seconds * 1000), **changes)


async def tell(database: Database, *attempts: Attempt) -> list[Told]:
    """What became of tries that came one by one."""
    return [(await hand_in(database, one))[0].told for one in attempts]


async def solves(database: Database) -> list[tuple[int, int]]:
    """Who solved, by number of member, and at which second, in the order of their places."""
    async with database.reading() as reader:
        rows = await reader.all(
            """
            SELECT members.id, at FROM solves JOIN members USING (account)
            ORDER BY at, members.id
            """
        )
    return [(row["id"] - a_person(0).id, row["at"] - OPENS) for row in rows]


async def paid(database: Database) -> dict[int, int]:
    """What each member earned, by number of member."""
    async with database.reading() as reader:
        rows = await reader.all(
            """
            SELECT members.id, sum(points) AS points FROM transfers
            JOIN members ON account = target GROUP BY members.id
            """
        )
        await assert_books_fit(reader)
    return {row["id"] - a_person(0).id: row["points"] for row in rows}


# Right and wrong.


async def test_a_right_answer_is_a_solve_and_paid(database: Database) -> None:
    round_ = await a_round(database)
    reply = await hand_in_one(database, "Quick sort")

    assert reply == Reply(told=Told.ACCEPT, round=round_.id, earned=FULL)
    assert await paid(database) == {1: 100}
    assert await solves(database) == [(1, MINUTE)]


async def test_a_transfer_says_what_it_was_for(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in_one(database, person=a_person(circle="réseau", server=7))
    async with database.reading() as reader:
        row = await reader.one("SELECT * FROM transfers")

    assert row is not None
    assert (row["kind"], row["source"], row["points"]) == ("award", 1, 100)
    assert (row["round"], row["submission"]) == (round_.id, 1)
    assert (row["server"], row["circle"]) == (7, "réseau")
    assert row["counts_at"] == OPENS + MINUTE


async def test_a_wrong_answer_earns_nothing_and_says_when_to_go_on(database: Database) -> None:
    round_ = await a_round(database)
    reply = await hand_in(database, at(60, "bubble sort"))

    assert reply == [Reply(told=Told.REJECT, round=round_.id, free_at=OPENS + 65_000)]
    assert await paid(database) == {}


async def test_an_answer_that_is_none_counts_as_no_try(database: Database) -> None:
    await a_round(database, limits=Limits(most_tries=1))
    replies = [
        (await hand_in(database, at(10 * n, text)))[0]
        for n, text in enumerate(("   ", "x" * 300, "quicksort"), 1)
    ]

    assert [reply.told for reply in replies] == ["invalid", "invalid", "accept"]
    assert [reply.reason for reply in replies] == ["empty", "too_long", None]


async def test_what_was_sent_is_stored_raw(database: Database) -> None:
    await a_round(database)
    await hand_in_one(database, "  ||Bubble\tSort||  ", lang="fr")
    async with database.reading() as reader:
        row = await reader.one("SELECT * FROM submissions")

    assert row is not None
    assert (row["text"], row["lang"]) == ("  ||Bubble\tSort||  ", "fr")
    assert (row["outcome"], row["counted"], row["practice"]) == ("reject", 1, 0)


async def test_a_member_solves_once(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(10), at(20), at(30, "bubble sort"))

    assert told == [Told.ACCEPT, Told.SOLVED, Told.SOLVED]
    assert await paid(database) == {1: 100}


async def test_a_member_solves_once_from_whichever_server(database: Database) -> None:
    await a_round(database)
    told = await hand_in(database, at(10), at(20, person=a_person(server=SERVER + 1)))

    assert [reply.told for reply in told] == [Told.ACCEPT, Told.SOLVED]


async def test_without_a_round_there_is_nothing_to_answer(database: Database) -> None:
    assert await hand_in_one(database) == Reply(told=Told.NO_ROUND)


async def test_a_button_of_a_round_that_never_was_is_answered_in_words(database: Database) -> None:
    await a_round(database)

    assert (await hand_in_one(database, round=99)).told is Told.NO_ROUND


async def test_the_button_of_an_old_riddle_answers_the_old_riddle(database: Database) -> None:
    old = await revealed(database, await a_round(database))
    new = await a_round(database, week=WEEK.next(), answer=parse_answer({"accept": ["heapsort"]}))
    late = to_ms(new.opens_at) + 1000
    one, two = await hand_in(
        database, a_try(round=old.id, at=late), a_try("heapsort", member=2, at=late)
    )

    assert (one.told, one.round, one.practice) == (Told.ACCEPT, old.id, True)
    assert (two.told, two.round, two.practice) == (Told.ACCEPT, new.id, False)
    assert await paid(database) == {2: 100}


# Which riddle is meant.


async def test_what_was_sent_before_a_riddle_opened_belongs_to_the_one_before(
    database: Database,
) -> None:
    old = await a_round(database)
    sent = a_try(at=to_ms(old.closes_at) - 1)
    await closed(database, old)
    new = await a_round(database, week=WEEK.next(), answer=parse_answer({"accept": ["heapsort"]}))
    (reply,) = await hand_in(database, sent)

    assert new.id != old.id
    assert (reply.told, reply.round) == (Told.ACCEPT, old.id)


@pytest.mark.parametrize(
    ("early", "told"), [(5 * MINUTE, Told.REJECT), (5 * MINUTE + 1, Told.ACCEPT)], ids=str
)
async def test_what_was_sent_a_little_early_belongs_to_the_riddle_that_opened(
    database: Database, early: int, told: Told
) -> None:
    """Discord's clock may lag behind ours by as much as five minutes."""
    await revealed(database, await a_round(database))
    new = await a_round(database, week=WEEK.next(), answer=parse_answer({"accept": ["heapsort"]}))
    reply = await hand_in_one(database, at=to_ms(new.opens_at) - early)

    assert (reply.told, reply.practice) == (told, told is Told.ACCEPT)


async def test_what_was_sent_long_before_the_first_riddle_meets_none(database: Database) -> None:
    await a_round(database)
    reply = await hand_in_one(database, at=OPENS - 6 * MINUTE)
    async with database.reading() as reader:
        stored = await reader.value("SELECT count(*) FROM submissions")

    assert reply == Reply(told=Told.NO_ROUND)
    assert stored == 0


# Twice the same interaction.


async def kinds_of_tries(database: Database) -> list[Attempt]:
    """Tries after which every kind of reply has been given, in the order of their moments."""
    round_ = await a_round(
        database,
        limits=Limits(most_tries=2, account_age_days=1),
        answer=parse_answer(
            {
                "accept": ["quicksort"],
                "near": [{"when": "a sort", "say": {"en": "Which?", "fr": "Lequel ?"}}],
            }
        ),
    )
    closing = (to_ms(round_.closes_at) - OPENS) / 1000
    return [
        at(10, "a sort", member=1),
        at(11, "a sort", member=1),
        at(20, "A sort!", member=1),
        at(30, "bubble sort", member=1),
        at(40, "   ", member=1),
        at(100, "shell sort", member=1),
        at(600, "quicksort", member=1),
        at(10, "quicksort", member=2),
        at(20, "quicksort", member=2),
        at(10, "quicksort", member=3, account_created_at=OPENS),
        at(closing, "quicksort", member=4),
    ]


@pytest.mark.parametrize("together", [True, False], ids=["in one commit", "later"])
async def test_an_interaction_delivered_twice_counts_once_and_gets_the_same_reply(
    database: Database, *, together: bool
) -> None:
    tries = await kinds_of_tries(database)
    if together:
        replies = await hand_in(database, *tries, *tries)
        first, again = replies[: len(tries)], replies[len(tries) :]
    else:
        first = [(await hand_in(database, one))[0] for one in tries]
        again = [(await hand_in(database, one))[0] for one in tries]
    async with database.reading() as reader:
        stored = await reader.value("SELECT count(*) FROM submissions")

    assert again == first
    assert stored == len(tries)
    assert {reply.told for reply in first} == {
        *(Told.CLOSE, Told.WAITING, Told.REPEAT, Told.REJECT, Told.INVALID, Told.SPENT),
        *(Told.ACCEPT, Told.SOLVED, Told.YOUNG, Told.LATE),
    }


async def test_a_reply_that_was_lost_is_given_again_after_the_closing(database: Database) -> None:
    round_ = await a_round(database)
    first = await hand_in(database, answer := at(10))
    await revealed(database, round_)

    assert await hand_in(database, answer) == first
    assert await paid(database) == {1: 100}


async def test_a_sealed_reply_stays_the_same_after_the_reveal(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    first = await hand_in(database, answer := at(10))
    await revealed(database, round_)

    assert await hand_in(database, answer) == first


# Discord's clock decides.


async def test_places_follow_discords_milliseconds_and_not_the_arrival(database: Database) -> None:
    await a_round(database)
    await hand_in(database, at(30, member=1))
    await hand_in(database, at(20.001, member=2), at(10, member=3), at(20, member=4))

    assert await solves(database) == [(3, 10_000), (4, 20_000), (2, 20_001), (1, 30_000)]


async def test_equal_milliseconds_are_equal(database: Database) -> None:
    await a_round(database)
    await hand_in(database, at(30, member=1), at(30, member=2))

    assert await solves(database) == [(1, 30_000), (2, 30_000)]
    assert await paid(database) == {1: 100, 2: 100}


async def test_within_a_commit_a_members_tries_are_judged_in_their_order(
    database: Database,
) -> None:
    await a_round(database)
    replies = await hand_in(database, at(30), at(10, "bubble sort"), at(20, "bubble sort"))

    assert [reply.told for reply in replies] == [Told.ACCEPT, Told.REJECT, Told.REPEAT]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
async def test_whatever_the_arrival_order_a_commit_decides_the_same(
    database: Database, order: Sequence[int]
) -> None:
    await a_round(database)
    tries = [at(10, "bubble sort"), at(12, "x sort"), at(20), at(20, member=2)]
    replies = await hand_in(database, *(tries[n] for n in order))
    told = dict(zip(order, (reply.told for reply in replies), strict=True))

    assert [told[n] for n in range(4)] == [Told.REJECT, Told.WAITING, Told.ACCEPT, Told.ACCEPT]


async def test_two_tries_of_one_member_in_one_millisecond_do_not_depend_on_the_arrival(
    database: Database,
) -> None:
    await a_round(database)
    first = at(10, "bubble sort", interaction=9001)
    second = at(10, "quicksort", interaction=9002)
    replies = await hand_in(database, second, first)

    assert [reply.told for reply in replies] == [Told.WAITING, Told.REJECT]


@pytest.mark.parametrize("seed", range(4))
async def test_tries_that_share_commits_fare_as_those_that_do_not(
    database: Database, seed: int
) -> None:
    rng = random.Random(seed)
    texts = ["bubble sort", "bubble  SORT", NEAR_MISS, "", "bogosort"]
    moment, tries = 0.0, list[Attempt]()
    for _ in range(60):
        moment += rng.choice([0.001, 1, 5, 40, 200])
        text = "quicksort" if len(tries) > 40 else rng.choice(texts)
        tries.append(at(moment, text, member=rng.randrange(1, 5)))
    await a_round(database)
    alone = [(await hand_in(database, one))[0] for one in tries]
    shared: list[Reply] = []
    again = [
        replace(one, person=replace(one.person, id=one.person.id + 500), interaction=90_000 + n)
        for n, one in enumerate(tries)
    ]
    while again:
        size = rng.randrange(1, 20)
        batch, again = again[:size], again[size:]
        order = rng.sample(range(len(batch)), len(batch))
        replies = await hand_in(database, *(batch[n] for n in order))
        shared += [replies[order.index(n)] for n in range(len(batch))]

    assert shared == alone
    assert len({reply.told for reply in alone}) >= 5


async def test_an_earlier_wrong_answer_that_arrives_late_takes_no_solve_away(
    database: Database,
) -> None:
    await a_round(database)
    told = await tell(database, at(20), at(10, "bubble sort"))

    assert told[0] is Told.ACCEPT
    assert await solves(database) == [(1, 20_000)]


async def test_bot_lag_costs_a_member_no_place_against_themselves(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(20), at(10))

    assert told == [Told.ACCEPT, Told.ACCEPT]
    assert await solves(database) == [(1, 10_000)]
    assert await paid(database) == {1: 100}


async def test_an_earlier_wrong_answer_of_somebody_who_solved_asks_for_no_patience(
    database: Database,
) -> None:
    await a_round(database)
    await tell(database, at(20))
    (reply,) = await hand_in(database, at(10, "bubble sort"))

    assert (reply.told, reply.free_at) == (Told.REJECT, None)


async def test_a_try_that_arrives_late_does_not_shorten_the_pause(
    database: Database,
) -> None:
    await a_round(database)
    await hand_in(database, at(100, "   "))
    replies = await hand_in(database, at(50, "   "), at(101, "quicksort"))

    assert replies[1].told is Told.WAITING


async def test_a_late_arrival_is_told_the_moment_that_will_hold(database: Database) -> None:
    await a_round(database)
    await hand_in(database, at(100, "bubble sort"))
    (reply,) = await hand_in(database, at(50, "shell sort"))
    refused = await hand_in(database, at(101, "quicksort"))

    assert refused[0].free_at == reply.free_at


# Before the opening and at the closing.


async def test_what_was_stamped_before_the_opening_counts_for_the_opening(
    database: Database,
) -> None:
    await a_round(database)
    (reply,) = await hand_in(database, at(-0.7))
    async with database.reading() as reader:
        counts_at = await reader.value("SELECT counts_at FROM transfers")

    assert reply.told is Told.ACCEPT
    assert counts_at == OPENS


async def test_a_round_closed_at_its_very_opening_takes_no_answer_stamped_before(
    database: Database,
) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        await take_step(tx, round_.id, Step.CLOSE, due_at=MONDAY, now=MONDAY)

    assert await tell(database, at(-0.7)) == [Told.LATE]


async def test_nobody_gains_a_place_by_a_stamp_before_the_opening(database: Database) -> None:
    await a_round(database)
    await hand_in(database, at(-0.7, member=2), at(0, member=1), at(0.001, member=3))

    assert await solves(database) == [(1, 0), (2, 0), (3, 1)]


async def test_a_pause_after_a_stamp_before_the_opening_runs_from_the_opening(
    database: Database,
) -> None:
    await a_round(database)
    (first,) = await hand_in(database, at(-3, "bubble sort"))
    told = await tell(database, at(4.999), at(5))

    assert first.free_at == OPENS + 5000
    assert told == [Told.WAITING, Told.ACCEPT]


@pytest.mark.parametrize(
    ("after", "told"), [(-1, Told.ACCEPT), (0, Told.LATE), (1, Told.LATE)], ids=str
)
async def test_the_closing_is_exact_to_the_millisecond(
    database: Database, after: int, told: Told
) -> None:
    round_ = await a_round(database)
    reply = await hand_in_one(database, at=to_ms(round_.closes_at) + after)

    assert reply.told is told
    assert len(await solves(database)) == (told is Told.ACCEPT)


@pytest.mark.parametrize(
    ("then", "earned"),
    [
        (closed, FULL),
        *((then, replace(FULL, place=1, settled=True)) for then in (settled, revealed)),
    ],
)
async def test_an_answer_from_before_the_closing_counts_whenever_it_arrives(
    database: Database, then: Any, earned: Entitlement
) -> None:
    round_ = await a_round(database)
    await then(database, round_)
    reply = await hand_in_one(database, at=to_ms(round_.closes_at) - 1)

    assert reply == Reply(told=Told.ACCEPT, round=round_.id, earned=earned)
    assert await paid(database) == {1: 100}


async def test_a_round_closed_early_closes_for_later_stamps_only(database: Database) -> None:
    round_ = await a_round(database)
    now = MONDAY + timedelta(seconds=30)
    async with database.transaction() as tx:
        await take_step(tx, round_.id, Step.CLOSE, due_at=now, now=now)

    assert await tell(database, at(30), at(29.999, member=2)) == [Told.LATE, Told.ACCEPT]


async def test_between_closing_and_reveal_an_answer_is_not_judged(database: Database) -> None:
    round_ = await closed(database, await a_round(database))
    reply = await hand_in_one(database, at=to_ms(round_.closes_at) + MINUTE)
    async with database.reading() as reader:
        row = await reader.one("SELECT text, normal, rule FROM submissions")

    assert reply == Reply(told=Told.LATE, round=round_.id)
    assert row is not None
    assert tuple(row) == (None, None, None)


@pytest.mark.parametrize("verdict", ["instant", "at_reveal"])
async def test_from_the_reveal_answers_are_practice(database: Database, verdict: str) -> None:
    round_ = await revealed(database, await a_round(database, verdict=verdict))
    later = to_ms(round_.reveals_at)
    right, wrong, soon = await hand_in(
        database,
        a_try(at=later),
        a_try("bubble sort", at=later + 1),
        a_try("bubble sort", at=later + 2),
    )

    assert (right.told, right.practice, right.earned) == (Told.ACCEPT, True, None)
    assert (wrong.told, wrong.practice, wrong.free_at) == (Told.REJECT, True, None)
    assert (soon.told, soon.sealed) == (Told.REJECT, False)
    assert await solves(database) == []
    assert await paid(database) == {}


async def test_practice_does_not_count_for_a_late_arrival(database: Database) -> None:
    round_ = await revealed(database, await a_round(database, limits=Limits(most_tries=1)))
    closing = to_ms(round_.closes_at)
    await hand_in(database, *(a_try(f"sort {n}", at=closing + MINUTE + n) for n in range(9)))
    (reply,) = await hand_in(database, a_try("sort 1", at=closing - 6000))

    assert reply.told is Told.REJECT


# Pauses and growing delays.


@pytest.mark.parametrize(("after", "told"), [(4.999, Told.WAITING), (5.0, Told.ACCEPT)], ids=str)
@pytest.mark.parametrize("text", ["bubble sort", NEAR_MISS, "   "])
async def test_five_seconds_lie_between_two_tries(
    database: Database, text: str, after: float, told: Told
) -> None:
    await a_round(database)
    answers = await tell(database, at(10, text), at(10 + after))

    assert answers[1] is told


async def test_a_blocked_try_is_neither_judged_nor_kept_as_text(database: Database) -> None:
    await a_round(database)
    _, reply = await hand_in(database, at(10, "bubble sort"), at(11, "quicksort"))
    async with database.reading() as reader:
        row = await reader.one("SELECT * FROM submissions ORDER BY id DESC")

    assert reply.told is Told.WAITING
    assert reply.free_at == OPENS + 15_000
    assert row is not None
    assert (row["text"], row["normal"], row["rule"]) == (None, None, None)
    assert row["interaction"] > 0


async def test_blocked_tries_do_not_lengthen_the_wait(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(10, "bubble sort"), *(at(11 + n) for n in range(4)), at(15))

    assert told[1:] == [Told.WAITING] * 4 + [Told.ACCEPT]


async def test_the_delay_grows_with_wrong_answers_exact_to_the_millisecond(
    database: Database,
) -> None:
    """The reckoning of the rules, written out: the oldest of n wrong ones blocks (n-1)²/1.5 min."""
    await a_round(database)
    wrong: list[int] = []
    now = 1000
    for n in range(1, 10):
        (reply,) = await hand_in(database, at(now / 1000, f"sort {n}"))
        wrong.append(now)
        waits = [min(i * i * 40_000, 30 * MINUTE) for i in range(n)]
        free = max(now + 5000, *(t + w for t, w in zip(reversed(wrong), waits, strict=True)))
        (early,) = await hand_in(database, at((free - 1) / 1000))

        assert (reply.told, reply.free_at) == (Told.REJECT, OPENS + free)
        assert (early.told, early.free_at) == (Told.WAITING, OPENS + free)
        now = free
    assert await tell(database, at(now / 1000)) == [Told.ACCEPT]


async def test_the_delay_fades_for_those_who_think(database: Database) -> None:
    await a_round(database)
    told = await tell(database, *(at(3600 * n, f"sort {n}") for n in range(1, 20)))

    assert set(told) == {Told.REJECT}


async def test_one_members_wrong_answers_do_not_block_another(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(10, "bubble sort"), at(10.001, member=2))

    assert told == [Told.REJECT, Told.ACCEPT]


async def test_wrong_answers_to_one_riddle_do_not_block_the_next(database: Database) -> None:
    old = await a_round(database)
    end = (to_ms(old.closes_at) - OPENS) / 1000
    await hand_in(database, *(at(end - 700 + n * 100, f"sort {n}") for n in range(6)))
    now = old.closes_at + timedelta(seconds=1)
    await closed(database, old)
    async with database.transaction() as tx:
        await tx.execute("UPDATE steps SET taken_at = taken_at")
    new = await a_round(database, week=WEEK.next())
    reply = await hand_in_one(database, at=max(to_ms(now), to_ms(new.opens_at)))

    assert (reply.round, reply.told) == (new.id, Told.ACCEPT)


async def test_a_riddle_may_limit_the_tries(database: Database) -> None:
    await a_round(database, limits=Limits(most_tries=2))
    told = await tell(
        database,
        at(100, NEAR_MISS),
        at(200, "bubble sort"),
        at(300, "bubble sort"),
        at(400, "shell sort"),
        at(9999),
    )

    assert told == [Told.CLOSE, Told.REJECT, Told.REPEAT, Told.REJECT, Told.SPENT]


# Near misses and repeats.

NEAR = parse_answer(
    {
        "accept": ["quicksort"],
        "near": [
            {"when": word, "say": {"en": f"{word}?", "fr": f"{word} ?"}}
            for word in ("alpha", "beta", "gamma", "delta", "epsilon")
        ],
    }
)


async def test_three_near_misses_are_free_and_the_fourth_counts_as_wrong(
    database: Database,
) -> None:
    await a_round(database, answer=NEAR)
    words = ("alpha", "beta", "gamma", "delta", "epsilon")
    replies = [(await hand_in(database, at(100 * n, word)))[0] for n, word in enumerate(words, 1)]
    async with database.reading() as reader:
        rows = await reader.all("SELECT counted FROM submissions ORDER BY id")

    assert {reply.told for reply in replies} == {Told.CLOSE}
    assert replies[0].say == {"en": "alpha?", "fr": "alpha ?"}
    assert [row["counted"] for row in rows] == [0, 0, 0, 1, 1]
    assert [reply.free_at for reply in replies] == [
        *(OPENS + 105_000, OPENS + 205_000, OPENS + 305_000, OPENS + 405_000),
        OPENS + 505_000,
    ]


async def test_free_near_misses_of_one_commit_are_counted_too(database: Database) -> None:
    await a_round(database, answer=NEAR)
    words = ("alpha", "beta", "gamma", "delta")
    await hand_in(database, *(at(100 * n, word) for n, word in enumerate(words, 1)))
    async with database.reading() as reader:
        rows = await reader.all("SELECT counted FROM submissions ORDER BY id")

    assert [row["counted"] for row in rows] == [0, 0, 0, 1]


@pytest.mark.parametrize("text", ["bubble sort", NEAR_MISS])
async def test_the_same_answer_again_is_a_repeat_and_no_wrong_try(
    database: Database, text: str
) -> None:
    await a_round(database)
    replies = [(await hand_in(database, at(100 * n, text)))[0] for n in range(1, 9)]
    async with database.reading() as reader:
        counted = await reader.value("SELECT sum(counted) FROM submissions")

    assert [reply.told for reply in replies[1:]] == [Told.REPEAT] * 7
    assert replies[-1].free_at == OPENS + 805_000
    assert counted == (text == "bubble sort")


async def test_a_repeat_is_told_by_its_normal_form(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(10, "Bubble Sort"), at(20, "  bubble sort !"))

    assert told == [Told.REJECT, Told.REPEAT]


async def test_another_members_answer_is_no_repeat(database: Database) -> None:
    await a_round(database)
    told = await tell(database, at(10, "bubble sort"), at(20, "bubble sort", member=2))

    assert told == [Told.REJECT, Told.REJECT]


# Who may try.


async def test_the_author_may_solve_but_is_not_ranked(database: Database) -> None:
    await a_round(database, author_id=a_person(1).id)
    reply = await hand_in_one(database)
    async with database.reading() as reader:
        row = await reader.one("SELECT ranked, award FROM solves")

    assert (reply.told, reply.earned) == (Told.ACCEPT, None)
    assert row is not None
    assert tuple(row) == (0, None)
    assert await paid(database) == {}


@pytest.mark.parametrize(("age", "told"), [(-1, Told.YOUNG), (0, Told.ACCEPT)], ids=str)
@pytest.mark.parametrize("of", ["account", "membership"])
async def test_a_least_age_is_exact_to_the_millisecond(
    database: Database, of: str, age: int, told: Told
) -> None:
    await a_round(database, limits=Limits(account_age_days=2, membership_age_days=2))
    two_days_ago = OPENS + MINUTE - 2 * 86_400_000
    created, joined = (two_days_ago - age, 0) if of == "account" else (0, two_days_ago - age)
    reply = await hand_in_one(database, account_created_at=created, joined_at=joined)

    assert reply.told is told


async def test_who_does_not_say_since_when_they_are_there_is_too_young_where_it_matters(
    database: Database,
) -> None:
    await a_round(database, limits=Limits(membership_age_days=1))

    assert (await hand_in_one(database, joined_at=None)).told is Told.YOUNG


async def test_where_nobody_asks_for_it_the_age_of_a_membership_is_not_needed(
    database: Database,
) -> None:
    await a_round(database, limits=Limits(account_age_days=1))

    assert (await hand_in_one(database, joined_at=None)).told is Told.ACCEPT


async def test_tries_spent_later_do_not_hold_up_an_answer_that_arrives_late(
    database: Database,
) -> None:
    await a_round(database, limits=Limits(most_tries=1))
    told = await tell(database, at(100, "bubble sort"), at(50), at(200, member=1))

    assert told == [Told.REJECT, Told.ACCEPT, Told.SOLVED]


# What hints cost.


@pytest.mark.parametrize(("taken", "hints"), [(9.999, 1), (10.0, 0), (10.001, 0)], ids=str)
async def test_a_hint_costs_when_it_was_taken_before_the_accepted_millisecond(
    database: Database, taken: float, hints: int
) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(), OPENS)
        await take_hint(tx, round_, account, 1, OPENS + round(taken * 1000))
    (reply,) = await hand_in(database, at(10))

    left = 100 - 10 * hints
    assert reply.earned == replace(FULL, hints=hints, award=left, sure=left)


async def test_two_hints_cost_twice_and_a_strangers_nothing(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        for member, count in ((1, 2), (2, 3)):
            account = await meet_one(tx, a_person(member), OPENS)
            for n in range(1, count + 1):
                await take_hint(tx, round_, account, n, OPENS + n)
    await hand_in(database, at(10), at(10, member=3))

    assert await paid(database) == {1: 80, 3: 100}


async def test_hints_of_an_earlier_riddle_cost_nothing(database: Database) -> None:
    old = await a_round(database)
    async with database.transaction() as tx:
        await take_hint(tx, old, await meet_one(tx, a_person(), OPENS), 1, OPENS)
    await closed(database, old)
    new = await a_round(database, week=WEEK.next())
    reply = await hand_in_one(database, at=to_ms(new.opens_at))

    assert reply.earned == FULL


async def test_a_solve_earns_at_least_one_point(database: Database) -> None:
    round_ = await a_round(database, value=3, hint_cost="0.5")
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(), OPENS)
        for n in (1, 2, 3):
            await take_hint(tx, round_, account, n, OPENS + n)
    await hand_in(database, at(10))

    assert await paid(database) == {1: 1}


# Verdicts told at the reveal.


async def sealed_round(database: Database, **changes: Any) -> Round:
    return await a_round(database, verdict="at_reveal", **changes)


@pytest.mark.parametrize("text", ["quicksort", "bubble sort", NEAR_MISS, "bogosort"])
async def test_a_sealed_round_tells_nothing_before_the_reveal(
    database: Database, text: str
) -> None:
    await sealed_round(database)
    (reply,) = await hand_in(database, at(10, text))

    assert reply.sealed
    assert reply.free_at is None
    assert reply.earned is None
    assert await solves(database) == []
    assert await paid(database) == {}


async def test_a_sealed_round_says_at_once_what_is_no_answer(database: Database) -> None:
    await sealed_round(database)
    (reply,) = await hand_in(database, at(10, "   "))

    assert (reply.told, reply.reason, reply.sealed) == (Told.INVALID, "empty", False)


async def test_a_sealed_round_knows_neither_limits_nor_delays_nor_repeats(
    database: Database,
) -> None:
    await sealed_round(database, limits=Limits(most_tries=1))
    replies = await hand_in(database, *(at(10 + n / 1000, "bubble sort") for n in range(20)))
    async with database.reading() as reader:
        rows = await reader.all("SELECT DISTINCT outcome, counted FROM submissions")

    assert all(reply.sealed for reply in replies)
    assert [tuple(row) for row in rows] == [("reject", 0)]


@pytest.mark.parametrize(
    ("texts", "solved"),
    [
        (["quicksort"], [(1, 10_000)]),
        (["bubble sort", "quicksort"], [(1, 20_000)]),
        (["quicksort", "bubble sort"], []),
        (["quicksort", "bubble sort", "quicksort"], [(1, 30_000)]),
        (["quicksort", "quicksort"], [(1, 20_000)]),
        (["quicksort", "   "], [(1, 10_000)]),
        (["   "], []),
    ],
    ids=str,
)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
async def test_the_last_answer_before_the_closing_stands_with_its_own_moment(
    database: Database, texts: list[str], solved: list[tuple[int, int]], *, backwards: bool
) -> None:
    round_ = await sealed_round(database)
    tries = [at(10 * n, text) for n, text in enumerate(texts, 1)]
    await tell(database, *(reversed(tries) if backwards else tries))
    await revealed(database, round_)

    assert await solves(database) == solved
    assert await paid(database) == ({1: 100} if solved else {})


async def test_a_sealed_answer_after_the_closing_does_not_stand(database: Database) -> None:
    round_ = await sealed_round(database)
    closing = to_ms(round_.closes_at)
    first, second = await hand_in(database, a_try(at=closing - 1), a_try("bubble sort", at=closing))
    await revealed(database, round_)

    assert (first.sealed, second.told) == (True, Told.LATE)
    assert await paid(database) == {1: 100}


async def test_settling_twice_pays_once(database: Database) -> None:
    round_ = await sealed_round(database)
    await hand_in(database, at(10), at(11, member=2))
    round_ = await revealed(database, round_)
    async with database.transaction() as tx:
        again = await settle(tx, round_, to_ms(round_.reveals_at))

    assert again == Settled(solved=2, paid=0, points=0)
    assert await paid(database) == {1: 100, 2: 100}


async def test_sealed_solves_pay_for_their_hints_and_not_their_authors(
    database: Database,
) -> None:
    round_ = await sealed_round(database, author_id=a_person(2).id)
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), OPENS)
        await take_hint(tx, round_, account, 1, OPENS + 5000)
        await take_hint(tx, round_, account, 2, OPENS + 15_000)
    await hand_in(database, at(10), at(10, member=2))
    await revealed(database, round_)

    assert await paid(database) == {1: 90}
    assert await solves(database) == [(1, 10_000), (2, 10_000)]


async def test_sealed_solves_belong_where_they_were_earned(database: Database) -> None:
    round_ = await sealed_round(database)
    await hand_in(database, at(10, person=a_person(server=7, circle="réseau")))
    await revealed(database, round_)
    async with database.reading() as reader:
        row = await reader.one("SELECT server, circle, counts_at, submission FROM transfers")

    assert row is not None
    assert tuple(row) == (7, "réseau", OPENS + 10_000, 1)


async def test_a_sealed_answer_from_before_the_closing_counts_whenever_it_arrives(
    database: Database,
) -> None:
    round_ = await revealed(database, await sealed_round(database))
    await hand_in_one(database, at=to_ms(round_.closes_at) - 1)

    assert await paid(database) == {1: 100}


async def test_a_sealed_answer_that_arrives_late_knows_no_delay(database: Database) -> None:
    round_ = await sealed_round(database)
    closing = to_ms(round_.closes_at)
    await hand_in(database, a_try("bubble sort", at=closing - 1000))
    await revealed(database, round_)
    await hand_in(database, a_try(at=closing - 1))

    assert await paid(database) == {1: 100}


async def test_a_sealed_answer_that_arrives_late_does_not_replace_a_later_one(
    database: Database,
) -> None:
    round_ = await sealed_round(database)
    await hand_in(database, at(3600, "bubble sort"))
    await revealed(database, round_)
    await hand_in(database, at(10))

    assert await paid(database) == {}


async def test_a_sealed_answer_that_arrives_late_gets_the_same_reply_again(
    database: Database,
) -> None:
    round_ = await revealed(database, await sealed_round(database))
    late = a_try(at=to_ms(round_.closes_at) - 1)
    first = await hand_in(database, late)

    assert await hand_in(database, late) == first


# Many at once.


async def test_a_thousand_members_at_once_are_all_answered_and_paid(database: Database) -> None:
    await a_round(database)
    desk = AnswerDesk(database)
    rng = random.Random(20261123)
    tries = [at(rng.randrange(1, 9999) / 1000, member=n) for n in range(1, 1001)]
    tries += [at(20, "bubble sort", member=n) for n in range(1, 1001, 2)]
    rng.shuffle(tries)
    replies = await asyncio.gather(*(desk.submit(one) for one in tries))
    told = [
        reply.told for one, reply in zip(tries, replies, strict=True) if one.text == "quicksort"
    ]

    assert told == [Told.ACCEPT] * 1000
    assert await paid(database) == dict.fromkeys(range(1, 1001), 100)
    assert await solves(database) == sorted(
        (
            (one.person.id - a_person(0).id, one.at - OPENS)
            for one in tries
            if one.text == "quicksort"
        ),
        key=lambda solve: (solve[1], solve[0]),
    )


async def test_one_member_pressing_a_hundred_times_at_once_solves_once(
    database: Database,
) -> None:
    await a_round(database)
    desk = AnswerDesk(database)
    tries = [at(10 + n / 1000) for n in range(100)]
    replies = await asyncio.gather(*(desk.submit(one) for one in reversed(tries)))
    await desk.idle()

    assert [reply.told for reply in replies].count(Told.ACCEPT) == 1
    assert replies[-1].told is Told.ACCEPT
    assert await paid(database) == {1: 100}


async def test_one_try_that_cannot_be_stored_costs_its_neighbours_nothing(
    database: Database,
) -> None:
    await a_round(database)
    desk = AnswerDesk(database)
    tries = [at(10), at(10, "\ud83d sort", member=2), at(10, member=3)]
    replies = await asyncio.gather(*(desk.submit(one) for one in tries), return_exceptions=True)

    assert [isinstance(replies[n], Reply) for n in (0, 2)] == [True, True]
    assert await paid(database) == {1: 100, 3: 100}


# What the books say of it.


async def test_an_award_is_kept_with_the_inputs_that_explain_it(database: Database) -> None:
    await a_round(database)
    await hand_in_one(database)
    async with database.reading() as reader:
        kept = await reader.value("SELECT award FROM solves")

    assert Entitlement.from_json(kept) == FULL


async def test_the_moments_of_booking_never_run_backwards(database: Database) -> None:
    await a_round(database)
    await tell(
        database,
        at(20, member=1, received_at=OPENS + 30_000),
        at(10, member=2, received_at=OPENS + 31_000),
    )
    async with database.reading() as reader:
        rows = await reader.all("SELECT booked_at FROM transfers ORDER BY id")

    assert [row["booked_at"] - OPENS for row in rows] == [30_000, 31_000]


async def test_nothing_of_a_refused_commit_remains(database: Database) -> None:
    await a_round(database)
    with pytest.raises(UnicodeEncodeError):
        await hand_in(database, at(10), at(10, "\ud83d", member=2))

    account = account_of_member(database)
    with pytest.raises(AssertionError):
        await account
    assert await paid(database) == {}

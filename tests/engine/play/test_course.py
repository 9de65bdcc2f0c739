"""What hosts change by hand is kept once, with who did it, and can be taken back."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import posts, watch
from engine.calendar import Step, Week, publication_due
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import course, errata, rounds
from engine.posts import Owed
from engine.storage.database import Database, open_database
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_rhythm,
    a_round,
    account_of_member,
    closed,
    hand_in_one,
)

SLUGS = ("a", "b", "c", "d")


async def swapped(swaps: Sequence[tuple[str, str, int]]) -> Mapping[str, str]:
    """The places after these swaps, each asked for under its key."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.db"
        async with (
            open_database(path, kind="live", now=MONDAY) as database,
            database.transaction() as tx,
        ):
            for one, other, key in swaps:
                await course.swap(tx, one, other, key=str(key), now=MONDAY, actor=None)
            return (await course.read(tx)).places


async def test_a_week_is_left_out_once_and_taken_back_once(database: Database) -> None:
    async with database.transaction() as tx:
        did = [await course.skip(tx, WEEK, key=key, now=MONDAY, actor=None) for key in ("1", "2")]
        left_out = (await course.read(tx)).skipped
        undid = [
            await course.unskip(tx, WEEK, key=key, now=MONDAY, actor=None) for key in ("3", "4")
        ]

        assert did == undid == [True, False]
        assert left_out == {WEEK}
        assert (await course.read(tx)).skipped == frozenset()
        assert [line.what for line in await course.log(tx, 9)] == ["unskip", "skip"]


def test_a_week_that_is_left_out_is_not_published_nor_named_next() -> None:
    rhythm = a_rhythm(left_out=frozenset({WEEK}))

    assert publication_due(rhythm, MONDAY, ()) is None
    assert rhythm.next_publication(MONDAY - timedelta(days=1)).week == WEEK.next()


@given(
    st.lists(
        st.tuples(st.sampled_from(SLUGS), st.sampled_from(SLUGS), st.integers(0, 6)).filter(
            lambda swap: swap[0] != swap[1]
        ),
        max_size=12,
    )
)
@settings(max_examples=15)
def test_swaps_in_any_order_and_repeated_leave_everybody_one_place_of_their_own(
    swaps: list[tuple[str, str, int]],
) -> None:
    expected = {slug: slug for slug in SLUGS}
    keys: set[int] = set()
    for one, other, key in swaps:
        if key not in keys:
            keys.add(key)
            expected[one], expected[other] = expected[other], expected[one]
    places = asyncio.run(swapped(swaps))

    assert {slug: places.get(slug, slug) for slug in SLUGS} == expected
    assert all(slug != place for slug, place in places.items())


async def test_an_extension_moves_closing_reveal_and_recap_by_the_same_and_nothing_else(
    database: Database,
) -> None:
    before = await a_round(database)
    later = before.closes_at + timedelta(hours=5)
    async with database.transaction() as tx:
        await course.extend(tx, before.id, later, key="k", now=MONDAY, actor=None)
        after = await course.extend(tx, before.id, later, key="k", now=MONDAY, actor=None)

    assert after.closes_at == later
    assert after.reveals_at - before.reveals_at == timedelta(hours=5)
    assert after.recaps_at - before.recaps_at == timedelta(hours=5)
    assert (after.hints_at, after.reminds_at) == (before.hints_at, before.reminds_at)
    assert after.planned_closes_at == before.planned_closes_at


async def test_an_answer_after_the_old_closing_counts_in_an_extended_round(
    database: Database,
) -> None:
    round_ = await a_round(database)
    late = round_.closes_at - MONDAY + timedelta(minutes=1)
    too_late = await hand_in_one(database, member=1, after=late)
    async with database.transaction() as tx:
        later = round_.closes_at + timedelta(hours=1)
        await course.extend(tx, round_.id, later, key="k", now=MONDAY, actor=None)
    in_time = await hand_in_one(database, member=2, after=late)

    assert (too_late.told, in_time.told) == ("late", "accept")


async def test_the_log_names_who_did_what_steps_by_hand_among_it(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        host = await meet_one(tx, a_person(7, name="Margaret"), to_ms(MONDAY))
        await course.skip(tx, WEEK.next(), key="k", now=MONDAY, actor=host)
        await rounds.take_step(
            tx,
            round_.id,
            Step.CLOSE,
            due_at=round_.closes_at,
            now=MONDAY + timedelta(days=1),
            actor=host,
        )
        lines = await course.log(tx, 9)

    assert [(line.what, line.who) for line in lines] == [
        ("close", "Margaret"),
        ("skip", "Margaret"),
    ]
    assert lines[1].facts == {"week": str(WEEK.next())}


async def test_what_the_clock_did_is_not_in_the_log(database: Database) -> None:
    await closed(database, await a_round(database))
    async with database.reading() as reader:
        assert await course.log(reader, 9) == []


# Errata.


async def test_a_correction_concerns_who_tried_and_has_not_solved(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in_one(database, "quicksort", member=1)
    await hand_in_one(database, "heapsort", member=2)
    await hand_in_one(database, "heapsort", member=3)
    await hand_in_one(database, "quicksort", member=3, after=timedelta(hours=1))
    async with database.transaction() as tx:
        await meet_one(tx, a_person(4), to_ms(MONDAY))
        concerned = await errata.still_trying(tx, round_.id)

    assert concerned == [await account_of_member(database, 2)]


async def test_corrections_are_kept_in_order_and_read_in_the_readers_language(
    database: Database,
) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        for words in ({"fr": "Un.", "en": "One."}, {"fr": "Deux."}):
            await errata.record(tx, round_.id, words, MONDAY)
        found = await errata.of_round(tx, round_.id)

    assert [one.wording("en") for one in found] == ["One.", "Deux."]


# The watch.


async def test_each_fall_of_the_queue_is_told_once_and_again_after_it_has_grown(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        numbers = [await watch.note_queue(tx, weeks) for weeks in (9, 4, 2, 2, 1, 0, 0, 3, 5, 1)]

    assert numbers == [None, None, 1, None, 2, 3, None, None, None, 4]


async def test_being_alive_is_one_row(database: Database) -> None:
    async with database.transaction() as tx:
        before = await watch.last_alive(tx)
        for minutes in range(3):
            await watch.be_alive(tx, MONDAY + timedelta(minutes=minutes))

        assert before is None
        assert await watch.last_alive(tx) == MONDAY + timedelta(minutes=2)
        assert await tx.value("SELECT count(*) FROM alive") == 1


async def test_what_staff_were_told_they_are_not_told_again(database: Database) -> None:
    async with database.transaction() as tx:
        await watch.told(tx, ["a", "b"], MONDAY)

        assert await watch.not_told(tx, ["a", "c", "b"]) == ["c"]


async def test_hurrying_lets_waiting_posts_be_tried_now_and_keeps_the_order_of_their_lane(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        owed = [Owed(key=key, kind="staff", lane="hall", server=1) for key in ("a", "b")]
        await posts.owe(tx, owed, 5)
        (first,) = await posts.ready(tx, 5)
        await posts.claim(tx, first.id, 5)
        await posts.put_off(tx, first.id, error="away", next_ms=9_999)
        before = await posts.ready(tx, 100)
        await posts.hurry(tx, 100)

        assert before == []
        assert [post.key for post in await posts.ready(tx, 100)] == ["a"]


def test_the_week_before_undoes_the_week_after() -> None:
    for week in (Week(2026, 1), Week(2026, 53), Week(2027, 1), WEEK):
        assert week.next().before() == week.before().next() == week

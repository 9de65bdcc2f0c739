"""A round is one riddle in one week; its steps are taken once, in order, and its rules stay."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.calendar import Step, WeeklyTime
from engine.errors import RoundExists, RoundStillOpen, StepRefused
from engine.judging import Outcome, judge, parse_answer
from engine.play import rounds
from engine.play.limits import Limits
from engine.play.rounds import Round, open_round, take_step
from engine.storage.database import Database
from tests.builders import MONDAY, WEEK, a_rhythm, a_round, closed, revealed, rules

HOUR = timedelta(hours=1)


async def take(
    database: Database, round_: Round, step: Step, n: int = 1, *, after: timedelta = HOUR
) -> Round:
    async with database.transaction() as tx:
        now = MONDAY + after
        return await take_step(tx, round_.id, step, n=n, due_at=now, now=now)


async def test_a_round_opens_with_the_moments_of_its_plan(database: Database) -> None:
    plan = a_rhythm().plan(WEEK)
    async with database.transaction() as tx:
        round_ = await open_round(
            tx, plan=plan, slug="sort", rules=rules(), now=MONDAY + timedelta(minutes=2)
        )

    assert round_.week == WEEK
    assert round_.opens_at == MONDAY + timedelta(minutes=2)
    assert round_.hints_at == plan.hints_at
    assert (round_.reminds_at, round_.closes_at) == (plan.reminds_at, plan.closes_at)
    assert (round_.reveals_at, round_.recaps_at) == (plan.reveals_at, plan.recaps_at)
    assert round_.taken == {(Step.PUBLISH, 1)}
    assert round_.is_open


async def test_a_week_has_one_round(database: Database) -> None:
    await closed(database, await a_round(database))

    with pytest.raises(RoundExists) as refusal:
        await a_round(database, slug="another")
    assert refusal.value.what == "2026-W48"


async def test_a_riddle_goes_out_once(database: Database) -> None:
    await closed(database, await a_round(database, slug="sort"))

    with pytest.raises(RoundExists) as refusal:
        await a_round(database, slug="sort", week=WEEK.next())
    assert refusal.value.what == "sort"


async def test_at_most_one_round_is_open(database: Database) -> None:
    round_ = await a_round(database)

    with pytest.raises(RoundStillOpen) as refusal:
        await a_round(database, week=WEEK.next())
    assert refusal.value.round_id == round_.id
    await closed(database, round_)
    await a_round(database, week=WEEK.next())


async def test_a_refused_round_leaves_no_trace(database: Database) -> None:
    await a_round(database)
    with pytest.raises(RoundStillOpen):
        await a_round(database, week=WEEK.next())
    async with database.reading() as reader:
        assert await rounds.weeks_done(reader) == {WEEK}
        assert await rounds.slugs_used(reader) == {f"riddle-{WEEK}"}


async def test_a_round_keeps_its_rules(database: Database) -> None:
    frozen = rules(
        circle="réseau",
        author_id=7,
        hint_cost=Decimal("0.25"),
        verdict="at_reveal",
        limits=Limits(pause_seconds=9, most_tries=4),
        credit="© Ada 🦊",
        answer=parse_answer(
            {
                "accept": ["quick sort", "tri rapide"],
                "reject": ["bogosort"],
                "near": [{"when": "a sort", "say": {"fr": "Lequel ?", "en": "Which?"}}],
            }
        ),
    )
    async with database.transaction() as tx:
        opened = await open_round(
            tx, plan=a_rhythm().plan(WEEK), slug="sort", rules=frozen, now=MONDAY
        )
    async with database.reading() as reader:
        read = await rounds.get(reader, opened.id)

    assert read.rules == opened.rules == frozen
    assert read == opened
    assert judge(read.key, "Tri rapide", "fr").outcome is Outcome.ACCEPT


async def test_a_language_without_words_gets_the_first_there_is() -> None:
    frozen = rules()

    assert frozen.wording("en") is frozen.text["en"]
    assert frozen.wording("de") is frozen.text["fr"]


@pytest.mark.parametrize(
    "step", [Step.PUBLISH, Step.HINT, Step.REMIND, Step.CLOSE], ids=lambda step: step
)
async def test_a_step_is_taken_once(database: Database, step: Step) -> None:
    round_ = await a_round(database)
    if step is not Step.PUBLISH:
        round_ = await take(database, round_, step)

    with pytest.raises(StepRefused, match="taken before"):
        await take(database, round_, step)
    assert round_.has(step)


async def test_each_hint_is_a_step_of_its_own(database: Database) -> None:
    round_ = await a_round(database)
    await take(database, round_, Step.HINT, 1)
    round_ = await take(database, round_, Step.HINT, 2)

    assert round_.has(Step.HINT, 1)
    assert round_.has(Step.HINT, 2)
    assert not round_.has(Step.HINT, 3)


@pytest.mark.parametrize(
    ("taken", "step", "needed"),
    [
        ((), Step.REVEAL, "close"),
        ((), Step.RECAP, "close"),
        ((), Step.SETTLE, "close"),
        ((Step.CLOSE,), Step.REVEAL, "settle"),
        ((Step.CLOSE, Step.SETTLE), Step.RECAP, "reveal"),
    ],
)
async def test_a_step_needs_the_one_before_it(
    database: Database, taken: tuple[Step, ...], step: Step, needed: str
) -> None:
    round_ = await a_round(database)
    for earlier in taken:
        await take(database, round_, earlier)

    with pytest.raises(StepRefused, match=f"{needed} comes first"):
        await take(database, round_, step)


@pytest.mark.parametrize("step", [Step.HINT, Step.REMIND])
async def test_a_closed_round_gives_no_help(database: Database, step: Step) -> None:
    round_ = await closed(database, await a_round(database))

    with pytest.raises(StepRefused, match="closed"):
        await take(database, round_, step)


async def test_a_refused_step_changes_nothing(database: Database) -> None:
    round_ = await closed(database, await a_round(database))
    with pytest.raises(StepRefused):
        await take(database, round_, Step.CLOSE)
    async with database.reading() as reader:
        assert await rounds.get(reader, round_.id) == round_


async def test_closing_early_moves_the_closing(database: Database) -> None:
    round_ = await take(database, await a_round(database), Step.CLOSE, after=HOUR)

    assert round_.closes_at == MONDAY + HOUR
    assert not round_.is_open


async def test_closing_late_leaves_the_closing_where_it_was_planned(database: Database) -> None:
    opened = await a_round(database)
    late = opened.closes_at - MONDAY + timedelta(hours=9)
    round_ = await take(database, opened, Step.CLOSE, after=late)

    assert round_.closes_at == opened.closes_at


async def test_a_round_closed_by_a_clock_that_lags_closes_at_its_opening(
    database: Database,
) -> None:
    round_ = await take(database, await a_round(database), Step.CLOSE, after=timedelta(seconds=-3))

    assert round_.closes_at == round_.opens_at == MONDAY


async def test_a_round_that_waits_for_its_recap_is_unfinished(database: Database) -> None:
    first = await revealed(database, await a_round(database))
    second = await a_round(database, week=WEEK.next())
    async with database.reading() as reader:
        assert await rounds.unfinished(reader) == [first, second]
    await take(database, first, Step.RECAP)
    async with database.reading() as reader:
        assert await rounds.unfinished(reader) == [second]
        newest = await rounds.newest(reader)

    assert newest == second


async def test_there_is_no_newest_round_before_the_first(database: Database) -> None:
    async with database.reading() as reader:
        assert await rounds.newest(reader) is None
        assert await rounds.unfinished(reader) == []
        with pytest.raises(LookupError, match="no round 1"):
            await rounds.get(reader, 1)


async def test_who_took_a_step_by_hand_is_remembered(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        await take_step(tx, round_.id, Step.CLOSE, due_at=MONDAY, now=MONDAY, actor=1)
        row = await tx.one("SELECT actor, due_at, taken_at FROM steps WHERE step = 'close'")

    assert row is not None
    assert row["actor"] == 1


async def test_a_round_opens_whatever_hour_spring_skips(database: Database) -> None:
    at = WeeklyTime.parse
    rhythm = a_rhythm(close=at("sun 02:30"), reveal=at("sun 03:00"), recap=at("sun 03:15"))
    plan = rhythm.plan(replace(WEEK, year=2026, number=13))
    async with database.transaction() as tx:
        round_ = await open_round(tx, plan=plan, slug="sort", rules=rules(), now=plan.publishes_at)

    assert round_.closes_at <= round_.reveals_at

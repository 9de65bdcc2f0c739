"""Corrections answer a mistake with a row that names it; large ones need a second person."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from engine.books import approvals, proposals
from engine.books.approvals import Booked
from engine.books.ledger import HELD, Kind, balance, open_account, post
from engine.books.owing import debt
from engine.books.proposals import Proposal
from engine.books.statements import Entry, statement
from engine.errors import CorrectionRefused
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import rounds
from engine.play.hints import take
from engine.play.submissions import Told
from engine.scoring import Scoring, Streak
from engine.standings import Window, own
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_round,
    a_transfer,
    a_try,
    closed,
    hand_in,
    hand_in_one,
    revealed,
    settled,
)

NOW = to_ms(MONDAY) + 8 * 24 * 3_600_000
DAY = 24 * 3_600_000
ADA, GRACE, LINUS = 81, 82, 83
"""Staff."""
A_MEMBER = "SELECT id FROM accounts WHERE kind = 'member' AND balance > 0"


@dataclass(frozen=True)
class Desk:
    """The staff's desk, for members by their number."""

    database: Database

    async def account(self, member: int) -> int:
        async with self.database.transaction() as tx:
            return await meet_one(tx, a_person(member), NOW)

    async def propose(self, *, by: int = ADA, limit: int = 200, **what: Any) -> Booked:
        usual: dict[str, Any] = {"key": f"test:{what}", "reason": "because"}
        facts: dict[str, Any] = usual | {"actor": await self.account(by)} | what
        async with self.database.transaction() as tx:
            return await approvals.propose(
                tx,
                Proposal(**facts),
                approve_above=limit,
                patience_ms=3 * DAY,
                now_ms=NOW,
            )

    async def adjust(self, member: int, points: int, **more: Any) -> Booked:
        account = await self.account(member)
        return await self.propose(what="adjust", account=account, points=points, **more)

    async def approve(self, number: int, *, by: int = GRACE, now: int = NOW) -> Booked:
        actor = await self.account(by)
        async with self.database.transaction() as tx:
            return await approvals.approve(tx, number, actor, now)

    async def drop(self, number: int, *, by: int = ADA) -> None:
        actor = await self.account(by)
        async with self.database.transaction() as tx:
            await approvals.drop(tx, number, actor, NOW)

    async def waiting(self, now: int = NOW) -> list[int]:
        async with self.database.reading() as reader:
            return [one.id for one in await proposals.waiting(reader, now)]

    async def has(self, member: int) -> tuple[int, int, int]:
        """Balance, debt, and score of all time."""
        account = await self.account(member)
        async with self.database.reading() as reader:
            score = await own(reader, Window(season=0), account, server=None)
            return await balance(reader, account), await debt(reader, account), score.points

    async def reads(self, member: int) -> list[Entry]:
        account = await self.account(member)
        async with self.database.reading() as reader:
            return await statement(reader, account)

    async def spend(self, member: int, points: int) -> None:
        account = await self.account(member)
        async with self.database.transaction() as tx:
            await post(tx, a_transfer(HELD, points, source=account, kind=Kind.HOLD))


@pytest.fixture
async def desk(database: Database) -> AsyncGenerator[Desk, None]:
    yield Desk(database)
    async with database.reading() as reader:
        await assert_books_fit(reader)


async def refused(desk: Desk, **what: Any) -> str:
    with pytest.raises(CorrectionRefused) as refusal:
        await desk.propose(**what)
    return refusal.value.why


async def test_points_are_given_with_a_reason_that_the_member_reads(desk: Desk) -> None:
    booked = await desk.adjust(1, 50, reason="for the lamp that went out")
    (entry,) = await desk.reads(1)

    assert booked.changes == {await desk.account(1): 50}
    assert await desk.has(1) == (50, 0, 50)
    assert (entry.kind, entry.points) == (Kind.ADJUSTMENT, 50)
    assert entry.reason == "for the lamp that went out"


async def test_taking_more_than_is_there_leaves_a_debt_and_lowers_the_score_by_all(
    desk: Desk,
) -> None:
    await desk.adjust(1, 100)
    await desk.spend(1, 80)
    await desk.adjust(1, -70)

    assert await desk.has(1) == (0, 50, 30)


async def test_who_did_it_is_in_the_row(desk: Desk, database: Database) -> None:
    await desk.adjust(1, 50)
    async with database.reading() as reader:
        actor = await reader.value("SELECT actor FROM transfers")

    assert actor == await desk.account(ADA)


async def test_a_large_correction_waits_for_a_second_person(desk: Desk) -> None:
    proposed = await desk.adjust(1, 201)
    before = await desk.has(1)
    await desk.approve(proposed.correction.id)

    assert proposed.correction.state == "waiting"
    assert before == (0, 0, 0)
    assert await desk.has(1) == (201, 0, 201)


async def test_taking_much_waits_as_giving_much_does(desk: Desk) -> None:
    assert (await desk.adjust(1, -201)).correction.state == "waiting"


async def test_what_one_person_may_correct_is_booked_at_once(desk: Desk) -> None:
    assert (await desk.adjust(1, 200)).correction.state == "booked"
    assert await desk.waiting() == []


async def test_nobody_approves_their_own(desk: Desk) -> None:
    proposed = await desk.adjust(1, 500)

    with pytest.raises(CorrectionRefused, match="own"):
        await desk.approve(proposed.correction.id, by=ADA)
    assert await desk.has(1) == (0, 0, 0)


async def test_nobody_gives_points_to_themselves_alone(desk: Desk) -> None:
    gift = await desk.adjust(ADA, 5)
    fine = await desk.adjust(ADA, -5)

    assert gift.correction.state == "waiting"
    assert fine.correction.state == "booked"


async def test_who_would_gain_by_a_reversal_does_not_approve_it(desk: Desk) -> None:
    await desk.adjust(GRACE, -300, limit=1000)
    undo = await desk.propose(what="reverse", transfer=1)

    with pytest.raises(CorrectionRefused, match="profit"):
        await desk.approve(undo.correction.id)
    assert (await desk.has(GRACE))[2] == -300
    await desk.approve(undo.correction.id, by=LINUS)
    assert await desk.has(GRACE) == (0, 0, 0)


async def test_who_would_gain_by_undoing_a_batch_does_not_approve_it(
    desk: Desk, database: Database
) -> None:
    one, grace = await desk.account(1), await desk.account(GRACE)
    async with database.transaction() as tx:
        await post(tx, a_transfer(grace, 50))
        await post(tx, a_transfer(one, 300, batch="swap"))
        taken = a_transfer(1, 50, source=grace, kind=Kind.ADJUSTMENT, batch="swap")
        await post(tx, taken)
    undo = await desk.propose(what="unbatch", batch="swap")

    with pytest.raises(CorrectionRefused, match="profit"):
        await desk.approve(undo.correction.id)
    await desk.approve(undo.correction.id, by=LINUS)
    assert await desk.has(GRACE) == (50, 0, 50)


async def test_who_would_lose_by_it_may_approve_it(desk: Desk) -> None:
    await desk.adjust(GRACE, 300, limit=1000)
    undo = await desk.propose(what="reverse", transfer=1)
    await desk.approve(undo.correction.id)

    assert await desk.has(GRACE) == (0, 0, 0)


async def test_approving_twice_books_once(desk: Desk) -> None:
    number = (await desk.adjust(1, 500)).correction.id
    first, second = await asyncio.gather(desk.approve(number), desk.approve(number, by=LINUS))

    assert await desk.has(1) == (500, 0, 500)
    assert [bool(one.changes) for one in (first, second)] in ([True, False], [False, True])


async def test_proposing_twice_under_one_key_is_one_proposal(desk: Desk) -> None:
    first = await desk.adjust(1, 50, key="interaction:1")
    second = await desk.adjust(1, 50, key="interaction:1")

    assert first.correction == second.correction
    assert not second.changes
    assert await desk.has(1) == (50, 0, 50)


async def test_what_was_withdrawn_cannot_be_approved(desk: Desk) -> None:
    number = (await desk.adjust(1, 500)).correction.id
    await desk.drop(number)

    with pytest.raises(CorrectionRefused, match="dropped"):
        await desk.approve(number)
    assert await desk.waiting() == []


async def test_what_was_booked_cannot_be_withdrawn(desk: Desk) -> None:
    number = (await desk.adjust(1, 50)).correction.id

    with pytest.raises(CorrectionRefused, match="done"):
        await desk.drop(number)


async def test_a_proposal_ends_at_its_moment(desk: Desk) -> None:
    number = (await desk.adjust(1, 500)).correction.id
    end = NOW + 3 * DAY

    assert await desk.waiting(end - 1) == [number]
    assert await desk.waiting(end) == []
    with pytest.raises(CorrectionRefused, match="late"):
        await desk.approve(number, now=end)


async def test_an_award_is_reversed_once_and_named(desk: Desk, database: Database) -> None:
    await a_round(database)
    await hand_in_one(database)
    await desk.propose(what="reverse", transfer=1)
    again = await refused(desk, what="reverse", transfer=1, key="again")
    newest, award = await desk.reads(1)

    assert again == "done"
    assert await desk.has(1) == (0, 0, 0)
    assert (newest.kind, newest.points, newest.corrects) == (Kind.REVERSAL, -100, 1)
    # It counts where the award did, so that its season and its board are as without it.
    assert newest.counts_at == award.counts_at


async def test_a_reversal_beyond_the_balance_is_repaid_by_what_comes_later(
    desk: Desk, database: Database
) -> None:
    await a_round(database)
    await hand_in_one(database)
    await desk.spend(1, 90)
    await desk.propose(what="reverse", transfer=1)
    owing = await desk.has(1)
    await desk.adjust(1, 100)

    assert owing == (0, 90, 0)
    assert await desk.has(1) == (10, 0, 100)


async def test_taking_points_can_be_reversed_too(desk: Desk) -> None:
    await desk.adjust(1, 30)
    await desk.adjust(1, -100)
    entries = await desk.reads(1)
    taken = [entry.transfer for entry in entries if entry.points < 0]
    for number in taken:
        await desk.propose(what="reverse", transfer=number)

    assert len(taken) == 2  # From the balance, and on credit.
    assert await desk.has(1) == (30, 0, 30)


async def test_what_a_count_took_back_is_not_reversed_again(desk: Desk, database: Database) -> None:
    await a_round(database)
    await hand_in_one(database)
    account = await desk.account(1)
    async with database.transaction() as tx:
        await post(
            tx,
            a_transfer(1, 40, source=account, kind=Kind.REVERSAL, corrects=1),
        )
    await desk.propose(what="reverse", transfer=1)

    assert await desk.has(1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "why"), [(Kind.HOLD, "kind"), (Kind.REVERSAL, "kind"), (None, "unknown")]
)
async def test_only_what_was_given_can_be_taken_back(
    desk: Desk, database: Database, kind: Kind | None, why: str
) -> None:
    if kind is not None:
        await desk.adjust(1, 100)
        async with database.transaction() as tx:
            await post(tx, a_transfer(HELD, 1, source=await tx.value(A_MEMBER), kind=kind))

    assert await refused(desk, what="reverse", transfer=2) == why


async def test_points_that_are_nobodys_are_left_alone(desk: Desk, database: Database) -> None:
    async with database.transaction() as tx:
        await post(tx, a_transfer(await open_account(tx)))

    assert await refused(desk, what="reverse", transfer=1) == "nobody"


async def test_a_batch_is_undone_as_a_whole_and_once(desk: Desk, database: Database) -> None:
    one, two = await desk.account(1), await desk.account(2)
    async with database.transaction() as tx:
        await post(tx, a_transfer(one, 30, batch="gifts"))
        await post(tx, a_transfer(two, 40, batch="gifts"))
        await post(tx, a_transfer(two, 5))
    booked = await desk.propose(what="unbatch", batch="gifts")
    again = await refused(desk, what="unbatch", batch="gifts", key="again")

    assert booked.changes == {one: -30, two: -40}
    assert booked.correction.points == -70
    assert await desk.has(1) == (0, 0, 0)
    assert await desk.has(2) == (5, 0, 5)
    assert again == "done"
    assert await refused(desk, what="unbatch", batch="nothing") == "unknown"


async def test_what_a_batch_corrected_of_itself_goes_with_it(
    desk: Desk, database: Database
) -> None:
    one = await desk.account(1)
    async with database.transaction() as tx:
        await post(tx, a_transfer(one, 30, batch="gifts"))
        less = a_transfer(1, 10, source=one, kind=Kind.ADJUSTMENT, corrects=1, batch="gifts")
        await post(tx, less)
    await desk.propose(what="unbatch", batch="gifts")
    newest, *_ = await desk.reads(1)

    assert await desk.has(1) == (0, 0, 0)
    assert (newest.points, newest.corrects) == (-20, 1)


async def test_a_batch_weighs_every_point_that_moves(desk: Desk, database: Database) -> None:
    one, two = await desk.account(1), await desk.account(2)
    async with database.transaction() as tx:
        await post(tx, a_transfer(one, 150, batch="swap"))
        await post(tx, a_transfer(two, 150))
        await post(tx, a_transfer(1, 150, source=two, kind=Kind.ADJUSTMENT, batch="swap"))
    proposed = await desk.propose(what="unbatch", batch="swap")

    assert proposed.correction.state == "waiting"
    assert proposed.correction.points == 0


RICH = Scoring(podium=(30, 20), streak=Streak(bonus=10, cap=30, forgiven=0))


async def a_played_round(database: Database, **changes: Any) -> int:
    """A settled round, won by member 1 before member 2, who took a hint."""
    round_ = await a_round(database, scoring=RICH, **changes)
    opens = to_ms(round_.opens_at)
    await hand_in(database, a_try("nonsense", member=2, at=opens + 1000))
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(2), opens + 2000)
        await take(tx, round_, account, 1, opens + 2000)
    await hand_in(
        database,
        a_try(member=1, at=opens + 60_000),
        a_try(member=2, at=opens + 70_000),
    )
    await settled(database, round_)
    return round_.id


async def sums(database: Database) -> Mapping[int, int]:
    """What is left of each round's payments, by round."""
    async with database.reading() as reader:
        rows = await reader.all(
            """
            SELECT round, sum(iif(target = 1, -points, points)) AS points FROM transfers
            WHERE round IS NOT NULL GROUP BY round
            """
        )
    return {row["round"]: row["points"] for row in rows}


async def test_a_voided_round_comes_to_nothing_for_everybody(
    desk: Desk, database: Database
) -> None:
    number = await a_played_round(database)
    paid = await sums(database)
    proposed = await desk.propose(what="void", round=number, reason="it had leaked")
    booked = await desk.approve(proposed.correction.id)
    reasons = {entry.reason for entry in await desk.reads(1) if entry.points < 0}

    assert paid == {number: 100 + 30 + 90 + 20}
    assert proposed.correction.points == -240
    assert booked.changes == {await desk.account(1): -130, await desk.account(2): -110}
    assert await sums(database) == {number: 0}
    assert await desk.has(1) == (0, 0, 0)
    assert reasons == {"it had leaked"}
    assert await refused(desk, what="void", round=number, key="again") == "done"


async def test_what_was_reversed_by_hand_is_not_taken_twice_by_voiding(
    desk: Desk, database: Database
) -> None:
    number = await a_played_round(database)
    await desk.propose(what="reverse", transfer=1)
    await desk.propose(what="void", round=number, limit=1000)

    assert await desk.has(1) == (0, 0, 0)
    assert await sums(database) == {number: 0}


async def test_an_open_round_has_to_be_closed_before_it_is_voided(
    desk: Desk, database: Database
) -> None:
    round_ = await a_round(database)
    early = await refused(desk, what="void", round=round_.id)
    await closed(database, round_)
    await desk.propose(what="void", round=round_.id, key="again")

    assert early == "open"
    async with database.reading() as reader:
        assert (await rounds.get(reader, round_.id)).voided_at is not None


async def test_answers_to_a_voided_round_are_practice_and_a_row_goes_on_over_it(
    desk: Desk, database: Database
) -> None:
    await a_played_round(database)
    second = await a_played_round(database, week=WEEK.next())
    await desk.propose(what="void", round=second, limit=1000)
    practice = await hand_in_one(database, member=3, round=second, at=to_ms(MONDAY) + 8 * DAY)
    third = await a_played_round(database, week=WEEK.next().next())
    entries = [entry for entry in await desk.reads(1) if entry.round == third]

    assert (practice.told, practice.practice) == (Told.ACCEPT, True)
    # 100 for the riddle, 30 for the place, 10 for the second in a row.
    assert sorted(entry.points for entry in entries) == [10, 30, 100]


async def test_a_voided_sealed_round_pays_nothing_at_its_reveal(
    desk: Desk, database: Database
) -> None:
    round_ = await a_round(database, verdict="at_reveal", scoring=RICH)
    await hand_in_one(database)
    round_ = await closed(database, round_)
    await desk.propose(what="void", round=round_.id)
    await revealed(database, round_)

    assert await desk.has(1) == (0, 0, 0)


async def test_there_is_no_such_round_to_void(desk: Desk) -> None:
    assert await refused(desk, what="void", round=7) == "unknown"


async def test_there_is_no_such_correction_to_approve(desk: Desk) -> None:
    with pytest.raises(CorrectionRefused, match="unknown"):
        await desk.approve(7)

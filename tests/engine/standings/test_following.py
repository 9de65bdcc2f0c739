"""A streak goes on from a riddle that counts otherwise after the fact, and never costs anybody."""

from engine.books.approvals import propose
from engine.books.ledger import balance
from engine.books.proposals import Proposal
from engine.moments import to_ms
from engine.play import insiders
from engine.play.rounds import Round
from engine.scoring import Scoring, Streak
from engine.storage.database import Database
from tests.builders import WEEK, a_round, a_try, account_of_member, hand_in, settled
from tests.engine.play.test_rejudging import accept

STREAKS = Scoring(streak=Streak(bonus=10, cap=50, forgiven=1))
STRICT = Scoring(streak=Streak(bonus=10, cap=50, forgiven=0))


async def played(database: Database, *given: dict[int, str], scoring: Scoring) -> list[Round]:
    """Rounds week after week, each with what members answered in it."""
    week, found = WEEK, list[Round]()
    for answers in given:
        round_ = await a_round(database, week=week, scoring=scoring)
        opens = to_ms(round_.opens_at)
        await hand_in(
            database,
            *(
                a_try(text, member=member, at=opens + 60_000 * member)
                for member, text in answers.items()
            ),
        )
        await settled(database, round_)
        found.append(round_)
        week = week.next()
    return found


async def points(database: Database, member: int) -> int:
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        return await balance(reader, account)


async def void(database: Database, round_: Round, actor: int) -> dict[int, int]:
    """Void it, and say by how much each member's score changed."""
    account = await account_of_member(database, actor)
    proposal = Proposal(
        key="v", what="void", reason="it had leaked", actor=account, round=round_.id
    )
    async with database.transaction() as tx:
        booked = await propose(
            tx, proposal, approve_above=10_000, patience_ms=1, now_ms=to_ms(round_.recaps_at)
        )
    assert booked.correction.state == "booked"
    return dict(booked.changes)


async def test_what_the_documentation_tells_of_a_row_comes_true(database: Database) -> None:
    right, wrong, nothing = {1: "quicksort"}, {1: "tri rapide"}, dict[int, str]()
    weeks = [right, right, wrong, right, nothing, right]
    played_rounds = await played(database, *weeks, scoring=STREAKS)
    before = await points(database, 1)
    done = await accept(database, played_rounds[2], "tri rapide")

    assert before == 100 + 110 + 120 + 110
    assert await points(database, 1) == 100 + 110 + 120 + 130 + 140
    assert len(done.changes.growing) == 1
    assert {each.round: [one.points for one in each.members] for each in done.changes.later} == {
        played_rounds[3].id: [10],
        played_rounds[5].id: [30],
    }


async def test_the_difference_belongs_to_the_later_riddle_and_names_the_reason(
    database: Database,
) -> None:
    first, second = await played(database, {1: "tri rapide"}, {1: "quicksort"}, scoring=STREAKS)
    done = await accept(database, first, "tri rapide")
    async with database.reading() as reader:
        rows = await reader.all(
            """
            SELECT round, points, counts_at, batch, text FROM transfers
            JOIN notes ON notes.digest = note WHERE kind = 'adjustment' ORDER BY id
            """
        )

    assert [(row["round"], row["points"]) for row in rows] == [(first.id, 100), (second.id, 10)]
    assert {(row["batch"], row["text"]) for row in rows} == {(done.batch, "it means the same")}
    assert rows[1]["counts_at"] == to_ms(second.opens_at) + 60_000


async def test_accepted_twice_the_streak_grows_once(database: Database) -> None:
    first, _ = await played(database, {1: "tri rapide"}, {1: "quicksort"}, scoring=STREAKS)
    await accept(database, first, "tri rapide")
    again = await accept(database, first, "tri rapide")

    assert again.is_idle
    assert not again.changes.growing
    assert await points(database, 1) == 210


async def test_a_row_that_is_broken_between_them_does_not_grow(database: Database) -> None:
    weeks = [{1: "tri rapide"}, {2: "quicksort"}, {1: "quicksort"}]
    first, *_ = await played(database, *weeks, scoring=STRICT)
    done = await accept(database, first, "tri rapide")

    assert not done.changes.later
    assert await points(database, 1) == 200


async def test_a_row_goes_back_over_riddles_on_which_one_was_not_ranked(
    database: Database,
) -> None:
    """However many: only riddles that have a say are counted."""
    short = Scoring(streak=Streak(bonus=10, cap=10, forgiven=0))
    (first,) = await played(database, {1: "tri rapide"}, scoring=short)
    account, week = await account_of_member(database, 1), WEEK
    for _ in range(3):
        week = week.next()
        known = await a_round(database, week=week, scoring=short)
        async with database.transaction() as tx:
            await insiders.mark(tx, known.slug, account, 0)
        await settled(database, known)
    last = await a_round(database, week=week.next(), scoring=short)
    await hand_in(database, a_try(member=1, at=to_ms(last.opens_at) + 1000))
    await settled(database, last)
    done = await accept(database, first, "tri rapide")

    assert [each.round for each in done.changes.later] == [last.id]
    assert await points(database, 1) == 100 + 100 + 10


async def test_an_open_round_pays_the_longer_row_at_once_and_not_again_when_it_is_settled(
    database: Database,
) -> None:
    (first,) = await played(database, {1: "tri rapide"}, scoring=STREAKS)
    second = await a_round(database, week=WEEK.next(), scoring=STREAKS)
    await hand_in(database, a_try(member=1, at=to_ms(second.opens_at) + 1000))
    await accept(database, first, "tri rapide")
    at_once = await points(database, 1)
    await settled(database, second)

    assert at_once == 210
    assert await points(database, 1) == 210


async def test_a_voided_riddle_breaks_no_row_and_shortens_none_that_was_paid(
    database: Database,
) -> None:
    both, second_only = {1: "quicksort", 2: "quicksort"}, {2: "quicksort"}
    _, second, _ = await played(database, both, second_only, both, scoring=STRICT)
    before = [await points(database, member) for member in (1, 2)]
    changes = await void(database, second, actor=2)

    assert before == [200, 100 + 110 + 120]
    # Member 1 has two in a row now; member 2 keeps what the third riddle paid for three.
    assert [await points(database, member) for member in (1, 2)] == [210, 220]
    assert changes == {
        await account_of_member(database, 1): 10,
        await account_of_member(database, 2): -110,
    }


async def test_who_gains_by_voiding_does_not_void_alone(database: Database) -> None:
    both, second_only = {1: "quicksort", 2: "quicksort"}, {2: "quicksort"}
    _, second, _ = await played(database, both, second_only, both, scoring=STRICT)
    account = await account_of_member(database, 1)
    proposal = Proposal(key="v", what="void", reason="!", actor=account, round=second.id)
    async with database.transaction() as tx:
        booked = await propose(
            tx, proposal, approve_above=10_000, patience_ms=1, now_ms=to_ms(second.recaps_at)
        )

    assert booked.correction.state == "waiting"

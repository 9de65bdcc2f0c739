"""An answer accepted after the fact counts as of its own time, and nobody loses by it unasked."""

from datetime import timedelta
from typing import Any

import pytest

from engine.books.approvals import propose
from engine.books.ledger import HELD, Kind, balance, post
from engine.books.proposals import Proposal
from engine.errors import CorrectionRefused, EntryRefused
from engine.judging import parse_answer
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import rejudging, rounds
from engine.play.hints import take
from engine.play.rejudging import Rejudgement
from engine.play.rounds import Round
from engine.play.solves import recorded_solves
from engine.play.submissions import Reply, Told
from engine.scoring import Scoring
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    a_person,
    a_round,
    a_transfer,
    a_try,
    account_of_member,
    closed,
    hand_in,
    hand_in_one,
    revealed,
    settled,
)

NOW = to_ms(MONDAY) + 8 * 24 * 3_600_000
MINUTE = timedelta(minutes=1)
PODIUM = Scoring(podium=(30, 20, 10))


async def accept(database: Database, round_: Round, entry: str, **more: Any) -> Rejudgement:
    """Accept it, after a preview that has to say the same; and the books have to fit."""
    usual: dict[str, Any] = {"now_ms": NOW, "reason": "it means the same"}
    async with database.reading() as reader:
        lower = more.get("lower", False)
        foreseen = await rejudging.preview(
            reader, await rounds.get(reader, round_.id), entry, lower=lower
        )
    async with database.transaction() as tx:
        now = await rounds.get(tx, round_.id)
        done = await rejudging.accept(tx, now, entry, **usual | more)
    async with database.reading() as reader:
        await assert_books_fit(reader)
    assert foreseen == done
    return done


async def points(database: Database, member: int) -> int:
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        return await balance(reader, account)


async def places(database: Database, round_: Round) -> list[int]:
    """The members who solved, by their number, in order."""
    async with database.reading() as reader:
        return [(one.member or 0) - 10_000 for one in await recorded_solves(reader, round_)]


async def tries(database: Database, *given: tuple[int, str, int]) -> list[Reply]:
    """Answers of members, so many minutes after the publication."""
    attempts = [a_try(text, member=member, after=minute * MINUTE) for member, text, minute in given]
    return [reply for one in attempts for reply in await hand_in(database, one)]


async def test_an_open_round_accepts_it_from_then_on(database: Database) -> None:
    round_ = await a_round(database)
    await accept(database, round_, "tri rapide")
    reply = await hand_in_one(database, "le tri rapide")

    assert reply.told is Told.ACCEPT
    assert await points(database, 1) == 100


async def test_the_frozen_rules_stay_as_they_are(database: Database) -> None:
    round_ = await a_round(database)
    await accept(database, round_, "tri rapide")
    async with database.reading() as reader:
        assert (await rounds.get(reader, round_.id)).rules == round_.rules


async def test_whoever_gave_it_has_solved_as_of_then(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await tries(database, (1, "tri rapide", 1), (2, "quicksort", 2), (3, "nonsense", 3))
    await settled(database, round_)
    done = await accept(database, round_, "tri rapide")

    assert (done.answers, done.members) == (1, 1)
    assert await places(database, round_) == [1, 2]
    assert await points(database, 1) == 130
    # Who was paid for the first place keeps that.
    assert await points(database, 2) == 130
    assert await points(database, 3) == 0
    assert [one.spared for one in done.changes.spared] == [10]


async def test_asked_to_lower_it_moves_the_podium(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await tries(database, (1, "tri rapide", 1), (2, "quicksort", 2))
    await settled(database, round_)
    await accept(database, round_, "tri rapide")
    done = await accept(database, round_, "tri rapide", lower=True)

    assert done.accepted_before
    assert await points(database, 1) == 130
    assert await points(database, 2) == 120


async def test_asked_twice_it_is_done_once(database: Database) -> None:
    round_ = await a_round(database)
    await tries(database, (1, "tri rapide", 1))
    await accept(database, round_, "tri rapide")
    again = await accept(database, round_, "tri rapide")

    assert again.is_idle
    assert await points(database, 1) == 100


async def test_the_reason_stands_in_the_ledger_and_what_moves_is_an_adjustment(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await tries(database, (1, "tri rapide", 1))
    await accept(database, round_, "tri rapide", actor=await account_of_member(database, 1))
    async with database.reading() as reader:
        (row,) = await reader.all(
            "SELECT kind, counts_at, actor, text FROM transfers JOIN notes ON notes.digest = note"
        )

    assert row["kind"] == Kind.ADJUSTMENT
    assert row["counts_at"] == to_ms(MONDAY + MINUTE)
    assert row["actor"] == await account_of_member(database, 1)
    assert row["text"] == "it means the same"


async def test_hints_count_that_were_taken_before_the_accepted_answer(database: Database) -> None:
    round_ = await a_round(database)
    await tries(database, (1, "tri rapide", 10), (1, "nonsense", 20))
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), NOW)
        await take(tx, round_, account, 1, to_ms(MONDAY + 5 * MINUTE))
        await take(tx, round_, account, 2, to_ms(MONDAY + 10 * MINUTE))
    await accept(database, round_, "tri rapide")

    assert await points(database, 1) == 90


async def test_an_earlier_answer_takes_the_place_of_the_later_solve(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await tries(database, (1, "tri rapide", 1), (2, "quicksort", 2))
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), NOW)
        await take(tx, round_, account, 1, to_ms(MONDAY + 2 * MINUTE))
    await tries(database, (1, "quicksort", 3))
    await settled(database, round_)
    before = await points(database, 1)
    done = await accept(database, round_, "tri rapide", lower=True)

    assert before == 90 + 20
    assert await points(database, 1) == 100 + 30
    assert await points(database, 2) == 100 + 20
    assert {one.fate for one in done.changes.members} == {"moved", "kept"}


async def test_a_repeat_of_it_is_no_second_solve(database: Database) -> None:
    round_ = await a_round(database)
    replies = await tries(database, (1, "tri rapide", 1), (1, "Tri rapide !", 2))
    done = await accept(database, round_, "tri rapide")

    assert replies[1].told is Told.REPEAT
    assert (done.answers, done.members) == (2, 1)
    assert await points(database, 1) == 100


async def test_the_author_solves_and_earns_nothing(database: Database) -> None:
    round_ = await a_round(database, author_id=a_person(1).id)
    await tries(database, (1, "tri rapide", 1))
    done = await accept(database, round_, "tri rapide")

    assert await places(database, round_) == [1]
    assert await points(database, 1) == 0
    assert [one.points for one in done.changes.new_solvers] == [0]


async def test_an_erased_text_keeps_the_verdict_of_its_time(database: Database) -> None:
    round_ = await a_round(database)
    await tries(database, (1, "tri rapide", 1), (2, "quicksort", 2))
    async with database.transaction() as tx:
        await tx.execute("UPDATE submissions SET text = NULL, normal = NULL")
    done = await accept(database, round_, "tri rapide")

    assert done.answers == 0
    assert await places(database, round_) == [2]
    assert await points(database, 2) == 100


async def test_a_sealed_round_tells_at_the_reveal_what_was_ruled_before(
    database: Database,
) -> None:
    round_ = await a_round(database, verdict="at_reveal", scoring=PODIUM)
    await tries(
        database,
        *((1, "quicksort", 1), (1, "tri rapide", 2)),
        *((2, "tri rapide", 1), (2, "nonsense", 2)),
        (3, "quicksort", 3),
    )
    done = await accept(database, round_, "tri rapide")
    before = await points(database, 1)
    await revealed(database, round_)

    assert (done.answers, done.changes.members) == (2, ())
    assert before == 0
    assert await places(database, round_) == [1, 3]
    assert await points(database, 1) == 130
    assert await points(database, 2) == 0
    assert await points(database, 3) == 120


async def test_a_sealed_round_can_be_rejudged_after_its_reveal(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await tries(database, (1, "quicksort", 1), (1, "tri rapide", 2))
    await revealed(database, round_)
    before = await points(database, 1)
    await accept(database, round_, "tri rapide")

    assert before == 0
    assert await points(database, 1) == 100


async def test_practice_knows_it_too_and_earns_nothing(database: Database) -> None:
    round_ = await a_round(database)
    await revealed(database, round_)
    late = round_.reveals_at - MONDAY + MINUTE
    wrong = await hand_in_one(database, "tri rapide", after=late)
    done = await accept(database, round_, "tri rapide")
    right = await hand_in_one(database, "tri rapide", after=late + MINUTE)

    assert done.answers == 0
    assert (wrong.told, right.told) == (Told.REJECT, Told.ACCEPT)
    assert await places(database, round_) == []


async def test_what_came_after_the_closing_stays_late(database: Database) -> None:
    round_ = await a_round(database)
    await closed(database, round_)
    await hand_in_one(database, "tri rapide", after=round_.closes_at - MONDAY)
    done = await accept(database, round_, "tri rapide")

    assert done.answers == 0


async def test_spent_points_can_be_lowered_into_debt(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await tries(database, (1, "tri rapide", 1), (2, "quicksort", 2))
    await settled(database, round_)
    account = await account_of_member(database, 2)
    async with database.transaction() as tx:
        await post(tx, a_transfer(HELD, 125, source=account, kind=Kind.HOLD))
    done = await accept(database, round_, "tri rapide", lower=True)

    assert await points(database, 2) == 0
    assert [one.points for one in done.changes.losing] == [-10]


async def test_a_newer_program_never_rejudges_by_itself(database: Database) -> None:
    """What a newer version would judge differently stays as it was, right and wrong alike."""
    round_ = await a_round(database)
    await tries(database, (1, "quicksort", 1), (2, "bogosort", 1), (3, "tri rapide", 1))
    async with database.transaction() as tx:
        # As if a version before had judged by other rules.
        await tx.execute("UPDATE submissions SET text = 'bogosort', rules_version = 0 WHERE id = 1")
        await tx.execute(
            "UPDATE submissions SET text = 'quicksort', rules_version = 0 WHERE id = 2"
        )
    await settled(database, round_)
    done = await accept(database, round_, "tri rapide", lower=True)
    async with database.reading() as reader:
        kept = await reader.all("SELECT outcome, rules_version FROM submissions ORDER BY id")

    assert [one.fate for one in done.changes.members] == ["new"]
    assert await places(database, round_) == [1, 3]
    assert [tuple(row) for row in kept[:2]] == [("accept", 0), ("reject", 0)]


async def test_who_asks_for_it_can_have_a_verdict_of_an_older_program_put_right(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await tries(database, (1, "bogosort", 1))
    async with database.transaction() as tx:
        await tx.execute("UPDATE submissions SET text = 'quick sort', rules_version = 0")
    done = await accept(database, round_, "quick sort")

    assert done.accepted_before
    assert await points(database, 1) == 100


@pytest.mark.parametrize(
    ("answer", "entry", "why"),
    [
        ({"accept": ["quicksort"], "reject": ["bogosort"]}, "Bogosort !", "by name"),
        ({"accept": ["quicksort"]}, "   ", "empty"),
        ({"kind": "number", "value": 8}, "many", "not a number"),
        ({"kind": "number", "value": 8}, "1,024", "two ways"),
        ({"kind": "date", "accept": ["1970-01-01"]}, "yesterday", "write dates as"),
        ({"kind": "regex", "accept": ["colou?r"]}, "(", "a bracket is not closed"),
        ({"kind": "choice", "choices": {"A": "x", "B": "y"}, "accept": ["A"]}, "C", "option"),
    ],
)
async def test_what_can_be_no_answer_is_refused_in_words(
    database: Database, answer: dict[str, Any], entry: str, why: str
) -> None:
    round_ = await a_round(database, answer=parse_answer(answer))

    with pytest.raises(EntryRefused, match=why):
        await accept(database, round_, entry)


@pytest.mark.parametrize(
    ("answer", "entry", "given", "still"),
    [
        ({"kind": "number", "value": 8, "unit": "Go"}, "8000", "8 000", "8 Go"),
        ({"kind": "number", "value": 8}, "9 Go", "9 Go", "8"),
        ({"kind": "set", "accept": ["TCP", "UDP"]}, "TCP, SCTP", "sctp et tcp", "udp tcp"),
        ({"kind": "set", "accept": {"fr": ["un"], "en": ["one"]}}, "uno", "uno", "one"),
        ({"kind": "choice", "choices": {"A": "x", "B": "y"}, "accept": ["A"]}, "B", "y", "a"),
        ({"kind": "date", "accept": ["1970-01-01"]}, "1970-01-02", "2/1/1970", "1.1.1970"),
        ({"kind": "exact", "accept": ["README"]}, "readme.md", "readme.md", "README"),
        ({"kind": "regex", "accept": ["colou?r"]}, "couleurs?", "couleur", "color"),
        ({"accept": ["&&"]}, "et", "et", "&&"),
    ],
)
async def test_every_kind_of_answer_can_be_ruled_about(
    database: Database, answer: dict[str, Any], entry: str, given: str, still: str
) -> None:
    round_ = await a_round(database, answer=parse_answer(answer))
    (before,) = await tries(database, (1, given, 1))
    await accept(database, round_, entry)
    after = await hand_in_one(database, still, member=2, lang="fr")
    live = await hand_in_one(database, given, member=3)

    assert before.told is not Told.ACCEPT
    assert (after.told, live.told) == (Told.ACCEPT, Told.ACCEPT)
    assert await points(database, 1) == 100


async def test_a_refusal_by_name_still_beats_what_was_ruled(database: Database) -> None:
    answer = {"accept": ["quicksort"], "reject": ["merge sort"]}
    round_ = await a_round(database, answer=parse_answer(answer))
    await tries(database, (1, "merge sorts", 1), (1, "merge sort", 2))
    done = await accept(database, round_, "merge sorts")

    assert done.answers == 1


async def test_a_voided_round_is_not_rejudged(database: Database) -> None:
    round_ = await closed(database, await a_round(database))
    async with database.transaction() as tx:
        staff = await meet_one(tx, a_person(9), NOW)
        proposal = Proposal(key="x", what="void", reason="y", actor=staff, round=round_.id)
        await propose(tx, proposal, approve_above=0, patience_ms=1, now_ms=NOW)

    with pytest.raises(CorrectionRefused, match="void"):
        await accept(database, round_, "tri rapide")

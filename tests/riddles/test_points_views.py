"""The words in which points are told: golden, so that a change of wording is read as wording."""

import re
from datetime import timedelta
from typing import Any

import pytest

from engine.books import approvals
from engine.books.ledger import ELSEWHERE, HELD, SPENT, Kind, post
from engine.books.proposals import Correction, Proposal
from engine.books.statements import statement
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import explaining, rejudging, rounds
from engine.play.hints import take
from engine.play.rejudging import Rejudgement
from engine.scoring import Scoring, Streak
from engine.storage.database import Database
from riddles.discord.locales import texts
from riddles.discord.views import accepting, ledger, points
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
    settled,
)

NOW = to_ms(MONDAY) + 20 * 24 * 3_600_000
MINUTE = timedelta(minutes=1)
EN, FR = texts("en"), texts("fr")
NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


def plain(text: str) -> str:
    """The text without what differs from run to run: moments and digests."""
    return re.sub(r"`[0-9a-f]{12}…`", "`…`", re.sub(r"<t:\d+:(\w)>", r"<\1>", text))


async def propose(database: Database, **what: Any) -> approvals.Booked:
    async with database.transaction() as tx:
        staff = await meet_one(tx, a_person(9, name="Ruth"), NOW)
        facts: dict[str, Any] = {"key": str(what), "reason": "because", "actor": staff} | what
        return await approvals.propose(
            tx, Proposal(**facts), approve_above=5000, patience_ms=1000, now_ms=NOW
        )


async def explained(database: Database, round_id: int, member: int = 1) -> str:
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        found = await explaining.explain(reader, account, round_id)
    assert found is not None
    return plain(points.explanation(EN, found))


async def a_rich_round(database: Database, week: Any, **scoring: Any) -> int:
    """Member 1 solves first with a hint, members 2 and 3 after."""
    usual: dict[str, Any] = {
        "podium": (30, 20),
        "streak": Streak(bonus=5, cap=20),
    }
    round_ = await a_round(database, week=week, scoring=Scoring(**usual | scoring))
    opens = to_ms(round_.opens_at)
    async with database.transaction() as tx:
        await take(tx, round_, await meet_one(tx, a_person(), opens), 1, opens)
    for member in (1, 2, 3):
        await hand_in(database, a_try(member=member, at=opens + member * 60_000 + 42))
    await settled(database, round_)
    return round_.id


async def test_everything_that_can_make_an_award(database: Database) -> None:
    await a_rich_round(database, WEEK)
    number = await a_rich_round(
        database, WEEK.next(), policy="solves", minimum=50, decay=10, curve="linear"
    )

    assert await explained(database, number) == (
        "🧮 **Riddle no. 2: What sorts here?** earned you **105 points**.\n"
        "You solved it <F> (and 042 ms).\n"
        "- +70 · 80 of 100, with 3 members who solved it, less 1 early hint at 10\n"
        "- +30 · place 1\n"
        "- +5 · 2 riddles in a row\n"
        "**In the ledger**\n"
        "`#6` <d> **+40** solved · `…`\n"
        "`#7` <d> **+5** riddles in a row · `…`\n"
        "`#12` <d> **+30** settled at the closing · `…`\n"
        "`#13` <d> **+30** place · `…`\n"
        "-# Scoring “solves”, version 1. Each row's digest holds all rows before it."
    )


async def test_what_is_not_settled_yet(database: Database) -> None:
    scoring = Scoring(policy="solves", minimum=50, decay=10, curve="linear")
    round_ = await a_round(database, scoring=scoring)
    await hand_in(database, a_try())

    assert "- +50 · 50 of 100 for sure; the rest when it is closed" in await explained(
        database, round_.id
    )


async def test_an_award_that_fell_with_time_and_cannot_fall_below_a_point(
    database: Database,
) -> None:
    scoring = Scoring(policy="time", minimum=1)
    round_ = await a_round(database, scoring=scoring)
    opens = to_ms(round_.opens_at)
    async with database.transaction() as tx:
        await take(tx, round_, await meet_one(tx, a_person(), opens), 1, opens)
    await hand_in(database, a_try(at=to_ms(round_.closes_at) - 1))

    assert (
        "- +1 · 2 of 100, by the time that had passed, less 1 early hint at 10, "
        "but at least a point"
    ) in await explained(database, round_.id)


async def test_what_was_corrected_and_what_was_kept(database: Database) -> None:
    round_ = await a_round(database, scoring=Scoring(podium=(30, 20)))
    await hand_in(database, a_try("tri rapide", member=2, after=MINUTE))
    await hand_in(database, a_try(after=2 * MINUTE))
    await settled(database, round_)
    async with database.transaction() as tx:
        now = await rounds.get(tx, round_.id)
        await rejudging.accept(tx, now, "tri rapide", now_ms=NOW, reason="the same | thing")
    await propose(database, what="reverse", transfer=1, reason="given twice")

    assert await explained(database, round_.id) == (
        "🧮 **Riddle no. 1: What sorts here?** earned you **30 points**.\n"
        "You solved it <F> (and 000 ms).\n"
        "- +100 · the riddle's value, 100\n"
        "- +30 · place 1\n"
        "- −100 · corrected by the staff\n"
        "**In the ledger**\n"
        "`#1` <d> **+100** solved · `…`\n"
        "`#2` <d> **+30** place · `…`\n"
        "`#4` <d> **−100** reversal (corrects no. 1) · given twice · `…`\n"
        "-# Scoring “fixed”, version 1. Each row's digest holds all rows before it."
    )
    assert "**+130** adjustment · the same \\| thing · `…`" in await explained(
        database, round_.id, 2
    )


async def test_a_voided_riddle_and_an_unranked_solve(database: Database) -> None:
    round_ = await a_round(database, author_id=a_person(2).id)
    await hand_in(database, a_try(), a_try(member=2))
    await closed(database, round_)
    author = await explained(database, round_.id, 2)
    await propose(database, what="void", round=round_.id, reason="leaked")

    assert author == (
        "🧮 **Riddle no. 1: What sorts here?** earned you **0 points**.\n"
        "You solved it <F>, and are not ranked on it."
    )
    assert await explained(database, round_.id) == (
        "🧮 **Riddle no. 1: What sorts here?** earned you **0 points**.\n"
        "This riddle is void: it counts for nobody.\n"
        "You solved it <F> (and 000 ms).\n"
        "**In the ledger**\n"
        "`#1` <d> **+100** solved · `…`\n"
        "`#2` <d> **−100** reversal (corrects no. 1) · leaked · `…`"
    )


async def test_a_history_of_every_kind(database: Database) -> None:
    await a_rich_round(database, WEEK)
    await a_rich_round(database, WEEK.next())
    account = await account_of_member(database)
    async with database.transaction() as tx:
        for kind, source, target, amount in (
            (Kind.OPENING, ELSEWHERE, account, 1000),
            (Kind.HOLD, account, HELD, 50),
            (Kind.RELEASE, HELD, account, 20),
            (Kind.REDEMPTION, HELD, SPENT, 30),
            (Kind.REFUND, SPENT, account, 5),
            (Kind.MERGE, ELSEWHERE, account, 7),
        ):
            await post(tx, a_transfer(target, amount, source=source, kind=kind))
    await propose(database, what="adjust", account=account, points=-2000)
    await propose(database, what="reverse", transfer=1)
    await propose(database, what="adjust", account=account, points=50)
    async with database.reading() as reader:
        entries = await statement(reader, account, limit=40)
    text, buttons = points.history(EN, "**Points**", entries, older="v1:x:1", newer=None)

    assert plain(text) == (
        "**Points**\n"
        "`#24` <d> **−50** → 0 · repays what was owed\n"
        "`#23` <d> **+50** → 50 · adjustment · because\n"
        "`#22` <d> **−90** → 0 · reversal, on credit, riddle no. 1: What sorts here? "
        "(corrects no. 1) · because\n"
        "`#21` <d> **−773** → 0 · adjustment, on credit · because\n"
        "`#20` <d> **−1,227** → 0 · adjustment · because\n"
        "`#19` <d> **+7** → 1,227 · accounts joined\n"
        "`#18` <d> **+5** → 1,220 · given back\n"
        "`#16` <d> **+20** → 1,215 · released\n"
        "`#15` <d> **−50** → 1,195 · held\n"
        "`#14` <d> **+1,000** → 1,245 · opening balance\n"
        "`#12` <d> **+30** → 245 · place, riddle no. 2: What sorts here?\n"
        "`#7` <d> **+5** → 215 · riddles in a row, riddle no. 2: What sorts here?\n"
        "`#6` <d> **+90** → 210 · solved, riddle no. 2: What sorts here?\n"
        "`#4` <d> **+30** → 120 · place, riddle no. 1: What sorts here?\n"
        "`#1` <d> **+90** → 90 · solved, riddle no. 1: What sorts here?"
    )
    assert len(buttons) == 1


async def test_a_page_of_the_longest_lines_fits_into_a_message(database: Database) -> None:
    round_ = await a_round(database, title="A title that goes on " * 9)
    await hand_in(database, a_try())
    account = await account_of_member(database)
    for number in range(10):
        what = {"what": "adjust", "account": account, "points": 1000 + number}
        await propose(database, **what, reason="a reason that goes on " * 13)
    async with database.reading() as reader:
        entries = await statement(reader, account, limit=10)
    text, _ = points.history(FR, "📒", entries, older="v1:x:1", newer="v1:x:0")

    assert round_.id == 1
    assert len(text) <= 2000


# What staff read.

NAMES = {1: "**Ruth**", 2: "**Barbara**", 3: "**Ada**"}


def a_correction(**facts: Any) -> Correction:
    usual: dict[str, Any] = {
        "id": 7,
        "what": "adjust",
        "account": 3,
        "points": 1500,
        "transfer": None,
        "batch": None,
        "round": None,
        "redemption": None,
        "reward": None,
        "reason": "a *long* story",
        "proposed_by": 1,
        "expires_at": NOW,
        "state": "booked",
        "decided_by": None,
    }
    return Correction(**usual | facts)


@pytest.mark.parametrize(
    ("facts", "english", "french"),
    [
        (
            {},
            "**Correction no. 7**: **1,500 points** for **Ada**",
            f"**Correction n° 7**{NBSP}: **1{NARROW}500 points** pour **Ada**",
        ),
        (
            {"points": -1},
            "**Correction no. 7**: **1 point** taken from **Ada**",
            f"**Correction n° 7**{NBSP}: **1 point** repris à **Ada**",
        ),
        (
            {"what": "reverse", "transfer": 12, "points": -90},
            "**Correction no. 7**: transfer no. 12 undone, **90 points** taken back",
            f"**Correction n° 7**{NBSP}: mouvement n° 12 annulé, **90 points** repris",
        ),
        (
            {"what": "reverse", "transfer": 12, "points": 90},
            "**Correction no. 7**: transfer no. 12 undone, **90 points** given back",
            f"**Correction n° 7**{NBSP}: mouvement n° 12 annulé, **90 points** rendus",
        ),
        (
            {"what": "unbatch", "batch": "import-7", "points": -90},
            "**Correction no. 7**: batch import\\-7 undone, **90 points** in all",
            f"**Correction n° 7**{NBSP}: lot import\\-7 annulé, **90 points** en tout",
        ),
        (
            {"what": "void", "round": 3, "points": -90},
            "**Correction no. 7**: riddle no. 3 void, **90 points** in all",
            f"**Correction n° 7**{NBSP}: énigme n° 3 nulle, **90 points** en tout",
        ),
        (
            {"account": 99},
            "**Correction no. 7**: **1,500 points** for somebody",
            f"**Correction n° 7**{NBSP}: **1{NARROW}500 points** pour quelqu’un",
        ),
    ],
)
def test_what_a_correction_moves(facts: dict[str, Any], english: str, french: str) -> None:
    one = a_correction(**facts)

    assert ledger.correction(EN, one, NAMES).split("\n")[0] == english
    assert ledger.correction(FR, one, NAMES).split("\n")[0] == french


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, "> a \\*long\\* story\n-# Booked by **Ruth**."),
        ({"reason": None}, "-# Booked by **Ruth**."),
        ({"decided_by": 2}, "-# Proposed by **Ruth**, approved by **Barbara**."),
        (
            {"state": "dropped", "decided_by": 2},
            "-# Proposed by **Ruth**, dropped by **Barbara**.",
        ),
        (
            {"state": "waiting"},
            "-# Proposed by **Ruth**. Somebody else has to approve it by <f>.",
        ),
    ],
)
def test_who_decided_a_correction(facts: dict[str, Any], says: str) -> None:
    assert plain(ledger.correction(EN, a_correction(**facts), NAMES)).endswith(f"\n{says}")


def test_only_what_waits_has_buttons() -> None:
    waiting = a_correction(state="waiting")
    text, rows = ledger.waiting(EN, [waiting] * 7, NAMES)

    assert text.count("🕓") == len(rows) == 5
    assert text.endswith("-# … and 2 more.")
    assert ledger.waiting(EN, [], NAMES) == ("Nothing waits for approval.", [])


# An answer that counts after all.


async def foreseen(database: Database, *, lower: bool = False) -> Rejudgement:
    async with database.reading() as reader:
        return await rejudging.preview(
            reader, await rounds.get(reader, 1), "tri-rapide", lower=lower
        )


async def test_what_it_means_to_accept_an_answer(database: Database) -> None:
    round_ = await a_round(database, scoring=Scoring(podium=(30, 20)))
    for member, text in ((1, "tri rapide"), (2, "quicksort"), (3, "tri  rapide"), (4, "quicksort")):
        await hand_in(database, a_try(text, member=member, after=member * MINUTE))
    await settled(database, round_)
    look, lower = await foreseen(database), await foreseen(database, lower=True)
    text, (buttons,) = accepting.foreseen(EN, look, may_lower=True)
    _, (fewer,) = accepting.foreseen(EN, look, may_lower=False)

    assert text == (
        "⚖️ If **tri\\-rapide** is accepted for riddle no. 1:\n"
        "- 2 more members solve it\n"
        "- 3 places on the podium move\n"
        "- 230 points are booked\n"
        "- 2 members keep 30 points that a first count would not have given"
    )
    assert (len(buttons.components), len(fewer.components)) == (2, 1)
    assert accepting.done(EN, lower) == (
        "✅ **tri\\-rapide** is accepted for riddle no. 1:\n"
        "- 2 more members solve it\n"
        "- 3 places on the podium move\n"
        "- 230 points are booked\n"
        "- 30 points are taken back from 2 members"
    )


async def test_a_sealed_riddle_keeps_its_secret(database: Database) -> None:
    await a_round(database, verdict="at_reveal")
    await hand_in(database, a_try("tri rapide"))
    text, _ = accepting.foreseen(FR, await foreseen(database), may_lower=True)

    assert text == (
        f"⚖️ Si **tri\\-rapide** est accepté pour l’énigme n° 1{NBSP}:\n"
        f"- 1 réponse devient juste{NARROW}; la révélation le dira\n"
        f"-# Tu as regardé comment elle est jugée{NBSP}: désormais, tu y es hors classement."
    )

"""What members hear about the points of a solve, and who earns none."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.play.submissions import Reply, Told
from engine.scoring import Entitlement, Scoring, Solver, Streak, Terms, entitlements, promise
from riddles.discord.locales import texts
from riddles.discord.views import answers
from tests.builders import MONDAY
from tests.show.conftest import StageSetter

Queue = Callable[..., Path]

SOLVES = Scoring(policy="solves", minimum=50, curve="linear", decay=5)
TIME = Scoring(policy="time", minimum=50)
PODIUM = (30, 20, 10)
UP_TO_90 = (
    "✅ That is it! You earn **40 points** now, and up to **90 points** at the closing: "
    "the fewer solve it, the more it is worth."
)
JUSQU_A_90 = (
    "✅ C’est ça\u202f! Tu gagnes **40 points** tout de suite, et jusqu’à **90 points** à la "
    "clôture\u00a0: moins il y a de bonnes réponses, plus l’énigme rapporte."
)


def terms(scoring: Scoring, value: int = 100) -> Terms:
    return Terms(scoring=scoring, value=value, hint_cost=Decimal("0.1"), opens_at=0, closes_at=1000)


def sure(scoring: Scoring, *, hints: int = 0, run: int = 1) -> Entitlement:
    """What a member is promised who solves at the millisecond 500."""
    return promise(terms(scoring), Solver(account=1, at=500, hints=hints, run=run))


def in_the_end(scoring: Scoring, solvers: int) -> Entitlement:
    """What the first of so many solvers has once the round is settled."""
    everyone = [Solver(account=n, at=500 + n) for n in range(1, solvers + 1)]
    return entitlements(terms(scoring), everyone)[1]


def hears(earned: Entitlement | None, lang: str = "en", **facts: object) -> list[str]:
    """What the member reads, line by line."""
    reply = Reply(told=Told.ACCEPT, round=1, earned=earned, **facts)  # type: ignore[arg-type] # the test's own
    return answers.reply(texts(lang), reply, 0).split("\n")


@pytest.mark.parametrize(
    ("earned", "lines"),
    [
        (sure(Scoring()), ["✅ That is it! You earn **100 points**."]),
        (
            sure(Scoring(), hints=2),
            ["✅ That is it! You earn **80 points**.", "-# 100 − 2 early hints × 10 = 80"],
        ),
        (
            sure(Scoring(), hints=12),
            [
                "✅ That is it! You earn **1 point**.",
                "-# 100 − 12 early hints × 10, and never less than 1",
            ],
        ),
        (
            sure(TIME, hints=1),
            [
                "✅ That is it! You earn **65 points**.",
                "-# worth 75 of 100 at your moment",
                "-# 75 − 1 early hint × 10 = 65",
            ],
        ),
        (
            sure(SOLVES, hints=1),
            [
                UP_TO_90,
                "-# 50 − 1 early hint × 10 = 40",
            ],
        ),
        (
            sure(Scoring(streak=Streak(bonus=10, cap=50)), run=3),
            ["✅ That is it! You earn **120 points**.", "-# 3 riddles in a row: +20"],
        ),
        (
            in_the_end(SOLVES.model_copy(update={"podium": PODIUM}), 3),
            [
                "✅ That is it! You earn **120 points**.",
                "-# worth 90 of 100: 3 members solved it",
                "-# place 1: +30",
            ],
        ),
    ],
    ids=["fixed", "hints", "more hints than value", "time", "solves", "streak", "settled"],
)
def test_a_solve_is_told_with_its_formula(earned: Entitlement, lines: list[str]) -> None:
    assert hears(earned) == lines


def test_what_is_still_to_be_won_is_said_at_once() -> None:
    assert hears(sure(Scoring()), podium=PODIUM)[1:] == [
        "-# At the closing, the first 3 places get a bonus: +30, +20, +10."
    ]
    assert hears(sure(Scoring()), podium=(5,))[1:] == [
        "-# At the closing, the first place gets a bonus: +5."
    ]


def test_a_member_reads_it_in_french() -> None:
    assert hears(sure(SOLVES, hints=1), "fr", podium=PODIUM) == [
        JUSQU_A_90,
        "-# 50 − 1 indice pris en avance × 10 = 40",
        "-# À la clôture, les 3 premières places reçoivent un bonus\u00a0: +30, +20, +10.",
    ]


def test_who_earns_nothing_is_told_why() -> None:
    assert hears(None) == [
        "✅ That is it! You are not ranked on this riddle, so it earns no points."
    ]
    assert hears(None, replaced=True) == [
        "✅ That is it! But a later answer of yours stands, so this one earns nothing."
    ]


async def test_a_host_who_has_seen_the_preview_earns_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(timedelta(hours=-1)) as stage:
        channel = stage.program.show.settings.server[0].channel
        preview = await stage.standin.command(stage.cast.host, channel, "animate preview", {})
        await preview.final()
        await stage.move_to(MONDAY + timedelta(seconds=1))
        host = await stage.standin.command(
            stage.cast.host, channel, "answer", {"text": "quicksort"}
        )
        ada = await stage.standin.command(
            stage.cast.members[0], channel, "answer", {"text": "quicksort"}
        )

        assert "Tu es hors classement pour cette énigme" in host.text
        assert "**100" in ada.text

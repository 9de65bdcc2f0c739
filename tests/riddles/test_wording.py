"""What a member reads of a riddle that is void depends on what it did to their points."""

import pytest

from engine.books.approvals import Booked
from engine.books.proposals import Correction
from riddles.discord.locales import texts
from riddles.hand.wording import notices_of
from riddles.sentence import Sentence

VOID = Correction(
    id=1,
    what="void",
    account=None,
    points=-100,
    transfer=None,
    batch=None,
    round=3,
    redemption=None,
    reward=None,
    reason="it had leaked",
    proposed_by=7,
    expires_at=1,
    state="booked",
    decided_by=None,
)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (
            -110,
            "Riddle no. 3 is void: “it had leaked”. The 110 points it paid you are taken back.",
        ),
        (
            10,
            (
                "Riddle no. 3 is void: “it had leaked”. It breaks no streak of yours any more, "
                "and you earn 10 points."
            ),
        ),
    ],
)
def test_a_member_reads_what_was_taken_or_what_their_streak_earns(points: int, said: str) -> None:
    (notice,) = notices_of(Booked(VOID, {5: points}))

    assert Sentence.of(notice.words).said(texts("en")) == said

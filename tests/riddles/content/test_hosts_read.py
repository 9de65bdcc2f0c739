"""What is wrong in a folder is said to the hosts on Discord in their own language."""

from pathlib import Path

import pytest

from engine.play.course import Course
from riddles.content import read_library
from riddles.content.queue import Forecast
from riddles.discord.locales import texts
from riddles.discord.views import hosts
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from tests.riddles.content.builders import a_riddle

NOTHING = Forecast(lines=(), covered_until=None, weeks_covered=0, reserve=())


@pytest.mark.parametrize(
    ("top", "french", "english"),
    [
        ('value = "100"', "il faut un nombre entier", "must be a whole number"),
        ('week = "2026-48"', "n’est pas une semaine ISO", "is not an ISO week"),
        ('colour = "red"', "clé inconnue", "unknown key"),
    ],
)
def test_the_queue_says_what_is_wrong_in_the_hosts_language(
    tmp_path: Path, top: str, french: str, english: str
) -> None:
    a_riddle(tmp_path, top=top)
    library = read_library(tmp_path)

    said = {lang: hosts.queue(texts(lang), NOTHING, library, Course(), ()) for lang in ("fr", "en")}

    assert french in said["fr"]
    assert english in said["en"]


def test_a_refusal_keeps_why_until_it_is_said(tmp_path: Path) -> None:
    a_riddle(tmp_path, top="value = 0")
    (folder,) = read_library(tmp_path).folders
    why = folder.problems[0].message

    refusal = Refusal("{slug} is not ready: {why}", slug=folder.slug, why=why)

    assert refusal.said(texts("fr")).endswith("il faut au moins 1, et non le nombre 0")
    assert Sentence.of(refusal.kept.kept).said(texts("fr")) == refusal.said(texts("fr"))
    assert str(refusal).endswith("value must be at least 1, not the number 0")

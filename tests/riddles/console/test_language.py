"""Which language the terminal speaks, and how it writes what is not a sentence."""

import io
import json
import sys
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from riddles.cli.data import echo_json
from riddles.console import language_of, texts
from riddles.console.plain import spare_old_terminals
from riddles.sentence import Counted, Sentence, both, either, listed

FR, EN = texts("fr"), texts("en")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "FR-ca"}, "fr"),
        ({"LANG": "fr_FR@euro"}, "fr"),
        ({"LANG": "fro"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "fr_FR", "LC_MESSAGES": ""}, "fr"),
        ({"LC_MESSAGES": "fr_FR", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "RIDDLES_LANG": "fr"}, "fr"),
        ({"LANG": "fr_FR", "RIDDLES_LANG": "en"}, "en"),
        ({"LANG": "fr_FR", "RIDDLES_LANG": "de"}, "en"),
        ({"LANG": "fr_FR", "LC_TIME": "C", "LANGUAGE": "en"}, "fr"),
    ],
)
def test_the_first_variable_that_says_anything_decides(
    variables: dict[str, str], language: str
) -> None:
    assert language_of(variables) == language


def test_a_day_is_written_as_its_reader_writes_it() -> None:
    moment = datetime(2026, 12, 7, 18, 0, tzinfo=ZoneInfo("Europe/Paris"))

    assert FR.day(moment) == "lun. 7 déc. 18:00"
    assert EN.day(moment) == "Mon 07 Dec 18:00"


def test_numbers_have_their_signs() -> None:
    assert FR.number(Decimal("12345.6")) == "12\N{NARROW NO-BREAK SPACE}345,6"
    assert EN.number(Decimal("12345.6")) == "12,345.6"
    assert FR.moment(0) == "1970-01-01 00:00 UTC"


def test_what_discord_says_as_well_is_said_in_its_words() -> None:
    assert FR("there is no riddle folder {slug}", slug="x") != "there is no riddle folder x"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "l’été\N{NARROW NO-BREAK SPACE}: «\N{NO-BREAK SPACE}œil…» 漢"),
        ("latin-1", "l'été : «\N{NO-BREAK SPACE}oeil...» ?"),
        ("ascii", 'l\'?t? : " oeil..." ?'),
    ],
)
def test_a_terminal_that_lacks_a_sign_gets_a_plain_one(
    monkeypatch: pytest.MonkeyPatch, encoding: str, written: str
) -> None:
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding=encoding))
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    spare_old_terminals()
    sys.stdout.write("l’été\N{NARROW NO-BREAK SPACE}: «\N{NO-BREAK SPACE}œil…» 漢")
    sys.stdout.flush()

    assert screen.getvalue().decode(encoding) == written


def test_data_for_programs_is_in_utf_8_whatever_the_terminal_can_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, encoding="latin-1"))
    spare_old_terminals()
    echo_json({"name": "Zoë “la reine” 漢"})

    assert json.loads(pipe.getvalue()) == {"name": "Zoë “la reine” 漢"}


def test_a_counted_sentence_agrees_with_its_count() -> None:
    none, one, several = (Counted("{count} error", "{count} errors", n) for n in (0, 1, 2000))

    assert [each.said(FR) for each in (none, one)] == ["0 erreur", "1 erreur"]
    assert several.said(FR) == "2\N{NARROW NO-BREAK SPACE}000 erreurs"
    english = ["0 errors", "1 error", "2,000 errors"]
    assert [str(each) for each in (none, one, several)] == english
    assert [each.said(EN) for each in (none, one, several)] == english


def test_a_counted_sentence_is_kept_whole() -> None:
    first = Counted("{count} error", "{count} errors", 3)
    whole = Counted("{first}, and {count} more", "{first}, and {count} more", 2, first=first)

    again = Sentence.of(whole.kept)

    assert again == whole
    assert again.said(FR) == "3 erreurs (et 2 autres problèmes)"


def test_names_are_joined_as_the_language_joins_them() -> None:
    names = ["a", "b", "c"]

    assert str(either(names)) == "a, b or c"
    assert Sentence("{x}", x=either(names)).said(FR) == "a, b ou c"
    assert Sentence("{x}", x=both(names)).said(FR) == "a, b et c"
    assert str(listed(names)) == "a, b, c"
    assert [join(["a"]) for join in (either, both, listed)] == ["a", "a", "a"]

"""What the terminal says is said in French as well: nothing is missing, and nothing stale."""

import polib
import pytest

from tests.sentences import RIDDLES, Sentence, all_sentences, console_sentences
from tests.show.test_languages import BREAKING, fields

FRENCH = polib.pofile(str(RIDDLES / "console" / "locales" / "fr" / "LC_MESSAGES" / "console.po"))


def translations() -> list[tuple[str, str]]:
    return [
        (entry.msgid_plural or entry.msgid, each)
        for entry in FRENCH
        for each in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
    ]


def test_every_sentence_of_the_terminal_is_in_its_catalogue_and_no_other() -> None:
    catalogue = {Sentence(e.msgctxt, e.msgid, e.msgid_plural or None) for e in FRENCH}

    assert catalogue == console_sentences()


def test_what_discord_says_as_well_is_not_translated_twice() -> None:
    twice = {entry.msgid for entry in FRENCH} & {
        each.text for each in all_sentences() if each.context is None
    }

    assert not twice


def test_every_sentence_is_translated() -> None:
    assert all(translation.strip() for _, translation in translations())


def test_a_translation_shows_the_same_facts() -> None:
    strays = [(a, b) for a, b in translations() if fields(a) != fields(b)]

    assert not strays


def test_french_typography_is_kept() -> None:
    assert not [each for _, each in translations() if BREAKING.search(each)]


@pytest.mark.parametrize("place", ["toml", "content", "config", "checkup"])
def test_the_sentences_of_a_room_are_found(place: str) -> None:
    """A room whose sentences nobody finds would be English without anybody noticing."""
    known = {"toml": '"{key}" is missing', "content": "{week} is over: this riddle now goes out in "
             "name order", "config": "another [[server]] above has the same guild",
             "checkup": "{version} is too old"}  # fmt: skip

    assert Sentence(None, known[place]) in all_sentences() | console_sentences()

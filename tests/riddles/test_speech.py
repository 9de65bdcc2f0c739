"""On Discord a sentence begins with a capital and ends with a full stop, in both languages."""

import pytest

from riddles.discord.locales import texts
from riddles.discord.speech import spoken
from riddles.sentence import Sentence


@pytest.mark.parametrize(
    ("sentence", "english", "french"),
    [
        (
            Sentence("riddle no. {number} is closed", number=3),
            "Riddle no. 3 is closed.",
            "L’énigme n°\u00a03 est fermée.",
        ),
        (
            Sentence("there is no riddle folder {slug}", slug="été"),
            "There is no riddle folder été.",
            "Il n’y a pas de dossier d’énigme été.",
        ),
        (
            Sentence("{slug} cannot change places with itself", slug="first"),
            "first cannot change places with itself.",
            "first ne peut pas s’échanger avec elle-même.",
        ),
    ],
)
def test_a_refusal_is_said_as_a_sentence(sentence: Sentence, english: str, french: str) -> None:
    assert spoken(sentence, texts("en")) == english
    assert spoken(sentence, texts("fr")) == french


@pytest.mark.parametrize(
    "text",
    ["Is it over?", "Wait…", "Say “why?”", "It is over.", "One:\n- two"],
)
def test_what_ends_already_gets_no_second_end(text: str) -> None:
    assert spoken(Sentence(text), texts("en")) == text


def test_a_quotation_at_the_end_is_followed_by_the_full_stop() -> None:
    sentence = Sentence("“{text}” is no week: write it like “2026-W48”", text="x")

    assert spoken(sentence, texts("en")) == "“x” is no week: write it like “2026-W48”."

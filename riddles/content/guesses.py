"""What members might type for an answer: right in a hurry, nearly right, and wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.judging import AnswerKey, entries_of
from engine.judging.fold import fold
from engine.judging.forms import answer_forms
from engine.judging.key import (
    ChoiceAnswer,
    DateAnswer,
    ExactAnswer,
    NumberAnswer,
    RegexAnswer,
    SetAnswer,
)
from engine.judging.tidy import has_letter_or_digit
from engine.judging.typo import LETTERS_MIN

ENTRIES_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing to try, and what it is an example of."""

    about: str
    text: str


def guesses(answer: AnswerKey) -> list[Guess]:
    """Things to try against this key, without repeats."""
    found: dict[str, Guess] = {}
    for guess in _guesses(answer):
        if guess.text.strip():
            found.setdefault(guess.text, guess)
    return list(found.values())


def _guesses(answer: AnswerKey) -> Iterator[Guess]:
    match answer:
        case NumberAnswer():
            yield from _of_number(answer)
        case ChoiceAnswer():
            yield from _of_choice(answer)
        case SetAnswer():
            yield from _of_set(entries_of(answer))
        case DateAnswer():
            yield from _of_date(entries_of(answer))
        case RegexAnswer():
            yield Guess("the pattern itself", entries_of(answer)[0])
        case ExactAnswer():
            yield from _of_exact(entries_of(answer))
        case _:
            for entry in entries_of(answer)[:ENTRIES_SHOWN_MAX]:
                yield from _of_text(entry) if has_letter_or_digit(entry) else _of_signs(entry)
    for entry in answer.reject:
        yield Guess("refused by name", entry)
    for near in answer.near:
        yield Guess("has a message", near.when)


def _of_text(written: str) -> Iterator[Guess]:
    yield Guess("as written", written)
    entry = _OPTIONAL_BRACKETS.sub(r"\1", written)
    yield Guess("no accents", fold(entry))
    *longer, shortest = answer_forms(fold(entry))
    if longer:
        yield Guess("no article", " ".join(shortest.words))
    else:
        yield Guess("with an article", f"le {entry}")
    if entry[-1].isalpha() and not entry.casefold().endswith(("s", "x")):
        yield Guess("a plural", entry + "s")
    yield Guess("no hyphen", entry.replace("-", " "))
    yield from _slips(entry)
    yield from _digits(entry)
    words = entry.split()
    yield Guess("one word dropped", " ".join(words[:-1]))
    yield Guess("one word dropped", " ".join(words[1:]))
    yield Guess("a negation", f"pas {entry}")
    yield Guess("a negation", f"not {entry}")
    yield Guess("two answers at once", f"{entry} ou autre chose")
    yield Guess("two answers at once", f"{entry}, autre chose")
    yield Guess("a sentence", f"je pense que c'est {entry} !")


def _of_signs(entry: str) -> Iterator[Guess]:
    yield Guess("as written", entry)
    yield Guess("as code", f"`{entry}`")
    yield Guess("one sign less", entry[:-1])
    yield Guess("one sign more", entry + entry[-1])
    yield Guess("two answers at once", f"{entry} ou autre chose")


_OPTIONAL_BRACKETS = re.compile(r"(?<!\S)\(([^()]+)\)(?!\S)")
_LETTERS = re.compile(r"[^\W\d_]+")


def _slips(entry: str) -> Iterator[Guess]:
    """Two letters swapped in the longest word."""
    longest = max(_LETTERS.findall(entry), key=len, default="")
    for place in range(len(longest) // 2, len(longest)):
        before, after = longest[place - 1], longest[place]
        if before != after:
            slip = longest[: place - 1] + after + before + longest[place + 1 :]
            says = "one slip" if len(longest) >= LETTERS_MIN else "one slip in a short word"
            yield Guess(says, entry.replace(longest, slip, 1))
            return


def _digits(text: str) -> Iterator[Guess]:
    place = next((place for place, sign in enumerate(text) if sign.isdecimal()), None)
    if place is not None:
        other = str((int(text[place]) + 1) % 10)
        yield Guess("one digit changed", text[:place] + other + text[place + 1 :])


def _of_exact(entries: tuple[str, ...]) -> Iterator[Guess]:
    for entry in entries[:ENTRIES_SHOWN_MAX]:
        yield Guess("as written", entry)
        yield Guess("as code", f"`{entry}`")
        yield Guess("in capitals", entry.upper())
        yield Guess("in small letters", entry.lower())
        yield Guess("no accents", fold(entry))
        yield Guess("a full stop", f"{entry}.")


def _of_number(answer: NumberAnswer) -> Iterator[Guess]:
    unit = f" {answer.unit}" if answer.unit else ""
    plain = format(answer.value, "f")
    yield Guess("in digits", plain + unit)
    yield Guess("thousands in groups", f"{answer.value:,f}".replace(",", " ") + unit)
    yield Guess("a comma", plain.replace(".", ",") + unit)
    yield Guess("a sentence", f"c'est {plain}{unit} je crois")
    if answer.unit:
        yield Guess("no unit", plain)
    else:
        yield Guess("a unit", f"{plain} Mo")
    yield Guess("one more", format(answer.value + 1, "f") + unit)
    yield Guess("at the tolerance", format(answer.value + answer.tolerance, "f") + unit)
    beyond = answer.value + answer.tolerance + Decimal("0.001")
    yield Guess("beyond the tolerance", format(beyond, "f") + unit)
    for digit in _digits(plain):
        yield Guess(digit.about, digit.text + unit)
    yield Guess("the other sign", format(-answer.value, "f") + unit)
    yield Guess("a negation", f"pas {plain}{unit}")
    yield Guess("two answers at once", f"{plain} ou {answer.value + 1}{unit}")


def _of_choice(answer: ChoiceAnswer) -> Iterator[Guess]:
    for letter, text in answer.choices.items():
        yield Guess("the letter", letter)
        yield Guess("the text", text)
        yield Guess("both", f"{letter}) {text}")
    first, second, *_ = answer.choices
    yield Guess("they do not agree", f"{first}) {answer.choices[second]}")
    yield Guess("two answers at once", f"{first} et {second}")
    yield Guess("a negation", f"pas {entries_of(answer)[0]}")


def _of_set(entries: tuple[str, ...]) -> Iterator[Guess]:
    yield Guess("with commas", ", ".join(entries))
    yield Guess("with “et”", " et ".join(entries))
    yield Guess("with spaces", " ".join(entries))
    yield Guess("on lines", "\n".join(entries))
    yield Guess("the other way round", ", ".join(reversed(entries)))
    yield Guess("one missing", ", ".join(entries[:-1]))
    yield Guess("one twice", ", ".join([*entries, entries[0]]))
    yield Guess("one too many", ", ".join([*entries, "autre chose"]))
    yield Guess("a negation", "pas " + ", ".join(entries))


def _of_date(entries: tuple[str, ...]) -> Iterator[Guess]:
    for entry in entries[:ENTRIES_SHOWN_MAX]:
        year, *finer = entry.split("-")
        yield Guess("as written", entry)
        yield Guess("the year alone", year)
        if finer:
            yield Guess("last part first", "/".join(reversed([year, *finer])))
        if len(finer) > 1:
            month, day = finer
            yield Guess("month first", f"{month}/{day}/{year}")
        yield from _digits(entry)
        yield Guess("a negation", f"pas {entry}")
        yield Guess("two answers at once", f"{entry} ou {int(year) + 1}")

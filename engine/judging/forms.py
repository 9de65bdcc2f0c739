"""Normal forms: what is compared, once everything that does not matter is gone.

An answer is read in several ways (`readings`), with and without its markup and the words around
it. Each reading, like each entry, has one or two forms: with and without its article (step h).
"""

import re
from dataclasses import dataclass
from itertools import product

from engine.judging import languages, phrases
from engine.judging.fold import fold
from engine.judging.markup import LAYERS_MAX, layers
from engine.judging.punctuation import has_doubled_marks, without_final_marks
from engine.judging.symbols import read_signs
from engine.judging.tidy import has_letter_or_digit, tidy

_COMMA_INSIDE = re.compile(r"(?<=[^\W\d_]), (?=[^\W\d_])")

READINGS_MAX = 48
OPTIONAL_GROUPS_MAX = 4

_ARTICLES = {article for language in languages.ALL for article in language.articles}
_ARTICLE = re.compile(
    "(?P<article>{elided}|(?:{spaced}) )(?=[^\\W_])".format(
        elided="|".join(sorted((a for a in _ARTICLES if a.endswith("'")), key=len, reverse=True)),
        spaced="|".join(
            sorted((a for a in _ARTICLES if not a.endswith("'")), key=len, reverse=True)
        ),
    ),
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"(?<!\S)\(([^()]+)\)(?!\S)")


@dataclass(frozen=True, slots=True)
class Form:
    """Words to compare, and what their author's typing said about them."""

    words: tuple[str, ...]
    typed: tuple[str, ...]
    """The same words with their capitals."""
    pair: bool
    """Exactly two words of letters only, parted by a typed space."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an answer; single spaces, capitals as typed."""

    text: str
    as_given: bool
    """Only markup and final marks are gone, so that a `reject` entry decides at once."""


def normal_form(tidied: str) -> str:
    """What makes two answers the same try. The same normal form always has the same outcome."""
    folded = fold(tidied)
    stripped = without_final_marks(folded)
    if not has_letter_or_digit(stripped):
        return tidied
    # These marks decide something, so they have to stay to be seen.
    telling = has_doubled_marks(folded) or phrases.without_tails(folded)
    return folded if telling else stripped


def folded_text(tidied: str) -> str:
    """The text without emoji and final marks, to see whether anything is left."""
    return without_final_marks(fold(tidied))


def whole_texts(tidied: str) -> list[str]:
    """The answer with each layer of markup and each phrase around it gone; line breaks stay."""
    outer = _layers(fold(tidied))
    return list(dict.fromkeys([*outer, *(bare for layer in outer for bare in _bare(layer))]))


def readings(tidied: str) -> list[Reading]:
    """Every way to read the answer, the plainest first."""
    outer = _layers(fold(tidied))
    found = {text: True for layer in outer for text in _settled(layer)}
    for layer in outer:
        for bare in _bare(layer):
            for inner in _layers(bare):
                for text in _settled(inner):
                    found.setdefault(text, False)
    return [Reading(text, as_given) for text, as_given in found.items()][:READINGS_MAX]


def _bare(text: str) -> list[str]:
    """The text without the phrases around it, whether or not something stands behind them."""
    stripped = without_final_marks(text)
    found = phrases.bare(text)
    return found if stripped == text else [*found, *phrases.bare(stripped)]


def _layers(text: str) -> list[str]:
    """The text and its insides; a mark after the markup does not hide it."""
    found = [text]
    while len(found) <= LAYERS_MAX:
        inner = layers(found[-1])[1:] or layers(without_final_marks(found[-1]))[1:]
        if not inner:
            break
        found += inner
    return found[: LAYERS_MAX + 1]


def _settled(text: str) -> list[str]:
    """The text without final marks, and with them where an entry may have them (`sudo !!`)."""
    flat = text.replace("\n", " ")
    stripped = without_final_marks(flat)
    kept = [flat] if has_doubled_marks(flat) else []
    return [each for each in (stripped, *kept) if each]


def answer_forms(text: str) -> list[Form]:
    """The forms of a reading: capitals mean nothing any more, an article is free to go."""
    text = text.casefold()
    article = _ARTICLE.match(text)
    texts = [text, text[article.end() :]] if article else [text]
    return [_form(each) for each in texts]


def entry_forms(entry: str, *, article_may_go: bool = True) -> list[Form]:
    """The forms of an author's entry, bracketed groups with and without.

    The article of a `reject` entry stays: refusing “record” does not refuse “a record”.
    """
    found: list[Form] = []
    tidied = tidy(entry)
    # An author's comma may be left out (“Hello, world”); one that was typed may part two guesses.
    commas_gone = _COMMA_INSIDE.sub(" ", tidied)
    for text in dict.fromkeys((*_choices(tidied), *_choices(commas_gone))):
        folded = fold(text).replace("\n", " ")
        kept = folded if has_doubled_marks(folded) else without_final_marks(folded)
        if not has_letter_or_digit(kept):
            continue
        found.append(_form(kept))
        article = _ARTICLE.match(kept)
        if article and article_may_go and not _is_part_of_the_name(article["article"].strip()):
            found.append(_form(kept[article.end() :]))
    return list(dict.fromkeys(found))


def _is_part_of_the_name(article: str) -> bool:
    """Whether the author wrote it in capitals: DES is no article, “L'Internet” has one."""
    return article.isupper() and not article.endswith("'")


def _form(text: str) -> Form:
    typed = text.split()
    words = read_signs(text)
    return Form(
        words=tuple(word.casefold() for word in words),
        typed=tuple(words),
        pair=len(typed) == 2 and all(word.isalpha() for word in typed),  # noqa: PLR2004 - first and last name
    )


def _choices(text: str) -> list[str]:
    """Each choice of keeping or dropping the groups in brackets set off by spaces."""
    pieces = _OPTIONAL.split(text)
    groups = pieces[1::2]
    if not groups or len(groups) > OPTIONAL_GROUPS_MAX:
        return [text]
    found = [text]
    for kept in product((True, False), repeat=len(groups)):
        chosen = [group if keep else "" for group, keep in zip(groups, kept, strict=True)]
        parts = [pieces[0]]
        for group, after in zip(chosen, pieces[2::2], strict=True):
            parts += [group, after]
        found.append(" ".join("".join(parts).split()))
    return [each for each in found if each]

"""What is wrong with one value, in plain words: what belongs there and what was found."""

import re
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from typing import Any, cast

from engine.errors import Told
from riddles.refusal import told
from riddles.sentence import Sentence, Words, either

SHOWN_MAX = 40
"""Longer values are not repeated in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An error of a model, before it is a sentence."""

    kind: str
    name: Words
    found: object
    says: Sentence
    limits: Mapping[str, Any]
    secret: bool

    def seen(self) -> Words:
        """What stands there, as far as a message may say it."""
        return _seen(self.found, secret=self.secret)


def phrase(fact: Fact) -> Sentence:
    """The sentence for a person."""
    if wanted := _WANTED.get(fact.kind):
        return _remedied(fact, Sentence(wanted, name=fact.name, seen=fact.seen()))
    if limit := _LIMITS.get(fact.kind):
        return limit(fact)
    if fact.kind == "literal_error":
        return _one_of(fact)
    if fact.kind in _OF_THE_LIBRARY:
        return Sentence("{name} is not what belongs there", name=fact.name)
    return Sentence("{name}: {says}", name=fact.name, says=fact.says) if fact.name else fact.says


def kept(says: object) -> Sentence:
    """What a model complains of, its facts apart where they are known."""
    match says:
        case Sentence():
            return says
        case Told():
            return told(says)
        case _:
            return Sentence(str(says))


_A_WHOLE_NUMBER = "{name} must be a whole number, not {seen}"
_A_NUMBER = "{name} must be a number, not {seen}"
_A_LIST = "{name} must be a list in square brackets, not {seen}"
_A_TABLE = "{name} must be a table, not {seen}"
_WANTED = {
    "string_type": "{name} must be text in quotes, not {seen}",
    "int_type": _A_WHOLE_NUMBER,
    "int_from_float": _A_WHOLE_NUMBER,
    "float_type": _A_NUMBER,
    "decimal_type": _A_NUMBER,
    "bool_type": "{name} must be true or false, not {seen}",
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "dict_type": _A_TABLE,
    "model_type": _A_TABLE,
    "model_attributes_type": _A_TABLE,
}

_OF_THE_LIBRARY = frozenset({"string_pattern_mismatch", "finite_number", "union_tag_invalid"})
"""Kinds whose own words are about validation and not about riddles."""


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_UNQUOTED = {
    "int_type": re.compile(r"[+-]?\d+"),
    "float_type": _NUMBER,
    "decimal_type": _NUMBER,
    "bool_type": re.compile("true|false"),
}
"""What is right but for its quotes."""


def _remedied(fact: Fact, wrong: Sentence) -> Sentence:
    """How to mend the usual slips: quotes too many, quotes or brackets missing."""
    if isinstance(fact.found, str) and fact.kind in _UNQUOTED:
        if _UNQUOTED[fact.kind].fullmatch(fact.found):
            return Sentence("{wrong}: remove the quotes", wrong=wrong)
        return wrong
    if isinstance(fact.found, dict | list):
        return wrong
    if fact.kind == "string_type":
        return Sentence("{wrong}: put it in quotes", wrong=wrong)
    if fact.kind in {"tuple_type", "list_type"}:
        return Sentence("{wrong}: put square brackets around it", wrong=wrong)
    return wrong


def _seen(value: object, *, secret: bool) -> Words:
    match value:
        case bool():
            return str(value).lower()
        case str():
            whole = Sentence('the text "{shown}"', shown=value)
            return whole if _is_shown(f'"{value}"', secret=secret) else Sentence("a text")
        case int() | float():
            whole = Sentence("the number {shown}", shown=str(value))
            return whole if _is_shown(str(value), secret=secret) else Sentence("a number")
        case date() | time():
            return Sentence("a date or time")
        case _:
            return Sentence("a list" if isinstance(value, list) else "a table")


def _is_shown(value: str, *, secret: bool) -> bool:
    """A number of many digits or a text of many words says less than its kind."""
    return not secret and len(value) <= SHOWN_MAX and value.isprintable()


def _at_least(fact: Fact) -> Sentence:
    if "ge" in fact.limits:
        says, limit = "{name} must be at least {limit}, not {seen}", fact.limits["ge"]
    else:
        says, limit = "{name} must be more than {limit}, not {seen}", fact.limits["gt"]
    return Sentence(says, name=fact.name, limit=str(limit), seen=fact.seen())


def _at_most(fact: Fact) -> Sentence:
    if "le" in fact.limits:
        says, limit = "{name} must be at most {limit}, not {seen}", fact.limits["le"]
    else:
        says, limit = "{name} must be less than {limit}, not {seen}", fact.limits["lt"]
    return Sentence(says, name=fact.name, limit=str(limit), seen=fact.seen())


def _too_short(fact: Fact) -> Sentence:
    if fact.kind == "string_too_short":
        return Sentence("{name} is empty: write it, or delete the key", name=fact.name)
    least = fact.limits["min_length"]
    if least > 1:
        return Sentence("{name} needs {least} or more entries", name=fact.name, least=least)
    return Sentence("{name} is empty", name=fact.name)


def _too_long(fact: Fact) -> Sentence:
    length, most = len(cast("Sized", fact.found)), fact.limits["max_length"]
    if fact.kind == "string_too_long":
        says = "{name} has {length} characters; {most} are the most"
    else:
        says = "{name} has {length} entries; {most} are the most"
    return Sentence(says, name=fact.name, length=length, most=most)


_LIMITS: dict[str, Callable[[Fact], Sentence]] = {
    "greater_than_equal": _at_least,
    "greater_than": _at_least,
    "less_than_equal": _at_most,
    "less_than": _at_most,
    "string_too_short": _too_short,
    "too_short": _too_short,
    "string_too_long": _too_long,
    "too_long": _too_long,
}


def _one_of(fact: Fact) -> Sentence:
    """List what may stand there; the library lists it as 'a', 'b' or 'c'."""
    expected = fact.limits["expected"].replace("'", '"').replace(" or ", ", ").split(", ")
    wrong = Sentence(
        "{name} must be {expected}, not {seen}",
        name=fact.name,
        expected=either(expected),
        seen=fact.seen(),
    )
    if fact.secret or not isinstance(fact.found, str):
        return wrong  # Numbers that look alike are not near each other.
    if near := get_close_matches(fact.found, [word.strip('"') for word in expected], n=1):
        return Sentence('{wrong}: did you mean "{near}"?', wrong=wrong, near=near[0])
    return wrong

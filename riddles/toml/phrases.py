"""What is wrong with one value, in plain words: what belongs there and what was found."""

import re
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from typing import Any, cast

SHOWN_MAX = 40
"""Longer values are not repeated in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An error of a model, before it is a sentence."""

    kind: str
    name: str
    found: object
    says: str
    limits: Mapping[str, Any]
    secret: bool

    def seen(self) -> str:
        """What stands there, as far as a message may say it."""
        return _seen(self.found, secret=self.secret)


def phrase(fact: Fact) -> str:
    """The sentence for a person."""
    if wanted := _WANTED.get(fact.kind):
        return f"{fact.name} must be {wanted}, not {fact.seen()}{_remedy(fact)}"
    if limit := _LIMITS.get(fact.kind):
        return limit(fact)
    if fact.kind == "literal_error":
        return _one_of(fact)
    if fact.kind in _OF_THE_LIBRARY:
        return f"{fact.name} is not what belongs there"
    return f"{fact.name}: {fact.says}" if fact.name else fact.says


_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in square brackets",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
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


def _remedy(fact: Fact) -> str:
    """How to mend the usual slips: quotes too many, quotes or brackets missing."""
    if isinstance(fact.found, str) and fact.kind in _UNQUOTED:
        return ": remove the quotes" if _UNQUOTED[fact.kind].fullmatch(fact.found) else ""
    if isinstance(fact.found, dict | list):
        return ""
    if fact.kind == "string_type":
        return ": put it in quotes"
    if fact.kind in {"tuple_type", "list_type"}:
        return ": put square brackets around it"
    return ""


def _seen(value: object, *, secret: bool) -> str:
    match value:
        case bool():
            kind, shown = "", str(value).lower()
        case str():
            kind, shown = "the text", f'"{value}"'
        case int() | float():
            kind, shown = "the number", str(value)
        case date() | time():
            kind, shown = "a date or time", ""
        case list():
            kind, shown = "a list", ""
        case _:
            kind, shown = "a table", ""
    # A number of many digits or a text of many words says less than its kind.
    if len(shown) > SHOWN_MAX or not shown.isprintable() or (secret and kind):
        kind, shown = kind.replace("the ", "a "), ""
    return " ".join(filter(None, (kind, shown)))


def _at_least(fact: Fact) -> str:
    limit = fact.limits.get("ge", fact.limits.get("gt"))
    more = "at least" if "ge" in fact.limits else "more than"
    return f"{fact.name} must be {more} {limit}, not {fact.seen()}"


def _at_most(fact: Fact) -> str:
    limit = fact.limits.get("le", fact.limits.get("lt"))
    less = "at most" if "le" in fact.limits else "less than"
    return f"{fact.name} must be {less} {limit}, not {fact.seen()}"


def _too_short(fact: Fact) -> str:
    if fact.kind == "string_too_short":
        return f"{fact.name} is empty: write it, or delete the key"
    least = fact.limits["min_length"]
    return f"{fact.name} needs {least} or more entries" if least > 1 else f"{fact.name} is empty"


def _too_long(fact: Fact) -> str:
    unit = "characters" if fact.kind == "string_too_long" else "entries"
    length = len(cast("Sized", fact.found))
    return f"{fact.name} has {length} {unit}; {fact.limits['max_length']} are the most"


_LIMITS: dict[str, Callable[[Fact], str]] = {
    "greater_than_equal": _at_least,
    "greater_than": _at_least,
    "less_than_equal": _at_most,
    "less_than": _at_most,
    "string_too_short": _too_short,
    "too_short": _too_short,
    "string_too_long": _too_long,
    "too_long": _too_long,
}


def _one_of(fact: Fact) -> str:
    """List what may stand there; the library lists it as 'a', 'b' or 'c'."""
    expected = fact.limits["expected"].replace("'", '"')
    says = f"{fact.name} must be {expected}, not {fact.seen()}"
    known = [word.strip('" ') for word in expected.replace(" or ", ", ").split(",")]
    near = get_close_matches(str(fact.found), known, n=1)
    return f'{says}: did you mean "{near[0]}"?' if near and not fact.secret else says

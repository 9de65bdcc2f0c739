"""Rulings: answers found right after the riddle went out, beside those of its key.

Each becomes a small key of the same kind, judged by the same rules: right is what either accepts.
The riddle's own key stays as it was frozen, and what it refuses by name stays refused.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from pydantic import ValidationError

from engine.errors import EntryRefused
from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.decision import Decision
from engine.judging.judge import Key, compile_key, judge
from engine.judging.key import AnswerKey, NumberAnswer, RegexAnswer, SetAnswer, parse_answer
from engine.judging.languages import CODES
from engine.judging.matcher import Matcher
from engine.judging.quantities import Quantity, read_quantities
from engine.judging.tidy import tidy
from engine.judging.units import UNITS
from engine.judging.verdict import Outcome

_BETWEEN_ITEMS = re.compile(r"[,;\n]")


def with_rulings(answer: AnswerKey, entries: Sequence[str]) -> Key:
    """The key of `answer`, which accepts each of `entries` as well.

    Raises:
        EntryRefused: an entry can be no answer of this kind.
    """
    key = compile_key(answer)
    if not entries:
        return key
    more = [key_of(answer, entry).matcher for entry in entries]
    return Key(_Either([key.matcher, *more]), key.refusals)


def key_of(answer: AnswerKey, entry: str) -> Key:
    """A key that accepts `entry` alone, and refuses what the riddle's refuses by name.

    Raises:
        EntryRefused: it can be no answer of this kind.
    """
    return compile_key(_alone(answer, entry))


def accepts(key: Key, entry: str) -> bool:
    """Whether an answer that reads like `entry` is right already, in whichever language."""
    return any(judge(key, entry, lang).outcome is Outcome.ACCEPT for lang in CODES)


def examine(answer: AnswerKey, entry: str) -> Key:
    """The key of an entry that may be accepted beside those of `answer`.

    Raises:
        EntryRefused: the riddle's key refuses it by name, or it can be no answer of this kind.
    """
    before = compile_key(answer)
    if any(judge(before, entry, lang).rule == rules.REJECT_ENTRY for lang in CODES):
        raise EntryRefused("the riddle's key refuses this answer by name")
    alone = key_of(answer, entry)
    # A pattern need not match itself.
    if not isinstance(answer, RegexAnswer) and not accepts(alone, entry):
        raise EntryRefused("written like this it would not be accepted either")
    return alone


class _Either:
    """The matchers of a key and of its rulings: right is what one of them accepts."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        self._matchers = matchers
        self.length_max = max(matcher.length_max for matcher in matchers)
        self.lists_are_guesses = matchers[0].lists_are_guesses

    def verbatim(self, raw: str) -> Decision | None:
        """The very text of an entry of either."""
        return next(filter(None, (each.verbatim(raw) for each in self._matchers)), None)

    def normal(self, raw: str, tidied: str) -> str:
        """As the riddle's own key has it, so that tries stay comparable."""
        return self._matchers[0].normal(raw, tidied)

    def is_empty(self, tidied: str) -> bool:
        """Whether none of them finds anything to judge."""
        return all(each.is_empty(tidied) for each in self._matchers)

    def accept(self, answer: Answer) -> Decision | None:
        """Accept by the first that does; else what the first has to say."""
        decisions = [found for each in self._matchers if (found := each.accept(answer))]
        right = (one for one in decisions if one.outcome is Outcome.ACCEPT)
        return next(right, decisions[0] if decisions else None)

    def close(self, answer: Answer) -> Decision | None:
        """A hint of the first that has one."""
        return next(filter(None, (each.close(answer) for each in self._matchers)), None)


def _alone(answer: AnswerKey, entry: str) -> AnswerKey:
    """The answer that has `entry` in the place of what it accepts."""
    change: Mapping[str, object]
    match answer:
        case NumberAnswer():
            change = _as_number(answer, entry)
        case SetAnswer():
            items = [item.strip() for item in _BETWEEN_ITEMS.split(entry)]
            change = {"accept": [item for item in items if item]}
        case _:
            change = {"accept": [entry]}
    table = answer.model_dump(exclude_none=True, exclude_unset=True) | {"kind": answer.kind}
    try:
        return parse_answer({**table, **change})
    except ValidationError as error:
        raise EntryRefused(error.errors()[0]["msg"]) from None


def _as_number(answer: NumberAnswer, entry: str) -> Mapping[str, object]:
    quantities: set[Quantity] = set(read_quantities(tidy(entry), answer.bases))
    if not quantities:
        raise EntryRefused("this is not a number: write it like 1024, 0.5 or 1 Go")
    if len(quantities) > 1:
        raise EntryRefused("this number can be read in two ways: write it without a comma")
    (quantity,) = quantities
    if quantity.unit is None:
        # Whoever leaves out the unit accepts the number without it.
        return {"value": quantity.value} | ({"unit_required": False} if answer.unit else {})
    unit = next(name for name, each in UNITS.items() if each == quantity.unit)
    # A tolerance was meant in the key's own unit, and a ruling is exact in another.
    same = answer.unit is not None and UNITS.get(answer.unit) == quantity.unit
    return {"value": quantity.value, "unit": unit} | ({} if same else {"tolerance": Decimal(0)})

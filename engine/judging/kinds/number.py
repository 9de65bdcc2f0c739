"""Number: the right quantity, in any notation; with a tolerance only where the author gave one."""

from decimal import Context, Decimal, localcontext

from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.decision import Decision, accepted
from engine.judging.forms import normal_form
from engine.judging.key import NumberAnswer
from engine.judging.matcher import WordMatcher
from engine.judging.quantities import Quantity, read_quantities
from engine.judging.tidy import LENGTH_MAX
from engine.judging.units import Unit, find_unit

_EXACT = Context(prec=1_000)
"""Room for every digit that fits in an answer, so that no product is ever rounded."""


class NumberMatcher(WordMatcher):
    """The value, how far off one may be, and in which unit."""

    length_max = LENGTH_MAX

    def __init__(self, answer: NumberAnswer) -> None:
        self._value = answer.value
        self._bases = answer.bases
        self._unit = find_unit(answer.unit) if answer.unit else None
        self._binary = answer.binary_units
        share = self._unit is not None and self._unit.dimension == "share"
        required = answer.unit_required
        self._unit_required = not share if required is None else required
        if answer.tolerance_pct is None:
            self._tolerance = answer.tolerance
        else:
            self._tolerance = abs(answer.value) * answer.tolerance_pct / 100

    def normal(self, raw: str, tidied: str) -> str:  # noqa: ARG002 - as in the class above
        """Case counts: 8 Mb is not 8 MB."""
        return normal_form(tidied)

    def accept(self, answer: Answer) -> Decision | None:
        """Accept if any reading is the right quantity."""
        with localcontext(_EXACT):
            for text in answer.texts:
                if any(self._is_right(each) for each in read_quantities(text, self._bases)):
                    return accepted(rules.NUMBER, None)
        return None

    def _is_right(self, given: Quantity) -> bool:
        if self._unit is None:
            return given.unit is None and self._within(given.value, Decimal(1), Decimal(1))
        if given.unit is None:
            return not self._unit_required and self._within(given.value, Decimal(1), Decimal(1))
        if given.unit.dimension != self._unit.dimension:
            return False
        return self._in_units(given.value, given.unit, self._unit)

    def _in_units(self, value: Decimal, given: Unit, mine: Unit) -> bool:
        if self._within(value, given.factor, mine.factor):
            return True
        return self._binary and self._within(value, given.binary_factor, mine.binary_factor)

    def _within(self, value: Decimal, given: Decimal, mine: Decimal) -> bool:
        return abs(value * given - self._value * mine) <= self._tolerance * mine

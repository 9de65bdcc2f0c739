"""Date: the day, month or year the author set, in any usual notation of the two languages."""

from collections.abc import Sequence

from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.dates import PARTS, Date, Precision, iso_date, read_dates
from engine.judging.decision import Decision, accepted
from engine.judging.matcher import WordMatcher
from engine.judging.tidy import LENGTH_MAX


class DateMatcher(WordMatcher):
    """Accepted dates, cut to the author's precision."""

    length_max = LENGTH_MAX

    def __init__(self, accept: Sequence[str], precision: Precision) -> None:
        self._parts = PARTS[precision]
        self._dates = {
            date[: self._parts]: entry for entry in accept if (date := iso_date(entry, precision))
        }
        self._centuries = sorted({date[0] // 100 for date in self._dates})

    def accept(self, answer: Answer) -> Decision | None:
        """Accept if any reading is one of the dates; finer detail than asked is not looked at."""
        for century in self._centuries:
            for text in answer.texts:
                for date in sorted(read_dates(text, answer.lang, century)):
                    if entry := self._dates.get(self._cut(date)):
                        return accepted(rules.DATE, entry)
        return None

    def _cut(self, date: Date) -> tuple[int, ...]:
        return date[: self._parts]

"""Set: all the items, no other, none twice; each judged as text.

People part items in many ways, and an item may hold a parting sign itself (C++, TCP/IP), so
every sign may part or belong to an item, and any way of reading that fits counts.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from engine.judging import languages, rules
from engine.judging.answer import Answer, read_answer
from engine.judging.decision import Decision
from engine.judging.fold import fold
from engine.judging.forms import whole_texts
from engine.judging.kinds.text import TextMatcher
from engine.judging.matcher import WordMatcher
from engine.judging.punctuation import without_final_marks
from engine.judging.refusals import Refusals
from engine.judging.tidy import length_limit, tidy
from engine.judging.verdict import Outcome

TEXTS_MAX = 12
"""The ways of taking off markup and lead-ins that are tried for the answer as a whole."""

_AND = "|".join(sorted({word for each in languages.ALL for word in each.both}))
_SIGNS = rf"[\n,;/&]|(?<!\+)\+(?!\+)|(?<!\w)(?:{_AND})(?!\w)"
_SIGNS_BETWEEN_MAX = 4
"""As in “, and ” where spaces part too: a comma, a space, the word, a space."""

_LIST_MARK = re.compile(r"(?:[-*•+]|\d{1,2}[.)]) ")

_Judgement = Callable[[TextMatcher, Answer], Decision | None]


class SetMatcher(WordMatcher):
    """One or several whole sets, of which one has to be given."""

    lists_are_guesses = False

    def __init__(self, sets: Sequence[Sequence[str]], refusals: Refusals, *, ordered: bool) -> None:
        self.length_max = length_limit(max(sum(map(len, items)) for items in sets))
        self._ordered = ordered
        self._refusals = refusals
        self._sets = [[TextMatcher([item], refusals) for item in items] for items in sets]
        entries = [fold(tidy(item)) for items in sets for item in items]
        one_word_each = all(len(entry.split()) == 1 for entry in entries)
        signs = _SIGNS + ("|-?>" if ordered else "") + ("| +" if one_word_each else "")
        self._signs = re.compile(signs, re.IGNORECASE)
        self._signs_in_item = max(len(self._signs.findall(entry)) for entry in entries) + 1

    def accept(self, answer: Answer) -> Decision | None:
        """Accept if some way of splitting gives every item of a set."""
        if self._fits(answer, lambda matcher, item: matcher.accept(item)):
            return Decision(Outcome.ACCEPT, rules.SET)
        return None

    def close(self, answer: Answer) -> Decision | None:
        """A hint if the items are all there but for their spelling."""
        if self._fits(answer, lambda matcher, item: matcher.accept(item) or matcher.close(item)):
            return Decision(Outcome.CLOSE, rules.SPELLING)
        return None

    def _fits(self, answer: Answer, judgement: _Judgement) -> bool:
        items = _Items(answer.lang, self._refusals, judgement)
        for text in whole_texts(answer.tidied)[:TEXTS_MAX]:
            plain = _without_list_marks(without_final_marks(text))
            signs = [found.span() for found in self._signs.finditer(plain)]
            for targets in self._sets:
                # An answer with far more signs than the set needs is not even tried.
                most = len(targets) * (self._signs_in_item + _SIGNS_BETWEEN_MAX)
                if len(signs) <= most:
                    splitting = _Splitting(plain, signs, items, targets, self._signs_in_item)
                    if splitting.fits(ordered=self._ordered):
                        return True
        return False


class _Items:
    """The items of an answer, each read and judged once however often it is split off."""

    def __init__(self, lang: str, refusals: Refusals, judgement: _Judgement) -> None:
        self._lang = lang
        self._refusals = refusals
        self._judgement = judgement
        self._read: dict[str, Answer] = {}
        self._known: dict[tuple[str, int], bool] = {}

    def is_entry(self, item: str, target: TextMatcher) -> bool:
        """Whether the item is this entry, judged as text."""
        known = (item, id(target))
        if known not in self._known:
            self._known[known] = self._judge(item, target)
        return self._known[known]

    def _judge(self, item: str, target: TextMatcher) -> bool:
        if item not in self._read:
            self._read[item] = read_answer(item, item, self._lang, self._refusals)
        answer = self._read[item]
        if answer.refused is not None:
            return False
        decision = self._judgement(target, answer)
        return decision is not None and decision.outcome in {Outcome.ACCEPT, Outcome.CLOSE}


class _Splitting:
    """The search for a way to split the text so that each piece is an entry of its own."""

    def __init__(
        self,
        text: str,
        signs: Sequence[tuple[int, int]],
        items: _Items,
        targets: Sequence[TextMatcher],
        signs_in_item: int,
    ) -> None:
        self._text = text
        self._signs = [*signs, (len(text), len(text))]  # The end parts as well.
        self._items = items
        self._targets = targets
        self._signs_in_item = signs_in_item
        self._hopeless: set[tuple[int, frozenset[int]]] = set()

    def fits(self, *, ordered: bool) -> bool:
        """Whether every target is found, in the order of the list where that is asked."""
        return self._fits_from(0, 0, frozenset(range(len(self._targets))), ordered=ordered)

    def _fits_from(self, start: int, sign: int, left: frozenset[int], *, ordered: bool) -> bool:
        if not left:
            return sign == len(self._signs)
        if (start, left) in self._hopeless:
            return False
        wanted = sorted(left)[:1] if ordered else sorted(left)
        for item, after, next_sign in self._pieces(start, sign):
            for target in wanted:
                if self._items.is_entry(item, self._targets[target]) and self._fits_from(
                    after, next_sign, left - {target}, ordered=ordered
                ):
                    return True
        self._hopeless.add((start, left))
        return False

    def _pieces(self, start: int, sign: int) -> Iterator[tuple[str, int, int]]:
        """The pieces that may begin here: up to the next sign, or the one after, and so on."""
        passed = 0
        for position in range(sign, len(self._signs)):
            end, after = self._signs[position]
            item = self._text[start:end].strip()
            if item:
                if not self._is_marked(item, start):
                    yield item, after, position + 1
                passed += 1
            elif self._part_once(position):
                start = max(start, after)
            else:
                return
            if passed > self._signs_in_item:
                return

    def _part_once(self, position: int) -> bool:
        """Whether this sign and the one before are one, as “, and” is; “+,” is a sign too many."""
        if position == 0 or position == len(self._signs) - 1:
            return False
        first, second = (self._text[slice(*self._signs[at])] for at in (position - 1, position))
        return first.isspace() or second.isspace() or (first in ",;" and second.isalpha())

    def _is_marked(self, item: str, start: int) -> bool:
        """Whether the item begins with a list mark inside a line: “A - B” is no list."""
        inside = self._text[:start].rpartition("\n")[2].strip() != ""
        return inside and _LIST_MARK.match(item) is not None


def _without_list_marks(text: str) -> str:
    """Lines without their bullets or numbers, if every further line has one."""
    lines = text.split("\n")
    if len(lines) > 1 and all(_LIST_MARK.match(line) for line in lines[1:]):
        return "\n".join(_LIST_MARK.sub("", line, count=1) for line in lines)
    return text

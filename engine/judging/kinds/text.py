"""Text: a short list of named rules, none of them a measure of how alike two texts look.

What an author accepted is looked up under the key of each rule in turn; the last rule forgives a
slip of the finger in a long word. “Contains” is no rule, so “pas Python” is never Python.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.comparing import STRICT_RULES, TEXT_RULES, Index, Rule, join
from engine.judging.decision import Decision, accepted
from engine.judging.forms import Form, entry_forms
from engine.judging.matcher import WordMatcher
from engine.judging.numberwords import wordings
from engine.judging.refusals import Refusals, find_signs, signs_of
from engine.judging.tidy import length_limit
from engine.judging.typo import TypoWord, slips_too_many, typo_words
from engine.judging.verdict import Outcome


@dataclass(frozen=True, slots=True)
class _Fuzzy:
    """An entry's form as rule 6 compares it."""

    entry: str
    joined: str
    words: tuple[TypoWord, ...]


class TextMatcher(WordMatcher):
    """The accepted texts of a riddle, every normal form computed once."""

    def __init__(
        self,
        accept: Sequence[str],
        refusals: Refusals,
        *,
        strict: bool = False,
        by: Sequence[Rule] | None = None,
    ) -> None:
        forms = {entry: entry_forms(entry) for entry in accept}
        self.length_max = length_limit(max((len(entry.strip()) for entry in accept), default=0))
        self._verbatim = {entry.strip(): entry for entry in accept}
        self._signs = signs_of(accept)
        self._index = Index(forms, by or (STRICT_RULES if strict else TEXT_RULES))
        self._refusals = refusals
        self._by_length: dict[int, list[tuple[str, Form]]] = defaultdict(list)
        self._fuzzy: dict[int, list[_Fuzzy]] = {}
        for entry, each in forms.items() if by is None and not strict else ():
            for form in each:
                self._by_length[len(form.words)].append((entry, form))

    def is_empty(self, tidied: str) -> bool:
        """Signs alone may be the answer, where an entry is signs alone."""
        return not self._signs and super().is_empty(tidied)

    def verbatim(self, raw: str) -> Decision | None:
        """Step (a): the very text of an entry, before any `reject` entry is asked."""
        return accepted(rules.VERBATIM, self._verbatim[raw]) if raw in self._verbatim else None

    def accept(self, answer: Answer) -> Decision | None:
        """Accept by the first rule that holds."""
        if entry := find_signs(self._signs, answer.tidied):
            return accepted(rules.SIGNS, entry)
        if found := self._index.find(answer.forms):
            return accepted(*found)
        return self._misspelt(answer, too_many=0)

    def close(self, answer: Answer) -> Decision | None:
        """A hint for one slip more than is forgiven."""
        return self._misspelt(answer, too_many=1)

    def _misspelt(self, answer: Answer, *, too_many: int) -> Decision | None:
        """Rule 6, or the hint; None as well if a `reject` or `near` entry is as near."""
        refused: Decision | None = None
        for form in answer.forms if self._by_length else ():
            for words in wordings(form.words):
                for fuzzy in self._of_length(len(words)):
                    if slips_too_many(fuzzy.words, words) != too_many:
                        continue
                    given = join(words)
                    if self._refusals.nearer_reject(given, fuzzy.joined):
                        refused = Decision(Outcome.REJECT, rules.NEARER_REFUSED, fuzzy.entry)
                    elif not self._refusals.nearer_near(given, fuzzy.joined):
                        if too_many:
                            return Decision(Outcome.CLOSE, rules.SPELLING, fuzzy.entry)
                        return accepted(rules.TYPO, fuzzy.entry)
        return refused

    def _of_length(self, length: int) -> list[_Fuzzy]:
        """The entries of so many words, prepared for rule 6 when such an answer first comes."""
        if length not in self._fuzzy:
            self._fuzzy[length] = [
                _Fuzzy(entry, join([word.word for word in words]), words)
                for entry, form in self._by_length.get(length, ())
                for words in typo_words(form)
                if any(word.bends for word in words)
            ]
        return self._fuzzy[length]

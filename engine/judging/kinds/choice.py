"""Choice: the letter of an option, its text, or both when they agree."""

import re
from collections.abc import Mapping, Sequence

from engine.judging import languages, rules
from engine.judging.answer import Answer
from engine.judging.comparing import NEAR_RULES, Index
from engine.judging.decision import NO_MATCH, SEVERAL, Decision, accepted
from engine.judging.fold import fold
from engine.judging.forms import answer_forms, entry_forms
from engine.judging.matcher import WordMatcher
from engine.judging.refusals import find_signs, signs_of
from engine.judging.tidy import length_limit

_OPTION_WORDS = "|".join(
    sorted({fold(word) for each in languages.ALL for word in each.option_words})
)
_ARTICLE_LETTERS_MIN = 2
"""The English “a” before a letter would be a letter too."""

_ARTICLES = "|".join(
    article.replace("'", r"[' ]?") if article.endswith("'") else rf"{article}\s"
    for article in sorted({word for each in languages.ALL for word in each.articles})
    if len(article) >= _ARTICLE_LETTERS_MIN
)
_BETWEEN = "|".join(sorted({word for each in languages.ALL for word in (*each.either, *each.both)}))


class ChoiceMatcher(WordMatcher):
    """The options, and the letters of the right ones."""

    def __init__(self, choices: Mapping[str, str], accept: Sequence[str]) -> None:
        longest = max(len(text.strip()) for text in (*choices.values(), *accept))
        self.length_max = length_limit(longest)
        self._options = {letter.casefold(): text for letter, text in choices.items()}
        self._texts = {
            letter: Index({text: entry_forms(text)}, NEAR_RULES)
            for letter, text in self._options.items()
        }
        self._signs = {text: signs_of([text]) for text in self._options.values()}
        self._right = self._right_letters(accept)
        letter = rf"(?P<letter>{'|'.join(map(re.escape, self._options))})"
        named = rf"(?:(?:{_ARTICLES})?(?:{_OPTION_WORDS})\s*:?\s*)?{letter}"
        self._letter = re.compile(rf"(?:{_ARTICLES})?{named}\s*[).:]*", re.IGNORECASE)
        self._both = re.compile(
            rf"{named}(?:\s*(?P<sign>[).:=-]+)\s*|\s+)(?P<text>.+)", re.IGNORECASE
        )
        one = rf"(?:(?:{_OPTION_WORDS})\s+)?(?:{'|'.join(map(re.escape, self._options))})[).]?"
        parted = rf"(?:\s*[,;/&|+\n-]\s*|\s+(?:{_BETWEEN})\s+|\s+)"
        self._letters = re.compile(rf"{one}(?:{parted}{one})+", re.IGNORECASE)

    def is_empty(self, tidied: str) -> bool:
        """An option may be signs alone."""
        return not any(self._signs.values()) and super().is_empty(tidied)

    def accept(self, answer: Answer) -> Decision | None:
        """Accept a right option, refuse a wrong or unknown one, send several back."""
        decisions = [self._read(text) for text in answer.texts]
        decisions.append(self._as_signs(answer.tidied))
        made = [decision for decision in decisions if decision]
        return next((each for each in made if each.rule != rules.NO_MATCH), next(iter(made), None))

    def _read(self, text: str) -> Decision | None:
        """What one reading says; a letter is the first thing an option's name can be."""
        if letter := self._letter.fullmatch(text):
            return self._of_letters({letter["letter"].casefold()}, rules.CHOICE_LETTER)
        if meant := self._letters_of_text(text):
            return self._of_letters(meant, rules.CHOICE_TEXT)
        both = self._both.fullmatch(text)
        agreed = (
            self._letters_of_text(both["text"]) & {both["letter"].casefold()}
            if both
            else set[str]()
        )
        if agreed and both and both["sign"]:
            return self._of_letters(agreed, rules.CHOICE_TEXT)
        if self._letters.fullmatch(text):
            return SEVERAL
        if both:
            return self._of_letters(agreed, rules.CHOICE_TEXT) if agreed else NO_MATCH
        return None

    def _of_letters(self, meant: set[str], rule: str) -> Decision:
        """Right if every option that may be meant is right."""
        if meant <= self._right.keys():
            return accepted(rule, self._right[min(meant)])
        return NO_MATCH

    def _letters_of_text(self, text: str) -> set[str]:
        """The options whose text this is, by the first rule that finds any."""
        forms = answer_forms(text)
        found = {letter: index.find(forms) for letter, index in self._texts.items()}
        by_rule = {letter: match[0] for letter, match in found.items() if match}
        first = next((each.name for each in NEAR_RULES if each.name in by_rule.values()), None)
        return {letter for letter, rule in by_rule.items() if rule == first}

    def _as_signs(self, tidied: str) -> Decision | None:
        meant = {
            letter
            for letter, text in self._options.items()
            if find_signs(self._signs[text], tidied)
        }
        return self._of_letters(meant, rules.CHOICE_TEXT) if meant else None

    def _right_letters(self, accept: Sequence[str]) -> dict[str, str]:
        """The right letters, and the author's entry for each."""
        found: dict[str, str] = {}
        for entry in accept:
            named = entry.strip().casefold()
            by_text = [
                letter for letter, text in self._options.items() if text.strip().casefold() == named
            ]
            for letter in [named] if named in self._options else by_text:
                found[letter] = entry
        return found

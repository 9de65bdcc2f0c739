"""The author's `reject` and `near` lists, compared the same way for every kind of answer."""

from collections.abc import Iterable, Sequence

from engine.judging import rules
from engine.judging.comparing import NEAR_RULES, REJECT_RULES, Index, join
from engine.judging.decision import Decision
from engine.judging.distance import slips
from engine.judging.forms import Form, entry_forms
from engine.judging.key import Near
from engine.judging.markup import layers
from engine.judging.tidy import has_letter_or_digit, tidy
from engine.judging.verdict import Outcome


class Refusals:
    """Answers that are wrong whatever they resemble, and wrong ones that deserve a message."""

    def __init__(self, reject: Sequence[str], near: Sequence[Near]) -> None:
        reject_forms = {entry: entry_forms(entry, article_may_go=False) for entry in reject}
        near_forms = {each.when: entry_forms(each.when) for each in near}
        self._reject = Index(reject_forms, REJECT_RULES) if reject else None
        self._near = Index(near_forms, NEAR_RULES) if near else None
        self._say = {each.when: each.say for each in near}
        self._reject_signs = signs_of(reject)
        self._near_signs = signs_of(self._say)
        self._reject_joined = _joined(reject_forms.values())
        self._near_joined = _joined(near_forms.values())

    def rejects(self, form: Form) -> str | None:
        """The `reject` entry this form is, if it is one."""
        found = self._reject.find([form]) if self._reject else None
        return found[1] if found else None

    def rejects_signs(self, tidied: str) -> str | None:
        """The `reject` entry without a letter or digit that was given, if one was."""
        return find_signs(self._reject_signs, tidied)

    def near(self, tidied: str, forms: Sequence[Form]) -> Decision | None:
        """The author's message, if this is one of the answers that has one."""
        found = self._near.find(forms) if self._near else None
        entry = found[1] if found else find_signs(self._near_signs, tidied)
        if entry is None:
            return None
        return Decision(Outcome.CLOSE, rules.NEAR_ENTRY, entry, say=self._say[entry])

    def nearer_reject(self, given: str, entry: str) -> bool:
        """Whether a `reject` entry is as near to what was given as the accepted one, or nearer."""
        return _nearer(self._reject_joined, given, entry)

    def nearer_near(self, given: str, entry: str) -> bool:
        """As `nearer_reject`, for the answers that have a message."""
        return _nearer(self._near_joined, given, entry)


def signs_of(entries: Iterable[str]) -> dict[str, str]:
    """The entries without a letter or digit, by what is compared of them (step d)."""
    tidied = ((tidy(entry), entry) for entry in entries)
    return {text: entry for text, entry in tidied if text and not has_letter_or_digit(text)}


def find_signs(signs: dict[str, str], tidied: str) -> str | None:
    """The entry that was given sign by sign, markup aside."""
    return next((signs[each] for each in layers(tidied) if each in signs), None) if signs else None


def _joined(forms: Iterable[Sequence[Form]]) -> list[str]:
    return [join(form.words) for each in forms for form in each]


def _nearer(others: Sequence[str], given: str, entry: str) -> bool:
    if not others:
        return False
    most = slips(given, entry, len(given) + len(entry))
    return any(slips(given, other, most) <= most for other in others)

"""The order of judging, the same for every kind of answer.

Too long, empty; the very text of an entry; `reject`; the accept tests; `near`; several answers
at once; a slip too many; wrong. What is refused comes first because points given away cannot be
taken back kindly.
"""

from dataclasses import dataclass

from engine.judging import rules
from engine.judging.answer import Answer, read_answer
from engine.judging.decision import EMPTY, NO_MATCH, SEVERAL, TOO_LONG, Decision
from engine.judging.fields import ANY
from engine.judging.key import (
    AnswerKey,
    ChoiceAnswer,
    DateAnswer,
    ExactAnswer,
    NumberAnswer,
    RegexAnswer,
    SetAnswer,
    TextAnswer,
    entries_of,
)
from engine.judging.kinds.choice import ChoiceMatcher
from engine.judging.kinds.date import DateMatcher
from engine.judging.kinds.exact import ExactMatcher
from engine.judging.kinds.number import NumberMatcher
from engine.judging.kinds.regex import RegexMatcher
from engine.judging.kinds.sets import SetMatcher
from engine.judging.kinds.text import TextMatcher
from engine.judging.matcher import Matcher
from engine.judging.refusals import Refusals
from engine.judging.several import looks_like_several
from engine.judging.tidy import tidy
from engine.judging.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Key:
    """An `[answer]` table, ready to judge with."""

    matcher: Matcher
    refusals: Refusals


def compile_key(answer: AnswerKey) -> Key:
    """Compute every normal form of the table, once per riddle."""
    refusals = Refusals(answer.reject, answer.near)
    return Key(_matcher(answer, refusals), refusals)


def judge(key: Key, given: str, lang: str) -> Verdict:
    """Judge what a member gave, in the language they gave it in. Never raises, whatever it is."""
    raw = given.strip()
    if len(raw) > key.matcher.length_max:
        return _verdict(TOO_LONG, "")
    tidied = tidy(raw)
    if decision := key.matcher.verbatim(raw):
        return _verdict(decision, key.matcher.normal(raw, tidied))
    if len(tidied) > key.matcher.length_max:
        return _verdict(TOO_LONG, "")
    if not tidied or key.matcher.is_empty(tidied):
        return _verdict(EMPTY, "")
    answer = read_answer(raw, tidied, lang.partition("-")[0], key.refusals)
    return _verdict(_decide(key, answer), key.matcher.normal(raw, tidied))


def _decide(key: Key, answer: Answer) -> Decision:
    """The first step that has something to say."""
    if answer.refused is not None:
        return Decision(Outcome.REJECT, rules.REJECT_ENTRY, answer.refused)
    decision = key.matcher.accept(answer)
    if decision and decision.outcome is Outcome.ACCEPT:
        return decision
    if answer.refused_in_part is not None:
        return Decision(Outcome.REJECT, rules.REJECT_ENTRY, answer.refused_in_part)
    # A wrong letter may still be one that its author has a message for.
    return key.refusals.near(answer.tidied, answer.forms) or decision or _unmatched(key, answer)


def _unmatched(key: Key, answer: Answer) -> Decision:
    """Why an answer that nothing matched is sent back, or that it is wrong."""
    if key.matcher.lists_are_guesses and looks_like_several(answer.tidied):
        return SEVERAL
    return key.matcher.close(answer) or NO_MATCH


def _verdict(decision: Decision, normal: str) -> Verdict:
    return Verdict(
        decision.outcome, decision.rule, decision.entry, normal, decision.reason, decision.say
    )


def _matcher(answer: AnswerKey, refusals: Refusals) -> Matcher:  # noqa: PLR0911 - one per kind
    match answer:
        case TextAnswer():
            return TextMatcher(entries_of(answer), refusals, strict=answer.strict)
        case ExactAnswer():
            return ExactMatcher(entries_of(answer), ignore_case=answer.ignore_case)
        case NumberAnswer():
            return NumberMatcher(answer)
        case ChoiceAnswer():
            return ChoiceMatcher(answer.choices, entries_of(answer))
        case RegexAnswer():
            return RegexMatcher(entries_of(answer), case_sensitive=answer.case_sensitive)
        case SetAnswer():
            return SetMatcher(_sets(answer), refusals, ordered=answer.ordered)
        case DateAnswer():
            return DateMatcher(entries_of(answer), answer.precision)


def _sets(answer: SetAnswer) -> list[tuple[str, ...]]:
    """The whole sets: the list, or each language's items with those of any language."""
    if isinstance(answer.accept, tuple):
        return [answer.accept]
    shared = answer.accept.get(ANY, ())
    named = [items for language, items in answer.accept.items() if language != ANY]
    return [items + shared for items in named] or [shared]

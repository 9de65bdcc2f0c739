"""An answer that is accepted cannot be refused as well: what its author wrote in two lists.

Only what is the same once case, accents and marks are gone contradicts itself; that a list covers
some ways of writing an entry of the other is its author's choice.
"""

from collections.abc import Iterator, Mapping

from engine.judging.forms import entry_forms
from engine.judging.key import AnswerKey, ExactAnswer, NumberAnswer, RegexAnswer, SetAnswer
from engine.judging.tidy import tidy
from riddles.content.riddle import Riddle
from riddles.problems import Problem
from riddles.sentence import Sentence
from riddles.toml import Document, KeyPath

Normal = frozenset[tuple[str, ...]]


def contradictions_in(riddle: Riddle, document: Document) -> Iterator[Problem]:
    """A problem for each entry of `reject` or `near` that is accepted; none repeats it."""
    answer = riddle.file.answer
    if isinstance(answer, NumberAnswer | RegexAnswer | SetAnswer):
        return  # What these accept is no list of whole answers.
    accepted = {_normal(answer, entry): at for at, entry in _accepted(answer)}
    for at, entry, list_ in _refused(answer):
        also = accepted.get(_normal(answer, entry))
        if also is not None:
            says = Sentence(
                "this entry of {list} is accepted on line {line}: delete one of the two",
                list=list_,
                line=str(document.line(also)),
            )
            yield document.problem(at, says)


def _accepted(answer: AnswerKey) -> Iterator[tuple[KeyPath, str]]:
    assert not isinstance(answer, NumberAnswer)  # noqa: S101 - its caller looked
    accept = answer.accept
    by_language = accept.items() if isinstance(accept, Mapping) else [(None, accept)]
    for language, entries in by_language:
        steps = ("answer", "accept") if language is None else ("answer", "accept", language)
        yield from (((*steps, number), entry) for number, entry in enumerate(entries))


def _refused(answer: AnswerKey) -> Iterator[tuple[KeyPath, str, str]]:
    for number, entry in enumerate(answer.reject):
        yield ("answer", "reject", number), entry, "reject"
    for number, near in enumerate(answer.near):
        yield ("answer", "near", number, "when"), near.when, "near"


def _normal(answer: AnswerKey, entry: str) -> Normal:
    """What is compared of an entry."""
    if isinstance(answer, ExactAnswer):
        text = tidy(entry)
        return frozenset({(text.casefold() if answer.ignore_case else text,)})
    forms = entry_forms(entry, article_may_go=False)
    return frozenset(form.words for form in forms) or frozenset({(tidy(entry),)})

"""How a riddle's answers will be judged, shown to its author before anybody plays.

For each entry its normal form and which rules apply to it; then a table of what members might
type, each with its verdict; then warnings. It quotes answers, so it is for the author alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from engine.judging import AnswerKey, Verdict, compile_key, entries_of, judge
from engine.judging.forms import entry_forms
from engine.judging.key import SetAnswer, TextAnswer
from engine.judging.rules import MEANING
from engine.judging.tidy import has_letter_or_digit, tidy
from engine.judging.typo import LETTERS_MIN, typo_words
from riddles.console import Texts
from riddles.content.guesses import Guess, guesses
from riddles.content.wariness import warnings_about
from riddles.sentence import Sentence

TITLE = "title"


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted entry and what is done with it."""

    entry: str
    normal: tuple[str, ...]
    """What is compared; several where something is optional."""
    typos: Sentence
    """Whether a slip is forgiven, and why."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Something a member might type, and what they would be told."""

    about: str
    given: str
    outcome: str
    rule: str


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Everything `check --answers` prints about one riddle."""

    title: str
    kind: str
    entries: tuple[Entry, ...]
    variants: tuple[Variant, ...]
    warnings: tuple[Sentence, ...]

    def to_json(self) -> dict[str, object]:
        """The report for programs."""
        return {
            "title": self.title,
            "kind": self.kind,
            "entries": [
                {"entry": one.entry, "normal": one.normal, "typos": str(one.typos)}
                for one in self.entries
            ],
            "variants": [asdict(one) for one in self.variants],
            "warnings": [str(warning) for warning in self.warnings],
        }

    def told(self, t: Texts) -> Iterator[RenderableType]:
        """The report for the author's terminal."""
        yield Text(f"{self.title} ({self.kind})", style="bold")
        yield _entry_table(t, self.entries)
        yield _variant_table(t, self.variants)
        for warning in self.warnings:
            yield Text(t("warning: {message}", message=warning.said(t)), style="yellow")


def report(
    title: str,
    answer: AnswerKey,
    *,
    lang: str = "fr",
    languages: Sequence[str] = (),
    shown: Mapping[str, str] | None = None,
) -> AnswerReport:
    """Judge what members might type against this key.

    `languages` are the community's, `shown` the texts that members see before the reveal, by
    what they are called; without them nothing is said about either.
    """
    key = compile_key(answer)
    return AnswerReport(
        title=title,
        kind=answer.kind,
        entries=tuple(_entry(entry, answer) for entry in entries_of(answer)),
        variants=tuple(_variant(guess, judge(key, guess.text, lang)) for guess in guesses(answer)),
        warnings=tuple(
            warnings_about(answer, languages=languages, shown={TITLE: title, **(shown or {})})
        ),
    )


def _entry(entry: str, answer: AnswerKey) -> Entry:
    if not isinstance(answer, TextAnswer | SetAnswer):
        return Entry(entry, (tidy(entry),), Sentence("off: only text has typos"))
    normal = tuple(dict.fromkeys(" ".join(form.words) for form in entry_forms(entry)))
    strict = isinstance(answer, TextAnswer) and answer.strict
    return Entry(entry, normal or (tidy(entry),), _typos(entry, strict=strict))


def _typos(entry: str, *, strict: bool) -> Sentence:
    """On or off, with the reason the author can do something about."""
    if strict:
        return Sentence("off: the riddle is strict")
    if not has_letter_or_digit(entry):
        return Sentence("off: signs are compared one by one")
    words = [word for form in entry_forms(entry) for ws in typo_words(form) for word in ws]
    fuzzy = dict.fromkeys(w.word for w in words if w.bends and len(w.word) >= LETTERS_MIN)
    free = [w.word for w in words if w.word in fuzzy and any(w.pieces[::2])]
    if free:
        return Sentence("on: one slip in {words}", words=", ".join(dict.fromkeys(free)))
    if fuzzy:
        return Sentence("off: capitals are never misspelt")
    return Sentence("off: no word of {letters} letters or more", letters=LETTERS_MIN)


def _variant(guess: Guess, verdict: Verdict) -> Variant:
    return Variant(guess.about, guess.text, str(verdict.outcome), verdict.rule)


def _entry_table(t: Texts, entries: Sequence[Entry]) -> Table:
    table = Table(t("entry"), t("compared as"), t("typos"))
    for entry in entries:
        table.add_row(Text(entry.entry), Text("\n".join(entry.normal)), Text(entry.typos.said(t)))
    return table


_STYLES = {"accept": "green", "close": "yellow", "invalid": "blue", "reject": "red"}


def _variant_table(t: Texts, variants: Sequence[Variant]) -> Table:
    table = Table(t("what a member might type"), "", t("verdict"), t("why"))
    for each in variants:
        verdict = Text(each.outcome, style=_STYLES[each.outcome])
        given = Text(each.given.replace("\n", "⏎"))
        table.add_row(t.plain(each.about), given, verdict, t.plain(MEANING[each.rule]))
    return table


__all__ = ["AnswerReport", "Entry", "Variant", "report"]

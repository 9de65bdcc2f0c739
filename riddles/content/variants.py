"""How a riddle's answers will be judged, shown to its author before anybody plays.

For each entry its normal form and which rules apply to it; then a table of what members might
type, each with its verdict; then warnings. It quotes answers, so it is for the author alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from engine.judging import AnswerKey, Verdict, compile_key, entries_of, judge
from engine.judging.forms import entry_forms
from engine.judging.key import SetAnswer, TextAnswer
from engine.judging.rules import MEANING
from engine.judging.tidy import has_letter_or_digit, tidy
from engine.judging.typo import LETTERS_MIN, typo_words
from riddles.content.guesses import Guess, guesses
from riddles.content.wariness import warnings_about


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted entry and what is done with it."""

    entry: str
    normal: tuple[str, ...]
    """What is compared; several where something is optional."""
    typos: str
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
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """The report for programs."""
        return asdict(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The report for the author's terminal."""
        yield Text(f"{self.title} ({self.kind})", style="bold")
        yield _entry_table(self.entries)
        yield _variant_table(self.variants)
        for warning in self.warnings:
            yield Text(f"warning: {warning}", style="yellow")


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
            warnings_about(answer, languages=languages, shown={"title": title, **(shown or {})})
        ),
    )


def _entry(entry: str, answer: AnswerKey) -> Entry:
    if not isinstance(answer, TextAnswer | SetAnswer):
        return Entry(entry, (tidy(entry),), "off: only text has typos")
    normal = tuple(dict.fromkeys(" ".join(form.words) for form in entry_forms(entry)))
    strict = isinstance(answer, TextAnswer) and answer.strict
    return Entry(entry, normal or (tidy(entry),), _typos(entry, strict=strict))


def _typos(entry: str, *, strict: bool) -> str:
    """On or off, with the reason the author can do something about."""
    if strict:
        return "off: the riddle is strict"
    if not has_letter_or_digit(entry):
        return "off: signs are compared one by one"
    words = [word for form in entry_forms(entry) for ws in typo_words(form) for word in ws]
    fuzzy = dict.fromkeys(w.word for w in words if w.bends and len(w.word) >= LETTERS_MIN)
    free = [w.word for w in words if w.word in fuzzy and any(w.pieces[::2])]
    if free:
        return f"on: one slip in {', '.join(dict.fromkeys(free))}"
    if fuzzy:
        return "off: capitals are never misspelt"
    return f"off: no word of {LETTERS_MIN} letters or more"


def _variant(guess: Guess, verdict: Verdict) -> Variant:
    return Variant(guess.about, guess.text, str(verdict.outcome), verdict.rule)


def _entry_table(entries: Sequence[Entry]) -> Table:
    table = Table("entry", "compared as", "typos")
    for entry in entries:
        table.add_row(Text(entry.entry), Text("\n".join(entry.normal)), Text(entry.typos))
    return table


_STYLES = {"accept": "green", "close": "yellow", "invalid": "blue", "reject": "red"}


def _variant_table(variants: Sequence[Variant]) -> Table:
    table = Table("what a member might type", "", "verdict", "why")
    for each in variants:
        verdict = Text(each.outcome, style=_STYLES[each.outcome])
        given = Text(each.given.replace("\n", "⏎"))
        table.add_row(each.about, given, verdict, MEANING[each.rule])
    return table


__all__ = ["AnswerReport", "Entry", "Variant", "report"]

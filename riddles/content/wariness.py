"""What an author may not have thought of: entries that empty, collide, or are easily misspelt."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from engine.judging import AnswerKey, entries_of
from engine.judging.comparing import REJECT_RULES, Index
from engine.judging.fields import ANY
from engine.judging.forms import entry_forms
from engine.judging.key import RegexAnswer, SetAnswer, TextAnswer
from engine.judging.patterns import compile_pattern
from engine.judging.tidy import has_letter_or_digit, tidy
from engine.judging.typo import LETTERS_MIN
from riddles.refusal import told
from riddles.sentence import Counted, Sentence, Words, both

NAMED_MAX = 5

_ACRONYM = re.compile(r"[A-Z][A-Z0-9/&+.-]{1,6}")
_ASCII_CLASS = re.compile(r"\\[wWbB]")


def warnings_about(
    answer: AnswerKey, *, languages: Sequence[str] = (), shown: Mapping[str, str] | None = None
) -> Iterator[Sentence]:
    """A sentence for each thing worth a second look. They quote entries: for the author alone."""
    if isinstance(answer, TextAnswer | SetAnswer):
        yield from _about_entries(entries_of(answer))
    if isinstance(answer, TextAnswer):
        yield from _about_rejects(answer)
        yield from _about_acronyms(answer.accept if isinstance(answer.accept, tuple) else ())
        yield from _about_short_words(answer)
        yield from _about_mentions(answer, shown or {})
    if isinstance(answer, RegexAnswer):
        yield from _about_patterns(answer)
    yield from _about_languages(answer, languages)


def _about_entries(entries: Sequence[str]) -> Iterator[Sentence]:
    by_form: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        forms = entry_forms(entry)
        if not forms and has_letter_or_digit(entry):
            says = "“{entry}” is empty once emoji and punctuation are gone: nobody can match it"
            yield Sentence(says, entry=entry)
        elif not tidy(entry):
            yield Sentence("an entry holds only characters nobody sees: delete it")
        for words in {" ".join(form.words) for form in forms}:
            by_form[words].append(entry)
    for same in dict.fromkeys(tuple(dict.fromkeys(group)) for group in by_form.values()):
        if len(same) > 1:
            quoted = both([f"“{entry}”" for entry in same])
            yield Sentence("{entries} are compared alike: one is enough", entries=quoted)


def _about_rejects(answer: TextAnswer) -> Iterator[Sentence]:
    refused = {entry: entry_forms(entry, article_may_go=False) for entry in answer.reject}
    index = Index(refused, REJECT_RULES)
    for entry in entries_of(answer):
        found = index.find(entry_forms(entry))
        if found:
            yield Sentence(
                "“{entry}” is accepted and refused (“{refused}”): refused wins",
                entry=entry,
                refused=found[1],
            )


def _about_acronyms(entries: Sequence[str]) -> Iterator[Sentence]:
    acronyms = [entry for entry in entries if _ACRONYM.fullmatch(entry.strip())]
    phrases = [entry for entry in entries if len(entry.split()) > 2]  # noqa: PLR2004 - fewer are rarely abbreviated
    if acronyms and not phrases:
        yield Sentence(
            "“{entry}” has no expansion beside it: would its full name be right?",
            entry=acronyms[0],
        )
    for phrase in phrases[:1] if not acronyms else ():
        yield Sentence("“{entry}” has no acronym beside it: is there one?", entry=phrase)


def _about_short_words(answer: TextAnswer) -> Iterator[Sentence]:
    if answer.strict:
        return
    short = [f"“{entry}”" for entry in entries_of(answer) if _has_short_words_only(entry)]
    if short:
        named: Words = ", ".join(short[:NAMED_MAX])
        if (more := len(short) - NAMED_MAX) > 0:
            named = Counted(
                "{named} and {count} more", "{named} and {count} more", more, named=named
            )
        yield Sentence(
            "no word of {letters} letters, so no typo is accepted: {entries}",
            letters=LETTERS_MIN,
            entries=named,
        )


def _has_short_words_only(entry: str) -> bool:
    words = [word for form in entry_forms(entry) for word in form.words]
    return bool(words) and max(map(len, words)) < LETTERS_MIN


def _about_mentions(answer: TextAnswer, shown: Mapping[str, str]) -> Iterator[Sentence]:
    for entry in entries_of(answer):
        for form in entry_forms(entry):
            words = list(form.words)
            for name, text in shown.items():
                said = [word for each in entry_forms(text) for word in each.words]
                spans = (said[at : at + len(words)] for at in range(len(said)))
                if words in spans:
                    yield Sentence(
                        "“{entry}” can be read in the {name}", entry=entry, name=Sentence(name)
                    )
                    return


def _about_patterns(answer: RegexAnswer) -> Iterator[Sentence]:
    for entry in entries_of(answer):
        pattern = compile_pattern(entry, case_sensitive=answer.case_sensitive)
        if pattern.refusal:
            yield Sentence("“{entry}”: {why}", entry=entry, why=told(pattern.refusal))
        elif pattern.matches(""):
            says = "“{entry}” matches nothing at all as well: an empty answer would be right"
            yield Sentence(says, entry=entry)
        if _ASCII_CLASS.search(entry):
            says = "“{entry}”: \\w and \\b know no accents in RE2; \\pL is any letter"
            yield Sentence(says, entry=entry)


def _about_languages(answer: AnswerKey, languages: Sequence[str]) -> Iterator[Sentence]:
    accept = getattr(answer, "accept", ())
    if not isinstance(accept, Mapping) or ANY in accept:
        return
    for missing in [code for code in languages if code not in accept]:
        yield Sentence(
            "nothing is accepted in {language}, which members of this community speak",
            language=missing,
        )

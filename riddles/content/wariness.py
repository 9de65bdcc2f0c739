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

NAMED_MAX = 5

_ACRONYM = re.compile(r"[A-Z][A-Z0-9/&+.-]{1,6}")
_ASCII_CLASS = re.compile(r"\\[wWbB]")


def warnings_about(
    answer: AnswerKey, *, languages: Sequence[str] = (), shown: Mapping[str, str] | None = None
) -> Iterator[str]:
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


def _about_entries(entries: Sequence[str]) -> Iterator[str]:
    by_form: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        forms = entry_forms(entry)
        if not forms and has_letter_or_digit(entry):
            yield f"“{entry}” is empty once emoji and punctuation are gone: nobody can match it"
        elif not tidy(entry):
            yield "an entry holds only characters nobody sees: delete it"
        for words in {" ".join(form.words) for form in forms}:
            by_form[words].append(entry)
    for same in dict.fromkeys(tuple(dict.fromkeys(group)) for group in by_form.values()):
        if len(same) > 1:
            quoted = " and ".join(f"“{entry}”" for entry in same)
            yield f"{quoted} are compared alike: one is enough"


def _about_rejects(answer: TextAnswer) -> Iterator[str]:
    refused = {entry: entry_forms(entry, article_may_go=False) for entry in answer.reject}
    index = Index(refused, REJECT_RULES)
    for entry in entries_of(answer):
        found = index.find(entry_forms(entry))
        if found:
            yield f"“{entry}” is accepted and refused (“{found[1]}”): refused wins"


def _about_acronyms(entries: Sequence[str]) -> Iterator[str]:
    acronyms = [entry for entry in entries if _ACRONYM.fullmatch(entry.strip())]
    phrases = [entry for entry in entries if len(entry.split()) > 2]  # noqa: PLR2004 - fewer are rarely abbreviated
    if acronyms and not phrases:
        yield f"“{acronyms[0]}” has no expansion beside it: would its full name be right?"
    for phrase in phrases[:1] if not acronyms else ():
        yield f"“{phrase}” has no acronym beside it: is there one?"


def _about_short_words(answer: TextAnswer) -> Iterator[str]:
    if answer.strict:
        return
    short = [f"“{entry}”" for entry in entries_of(answer) if _has_short_words_only(entry)]
    if short:
        more = f" and {len(short) - NAMED_MAX} more" if len(short) > NAMED_MAX else ""
        named = ", ".join(short[:NAMED_MAX]) + more
        yield f"no word of {LETTERS_MIN} letters, so no typo is accepted: {named}"


def _has_short_words_only(entry: str) -> bool:
    words = [word for form in entry_forms(entry) for word in form.words]
    return bool(words) and max(map(len, words)) < LETTERS_MIN


def _about_mentions(answer: TextAnswer, shown: Mapping[str, str]) -> Iterator[str]:
    for entry in entries_of(answer):
        for form in entry_forms(entry):
            words = list(form.words)
            for name, text in shown.items():
                said = [word for each in entry_forms(text) for word in each.words]
                spans = (said[at : at + len(words)] for at in range(len(said)))
                if words in spans:
                    yield f"“{entry}” can be read in the {name}"
                    return


def _about_patterns(answer: RegexAnswer) -> Iterator[str]:
    for entry in entries_of(answer):
        pattern = compile_pattern(entry, case_sensitive=answer.case_sensitive)
        if pattern.refusal:
            yield f"“{entry}”: {pattern.refusal}"
        elif pattern.matches(""):
            yield f"“{entry}” matches nothing at all as well: an empty answer would be right"
        if _ASCII_CLASS.search(entry):
            yield f"“{entry}”: \\w and \\b know no accents in RE2; \\pL is any letter"


def _about_languages(answer: AnswerKey, languages: Sequence[str]) -> Iterator[str]:
    accept = getattr(answer, "accept", ())
    if not isinstance(accept, Mapping) or ANY in accept:
        return
    for missing in [code for code in languages if code not in accept]:
        yield f"nothing is accepted in {missing}, which members of this community speak"

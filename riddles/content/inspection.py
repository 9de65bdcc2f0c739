"""What is wrong with a riddle although its file is well formed: files, languages, lengths."""

import re
from collections.abc import Iterator
from pathlib import Path

from riddles.config import LANGUAGES, Language, Settings
from riddles.content.contradictions import contradictions_in
from riddles.content.leaks import leaks_in
from riddles.content.placeholders import PLACEHOLDER
from riddles.content.riddle import Riddle, Text, Video
from riddles.media.captions import verify_captions
from riddles.media.folder import plain_file
from riddles.media.refusal import MediaRefusal
from riddles.problems import Problem
from riddles.sentence import Counted, Sentence
from riddles.toml import Document, KeyPath

MESSAGE_LENGTH_MAX = 4000
"""Discord's limit for all texts of one message."""
REPLY_LENGTH_MAX = 2000
"""What fits into a private reply, where prompt and hints are shown as well."""
FRAMING_LENGTH = 600
"""What the program itself writes around a riddle: closing time, points, how to answer."""
_LINK = re.compile(r"https?://\S")


def inspect(riddle: Riddle, document: Document, settings: Settings | None) -> Iterator[Problem]:
    """Everything wrong with a riddle whose file is well formed."""
    yield from _files(riddle, document)
    yield from _languages(riddle, document, settings)
    for language, text in riddle.file.text.items():
        yield from _text(riddle, document, language, text)
    if settings is not None:
        yield from _community(riddle, document, settings)
    yield from leaks_in(riddle, document)
    yield from contradictions_in(riddle, document)


def _files(riddle: Riddle, document: Document) -> Iterator[Problem]:
    """Files that are missing, links to elsewhere, or captions that are none."""
    video = riddle.file.video
    if video.file is not None and (missing := _missing(riddle.folder, video.file)):
        yield document.problem(("video", "file"), missing)
    if video.url is not None and not _LINK.match(video.url):
        yield document.problem(("video", "url"), Sentence("video.url is a web address: https://…"))
    for language, name in video.captions.items():
        try:
            cues = verify_captions(riddle.folder, name)
        except MediaRefusal as refusal:
            yield document.problem(("video", "captions", language), refusal.kept)
            continue
        for cue in cues:
            if cue.text == PLACEHOLDER:
                says = Sentence("this caption is still to be written")
                yield Problem(riddle.folder / name, cue.line + 1, says)


def _missing(folder: Path, name: str) -> Sentence | None:
    try:
        plain_file(folder, name)
    except MediaRefusal as refusal:
        return refusal.kept
    return None


def _languages(riddle: Riddle, document: Document, settings: Settings | None) -> Iterator[Problem]:
    """A public message needs its language; a reply can fall back on the other one."""
    public = settings.languages if settings else frozenset[Language]()
    for language in LANGUAGES:
        severity = "error" if language in public else "warning"
        if language not in riddle.file.text:
            says = (
                "[text.{language}] is missing: public messages are written in this language"
                if language in public
                else "[text.{language}] is missing: members who use this language will read the "
                "other one"
            )
            yield document.problem(("text",), Sentence(says, language=language), severity)
        if language in riddle.file.text and language not in riddle.file.video.alt:
            yield document.problem(
                ("video", "alt"),
                Sentence(
                    "video.alt.{language} is missing: say what is seen and heard, without the "
                    "answer",
                    language=language,
                ),
                severity,
            )
        if language in riddle.file.text and language not in riddle.file.video.captions:
            yield document.problem(
                ("video", "captions"),
                Sentence(
                    "video.captions.{language} is missing: captions for who cannot hear",
                    language=language,
                ),
                "warning",
            )


def _text(riddle: Riddle, document: Document, language: Language, text: Text) -> Iterator[Problem]:
    at: KeyPath = ("text", language)
    shown = len(riddle.file.title) + sum(map(_length, _credits(riddle, riddle.file.video)))
    yield from _fits(document, (*at, "prompt"), text.prompt, REPLY_LENGTH_MAX, besides=shown)
    yield from _fits(document, (*at, "solution"), text.solution, besides=shown)
    before = 0
    for number, hint in enumerate(text.hints):
        # Late in the week a member reads all of them in one private reply.
        yield from _fits(document, (*at, "hints", number), hint, REPLY_LENGTH_MAX, besides=before)
        before += _length(hint)
    if not _LINK.search(text.solution):
        yield document.problem(
            (*at, "solution"),
            Sentence("the solution has no link: give two or three for the curious"),
            "warning",
        )


def _credits(riddle: Riddle, video: Video) -> list[str]:
    return [line for line in (riddle.file.author, video.credit, video.licence) if line]


def _fits(
    document: Document,
    at: KeyPath,
    text: str,
    message: int = MESSAGE_LENGTH_MAX,
    *,
    besides: int = 0,
) -> Iterator[Problem]:
    length = _length(text)
    length_max = max(message - FRAMING_LENGTH - besides, 0)
    if length > length_max:
        yield document.problem(
            at,
            Sentence(
                "this text has {length} characters; {most} fit into one Discord message with the "
                "title, the credits and what the program adds",
                length=length,
                most=length_max,
            ),
        )


def _length(text: str) -> int:
    """Characters as Discord may count them: an emoji as two."""
    return len(text.encode("utf-16-le")) // 2


def _community(riddle: Riddle, document: Document, settings: Settings) -> Iterator[Problem]:
    """What the community's settings ask of its riddles."""
    circles = [circle.id for circle in settings.circle]
    if circles and riddle.file.circle is not None and riddle.file.circle not in circles:
        says = Sentence(
            'no [[circle]] has the id "{id}": {known}',
            id=riddle.file.circle,
            known=", ".join(circles),
        )
        yield document.problem(("circle",), says)
    for language, text in riddle.file.text.items():
        moments, hints = len(settings.week.hints), len(text.hints)
        if hints < moments:
            yield document.problem(
                ("text", language, "hints"),
                Counted(
                    "{count} of {moments} hints: the week has a moment for each",
                    "{count} of {moments} hints: the week has a moment for each",
                    hints,
                    moments=moments,
                ),
                "warning",
            )

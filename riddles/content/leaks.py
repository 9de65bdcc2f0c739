"""Does anything that members see before the reveal name the answer?

What is found is never repeated in a message: the line says enough to its author.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from riddles.content.mentions import Mention, mention_of
from riddles.content.riddle import Riddle
from riddles.media.captions import verify_captions
from riddles.media.refusal import MediaRefusal
from riddles.problems import Problem, Severity
from riddles.sentence import Sentence
from riddles.toml import Document, KeyPath


@dataclass(frozen=True, slots=True)
class _Public:
    """A text that members may see before the reveal, and where it is written."""

    at: KeyPath
    what: Sentence
    text: str


def leaks_in(riddle: Riddle, document: Document) -> Iterator[Problem]:
    """A problem for each public text that names the answer."""
    mention = mention_of(riddle.file.answer)
    for public in _public_texts(riddle):
        if severity := mention(public.text):
            yield document.problem(public.at, _says(public.what, severity), severity)
    yield from _captions(riddle, mention)


def _says(what: Sentence, severity: Severity) -> Sentence:
    if severity == "warning":
        return Sentence("{what} may show the answer: is it meant to stand there?", what=what)
    return Sentence("{what} shows the answer: say it without naming it", what=what)


def _public_texts(riddle: Riddle) -> Iterator[_Public]:
    file, video = riddle.file, riddle.file.video
    yield _Public((), Sentence("the folder's name"), riddle.slug)
    yield _Public(("title",), Sentence("the title"), file.title)
    yield _Public(("author",), Sentence("the author's credit"), file.author or "")
    yield _Public(("video", "credit"), Sentence("the video's credit"), video.credit or "")
    yield _Public(("video", "licence"), Sentence("the video's licence"), video.licence or "")
    yield _Public(("video", "file"), Sentence("the video's file name"), video.file or "")
    yield _Public(("video", "url"), Sentence("the video's address"), video.url or "")
    for language, alt in video.alt.items():
        yield _Public(("video", "alt", language), Sentence("the alternative text"), alt)
    for language, name in video.captions.items():
        yield _Public(("video", "captions", language), Sentence("the captions' file name"), name)
    for language, text in file.text.items():
        yield _Public(("text", language, "prompt"), Sentence("the prompt"), text.prompt)
        for number, hint in enumerate(text.hints):
            said = Sentence("hint {number}", number=number + 1)
            yield _Public(("text", language, "hints", number), said, hint)
    for number, near in enumerate(file.answer.near):
        for language, message in near.say.items():
            yield _Public(
                ("answer", "near", number, "say", language), Sentence("this message"), message
            )


def _captions(riddle: Riddle, mention: Mention) -> Iterator[Problem]:
    """Captions have lines of their own; what cannot be read is told elsewhere."""
    for name in riddle.file.video.captions.values():
        try:
            cues = verify_captions(riddle.folder, name)
        except MediaRefusal:
            continue
        for cue in cues:
            if severity := mention(cue.text):
                says = _says(Sentence("this caption"), severity)
                yield Problem(riddle.folder / name, cue.line + 1, says, severity)

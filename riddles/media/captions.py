"""Captions in an animator's folder: WebVTT or SubRip, checked line by line.

They go out as files, or drawn into the picture; either way a wrong line would be read by
everybody, so each problem is named with its line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from riddles.media.folder import plain_file
from riddles.media.leaks import spells
from riddles.media.limits import MIB, spoken_time
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

MOST_BYTES = MIB
AT_LINE = Sentence("{name}:{line}: {wrong}")
TIMING = re.compile(
    r"^(?:(\d+):)?([0-5]\d):([0-5]\d)[.,](\d{3})\s+-->\s+(?:(\d+):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One caption: from when to when, and what it says, without mark-up."""

    line: int
    start_s: float
    end_s: float
    text: str


def verify_captions(
    folder: Path, name: str, *, secrets: Sequence[str] = (), duration_s: float | None = None
) -> tuple[Cue, ...]:
    """Read a captions file of a riddle's folder.

    Raises:
        MediaRefusal: not captions, out of order, beyond the video's end, or naming the answer.
    """
    path = plain_file(folder, name)
    if path.suffix.lower() not in {".vtt", ".srt"}:
        raise MediaRefusal("{name}: captions are .vtt or .srt files", Kind.CAPTIONS, name=name)
    if path.stat().st_size > MOST_BYTES:
        raise MediaRefusal("{name} is too large to be captions", Kind.CAPTIONS, name=name)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise MediaRefusal(
            "{name} is not UTF-8 text: save it as UTF-8", Kind.CAPTIONS, name=name
        ) from None
    if path.suffix.lower() == ".vtt" and not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        raise MediaRefusal(
            "{name}:1: a .vtt file begins with the word WEBVTT; write it there, or name the file "
            ".srt",
            Kind.CAPTIONS,
            name=name,
        )

    cues = tuple(_cues(name, text))
    if not cues:
        raise MediaRefusal("{name} has no captions in it", Kind.CAPTIONS, name=name)
    _refuse_disorder(name, cues, duration_s)
    for cue in cues:
        if spells(cue.text, secrets):
            wrong = Sentence("this caption names the answer")
            raise MediaRefusal(AT_LINE.text, Kind.LEAK, name=name, line=str(cue.line), wrong=wrong)
    return cues


def as_webvtt(cues: Sequence[Cue]) -> str:
    """The captions as a WebVTT file of their own, whatever they were written in."""
    blocks = (
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_inert(cue.text)}\n"
        for cue in cues
    )
    return "\n".join(["WEBVTT\n", *blocks])


def write_for_burning(cues: Sequence[Cue], out: Path) -> None:
    """Write the captions as plain SubRip, in which nothing is mark-up."""
    blocks = (
        f"{number}\n{_clock(cue.start_s)} --> {_clock(cue.end_s)}\n{_inert(cue.text)}\n"
        for number, cue in enumerate(cues, 1)
    )
    out.write_text("\n".join(blocks), "utf-8")


def _cues(name: str, text: str) -> Iterator[Cue]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if "-->" not in line:
            continue
        timing = TIMING.match(line.strip())
        if not timing:
            wrong = Sentence("not a timing; write 00:00:01.000 --> 00:00:03.500")
            raise MediaRefusal(
                AT_LINE.text, Kind.CAPTIONS, name=name, line=str(number), wrong=wrong
            )
        says: list[str] = []
        for following in lines[number:]:
            if not following.strip():
                break
            says.append(TAG.sub("", following).strip())
        parts = timing.groups()
        yield Cue(
            line=number,
            start_s=_seconds(parts[:4]),
            end_s=_seconds(parts[4:]),
            text="\n".join(says),
        )


def _refuse_disorder(name: str, cues: Sequence[Cue], duration_s: float | None) -> None:
    latest = 0.0
    for cue in cues:
        if not cue.text:
            wrong = Sentence("this caption says nothing")
        elif cue.end_s <= cue.start_s:
            wrong = Sentence("this caption ends before it begins")
        elif cue.start_s < latest:
            wrong = Sentence("this caption begins before the one above it")
        elif duration_s is not None and cue.start_s >= duration_s:
            end = spoken_time(duration_s)
            wrong = Sentence("this caption begins after the video's end ({end})", end=end)
        else:
            latest = cue.start_s
            continue
        raise MediaRefusal(AT_LINE.text, Kind.CAPTIONS, name=name, line=str(cue.line), wrong=wrong)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _clock(seconds: float, point: str = ",") -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"


def _inert(text: str) -> str:
    """Braces would be drawing commands, and angle brackets styles."""
    return text.translate(str.maketrans("{}<>\\", "()()/"))

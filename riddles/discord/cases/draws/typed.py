"""What staff type about a draw, read word by word: moments, prizes, titles, numbers.

Every refusal says which option it is about, what was given, and what would do.
"""

import re
from datetime import UTC, datetime

from engine.draws.rules import Lot
from engine.durations import parse_duration
from engine.moments import to_ms
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
MOST_LOTS, MOST_PIECES, LONGEST_LOT = 20, 1000, 80
SHOWN = 60
"""Characters of what was typed that a refusal repeats."""


def read_since(show: Show, text: str, freezes_at: int) -> int:
    """Read `2026-09-01`, or a moment of that day, in the community's zone.

    Raises:
        Refusal: neither, or not before the list is frozen.
    """
    found = _local(show, text)
    if found is None:
        raise Refusal(
            "since: “{given}” is not a date: write it like “2026-09-01”", given=text[:SHOWN]
        )
    if (since := to_ms(found)) >= freezes_at:
        raise Refusal(
            "since: “{given}” is not before the end of the entries: no riddle would count; "
            "choose an earlier date",
            given=text[:SHOWN],
        )
    return max(since, 0)


def read_until(show: Show, text: str) -> int:
    """Read `3d` from now, or `2026-12-20 18:00` in the community's zone.

    Raises:
        Refusal: neither, or past.
    """
    now = show.clock.now()
    try:
        found = now + parse_duration(text.strip())
    except ValueError:
        found = _local(show, text)
    if found is None:
        raise Refusal(
            "until: “{given}” is not a moment: write it like “3d” or “2026-12-20 18:00”",
            given=text[:SHOWN],
        )
    if found <= now:
        raise Refusal(
            "until: “{given}” is past: choose a moment that is still to come", given=text[:SHOWN]
        )
    return to_ms(found)


def _local(show: Show, text: str) -> datetime | None:
    """A local date or moment; a date is its first moment."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=found.tzinfo or show.settings.timezone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_lots(text: str) -> tuple[Lot, ...]:
    """Read `Clavier / Keyboard; 3 x Autocollant / Sticker`.

    Raises:
        Refusal: not of that form.
    """
    parts = [part.strip() for part in text.strip().removesuffix(";").split(";")]
    if len(parts) > MOST_LOTS:
        raise Refusal(
            "prizes: {count} kinds of prizes are too many: {most} are the most",
            count=len(parts),
            most=MOST_LOTS,
        )
    return tuple(_lot(part, text) for part in parts)


def _lot(part: str, text: str) -> Lot:
    match = re.fullmatch(r"(?:([0-9]{1,9}) ?[x×] )?(\S.*)", part)
    words = None if match is None else _worded(match[2])
    if match is None or words is None:
        raise Refusal(
            "prizes: “{given}” names no prize: write them like “Clavier / Keyboard; "
            "3 x Autocollant / Sticker”, the first to be drawn first",
            given=(part or text)[:SHOWN],
        )
    count = int(match[1] or 1)
    if not 1 <= count <= MOST_PIECES:
        raise Refusal(
            "prizes: “{given}”: of each there are 1 to {most}", given=part[:SHOWN], most=MOST_PIECES
        )
    if max(map(len, words.values())) > LONGEST_LOT:
        raise Refusal(
            "prizes: “{given}…” is too long: shorten it to {most} characters",
            given=part[:SHOWN],
            most=LONGEST_LOT,
        )
    return Lot(name=words, count=count)


def read_title(text: str) -> dict[str, str]:
    """Read `Noël / Christmas`.

    Raises:
        Refusal: a language has no words.
    """
    words = _worded(text)
    if words is None:
        raise Refusal(
            "title: “{given}” lacks its words: write them like “Noël / Christmas”",
            given=text[:SHOWN],
        )
    return words


def _worded(text: str) -> dict[str, str] | None:
    """Words in French and English, parted by a stroke; the same in both without one; or none."""
    french, stroke, english = (part.strip() for part in f" {text} ".partition(" / "))
    if not french or (stroke and not english):
        return None
    return {"fr": french, "en": english or french}


def read_name(text: str) -> str:
    """Read `noel-2026`.

    Raises:
        Refusal: not of that form.
    """
    if not NAME.fullmatch(text):
        raise Refusal(
            "name: “{given}” will not do: 2 to 41 small letters, digits and hyphens, like "
            "“noel-2026”",
            given=text[:SHOWN],
        )
    return text


def within(option: Sentence, given: int, most: int) -> None:
    """Hold a number to its bounds.

    Raises:
        Refusal: it is beyond them.
    """
    if not 0 <= given <= most:
        raise Refusal(
            "{option}: {given} is out of bounds: choose a number from 0 to {most}",
            option=option,
            given=given,
            most=most,
        )

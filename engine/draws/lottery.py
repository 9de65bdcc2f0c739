"""The lottery: from a frozen list and a transcript to winners, by arithmetic that anyone can redo.

The construction is the "unicorn" of Lenstra and Wesolowski (*A random zoo: sloth, unicorn, and
trx*, 2015): many people contribute to a transcript that is published at once, and its hash is so
slow that nobody, the operator included, can know an outcome while it could still be chosen.

Canonical JSON is `json.dumps(value, sort_keys=True, separators=(",", ":"))`: ASCII, no spaces.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

DIGITS = 32
"""Hexadecimal digits of an entry's reference."""
FIRST_SNOWFLAKE_MS = 1_420_070_400_000
"""The moment from which ids of the transcript count, milliseconds UTC: the start of 2015."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A member's tickets, under a name that only they can tell is theirs."""

    reference: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Result:
    """Who won, in the order of the lots, and who comes next where somebody is passed over."""

    winners: tuple[str, ...]
    alternates: tuple[str, ...]


def canonical(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """The one way to write a value that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def reference(salt: bytes, member: int) -> str:
    """The name of a member's entry: a hash that only who knows the salt can tie to them."""
    return hashlib.sha256(salt + str(member).encode()).hexdigest()[:DIGITS]


def frozen_digest(name: str, rules: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    """What is posted when the list is frozen: from here on nothing in it can change unseen."""
    listed = [[entry.reference, entry.tickets] for entry in sorted(entries)]
    return hashlib.sha256(canonical({"draw": name, "rules": rules, "entries": listed})).hexdigest()


def transcript_digest(
    frozen: str, messages: Sequence[int], presses: Sequence[int], window_ends: int | None = None
) -> str:
    """What is posted the moment the witnesses' window closes.

    It is taken of Discord's ids of the freeze messages and of every press, in ascending order,
    and of the window's end (milliseconds UTC); files of version 1 have no window's end.
    """
    facts: dict[str, Any] = {
        "frozen": frozen,
        "messages": sorted(messages),
        "presses": sorted(presses),
    }
    if window_ends is not None:
        facts["window_ends"] = window_ends
    return hashlib.sha256(canonical(facts)).hexdigest()


def made_at(snowflake: int) -> int:
    """When an id was made, milliseconds UTC: Discord's ids carry the moment above 22 other bits."""
    return (snowflake >> 22) + FIRST_SNOWFLAKE_MS


def seeds(transcript: str, *, rounds: int, iterations: int, after: bytes = b"") -> Iterator[bytes]:
    """The slow hash, round by round; the last value is the seed.

    Each round is PBKDF2-HMAC-SHA-256 of the value before it (of the transcript's digest, in
    ASCII, at the start), salted with `riddles-draw-v1`. `after` goes on from a value that an
    earlier run had reached; the caller counts the rounds.
    """
    value = after or transcript.encode()
    for _ in range(rounds):
        value = hashlib.pbkdf2_hmac("sha256", value, b"riddles-draw-v1", iterations)
        yield value


def winners(seed: bytes, entries: Sequence[Entry], *, prizes: int, alternates: int) -> Result:
    """Draw tickets one after the other; whoever is drawn leaves with all of theirs.

    The kth draw picks one of the T tickets that are left, in the order of the references: the
    number is SHA-256(seed ‖ "k:attempt") as a 256-bit integer, thrown away and drawn again with
    the next attempt if it is not below the largest multiple of T, then taken modulo T. So every
    ticket is equally likely, exactly.
    """
    left = sorted(entries)
    drawn: list[str] = []
    while left and len(drawn) < prizes + alternates:
        edges = list(accumulate(entry.tickets for entry in left))
        ticket = _below(seed, len(drawn), edges[-1])
        drawn.append(left.pop(bisect_right(edges, ticket)).reference)
    return Result(tuple(drawn[:prizes]), tuple(drawn[prizes:]))


def _below(seed: bytes, k: int, total: int) -> int:
    attempt = 0
    while True:
        block = hashlib.sha256(seed + f"{k}:{attempt}".encode()).digest()
        number = int.from_bytes(block)
        if number < (1 << 256) // total * total:
            return number % total
        attempt += 1

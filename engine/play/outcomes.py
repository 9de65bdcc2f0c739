"""Outcomes: how a round went, as far as everybody may know.

Wrong answers are told only where that can hurt nobody: several members gave the same, and it
consists of words that the riddle itself uses, or of numbers. So nobody can say something through
the program by answering with it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.judging import entries_of
from engine.play.rounds import Round
from engine.play.rules import Rules
from engine.seasons import Season
from engine.standings.reckoning import SHOWN, names_of
from engine.storage.database import Reader

FIRST = 5
"""How many are named as the first to solve."""
MISSES = 3
MEMBERS_MIN = 3
"""Fewer members than these could be known by what they answered."""
LENGTH_MAX = 30
_PLAIN = re.compile(r"(?:[^\W_]|[ '’-])+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class First:
    """One of the first to solve; equal milliseconds share a place."""

    place: int
    account: int
    name: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A wrong answer, and how many members gave it."""

    text: str
    members: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round went."""

    tried: int
    solved: int
    first: tuple[First, ...]
    """Of those on the server's board, in order, with their places among all."""
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class SeasonTally:
    """How many took part in a season."""

    riddles: int
    tried: int
    solves: int


async def of_season(reader: Reader, season: Season) -> SeasonTally:
    """How many riddles opened in the season, who tried them, and how often they were solved."""
    row = await reader.one(
        """
        WITH played AS (
            SELECT id FROM rounds
            WHERE opens_at >= ?1 AND opens_at < ?2 AND voided_at IS NULL)
        SELECT (SELECT count(*) FROM played) AS riddles,
               (SELECT count(DISTINCT account) FROM submissions
                WHERE round IN played AND NOT practice
                  AND outcome IN ('accept', 'close', 'reject', 'repeat')) AS tried,
               (SELECT count(*) FROM solves WHERE round IN played) AS solves
        """,
        (season.starts_at, season.ends_at),
    )
    return SeasonTally(0, 0, 0) if row is None else SeasonTally(*row)


async def of_round(
    reader: Reader, round_: Round, *, server: int | None, misses: bool = True
) -> Outcome:
    """How the round went, as told in `server` or (None) to all; `misses`: with wrong answers."""
    row = await reader.one(
        """
        SELECT (SELECT count(DISTINCT account) FROM submissions
                WHERE round = ?1 AND NOT practice
                  AND outcome IN ('accept', 'close', 'reject', 'repeat')) AS tried,
               (SELECT count(*) FROM solves WHERE round = ?1) AS solved
        """,
        (round_.id,),
    )
    tried, solved = (0, 0) if row is None else tuple(row)
    first = await _first(reader, round_, server)
    often = await _misses(reader, round_) if misses else []
    return Outcome(tried, solved, tuple(first), tuple(often))


async def _first(reader: Reader, round_: Round, server: int | None) -> list[First]:
    rows = await reader.all(
        f"""
        WITH placed AS (
            SELECT solves.account, solves.at, interaction, rank() OVER (ORDER BY solves.at) AS place
            FROM solves JOIN submissions ON submissions.id = submission
            WHERE solves.round = :round AND ranked)
        SELECT place, account
        FROM placed AS earned WHERE {SHOWN} ORDER BY at, interaction LIMIT :most
        """,  # noqa: S608 - our own words
        {"round": round_.id, "server": server, "most": FIRST},
    )
    known_as = await names_of(reader, [row["account"] for row in rows], server=server)
    return [First(row["place"], row["account"], known_as[row["account"]]) for row in rows]


async def _misses(reader: Reader, round_: Round) -> list[Miss]:
    """The most frequent wrong answers, where they are harmless."""
    rows = await reader.all(
        """
        SELECT members, (
            SELECT text FROM submissions AS each
            WHERE round = ?1 AND each.normal = wrong.normal AND text IS NOT NULL
            GROUP BY text ORDER BY count(*) DESC, min(id) LIMIT 1) AS text
        FROM (SELECT normal, count(DISTINCT account) AS members FROM submissions
              WHERE round = ?1 AND NOT practice AND outcome = 'reject' AND normal IS NOT NULL
              GROUP BY normal HAVING members >= ?2) AS wrong
        ORDER BY members DESC, normal
        """,
        (round_.id, MEMBERS_MIN),
    )
    known = vocabulary(round_.rules)
    told = (
        Miss(" ".join(row["text"].split()), row["members"])
        for row in rows
        if row["text"] is not None and is_harmless(row["text"], known)
    )
    return [miss for miss, _ in zip(told, range(MISSES), strict=False)]


def is_harmless(text: str, known: Collection[str]) -> bool:
    """Whether a wrong answer may be told: short, plain, and in words that are `known`.

    >>> is_harmless("Tri à bulles", {"tri", "a", "bulles"})
    True
    >>> is_harmless("Ada triche", {"tri", "a", "bulles"})
    False
    """
    said = " ".join(text.split())
    if not said or len(said) > LENGTH_MAX or not _PLAIN.fullmatch(said):
        return False
    return all(word in known or word.isdecimal() for word in words(said))


def vocabulary(rules: Rules) -> frozenset[str]:
    """The words that a riddle uses, in any of its languages."""
    answer = rules.answer
    said = [rules.title, *rules.alt.values(), *rules.captions.values()]
    said += [*entries_of(answer), *answer.reject, *(near.when for near in answer.near)]
    for wording in rules.text.values():
        said += [wording.prompt, *wording.hints, wording.solution]
    return frozenset(word for text in said for word in words(text))


def words(text: str) -> Iterator[str]:
    """The words of a text, whatever their case and accents.

    >>> list(words("Le TRI à bulles !"))
    ['le', 'tri', 'a', 'bulles']
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return (found.group() for found in _WORD.finditer(letters))

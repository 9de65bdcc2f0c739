"""The course of the show as hosts change it by hand: weeks left out, riddles that change places.

Whatever is done here names who did it and carries a key, so that the same request delivered twice
is one deed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.calendar import Week
from engine.moments import to_ms
from engine.play.rounds import Round, get
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Course:
    """What hosts have changed, as it stands."""

    skipped: frozenset[Week] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict[str, str])
    """Riddles that go out when another folder's name would have its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something a person did, and the key that makes asking twice harmless."""

    key: str
    at: datetime
    actor: int | None
    deed: str
    round: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def read(reader: Reader) -> Course:
    """The course as it stands."""
    skipped = await reader.all("SELECT week FROM skipped")
    places = await reader.all("SELECT slug, place FROM places")
    return Course(
        frozenset(Week.parse(row["week"]) for row in skipped),
        {row["slug"]: row["place"] for row in places},
    )


async def skip(tx: Transaction, week: Week, *, key: str, now: datetime, actor: int | None) -> bool:
    """Leave a week out; False if it was left out before."""
    rows = await tx.execute(
        "INSERT INTO skipped VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING week",
        (str(week), to_ms(now), actor),
    )
    if rows:
        facts = {"week": str(week)}
        await note(tx, Deed(key=key, at=now, actor=actor, deed="skip", facts=facts))
    return bool(rows)


async def unskip(
    tx: Transaction, week: Week, *, key: str, now: datetime, actor: int | None
) -> bool:
    """Take a skip back; False if there was none."""
    rows = await tx.execute("DELETE FROM skipped WHERE week = ? RETURNING week", (str(week),))
    if rows:
        facts = {"week": str(week)}
        await note(tx, Deed(key=key, at=now, actor=actor, deed="unskip", facts=facts))
    return bool(rows)


async def swap(
    tx: Transaction, one: str, other: str, *, key: str, now: datetime, actor: int | None
) -> bool:
    """Let two riddles change places; False if this very request was carried out before."""
    facts = {"one": one, "other": other}
    if not await note(tx, Deed(key=key, at=now, actor=actor, deed="swap", facts=facts)):
        return False
    places = (await read(tx)).places
    swapped = {one: places.get(other, other), other: places.get(one, one)}
    await tx.execute("DELETE FROM places WHERE slug IN (?, ?)", (one, other))
    await tx.many(
        "INSERT INTO places VALUES (?, ?)",
        [(slug, place) for slug, place in swapped.items() if slug != place],
    )
    return True


async def extend(
    tx: Transaction,
    round_id: int,
    closes_at: datetime,
    *,
    key: str,
    now: datetime,
    actor: int | None,
) -> Round:
    """Move the closing of an open round; reveal and recap keep their distance to it."""
    round_ = await get(tx, round_id)
    facts = {"from": to_ms(round_.closes_at), "until": to_ms(closes_at)}
    deed = Deed(key=key, at=now, actor=actor, deed="extend", round=round_id, facts=facts)
    if not await note(tx, deed):
        return round_
    shift = to_ms(closes_at) - to_ms(round_.closes_at)
    await tx.execute(
        """
        UPDATE rounds SET closes_at = closes_at + ?1, reveals_at = reveals_at + ?1,
                          recaps_at = recaps_at + ?1
        WHERE id = ?2
        """,
        (shift, round_id),
    )
    return await get(tx, round_id)


async def note(tx: Transaction, deed: Deed) -> bool:
    """Write down who did what; False if a deed of that key is written down already."""
    rows = await tx.execute(
        """
        INSERT INTO deeds (key, at, actor, deed, round, facts) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        (deed.key, to_ms(deed.at), deed.actor, deed.deed, deed.round, json.dumps(dict(deed.facts))),
    )
    return bool(rows)


async def is_done(reader: Reader, key: str) -> bool:
    """Whether a deed of that key is written down."""
    return await reader.value("SELECT 1 FROM deeds WHERE key = ?", (key,)) is not None


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the log: who did what by hand, newest first."""

    at: int
    what: str
    """A deed, or the step of a round."""
    round: int | None
    facts: Mapping[str, Any]
    who: str | None
    """The name under which the actor was last seen; None once it is erased."""


async def log(reader: Reader, newest: int) -> list[Done]:
    """What was done by hand lately, deeds and steps alike."""
    rows = await reader.all(
        """
        SELECT at, what, round, facts, (
            SELECT name FROM sightings WHERE account = actor ORDER BY seen_at DESC LIMIT 1
        ) AS who
        FROM (SELECT at, id, deed AS what, round, facts, actor FROM deeds
              UNION ALL
              SELECT taken_at, 0, step, round, '{}', actor FROM steps WHERE actor IS NOT NULL)
        ORDER BY at DESC, id DESC LIMIT ?
        """,
        (newest,),
    )
    return [
        Done(row["at"], row["what"], row["round"], json.loads(row["facts"]), row["who"])
        for row in rows
    ]

"""Replies given before: an interaction that comes again gets the same reply again."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from engine.play import rounds
from engine.play.rounds import Round
from engine.play.submissions.attempt import Attempt, Reply, Told
from engine.scoring import Entitlement
from engine.storage.database import Reader


async def earlier_replies(reader: Reader, attempts: Sequence[Attempt]) -> dict[int, Reply]:
    """What was replied to those tries that are on disk already, by interaction."""
    # Discord's ids grow: what is newer than everything on disk need not be looked for.
    newest = await reader.value("SELECT max(interaction) FROM submissions")
    asked = [one.interaction for one in attempts if one.interaction <= (newest or 0)]
    if not asked:
        return {}
    rows = await reader.all(
        """
        SELECT submissions.*, ifnull(solves.award, former_solves.award) AS award,
               ifnull(solves.submission, former_solves.submission) IS NOT NULL AS solved
        FROM submissions
        LEFT JOIN solves ON solves.submission = submissions.id
        LEFT JOIN former_solves ON former_solves.submission = submissions.id
        WHERE interaction IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(asked),),
    )
    return {row["interaction"]: _again(await rounds.get(reader, row["round"]), row) for row in rows}


def with_earned(reply: Reply, round_: Round, earned: Entitlement | None) -> Reply:
    """The reply to a right answer that is told, with what it earned."""
    pending = earned is not None and not earned.settled
    return replace(reply, earned=earned, podium=round_.rules.scoring.podium if pending else ())


def _again(round_: Round, row: sqlite3.Row) -> Reply:
    reply = Reply(
        told=Told(row["outcome"]),
        round=round_.id,
        reason=row["reason"],
        practice=bool(row["practice"]),
        sealed=bool(row["sealed"]),
        free_at=row["free_at"],
    )
    if row["text"] is not None and reply.told is Told.CLOSE:
        reply = replace(reply, say=round_.judge(row["text"], row["lang"]).say)
    if reply.told is not Told.ACCEPT or reply.practice or reply.sealed:
        return reply
    if not row["solved"]:
        return replace(reply, replaced=True)
    return with_earned(reply, round_, Entitlement.from_json(row["award"]) if row["award"] else None)

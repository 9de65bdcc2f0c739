"""Personal data: everything the books hold about one member, as they may take it away.

Moments are milliseconds UTC. Secret codes are not in it: they are shown by other means.
"""

from typing import Any, Literal

from engine.people.bans import banned_among
from engine.storage.database import Reader

Absence = Literal["hidden", "banned"] | None
"""Why somebody is on no board, be it their wish or not; None: nothing keeps them from it."""

_PARTS = {
    "member": "SELECT id AS discord_id, account, hidden, first_at FROM members WHERE account = ?",
    "names": "SELECT server, name, seen_at FROM sightings WHERE account = ?",
    "transfers": """
        SELECT id, kind, iif(target = ?1, points, -points) AS points, counts_at, booked_at, round,
               server, circle, text AS note
        FROM transfers LEFT JOIN notes ON notes.digest = note
        WHERE source = ?1 OR target = ?1 ORDER BY id
    """,
    "answers": """
        SELECT round, at, server, circle, lang, text, outcome, counted, practice FROM submissions
        WHERE account = ? ORDER BY id
    """,
    "solved": "SELECT round, at, ranked FROM solves WHERE account = ? ORDER BY round",
    "hints": "SELECT round, n, at FROM hints_taken WHERE account = ? ORDER BY round, n",
    "seen_before_time": "SELECT slug, at FROM insiders WHERE account = ?",
    "redemptions": """
        SELECT id, reward, kind, cost, state, at, deadline_at, settled_at, ends_at, ended_at,
               refunded_at
        FROM redemptions
        WHERE account = ? ORDER BY id
    """,
    "draws": """
        SELECT draws.name, tickets, held, reference, lower(hex(salt)) AS salt, entered_at
        FROM draw_entries JOIN draws ON draws.id = draw WHERE account = ? ORDER BY draw
    """,
    "witnessed": """
        SELECT draws.name, interaction FROM draw_witnesses JOIN draws ON draws.id = draw
        WHERE account = ? ORDER BY draw
    """,
    "reminders": "SELECT server, opening, closing FROM reminders WHERE account = ?",
    "notices": "SELECT words, owed_at, told_at FROM notices WHERE account = ? ORDER BY id",
}


async def collect(reader: Reader, account: int) -> dict[str, list[dict[str, Any]]]:
    """Everything about the holder of `account`, by what it is."""
    return {
        part: [dict(row) for row in await reader.all(sql, (account,))]
        for part, sql in _PARTS.items()
    }


async def is_hidden(reader: Reader, member: int) -> bool:
    """Whether a Discord user asked to be on no board."""
    return bool(await reader.value("SELECT hidden FROM members WHERE id = ?", (member,)))


async def absence(reader: Reader, member: int) -> Absence:
    """What keeps a Discord user from boards."""
    row = await reader.one("SELECT account, hidden FROM members WHERE id = ?", (member,))
    if row is None:
        return None
    if await banned_among(reader, [row["account"]]):
        return "banned"
    return "hidden" if row["hidden"] else None

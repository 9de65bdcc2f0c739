"""The public steps of a draw, each a message that is sent once."""

import json
from typing import Any

from engine.draws import course, prizes
from engine.draws.course import Draw
from engine.draws.entries import odds
from engine.storage.database import Reader
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.views import draws as views
from riddles.discord.views.draws import Drawn
from riddles.discord.views.rounds import Outgoing


async def tell(making: Making) -> Landed:
    """Say what has become of a draw."""
    async with making.show.database.reading() as reader:
        draw = await course.get(reader, making.post.facts["draw"])
        outgoing = await _compose(reader, making, draw)
    return await say(making, outgoing, name=draw.name)


async def _compose(reader: Reader, making: Making, draw: Draw) -> Outgoing:
    t, post, facts = making.t, making.post.id, making.post.facts
    match facts["step"]:
        case "frozen":
            listed = await odds(reader, draw.id, draw.rules, None)
            return views.frozen(t, draw, listed, post=post)
        case "sealed":
            transcript = await _transcript(reader, draw)
            return views.sealed(t, draw, post=post, transcript=transcript, minutes=facts["minutes"])
        case "drawn":
            winners = await drawn(reader, draw, making.server.guild)
            return views.drawn(t, draw, winners, post=post)
        case step:
            return views.PLAIN[step](t, draw, facts, post=post)


async def _transcript(reader: Reader, draw: Draw) -> dict[str, Any]:
    row = await reader.one("SELECT messages, presses FROM draws WHERE id = ?", (draw.id,))
    if row is None:
        raise LookupError(f"there is no draw {draw.id}")
    return {
        "draw": draw.name,
        "frozen": draw.frozen,
        "messages": json.loads(row["messages"]),
        "presses": json.loads(row["presses"]),
    }


async def drawn(reader: Reader, draw: Draw, server: int) -> list[Drawn]:
    """Everybody who was drawn, by the name that a server knows them by."""
    found: list[Drawn] = []
    for winner in await prizes.winners_of(reader, draw.id):
        name = await reader.value(
            """
            SELECT name FROM sightings JOIN members USING (account)
            WHERE account = ? AND server = ? AND NOT hidden
            """,
            (winner.account, server),
        )
        found.append(Drawn(winner, name))
    return found

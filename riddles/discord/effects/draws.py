"""The public steps of a draw, each a message that is sent once."""

from engine.draws import prizes, record
from engine.draws.entries import odds
from engine.draws.record import Draw
from engine.storage.database import Reader
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.views.draws import public as views
from riddles.discord.views.draws.public import Drawn
from riddles.discord.views.rounds import Outgoing


async def tell(making: Making) -> Landed:
    """Say what has become of a draw."""
    async with making.show.database.reading() as reader:
        draw = await record.get(reader, making.post.facts["draw"])
        outgoing = await _compose(reader, making, draw)
    return await say(making, outgoing, name=draw.name)


async def _compose(reader: Reader, making: Making, draw: Draw) -> Outgoing:
    t, post, facts = making.t, making.post.id, making.post.facts
    match facts["step"]:
        case "frozen":
            listed = await odds(reader, draw.id, draw.rules, None)
            return views.frozen(t, draw, listed, post=post)
        case "sealed":
            transcript = await record.transcript_of(reader, draw)
            return views.sealed(t, draw, post=post, transcript=transcript, minutes=facts["minutes"])
        case "drawn":
            winners = await drawn(reader, draw, making.server.guild)
            return views.drawn(t, draw, winners, post=post)
        case step:
            return views.PLAIN[step](t, draw, facts, post=post)


async def drawn(
    reader: Reader, draw: Draw, server: int, *, hidden_too: bool = False
) -> list[Drawn]:
    """Everybody who was drawn, by the name that a server knows them by.

    Who hides from boards, or is banned, is named to the staff alone (`hidden_too`).
    """
    found: list[Drawn] = []
    for winner in await prizes.winners_of(reader, draw.id):
        name = await reader.value(
            """
            SELECT name FROM sightings JOIN members USING (account)
            WHERE account = ?1 AND server = ?2
              AND (?3 OR NOT hidden AND account NOT IN (SELECT account FROM banned))
            """,
            (winner.account, server, hidden_too),
        )
        found.append(Drawn(winner, name))
    return found

"""The public steps of a draw, each a message that is sent once; moments that move are edited."""

from engine import posts
from engine.draws import prizes, record
from engine.draws.entries import odds
from engine.draws.record import Draw
from engine.posts import Post
from engine.storage.database import Reader
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import edit
from riddles.discord.effects.places import say
from riddles.discord.views.draws import public as views
from riddles.discord.views.draws.public import Drawn
from riddles.discord.views.rounds import Outgoing

DATED = {"announced": ("announced", "extended"), "frozen": ("frozen", "window")}
"""By a draw's state, the messages that name the moment at which it ends."""


async def tell(making: Making) -> Landed:
    """Say what has become of a draw."""
    async with making.show.database.reading() as reader:
        draw = await record.get(reader, making.post.facts["draw"])
        if making.post.facts["step"] == "again":
            dated = await _dated(reader, making, draw)
        else:
            outgoing = await _compose(reader, making, draw, making.post)
            return await say(
                making, outgoing, name=draw.rules.text(draw.rules.title, making.t.lang)
            )
    for place, message, outgoing in dated:
        await edit(making, place, message, outgoing)
    return Landed()


async def _dated(reader: Reader, making: Making, draw: Draw) -> list[tuple[int, int, Outgoing]]:
    """The channel, number and new words of each message whose moment has moved."""
    found: list[tuple[int, int, Outgoing]] = []
    for step in DATED.get(draw.state, ()):
        told = await posts.find(reader, f"draw-{step}:{draw.id}:{making.server.guild}")
        if told is not None and told.channel is not None and told.message is not None:
            outgoing = await _compose(reader, making, draw, told)
            found.append((told.channel, told.message, outgoing))
    return found


async def _compose(reader: Reader, making: Making, draw: Draw, told: Post) -> Outgoing:
    t, post, facts = making.t, told.id, told.facts
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

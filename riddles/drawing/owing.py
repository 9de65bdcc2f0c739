"""What each step of a draw owes to people: posts in every server, and notices to members."""

from collections.abc import Sequence

from engine import posts
from engine.draws.prizes import Winner
from engine.draws.record import Draw
from engine.people import notices
from engine.people.notices import Notice
from engine.posts import Owed
from engine.storage.database import Reader, Transaction
from riddles.config import Settings
from riddles.sentence import Sentence


async def tell(
    tx: Transaction,
    settings: Settings,
    draw: Draw,
    step: str,
    now_ms: int,
    *,
    name: str = "",
    **facts: object,
) -> None:
    """Owe the posts that tell a step, one in every server; `name` tells apart what comes twice."""
    what = f"draw-{step}:{draw.id}{name and f':{name}'}"
    owed = [
        Owed(
            key=f"{what}:{server.guild}",
            kind="draw",
            lane=f"{server.guild}:channel",
            server=server.guild,
            facts={"draw": draw.id, "step": step, **facts},
        )
        for server in settings.server
    ]
    await posts.owe(tx, owed, now_ms)


async def tell_longer(
    tx: Transaction, settings: Settings, draw: Draw, step: str, now_ms: int
) -> None:
    """Owe the word that something stays open longer: a message the first time, then edits of it.

    Messages that name the moment which has moved are edited too. Nobody is called to the channel
    once more for what they were told.
    """
    await tell(tx, settings, draw, step, now_ms)
    until = draw.freezes_at if draw.window_ends is None else draw.window_ends
    await tell(tx, settings, draw, "again", now_ms, name=str(until))


async def tell_winner(tx: Transaction, draw: Draw, winner: Winner, now_ms: int) -> None:
    """Owe a notice to who was drawn, or to the alternate a prize passes on to."""
    if winner.account is None:
        return
    sentence = Sentence(
        "You were drawn in “{title}”: press “I am here” below the result, before the "
        "prize passes on.",
        title=dict(draw.rules.title),
    )
    await _notify(tx, f"draw-won:{winner.id}", [winner.account], sentence, now_ms)


async def tell_dropped(tx: Transaction, draw: Draw, accounts: Sequence[int], now_ms: int) -> None:
    """Owe a notice to who could not stay in the draw, at each of its freezings."""
    sentence = Sentence(
        "You no longer fulfil the conditions of the draw “{title}”; "
        "points held for tickets are back.",
        title=dict(draw.rules.title),
    )
    await _notify(tx, f"draw-dropped:{draw.id}:{draw.freezes_at}", accounts, sentence, now_ms)


async def tell_entrants(tx: Transaction, draw: Draw, accounts: Sequence[int], now_ms: int) -> None:
    """Owe a notice to everybody whose draw is called off."""
    sentence = Sentence(
        "The draw “{title}” was called off; points held for tickets are back.",
        title=dict(draw.rules.title),
    )
    await _notify(tx, f"draw-cancelled:{draw.id}", accounts, sentence, now_ms)


async def freeze_messages(reader: Reader, draw: int) -> list[int]:
    """Discord's ids of the messages that told the freezing."""
    rows = await reader.all(
        "SELECT message FROM posts WHERE key GLOB ? AND state = 'done' AND message IS NOT NULL",
        (f"draw-frozen:{draw}:*",),
    )
    return [row["message"] for row in rows]


async def transcript_is_out(reader: Reader, draw: int) -> bool:
    """Whether some server has the transcript."""
    row = await reader.one(
        "SELECT 1 FROM posts WHERE key GLOB ? AND state = 'done'", (f"draw-sealed:{draw}:*",)
    )
    return row is not None


async def _notify(
    tx: Transaction, key: str, accounts: Sequence[int], sentence: Sentence, now_ms: int
) -> None:
    owed = [Notice(key=f"{key}:{one}", account=one, words=sentence.kept) for one in accounts]
    await notices.owe(tx, owed, now_ms)

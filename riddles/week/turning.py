"""The turning of the seasons: which first and last words a season is owed, once in each server.

A season's last word comes at the first recap moment after its end, when every round that opened
in it has had its own recap, so that it stands below the results that decide it. The next season's
first word follows at once. With nothing before it, a season begins with its first riddle, if that
is the one of its first week; a show that joins later joins a season under way.
"""

from datetime import datetime, timedelta

from engine import seasons
from engine.books import ledger
from engine.moments import from_ms, to_ms
from engine.posts import Owed
from engine.seasons import Season
from engine.storage.database import Reader
from riddles.config import Settings


async def owed(reader: Reader, settings: Settings, now: datetime) -> list[Owed]:
    """What is owed at `now` and was not owed before."""
    over = await seasons.last_played(reader, to_ms(now))
    begun = await seasons.current(reader, to_ms(now))
    start: list[Owed] = []
    if begun != ledger.ALL_TIME and not await _is_said(reader, "season_start", begun):
        start = _each(settings, "season_start", {"season": begun})
    if over is None or await _is_said(reader, "season_end", over.id):
        return start if start and await _has_just_begun(reader, settings, begun) else []
    if not await _is_decided(reader, settings, over, now):
        return []
    _, digest = await ledger.tail_of(reader)
    return _each(settings, "season_end", {"season": over.id, "digest": digest.hex()}) + start


def _each(settings: Settings, kind: str, facts: dict[str, int | str]) -> list[Owed]:
    return [
        Owed(
            key=f"{kind}:{facts['season']}:{server.guild}",
            kind=kind,
            lane=f"{server.guild}:channel",
            server=server.guild,
            facts=facts,
        )
        for server in settings.server
    ]


async def _is_said(reader: Reader, kind: str, season: int) -> bool:
    """Whether the word was owed to any server; one that joins later hears the next."""
    return bool(
        await reader.value(
            "SELECT EXISTS (SELECT 1 FROM posts WHERE key >= ? AND key < ?)",
            (f"{kind}:{season}:", f"{kind}:{season};"),
        )
    )


async def _is_decided(reader: Reader, settings: Settings, season: Season, now: datetime) -> bool:
    """Whether it is time for the last word, and nothing that counts for it is still open."""
    rhythm = settings.rhythm
    ended = from_ms(season.ends_at).astimezone(rhythm.zone).replace(tzinfo=None)
    moment = rhythm.recap.after(ended - timedelta(minutes=1))
    if now < moment.replace(tzinfo=rhythm.zone):
        return False
    return not await reader.value(
        """
        SELECT EXISTS (
            SELECT 1 FROM rounds WHERE opens_at < ? AND NOT EXISTS (
                SELECT 1 FROM steps WHERE round = rounds.id AND step = 'recap'))
        """,
        (season.ends_at,),
    )


async def _has_just_begun(reader: Reader, settings: Settings, season: int) -> bool:
    """Whether the riddle of the season's first week is open."""
    begins = from_ms((await seasons.get(reader, season)).starts_at)
    first = settings.rhythm.next_publication(begins - timedelta(milliseconds=1)).week
    return bool(
        await reader.value(
            """
            SELECT EXISTS (SELECT 1 FROM rounds WHERE week = ? AND NOT EXISTS (
                SELECT 1 FROM steps WHERE round = rounds.id AND step = 'close'))
            """,
            (str(first),),
        )
    )

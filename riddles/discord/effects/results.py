"""What a week came to: the reveal, the recap.

Messages, looked for before they are sent again. Names and boards are read when a message is sent,
as they stand in its server. A picture or a solution video that cannot be made is left out: the
words never wait for it.
"""

import asyncio
import logging
from pathlib import Path

import hikari
from hikari.impl import MediaGalleryItemBuilder

from engine import seasons, standings
from engine.books import ledger
from engine.play import outcomes
from engine.standings import Climb, Row, Window
from engine.storage.database import Reader
from riddles.content.library import read_folder
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.effects.round import TOO_LARGE, thread_name
from riddles.discord.views import cards, media
from riddles.discord.views import recap as recaps
from riddles.discord.views import results as views
from riddles.discord.views.recap import Teaser, Week
from riddles.discord.views.seasons import title as season_title
from riddles.media.limits import variants
from riddles.pictures import Card, draw_card
from riddles.refusal import Refusal
from riddles.week.workshop import Workshop

log = logging.getLogger(__name__)

BOARD_LINES = 10
READINGS = 3
"""How often to read a week of which points move meanwhile."""


async def reveal(making: Making) -> Landed:
    """Show the solution, its video, who found it first, and how many did."""
    limits = variants(making.show.uploads.limit_of(making.server))
    for limit in limits:
        video = await _solution_video(making, limit)
        try:
            return await _tell_solution(making, video)
        except hikari.ClientHTTPResponseError as error:
            if error.status != TOO_LARGE or video is None:
                raise
            log.warning("server %d takes less than its upload_limit says", making.server.guild)
    return await _tell_solution(making, None)


async def _tell_solution(making: Making, video: Path | None) -> Landed:
    async with making.show.database.reading() as reader:
        outcome = await outcomes.of_round(
            reader,
            making.round,
            server=making.server.guild,
            misses=making.server.wrong_answers,
        )
    name = f"solution-{making.round.id}.mp4"
    outgoing = views.reveal(
        making.t,
        making.round,
        outcome,
        post=making.post.id,
        video=None if video is None else media.upload(video, name, None, spoiler=True),
        due_at=making.overdue,
    )
    return await say(making, outgoing, name=thread_name(making))


async def _solution_video(making: Making, limit: int) -> Path | None:
    """The video of the solution at that limit, made ahead as a rule; None if there is none."""
    show = making.show
    folder = await asyncio.to_thread(read_folder, show.content / making.round.slug)
    try:
        if folder.riddle is not None:
            made = await Workshop.of(show).solution(folder.riddle, limit=limit)
            return made.video if made else None
    except Refusal as refusal:
        log.warning("the solution video of %s is left out: %s", making.round.slug, refusal)
    return None


async def recap(making: Making) -> Landed:
    """Sum up the week: results, standings, who climbed, a picture, and what comes next."""
    facts, round_, t = making.post.facts, making.round, making.t
    season = await making.show.database.read(lambda reader: seasons.get(reader, facts["season"]))
    week = await _week(making, season.id)
    subtitle = t("Week {week} · {title}", week=round_.week.number, title=round_.rules.title)
    card = cards.season_card(
        t,
        season_title(t, season, making.show.settings.timezone),
        week.season,
        subtitle=subtitle,
        climbed={one.account: one.ranks for one in week.climbers},
    )
    outgoing = recaps.recap(
        t,
        round_,
        week,
        post=making.post.id,
        digest=facts["digest"],
        teaser=_teaser(making),
        picture=await picture(making, card, f"week-{round_.week}.png") if week.season else None,
        due_at=making.overdue,
    )
    return await say(making, outgoing, name=t("Week {week} in the books", week=round_.week.number))


async def _week(making: Making, season: int) -> Week:
    """What the week came to, all of it from one state of the books.

    Boards are read from memory, and who climbed from the tables, which takes a moment where there
    are many members. Points that move between the two are seen, and it is read once more.
    """
    for _ in range(READINGS - 1):
        week, before, after = await _read_week(making, season)
        if before == after:
            return week
    return (await _read_week(making, season))[0]


async def _read_week(making: Making, season: int) -> tuple[Week, int, int]:
    """The week, and where the ledger ended when its boards and when the rest of it was read."""
    show, round_, guild = making.show, making.round, making.server.guild

    async def rest(reader: Reader) -> tuple[int, list[Climb], list[Row]]:
        return (
            (await ledger.tail_of(reader))[0],
            await standings.climbers(reader, season, round_.id, server=guild),
            await standings.longest_rows(reader, round_, server=guild),
        )

    before, _ = await show.database.read(ledger.tail_of)
    board, over_all = [
        await show.boards.page(window, server=guild, lines=BOARD_LINES)
        for window in (Window(round=round_.id), Window(season=season))
    ]
    after, climbers, rows = await show.boards.study(rest)
    return Week(board=board, season=over_all, climbers=climbers, rows=rows), before, after


def _teaser(making: Making) -> Teaser | None:
    facts, settings = making.post.facts, making.show.settings
    if facts.get("next_at") is None or facts["next_at"] <= making.now_ms:
        return None
    circle = settings.circle_named(facts.get("next_circle"))
    return Teaser(facts["next_at"], circle, facts.get("next_difficulty"))


async def picture(making: Making, card: Card, name: str) -> MediaGalleryItemBuilder | None:
    """The card as an item of a gallery; None if it cannot be drawn."""
    try:
        data = await asyncio.to_thread(draw_card, card)
    except Exception:
        log.exception("the leaderboard card could not be drawn; the words go without it")
        return None
    return media.drawn(data, name, cards.alt_text(making.t, card))

"""A season's first and last word: messages, looked for before they are sent again."""

from engine import seasons
from engine.play import outcomes
from engine.standings import Window
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.effects.results import picture
from riddles.discord.views import cards
from riddles.discord.views import seasons as views

BOARD_LINES = 10


async def start(making: Making) -> Landed:
    """Say that a season begins, unless it is over by now."""
    async with making.show.database.reading() as reader:
        season = await seasons.get(reader, making.post.facts["season"])
    if season.ends_at <= making.now_ms:
        return Landed()
    zone = making.show.settings.timezone
    outgoing = views.start(making.t, season, zone, post=making.post.id)
    return await say(making, outgoing, name=views.title(making.t, season, zone))


async def end(making: Making) -> Landed:
    """Say who stands on the podium, the final standings, and how many took part."""
    t, guild = making.t, making.server.guild
    show = making.show
    season = await show.database.read(lambda one: seasons.get(one, making.post.facts["season"]))
    lines = await show.boards.page(Window(season=season.id), server=guild, lines=BOARD_LINES)
    tally = await show.boards.study(lambda reader: outcomes.of_season(reader, season))
    title = views.title(t, season, show.settings.timezone)
    card = cards.season_card(t, title, lines, subtitle=t("Final standings"), climbed={})
    outgoing = views.end(
        t,
        season,
        show.settings.timezone,
        lines,
        tally,
        post=making.post.id,
        digest=making.post.facts["digest"],
        several=len(show.settings.server) > 1,
        picture=await picture(making, card, f"season-{season.label}.png") if lines else None,
    )
    return await say(making, outgoing, name=title)

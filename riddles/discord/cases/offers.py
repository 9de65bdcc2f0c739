"""Offers: what hosts may choose from while they type an option."""

from riddles import hand
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.week.outlook import look_out
from riddles.week.weekly import Weekly

LENGTHS = ("1h", "2h", "6h", "12h", "18h", "1d", "2d", "7d")
CHOICES = 25
"""As many as Discord shows."""


async def moments(show: Show, _: Weekly, typed: str) -> list[tuple[str, str]]:
    """Moments to which the open riddle can be extended, as choices while an option is typed."""
    now, zone = show.clock.now(), show.settings.timezone
    async with show.database.reading() as reader:
        try:
            round_ = await hand.open_one(reader, now)
        except Refusal:
            return []
        latest = hand.latest_closing(round_, await look_out(reader, show.settings), now)
    offered: list[tuple[str, str]] = []
    for text in (typed, *LENGTHS):
        try:
            until = hand.parse_until(text, zone)(round_)
        except Refusal:
            continue
        if round_.closes_at < until <= latest:
            offered.append((f"{text} → {until.astimezone(zone):%d/%m/%Y %H:%M}", text))
    return offered[:CHOICES]


async def weeks(show: Show, weekly: Weekly, typed: str) -> list[tuple[str, str]]:
    """The coming weeks and what goes out in them, as choices while an option is typed."""
    async with show.database.reading() as reader:
        outlook = await look_out(reader, show.settings)
    plan = outlook.forecast(show.clock.now(), await weekly.preparations.library(), CHOICES)
    named = [(f"{line.week} · {line.slug or '—'}", str(line.week)) for line in plan.lines]
    return [choice for choice in named if typed in choice[0].lower()]


async def slugs(show: Show, weekly: Weekly, typed: str) -> list[tuple[str, str]]:
    """The riddles that are ready and have not gone out, as choices while an option is typed."""
    async with show.database.reading() as reader:
        outlook = await look_out(reader, show.settings)
    library = await weekly.preparations.library()
    coming = {
        line.slug: f"{line.week}"
        for line in outlook.forecast(show.clock.now(), library, CHOICES).lines
        if line.slug
    }
    found = [riddle.slug for riddle in library.ready if riddle.slug not in outlook.used]
    named = [(f"{slug} · {coming.get(slug, '—')}", slug) for slug in found]
    return [choice for choice in named if typed in choice[0].lower()][:CHOICES]

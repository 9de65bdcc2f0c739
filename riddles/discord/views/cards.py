"""The leaderboard card in words: what is drawn on it, and its text for who cannot see it."""

from collections.abc import Mapping, Sequence

from engine.standings import Line
from riddles.discord.locales import Texts
from riddles.pictures import Card, Entry

ALT_LENGTH_MAX = 1024


def season_card(
    t: Texts, title: str, lines: Sequence[Line], *, subtitle: str, climbed: Mapping[int, int]
) -> Card:
    """The season's board; `climbed` says by account how many ranks a member has gained."""
    return Card(
        title=title,
        subtitle=subtitle,
        entries=[
            Entry(
                rank=line.rank,
                name=line.name,
                points=line.points,
                said=t.number(line.points),
                climbed=climbed.get(line.account, 0),
            )
            for line in lines
        ],
    )


def alt_text(t: Texts, card: Card) -> str:
    """The card, read aloud."""
    lines = [f"{one.rank}. {one.name}, {t.points(one.points)}" for one in card.entries]
    said = f"{card.title}. {'; '.join(lines)}."
    return said if len(said) <= ALT_LENGTH_MAX else said[: ALT_LENGTH_MAX - 1] + "…"

"""A slope chart as SVG: each member a line from the rank they have to the rank they would have.

Everything is in the file: no font, no picture and no script is fetched by whoever opens it.
"""

from collections.abc import Sequence
from html import escape

from engine.books.simulation import Moved

MOST = 40
"""Ranks drawn; further down a chart is not read any more."""

LINE, TOP, BOTTOM = 26, 96, 32
NAME_MAX = 24
WIDTH, LEFT, RIGHT = 960, 330, 630
"""The chart, and where its two sides of names begin."""

RISES, FALLS, STAYS = "#1a7f4b", "#b3261e", "#8a8f98"
STYLE = """
svg { background: #ffffff; font: 14px system-ui, sans-serif; }
text { fill: #1c1e21; } .grey { fill: #6b7077; } .title { font-size: 20px; font-weight: 600; }
line { stroke-width: 2; stroke-linecap: round; } .left { text-anchor: end; }
"""


def slope_chart(title: str, members: Sequence[Moved]) -> str:
    """The chart of everybody who is or would be among the first."""
    shown = [one for one in members if min(_sides(one)) <= MOST]
    lines = max((min(max(_sides(one)), MOST + 1) for one in shown), default=1)
    height = TOP + lines * LINE + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="32" y="40">{escape(title)}</text>',
        f'<text class="grey left" x="{LEFT - 12}" y="72">now</text>',
        f'<text class="grey" x="{RIGHT + 12}" y="72">under the other policy</text>',
        *_members(shown),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _members(shown: Sequence[Moved]) -> list[str]:
    """Who moves is drawn above who stays; members of one rank stand in one line."""
    parts = [_line(one) for one in sorted(shown, key=lambda one: abs(one.climbs))]
    for at, side in ((LEFT - 12, 0), (RIGHT + 12, 1)):
        by_rank: dict[int, list[Moved]] = {}
        for one in shown:
            by_rank.setdefault(_sides(one)[side], []).append(one)
        for rank, members in sorted(by_rank.items()):
            if rank <= MOST:
                parts.append(_label(at, rank, members, after=bool(side)))
    return parts


def _line(one: Moved) -> str:
    before, after = (_y(rank) - 5 for rank in _sides(one))
    colour = RISES if before > after else FALLS if before < after else STAYS
    return f'<line x1="{LEFT}" y1="{before}" x2="{RIGHT}" y2="{after}" stroke="{colour}"/>'


def _label(at: int, rank: int, members: Sequence[Moved], *, after: bool) -> str:
    points = members[0].after if after else members[0].before
    name = _short(members[0].name) + (f" +{len(members) - 1}" if len(members) > 1 else "")
    words = f"{rank}. {name} ({points:,})"
    side = "" if after else ' class="left"'
    return f'<text{side} x="{at}" y="{_y(rank)}">{escape(words)}</text>'


def _sides(one: Moved) -> tuple[int, int]:
    """Both ranks; who is on no board stands below the last."""
    below = MOST + 1
    return one.rank_before or below, one.rank_after or below


def _y(rank: int) -> int:
    return TOP + (min(rank, MOST + 1) - 1) * LINE + 18


def _short(name: str) -> str:
    # An SVG may hold no control characters, and a name should turn no line around.
    name = "".join(character for character in name if character.isprintable())
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"

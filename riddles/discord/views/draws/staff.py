"""What the staff reads of a draw: how far it has come, who holds which prize, what is to do."""

from collections.abc import Sequence

import hikari
from hikari import impl

from engine.draws.record import Draw
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.draws.public import Drawn
from riddles.discord.views.draws.words import title

LONGEST_NOTE = 300


def prize_list(
    t: Texts, draw: Draw, winners: Sequence[Drawn]
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """For staff: who holds which prize, and what is left to do."""
    lines = [standing(t, draw)]
    rows: list[impl.MessageActionRowBuilder] = []
    for one in winners:
        winner = one.winner
        mark = {"drawn": "⏳", "settled": "✅"}.get(winner.state, "➡️")
        here = t("is here") if winner.claimed_at else t("has not answered")
        what = escape(draw.rules.text(draw.rules.lots[winner.lot].name, t.lang))
        ending = f" · {here}" if winner.state == "drawn" else ""
        lines.append(f"{mark} {what} · {one.shown}{ending}")
    for one in [each for each in winners if each.winner.state == "drawn"][:5]:
        row = impl.MessageActionRowBuilder()
        row.add_interactive_button(
            hikari.ButtonStyle.SUCCESS,
            f"v1:draw-done:{one.winner.id}",
            label=t("Handed to {name}", name=name(one))[:80],
        )
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:draw-pass:{one.winner.id}",
            label=t("Pass on")[:80],
        )
        rows.append(row)
    return "\n".join(lines)[:2000], rows


def why_form(t: Texts, draw: Draw, one: Drawn) -> tuple[str, impl.ModalActionRowBuilder]:
    """Title and field of the form that asks once more, and for a reason."""
    row = impl.ModalActionRowBuilder()
    prize = draw.rules.text(draw.rules.lots[one.winner.lot].name, t.lang)
    row.add_text_input(
        "note",
        t("Why? For the records; nobody else reads it"),
        placeholder=t("{prize}: {name} loses it, for good", prize=prize, name=name(one))[:100],
        style=hikari.TextInputStyle.PARAGRAPH,
        min_length=3,
        max_length=LONGEST_NOTE,
    )
    return t("Pass the prize on?"), row


def name(one: Drawn) -> str:
    """A winner as the staff know them, without formatting."""
    return one.name or one.winner.reference[:8]


def standing(t: Texts, draw: Draw) -> str:
    """A draw's title, and how far it has come."""
    return f"**{title(t, draw)}** · {state(t, draw)}"


def state(t: Texts, draw: Draw) -> str:
    """How far a draw has come, in a word."""
    match draw.state:
        case "announced":
            return t("open until {moment}", moment=when(draw.freezes_at, "f"))
        case "frozen":
            return t("witnesses until {moment}", moment=when(draw.window_ends or 0, "T"))
        case "sealed":
            return t(
                "hashing, {done} of {rounds}", done=draw.rounds_done, rounds=draw.rules.seed.rounds
            )
        case "drawn":
            return t("drawn, prizes to hand over")
        case "settled":
            return t("settled")
        case _:
            return t("called off")

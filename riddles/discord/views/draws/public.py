"""What everybody reads of a draw: a message for each of its steps."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hikari
from hikari import impl

from engine.draws.entries import Odds
from engine.draws.prizes import Winner
from engine.draws.record import Draw
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.draws.words import conditions, entered, lots, title
from riddles.discord.views.rounds import ACCENT, CALM, DONE, Outgoing, container

SHOWN_WINNERS = 25

Facts = Mapping[str, Any]
"""What a post was recorded with."""


def announced(t: Texts, draw: Draw, _: Facts, *, post: int) -> Outgoing:
    """What can be won, by whom, how tickets are had, and until when."""
    box = container(post, ACCENT)
    box.add_text_display(t("# 🎟️ Draw: {title}", title=title(t, draw)))
    box.add_text_display(lots(t, draw.rules))
    box.add_text_display("\n".join(conditions(t, draw.rules)))
    box.add_text_display(
        t(
            "⏳ Enter until {moment} ({relative}). Then the list is frozen, witnesses press a "
            "button, and a hash too slow to be steered draws. Anyone can check it.",
            moment=when(draw.freezes_at, "F"),
            relative=when(draw.freezes_at, "R"),
        )
    )
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.PRIMARY, f"v1:draw-odds:{draw.id}", label=t("Enter or leave"), emoji="🎟️"
    )
    box.add_component(row)
    return Outgoing(box)


def frozen(t: Texts, draw: Draw, listed: Odds, *, post: int) -> Outgoing:
    """The list is fixed: its digest, and the call for witnesses."""
    box = container(post, CALM)
    box.add_text_display(t("# 🧊 {title}: the list is frozen", title=title(t, draw)))
    box.add_text_display(f"{entered(t, listed)}\n-# `{draw.frozen}`")
    ends = draw.window_ends or 0
    box.add_text_display(
        t(
            "👁️ Be a witness until {moment} ({relative}): the number that Discord gives to your "
            "press becomes part of what decides. Nobody can foresee it, and nobody can take it out "
            "unseen. At least {count} are needed; you need no ticket.",
            moment=when(ends, "T"),
            relative=when(ends, "R"),
            count=draw.rules.seed.least_witnesses,
        )
    )
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.PRIMARY, f"v1:draw-witness:{draw.id}", label=t("Be a witness"), emoji="👁️"
    )
    box.add_component(row)
    return Outgoing(box)


def sealed(
    t: Texts, draw: Draw, *, post: int, transcript: Mapping[str, Any], minutes: int
) -> Outgoing:
    """The transcript, whole, before anybody can know what it leads to."""
    box = container(post, CALM)
    box.add_text_display(t("# 📜 {title}: the transcript", title=title(t, draw)))
    box.add_text_display(
        t.n(
            "**{count}** witness has pressed.",
            "**{count}** witnesses have pressed.",
            len(transcript["presses"]),
        )
        + f"\n-# `{draw.transcript}`"
    )
    box.add_text_display(
        t.n(
            "Now it is hashed, about {count} minute long, and nobody knows the outcome before "
            "that is done.",
            "Now it is hashed, about {count} minutes long, and nobody knows the outcome before "
            "that is done.",
            max(minutes, 1),
        )
    )
    box.add_component(_file(f"draw-{draw.id}-transcript.json", transcript))
    return Outgoing(box)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A winner as a server may show them."""

    winner: Winner
    name: str | None
    """As known in the server that is told; None for somebody seen only elsewhere."""

    @property
    def shown(self) -> str:
        """Their name, or the start of their entry's reference."""
        return f"**{escape(self.name)}**" if self.name else f"`{self.winner.reference[:8]}…`"


def drawn(t: Texts, draw: Draw, winners: Sequence[Drawn], *, post: int) -> Outgoing:
    """Who won what, and the file by which anyone can draw it again."""
    box = container(post, DONE)
    box.add_text_display(t("# 🏆 {title}: drawn", title=title(t, draw)))
    lines = [
        f"🎁 {escape(draw.rules.text(draw.rules.lots[one.winner.lot].name, t.lang))} · {one.shown}"
        for one in winners[:SHOWN_WINNERS]
    ]
    if len(winners) > SHOWN_WINNERS:
        more = len(winners) - SHOWN_WINNERS
        lines.append(t.n("… and {count} more.", "… and {count} more.", more))
    box.add_text_display("\n".join(lines) or t("There was nobody to draw."))
    box.add_text_display(
        t.n(
            "Winners: say that you are here within {count} day, or the prize passes on.",
            "Winners: say that you are here within {count} days, or the prize passes on.",
            draw.rules.claim_days,
        )
    )
    box.add_text_display(
        t(
            "-# Check it yourself: `riddles draw verify` with this file, or the script in the "
            "documentation."
        )
    )
    box.add_component(_file(f"draw-{draw.id}.json", draw.published or {}))
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SUCCESS, f"v1:draw-claim:{draw.id}", label=t("I am here"), emoji="🙋"
    )
    box.add_component(row)
    return Outgoing(box)


def passed(t: Texts, draw: Draw, facts: Facts, *, post: int) -> Outgoing:
    """A prize passes on, by rule and in public."""
    box = container(post, CALM)
    lot: int = facts["lot"]
    heir: str | None = facts["heir"]
    name = escape(draw.rules.text(draw.rules.lots[lot].name, t.lang))
    box.add_text_display(
        t(
            "➡️ {title}: {prize} passes on from `{reference}…` ({why}).",
            title=title(t, draw),
            prize=name,
            reference=facts["passed"][:8],
            why=why_passed(t, facts["reason"]),
        )
        + "\n"
        + (
            t("No alternate is left.")
            if heir is None
            else t("Next alternate: `{reference}…`", reference=heir[:8])
        )
    )
    return Outgoing(box)


def why_passed(t: Texts, reason: str) -> str:
    """Why a winner is passed over."""
    match reason:
        case "gone":
            return t("left the server")
        case "silent":
            return t("did not answer in time")
        case "erased":
            return t("asked to be forgotten")
        case "banned":
            return t("is banned")
        case _:
            return t("declined")


def extended(t: Texts, draw: Draw, _: Facts, *, post: int) -> Outgoing:
    """Too few entrants: entries stay open longer."""
    box = container(post, CALM)
    box.add_text_display(
        t(
            "⏳ {title}: too few entries, so it stays open until {moment}.",
            title=title(t, draw),
            moment=when(draw.freezes_at, "F"),
        )
    )
    return Outgoing(box)


def window_extended(t: Texts, draw: Draw, _: Facts, *, post: int) -> Outgoing:
    """Too few witnesses: the window stays open longer."""
    box = container(post, CALM)
    box.add_text_display(
        t(
            "👁️ {title}: more witnesses are needed. The button above works until {moment}.",
            title=title(t, draw),
            moment=when(draw.window_ends or 0, "T"),
        )
    )
    return Outgoing(box)


def cancelled(t: Texts, draw: Draw, facts: Facts, *, post: int) -> Outgoing:
    """The draw is off, for good."""
    reason = facts["reason"]
    box = container(post, CALM)
    box.add_text_display(
        t(
            "🚫 {title}: the draw is called off, and points held for tickets are back.",
            title=title(t, draw),
        )
        + (f"\n{escape(reason)}" if reason else "\n" + t("There were too few entries."))
    )
    return Outgoing(box)


PLAIN: Mapping[str, Callable[..., Outgoing]] = {
    "announced": announced,
    "window": window_extended,
    "passed": passed,
    "extended": extended,
    "cancelled": cancelled,
}
"""How the steps are told that need nothing more from the books."""


def _file(name: str, content: Mapping[str, Any]) -> impl.FileComponentBuilder:
    text = json.dumps(dict(content), indent=1, ensure_ascii=False)
    return impl.FileComponentBuilder(file=hikari.Bytes(text.encode(), name))

"""What is said about draws: in public at every step, and to one member about their tickets."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import hikari
from hikari import impl

from engine.draws.course import Draw
from engine.draws.entries import EntryRefused, Held, Odds
from engine.draws.prizes import Winner
from engine.draws.rules import DrawRules
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.rounds import ACCENT, CALM, DONE, Outgoing, container

SHOWN_WINNERS = 25


def title(t: Texts, draw: Draw) -> str:
    """What the draw is called in the reader's language."""
    return escape(draw.rules.text(draw.rules.title, t.lang))


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


def lots(t: Texts, rules: DrawRules) -> str:
    """What can be won, the first to be drawn first."""
    return "\n".join(
        f"🎁 {t.number(lot.count)} × **{escape(rules.text(lot.name, t.lang))}**"
        for lot in rules.lots
    )


def conditions(t: Texts, rules: DrawRules) -> list[str]:
    """How tickets are had, and who may enter."""
    tickets, asked = rules.tickets, rules.eligibility
    match tickets.per:
        case "member":
            lines = [t("🎟️ One ticket each, free.")]
        case "solve":
            lines = [
                t.n(
                    "🎟️ One ticket for each riddle solved, {count} at most.",
                    "🎟️ One ticket for each riddle solved, {count} at most.",
                    tickets.cap,
                )
            ]
        case "points":
            lines = [
                t(
                    "🎟️ A ticket costs **{price}**; at most {cap} each. Your score stays as it is.",
                    price=t.points(tickets.price or 0),
                    cap=t.number(tickets.cap),
                )
            ]
    if asked.least_score:
        lines.append(
            t("✅ For members with a score of {score}.", score=t.points(asked.least_score))
        )
    if asked.least_solves:
        lines.append(
            t.n(
                "✅ For members who solved {count} riddle.",
                "✅ For members who solved {count} riddles.",
                asked.least_solves,
            )
        )
    if asked.winners_rest_days:
        lines.append(
            t.n(
                "✅ Not for who won a draw within {count} day.",
                "✅ Not for who won a draw within {count} days.",
                asked.winners_rest_days,
            )
        )
    lines.append(
        t(
            "⚖️ {alternates} alternates; who is silent for {days} days is passed over; with fewer "
            "than {least} entries it stays open longer.",
            alternates=t.number(rules.alternates),
            days=t.number(rules.claim_days),
            least=t.number(rules.least_entrants),
        )
    )
    lines.append(
        t(
            "-# Witnesses: {minutes} min. Hash: {rounds} × {iterations}.",
            minutes=t.number(rules.seed.window_minutes),
            rounds=t.number(rules.seed.rounds),
            iterations=t.number(rules.seed.iterations),
        )
    )
    return lines


def frozen(t: Texts, draw: Draw, listed: Odds, *, post: int) -> Outgoing:
    """The list is fixed: its digest, and the call for witnesses."""
    box = container(post, CALM)
    box.add_text_display(t("# 🧊 {title}: the list is frozen", title=title(t, draw)))
    box.add_text_display(
        t.n("**{count}** entry", "**{count}** entries", listed.entrants)
        + ", "
        + t.n("**{count}** ticket.", "**{count}** tickets.", listed.all_tickets)
        + f"\n-# `{draw.frozen}`"
    )
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


def odds(
    t: Texts, draw: Draw, held: Held | None, odds: Odds, *, more: int, lack: str | None
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """A member's tickets and what they are worth, before anything is spent."""
    lines = [f"**🎟️ {title(t, draw)}**", lots(t, draw.rules), *conditions(t, draw.rules)]
    lines.append(
        t.n("**{count}** entry", "**{count}** entries", odds.entrants)
        + ", "
        + t.n("**{count}** ticket.", "**{count}** tickets.", odds.all_tickets)
    )
    if held is not None:
        lines.append(t.n("You hold {count} ticket.", "You hold {count} tickets.", held.tickets))
        lines.append(
            t("You are sure to win something.")
            if odds.any_at_least == 1
            else t(
                "Your chance to win something: about **{chance}**.",
                chance=chance(t, odds.any_at_least),
            )
        )
    if draw.state != "announced":
        lines.append(t("The list is frozen: nothing can be entered or left any more."))
        if held is not None:
            salt = "" if held.salt is None else held.salt.hex()
            lines.append(
                t(
                    "-# Your reference: `{reference}`, with the salt `{salt}`.",
                    reference=held.reference,
                    salt=salt,
                )
            )
        return "\n".join(lines), []
    lines.append(t("-# Entries close {relative}.", relative=when(draw.freezes_at, "R")))
    if lack is not None and held is None:
        lines.append(lack)
        return "\n".join(lines), []
    if more:
        after = Odds(
            odds.tickets + 1, odds.all_tickets + 1, odds.entrants + (held is None), odds.prizes
        )
        lines.append(
            t("With one ticket more you are sure to win something.")
            if after.any_at_least == 1
            else t(
                "With one ticket more: about **{chance}**.",
                chance=chance(t, after.any_at_least),
            )
        )
    return "\n".join(lines), _entry_buttons(t, draw, held, more)


def _entry_buttons(
    t: Texts, draw: Draw, held: Held | None, more: int
) -> list[impl.MessageActionRowBuilder]:
    row = impl.MessageActionRowBuilder()
    for count in sorted({1, min(5, more), more} if more else ()):
        row.add_interactive_button(
            hikari.ButtonStyle.PRIMARY,
            f"v1:draw-enter:{draw.id}:{count}",
            label=t.n("+{count} ticket", "+{count} tickets", count),
        )
    if held is not None:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY, f"v1:draw-leave:{draw.id}", label=t("Leave the draw")
        )
    return [row] if row.components else []


def chance(t: Texts, chance: Fraction) -> str:
    """A chance as people say it: one in so many, or in a hundred where it is large."""
    if chance >= Fraction(1, 4):
        hundredths = min(round(chance * 100), 99)  # What is not sure never reads as sure.
        return f"{hundredths} %" if t.lang == "en" else f"{hundredths}\u00a0%"
    return t("1 in {count}", count=t.number(max(round(1 / chance), 1))) if chance else "0"


def refused(t: Texts, refusal: EntryRefused) -> str:
    """Why an entry is not possible, and what is missing."""
    facts = refusal.facts
    match refusal.why:
        case "closed":
            return t("🧊 The list is frozen: nothing can be entered or left any more.")
        case "cap":
            return t.n(
                "✋ {count} ticket is the most that one member may hold.",
                "✋ {count} tickets are the most that one member may hold.",
                facts["cap"],
            )
        case "points":
            return t(
                "✋ That costs {need}, and you can spend {have}.",
                need=t.points(facts["need"]),
                have=t.points(facts["have"]),
            )
        case _:
            return lacks(t, refusal)


def lacks(t: Texts, refusal: EntryRefused) -> str:
    """Which condition a member does not fulfil, and by how much."""
    facts = refusal.facts
    match refusal.why:
        case "score":
            return t(
                "✋ This draw asks for a score of {need}, and yours is {have}.",
                need=t.points(facts["need"]),
                have=t.points(facts["have"]),
            )
        case "solves":
            return t(
                "✋ This draw asks for {need} riddles solved, and you have solved {have}.",
                need=t.number(facts["need"]),
                have=t.number(facts["have"]),
            )
        case "won":
            return t("✋ You won a draw not long ago: this one is for the others.")
        case "banned":
            return t("✋ You cannot take part in draws.")
        case _:
            return t("✋ Play a riddle first: then you are known here.")


def witnessed(t: Texts, own: int, count: int) -> str:
    """A witness's own part in the transcript."""
    return (
        t(
            "👁️ You are witness: your number is `{number}`. You will find it in the transcript.",
            number=own,
        )
        + " "
        + t.n("{count} witness so far.", "{count} witnesses so far.", count)
    )


def overview(t: Texts, draw: Draw, held: Held | None) -> str:
    """How a member can check a draw."""
    lines = [f"**🔎 {title(t, draw)}**", f"-# {draw.name}"]
    if draw.frozen:
        lines.append(t("🧊 Frozen list: `{digest}`", digest=draw.frozen))
    if draw.transcript:
        lines.append(t("📜 Transcript: `{digest}`", digest=draw.transcript))
    if draw.published is None:
        lines.append(t("The file to check it with is published when it is drawn."))
    else:
        lines.append(
            t(
                "Take the file of the result and run `riddles draw verify`: it draws again, "
                "offline. Both digests must be those that were posted here."
            )
        )
    if held is not None and held.salt is not None:
        lines.append(
            t(
                "You are `{reference}` in it: SHA-256 of the salt `{salt}` and of your Discord id.",
                reference=held.reference,
                salt=held.salt.hex(),
            )
        )
    return "\n".join(lines)


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


def prize_list(
    t: Texts, draw: Draw, winners: Sequence[Drawn]
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """For staff: who holds which prize, and what is left to do."""
    lines = [f"**{title(t, draw)}** · {state(t, draw)}"]
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
        short = one.name or one.winner.reference[:8]
        row.add_interactive_button(
            hikari.ButtonStyle.SUCCESS,
            f"v1:draw-done:{one.winner.id}",
            label=t("Handed to {name}", name=short)[:80],
        )
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:draw-pass:{one.winner.id}",
            label=t("Pass on")[:80],
        )
        rows.append(row)
    return "\n".join(lines)[:2000], rows

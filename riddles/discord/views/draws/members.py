"""What a member reads of a draw: their tickets, their odds, their part, and what they lack."""

import hikari
from hikari import impl

from engine.draws.entries import EntryRefused, Held, Odds
from engine.draws.record import Draw
from riddles.discord.locales import Texts
from riddles.discord.markdown import when
from riddles.discord.views.draws.words import chance, conditions, entered, lots, title


def odds(
    t: Texts, draw: Draw, held: Held | None, odds: Odds, *, more: int, lack: str | None
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """A member's tickets and what they are worth, before anything is spent."""
    if draw.state == "cancelled":
        return f"**🎟️ {title(t, draw)}**\n{_called_off(t)}", []
    lines = [f"**🎟️ {title(t, draw)}**", lots(t, draw.rules), *conditions(t, draw.rules)]
    lines.append(entered(t, odds))
    if held is not None:
        lines.append(t.n("You hold {count} ticket.", "You hold {count} tickets.", held.tickets))
    if draw.state != "announced":
        return "\n".join([*lines, *_frozen(t, draw, held, odds)]), []
    sure = held is not None and odds.any_at_least == 1
    if held is not None:
        lines.append(
            t("As entries stand, you are sure to win something.") if sure else _chance(t, odds)
        )
    lines.append(
        t(
            "-# Entries close {moment} ({relative}).",
            moment=when(draw.freezes_at, "f"),
            relative=when(draw.freezes_at, "R"),
        )
    )
    if lack is not None and held is None:
        lines.append(lack)
        return "\n".join(lines), []
    if more and not sure:
        lines.append(_with_one_more(t, held, odds))
    return "\n".join(lines), _entry_buttons(t, draw, held, more)


def _called_off(t: Texts) -> str:
    return t("🚫 The draw is called off, and points held for tickets are back.")


def _frozen(t: Texts, draw: Draw, held: Held | None, odds: Odds) -> list[str]:
    """How it stands with a draw that can be entered no more, and with the member's part in it."""
    if draw.state in ("drawn", "settled"):
        lines = [t("🏆 It is drawn. A prize that waits for you stands in `/rewards mine`.")]
    else:
        lines = [t("The list is frozen: nothing can be entered or left any more.")]
        if held is not None:
            sure = odds.any_at_least == 1
            lines.insert(0, t("You are sure to win something.") if sure else _chance(t, odds))
    if held is not None and held.salt is not None:
        lines.append(
            t(
                "-# Your reference: `{reference}`, with the salt `{salt}`.",
                reference=held.reference,
                salt=held.salt.hex(),
            )
        )
    return lines


def _chance(t: Texts, odds: Odds) -> str:
    return t(
        "Your chance to win something: about **{chance}**.", chance=chance(t, odds.any_at_least)
    )


def _with_one_more(t: Texts, held: Held | None, odds: Odds) -> str:
    """What the next ticket would be worth, the first one too."""
    after = Odds(
        odds.tickets + 1, odds.all_tickets + 1, odds.entrants + (held is None), odds.prizes
    )
    sure, worth = after.any_at_least == 1, chance(t, after.any_at_least)
    if held is None:
        if sure:
            return t("As entries stand, a ticket makes you sure to win something.")
        return t("With a ticket: about **{chance}** to win something.", chance=worth)
    if sure:
        return t("As entries stand, one ticket more makes you sure to win something.")
    return t("With one ticket more: about **{chance}**.", chance=worth)


def _entry_buttons(
    t: Texts, draw: Draw, held: Held | None, more: int
) -> list[impl.MessageActionRowBuilder]:
    row = impl.MessageActionRowBuilder()
    for count in sorted({1, min(5, more), more} if more else ()):
        row.add_interactive_button(
            hikari.ButtonStyle.PRIMARY,
            f"v1:draw-enter:{draw.id}:{count}",
            label=t("Enter the draw")
            if held is None and more == 1
            else t.n("+{count} ticket", "+{count} tickets", count),
        )
    if held is not None:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY, f"v1:draw-leave:{draw.id}", label=t("Leave the draw")
        )
    return [row] if row.components else []


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
                "✋ That costs {need}, and you have {have}.",
                need=t.points(facts["need"]),
                have=t.number(facts["have"]),
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
            "👁️ You are a witness: your number is `{number}`. You will find it in the transcript.",
            number=own,
        )
        + " "
        + t.n("{count} witness so far.", "{count} witnesses so far.", count)
    )


def overview(t: Texts, draw: Draw, held: Held | None) -> str:
    """How a member can check a draw."""
    if draw.state == "cancelled":
        return f"**🔎 {title(t, draw)}**\n{_called_off(t)}"
    lines = [f"**🔎 {title(t, draw)}**"]
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
        lines.append(
            t(
                "-# Given `--posted` and the link to the message with the transcript, it says how "
                "long after the end of the witnesses' window that was out: seconds, not minutes."
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

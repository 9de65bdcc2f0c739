"""What staff see of the books: corrections and who decides them, a member's rows, the audit."""

from collections.abc import Mapping, Sequence

import hikari
from hikari import impl

from engine.books.proposals import Correction
from engine.shop.rewards import in_language
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.rounds import CALM, DONE, Outgoing, container

SHOWN = 5
"""Corrections in one message: each has a row of buttons, and a message takes five."""

Names = Mapping[int, str]
"""Who is behind an account, as it is shown."""


def correction(t: Texts, one: Correction, names: Names) -> str:
    """A correction: what moves, why, and who decided it."""
    return "\n".join(
        [
            t("**Correction no. {number}**: {what}", number=one.id, what=_what(t, one, names)),
            *([f"> {escape(one.reason)}"] if one.reason else []),
            f"-# {_who(t, one, names)}",
        ]
    )


def _what(t: Texts, one: Correction, names: Names) -> str:  # noqa: PLR0911 - one each
    points = t.points(abs(one.points))
    match one.what:
        case "adjust" if one.points > 0:
            return t(
                "**{points}** for {member}", points=points, member=_name(t, names, one.account)
            )
        case "adjust":
            return t(
                "**{points}** taken from {member}",
                points=points,
                member=_name(t, names, one.account),
            )
        case "reverse" if one.points > 0:
            return t(
                "transfer no. {number} undone, **{points}** given back",
                number=one.transfer,
                points=points,
            )
        case "reverse":
            return t(
                "transfer no. {number} undone, **{points}** taken back",
                number=one.transfer,
                points=points,
            )
        case "unbatch":
            return t(
                "batch {batch} undone, **{points}** in all",
                batch=escape(one.batch or ""),
                points=points,
            )
        case "void":
            return t(
                "riddle no. {number} void, **{points}** in all", number=one.round, points=points
            )
        case "refund":
            return _refunded(t, one)


def _refunded(t: Texts, one: Correction) -> str:
    return t(
        "no. {number} (“{reward}”) refunded, **{points}** given back",
        number=one.redemption,
        reward=escape(in_language(one.reward or {}, t.lang)),
        points=t.points(one.points),
    )


def _who(t: Texts, one: Correction, names: Names) -> str:
    proposed = _name(t, names, one.proposed_by)
    if one.state == "waiting":
        return t(
            "Proposed by {who}. Somebody else has to approve it by {moment}.",
            who=proposed,
            moment=when(one.expires_at),
        )
    if one.state == "dropped":
        return t(
            "Proposed by {who}, dropped by {other}.",
            who=proposed,
            other=_name(t, names, one.decided_by),
        )
    if one.decided_by is None:
        return t("Booked by {who}.", who=proposed)
    return t(
        "Proposed by {who}, approved by {other}.",
        who=proposed,
        other=_name(t, names, one.decided_by),
    )


def _name(t: Texts, names: Names, account: int | None) -> str:
    return names.get(account or 0) or t("somebody")


def told_to_staff(t: Texts, one: Correction, names: Names, *, state: str, post: int) -> Outgoing:
    """A correction in the staff's channel; the buttons stay as long as it waits."""
    box = container(post, CALM if state == "waiting" else DONE)
    box.add_text_display(f"🧾 {correction(t, one, names)}")
    if one.state == "waiting":
        box.add_component(deciding(t, one))
    return Outgoing(box)


def deciding(t: Texts, one: Correction, *, numbered: bool = False) -> impl.MessageActionRowBuilder:
    """The buttons that decide a correction."""
    row = impl.MessageActionRowBuilder()
    approve, drop = t("Approve"), t("Drop")
    if numbered:
        approve, drop = (
            t("Approve no. {number}", number=one.id),
            t("Drop no. {number}", number=one.id),
        )
    row.add_interactive_button(hikari.ButtonStyle.SUCCESS, f"v1:approve:{one.id}", label=approve)
    row.add_interactive_button(hikari.ButtonStyle.SECONDARY, f"v1:drop:{one.id}", label=drop)
    return row


def waiting(
    t: Texts, found: Sequence[Correction], names: Names
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """The corrections that wait for a second person."""
    if not found:
        return t("Nothing waits for approval."), []
    shown = found[:SHOWN]
    parts = [f"🕓 {correction(t, one, names)}" for one in shown]
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        parts.append(t.n("-# … and {count} more.", "-# … and {count} more.", more))
    return "\n".join(parts), [deciding(t, one, numbered=True) for one in shown]


def proposed(t: Texts, one: Correction, names: Names) -> str:
    """What a staff member hears of their own correction."""
    sign = "🕓" if one.state == "waiting" else "✅"
    return f"{sign} {correction(t, one, names)}"


def verified(t: Texts, rows: int, digest: str, trouble: str | None) -> str:
    """What the audit found."""
    if trouble is not None:
        return t("🚨 The books do not fit: {trouble}", trouble=escape(trouble))
    fits = t.n(
        "✅ {count} transfer, and everything fits. Newest digest:",
        "✅ {count} transfers, and everything fits. Newest digest:",
        rows,
    )
    return f"{fits}\n`{digest}`"

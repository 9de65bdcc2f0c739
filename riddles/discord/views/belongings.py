"""What a member has had of the shop, what they have won, and what each of it waits for."""

from collections.abc import Sequence

import hikari
from hikari import impl

from engine.draws.prizes import Winner, passes_on_at
from engine.draws.record import Draw
from engine.shop.redemptions import Redemption, State
from riddles.discord.locales import Texts
from riddles.discord.markdown import when
from riddles.discord.views.draws.words import prize_name
from riddles.discord.views.draws.words import title as draw_title
from riddles.discord.views.rewards import Rows, name_of, page_buttons

LABEL_MAX, MOST_BUTTONS = 80, 5
"""Of a button, and of a row of them."""


def mine(
    t: Texts,
    redemptions: Sequence[Redemption],
    codes: dict[int, str | None],
    *,
    won: Sequence[tuple[Draw, Winner]] = (),
    page: int,
    more: bool,
) -> tuple[str, Rows]:
    """What the member has had, and the codes that can be shown; None: it cannot be opened.

    Above it stand the prizes that were `won` and wait, with the way to claim them.
    """
    if not redemptions and not won:
        return t("🛍️ You have not had anything yet. `/rewards list` shows what there is."), []
    lines = _won(t, won)
    if redemptions:
        lines.append(t("**What you have had**"))
    saving = impl.MessageActionRowBuilder()
    for one in redemptions:
        lines.append(
            f"`{one.id}` **{name_of(t, one.terms)}** · {t.points(one.cost)} · {when(one.at, 'd')}"
            f"\n-# {_stands(t, one, shown=one.id in codes)}"
        )
        if one.id not in codes:
            continue
        code = codes[one.id]
        if code is None:
            lines.append(t("🔑 Your code is safe, but cannot be opened now. The staff know."))
            continue
        lines.append(f"🔑 ```{code}```")
        saving.add_interactive_button(
            hikari.ButtonStyle.DANGER,
            f"v1:saved:{one.id}",
            label=t("I saved no. {number}: never show it again", number=one.id),
        )
    rows = [row for row in (_claiming(t, won), saving) if row.components]
    if page > 1 or more:
        rows.append(page_buttons(t, "mine", page, page + more))
    return "\n".join(lines), rows


def _won(t: Texts, won: Sequence[tuple[Draw, Winner]]) -> list[str]:
    """The prizes that wait: for a word of the winner, then for the staff."""
    lines = [t("**What you have won**")] if won else []
    for draw, winner in won:
        at = passes_on_at(draw, winner)
        stands = (
            t("with the staff, who will be in touch")
            if winner.claimed_at is not None
            else t(
                "waits for your word: press “I am here” by {moment} ({relative}), or it passes on",
                moment=when(at, "f"),
                relative=when(at, "R"),
            )
        )
        lines.append(f"🎁 **{prize_name(t, draw, winner)}** · {draw_title(t, draw)}\n-# {stands}")
    return lines


def _claiming(t: Texts, won: Sequence[tuple[Draw, Winner]]) -> impl.MessageActionRowBuilder:
    """A button for each draw that waits for the winner's word."""
    row = impl.MessageActionRowBuilder()
    draws = {draw.id: draw for draw, winner in won if winner.claimed_at is None}
    for draw in list(draws.values())[:MOST_BUTTONS]:
        title = draw.rules.text(draw.rules.title, t.lang)
        row.add_interactive_button(
            hikari.ButtonStyle.SUCCESS,
            f"v1:draw-claim:{draw.id}",
            label=f"{t('I am here')} · {title}"[:LABEL_MAX],
            emoji="🙋",
        )
    return row


def _stands(t: Texts, one: Redemption, *, shown: bool) -> str:  # noqa: PLR0911 - a line for each state
    match one.state:
        case State.CANCELED:
            return t("canceled, your points are back")
        case State.FULFILLED if one.refunded_at is not None:
            return t("refunded by the staff, your points are back")
        case State.FULFILLED if one.ended_at is not None:
            return t("was yours until {moment}", moment=when(one.ends_at or 0, "f"))
        case State.FULFILLED if one.ends_at is not None:
            return t("yours until {moment}", moment=when(one.ends_at, "f"))
        case State.FULFILLED if one.terms.kind == "code":
            return t("a secret code") if shown else t("a secret code, which you have saved")
        case State.FULFILLED:
            return t("handed over")
        case State.UNFULFILLED if one.terms.kind == "role" and one.deadline_at is not None:
            return t(
                "on its way; if it is not there by {moment} ({relative}), your points come back",
                moment=when(one.deadline_at, "f"),
                relative=when(one.deadline_at, "R"),
            )
        case State.UNFULFILLED if one.deadline_at is not None:
            return t(
                "with the staff; if nothing comes by {moment} ({relative}), your points come back",
                moment=when(one.deadline_at, "f"),
                relative=when(one.deadline_at, "R"),
            )
        case State.UNFULFILLED:
            return t("on its way")

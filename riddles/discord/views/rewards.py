"""The shop as a member sees it: what there is, what they lack for it, and what it costs them."""

from collections.abc import Sequence

import hikari
from hikari import impl

from engine.shop.offers import Offer
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.shop.shortfalls import Lack, Why
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.rounds import ACCENT
from riddles.discord.views.shortfalls import lacking

LABEL_MAX = 100
DAY_MS = 86_400_000

Rows = list[impl.MessageActionRowBuilder]


FOR_NOBODY = frozenset({Why.SOLD_OUT, Why.PAUSED, Why.EARLY, Why.EXPIRED, Why.DRAW})
"""What keeps a reward from everybody, whatever they have: such a one is no choice."""


def can_be_chosen(offer: Offer) -> bool:
    """Whether the reward is to be had at all now, even if this member lacks something for it."""
    return not any(lack.why in FOR_NOBODY for lack in offer.lacks)


def sold_out(offer: Offer) -> bool:
    """Whether none is left."""
    return any(lack.why is Why.SOLD_OUT for lack in offer.lacks)


def name_of(t: Texts, reward: Reward) -> str:
    """What the reward is called in the reader's language."""
    return escape(reward.named(t.lang))


def shelf(
    t: Texts,
    offers: Sequence[Offer],
    pictures: Sequence[hikari.Resourceish | None],
    *,
    have: int,
    page: int,
    pages: int,
) -> impl.ContainerComponentBuilder:
    """A page of the shop: each reward with its picture, its price and what stands against it."""
    box = impl.ContainerComponentBuilder(accent_color=ACCENT)
    heading = [t("# 🛍️ The shop"), t("💰 You can spend **{points}**.", points=t.points(have))]
    if closed := [lack for offer in offers for lack in offer.lacks if lack.why is Why.BANNED]:
        heading.append(f"🔒 {lacking(t, closed[0])}")
    box.add_text_display("\n".join(heading))
    for offer, picture in zip(offers, pictures, strict=True):
        text = _offer(t, offer)
        if picture is None:
            box.add_text_display(text)
        else:
            section = impl.SectionComponentBuilder(
                accessory=impl.ThumbnailComponentBuilder(media=picture)
            )
            section.add_text_display(text)
            box.add_component(section)
    choice = [offer for offer in offers if can_be_chosen(offer)]
    if choice and not closed:
        box.add_component(_choice(t, choice))
    if pages > 1:
        box.add_component(page_buttons(t, "shop", page, pages))
    return box


def _offer(t: Texts, offer: Offer) -> str:
    reward = offer.reward
    facts = [t.points(reward.cost)]
    if offer.left is not None and not sold_out(offer):
        facts.append(t.n("{count} left", "{count} left", offer.left))
    if reward.ends_at is not None:
        facts.append(t("until {moment}", moment=when(reward.ends_at, "d")))
    lines = [f"### {name_of(t, reward)}", "-# " + " · ".join(facts)]
    if description := reward.described(t.lang):
        lines.append(description)
    if sold_out(offer):
        # What else a member lacks is no matter while there is nothing to be had.
        lines += [f"📭 {lacking(t, lack)}" for lack in offer.lacks if lack.why is Why.SOLD_OUT]
        return "\n".join(lines)
    # That the whole shop is closed to somebody is said once, above.
    lines += [f"🔒 {lacking(t, lack)}" for lack in offer.lacks if lack.why is not Why.BANNED]
    if not offer.lacks:
        lines.append(t("✅ You can have it."))
    return "\n".join(lines)


def _choice(t: Texts, offers: Sequence[Offer]) -> impl.MessageActionRowBuilder:
    row = impl.MessageActionRowBuilder()
    menu = row.add_text_menu("v1:want", placeholder=t("What would you like?"))
    for offer in offers:
        mark = "🔒" if offer.lacks else "🎁"
        menu.add_option(label(t, offer.reward), offer.reward.id, emoji=mark)
    return row


def label(t: Texts, reward: Reward, *, gone: bool = False) -> str:
    """The reward and its price on one short line, or that none is left."""
    ending = " · " + (t("sold out") if gone else t.points(reward.cost))
    return reward.named(t.lang)[: LABEL_MAX - len(ending)] + ending


def page_buttons(t: Texts, verb: str, page: int, pages: int) -> impl.MessageActionRowBuilder:
    """The way to the pages before and after."""
    row = impl.MessageActionRowBuilder()
    for words, to in ((t("Previous"), page - 1), (t("Next"), page + 1)):
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:{verb}:{to}",
            label=words,
            is_disabled=not 1 <= to <= pages,
        )
    return row


def empty(t: Texts) -> str:
    """There is nothing in the catalogue."""
    return t("🛍️ The shop is empty for now. Keep your points: they do not expire.")


def unknown(t: Texts) -> str:
    """The catalogue does not have what was asked for."""
    return t("🤷 There is no such reward any more. `/rewards list` shows what there is.")


def refused(t: Texts, reward: Reward, lacks: Sequence[Lack]) -> str:
    """Everything that stands against it, each with its figures."""
    first = t("⛔ You cannot have **{reward}** now:", reward=name_of(t, reward))
    return "\n".join([first, *(f"- {lacking(t, lack)}" for lack in lacks)])


def confirmation(
    t: Texts, reward: Reward, *, have: int, request: int, deadline_ms: int
) -> tuple[str, Rows]:
    """What it costs, what happens then, and the two ways on."""
    lines = [
        t(
            "🎁 **{reward}** costs **{points}**. You have {have}, and {rest} afterwards.",
            reward=name_of(t, reward),
            points=t.points(reward.cost),
            have=t.number(have),
            rest=t.number(have - reward.cost),
        ),
        t("-# Spending points never lowers your score."),
        _what_happens(t, reward, deadline_ms),
    ]
    if reward.consent is not None:
        condition = reward.consent.get(t.lang) or next(iter(reward.consent.values()), "")
        lines.append(t("☑️ The staff will check this first: {condition}", condition=condition))
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SUCCESS,
        f"v1:redeem:{reward.id}:{reward.cost}:{request}:{reward.promise}",
        label=t("Spend {points}", points=t.points(reward.cost)),
    )
    row.add_interactive_button(hikari.ButtonStyle.SECONDARY, "v1:keep", label=t("Keep my points"))
    return "\n".join(lines), [row]


def _what_happens(t: Texts, reward: Reward, deadline_ms: int) -> str:
    days = max(1, (reward.deadline_ms or deadline_ms) // DAY_MS)
    if reward.by_hand:
        return t.n(
            "📬 Somebody of the staff sees to it within {count} day, or your points come back.",
            "📬 Somebody of the staff sees to it within {count} days, or your points come back.",
            days,
        )
    if reward.kind == "code":
        return t("🔑 A secret code: only you see it, with `/rewards mine`, as often as you like.")
    if reward.lasts_ms is not None:
        return t.n(
            "✨ A role, yours for {count} day.",
            "✨ A role, yours for {count} days.",
            max(1, reward.lasts_ms // DAY_MS),
        )
    return t("✨ A role, yours for good.")


def kept(t: Texts) -> str:
    """The member has changed their mind."""
    return t("👌 Nothing was spent.")


def granted(t: Texts, one: Redemption) -> tuple[str, Rows]:
    """What happens now."""
    reward = name_of(t, one.terms)
    if one.terms.by_hand:
        text = t(
            "📬 Request no. {number} for **{reward}** is with the staff. Your {points} wait until "
            "it is seen to; `/rewards mine` shows how it stands.",
            number=t.number(one.id),
            reward=reward,
            points=t.points(one.cost),
        )
        return text, []
    if one.terms.kind == "role":
        text = t(
            "✨ **{reward}** is on its way to you. Should Discord refuse it, your {points} come "
            "back.",
            reward=reward,
            points=t.points(one.cost),
        )
        return text, []
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "v1:mine:1", label=t("Show my code"))
    return t("🔑 **{reward}** is yours: your code is kept for you.", reward=reward), [row]

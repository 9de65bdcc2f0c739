"""Requests as staff see them: in their channel, in the queue, and in the forms they fill in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import hikari
from hikari import impl

from engine.shop.redemptions import Redemption, State
from engine.shop.request_queue import Taken
from engine.shop.rewards import Reward
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.rewards import Rows, label, name_of
from riddles.discord.views.rounds import CALM, DONE, Outgoing, container

NOTE_MAX = 500
NOTE_SHOWN = 200
CODES_MAX = 4000


@dataclass(frozen=True, slots=True)
class Request:
    """A redemption that a person sees to, and who has to do with it."""

    one: Redemption
    member: int | None
    """The Discord id of who asked; None once they were erased."""
    claimed_by: int | None = None
    """The Discord id of who sees to it."""
    last: Taken | None = None
    """The step by which it was settled."""
    settled_by: int | None = None
    """The Discord id of who took it."""


def posted(t: Texts, request: Request, *, post: int) -> Outgoing:
    """A request in the staff's channel, as it stands now."""
    one = request.one
    box = container(post, CALM if one.state is State.UNFULFILLED else DONE)
    box.add_text_display("\n".join(_about(t, request)))
    if one.state is State.UNFULFILLED:
        box.add_component(_buttons(t, request))
    return Outgoing(box)


def _about(t: Texts, request: Request) -> list[str]:
    one = request.one
    lines = [
        t(
            "### 📬 Request no. {number}: {reward}",
            number=t.number(one.id),
            reward=name_of(t, one.terms),
        ),
        t(
            "{member} asked for it {relative}, for {points}.",
            member=person(t, request.member),
            relative=when(one.at, "R"),
            points=t.points(one.cost),
        ),
    ]
    if one.terms.consent is not None:
        condition = one.terms.consent.get(t.lang) or next(iter(one.terms.consent.values()), "")
        lines.append(t("☑️ To be checked at the hand-over: {condition}", condition=condition))
    lines += _how_it_stands(t, request)
    if request.last is not None and request.last.note:
        note = request.last.note
        shown = note if len(note) <= NOTE_SHOWN else note[: NOTE_SHOWN - 1] + "…"
        lines.append(f"> {escape(shown)}")
    return lines


def _how_it_stands(t: Texts, request: Request) -> list[str]:
    one, lines = request.one, list[str]()
    match one.state:
        case State.UNFULFILLED:
            if one.claimed_by is not None:
                lines.append(t("🙋 {person} sees to it.", person=person(t, request.claimed_by)))
            if one.deadline_at is not None:
                lines.append(
                    t(
                        "⏳ Without an answer the points go back {relative}.",
                        relative=when(one.deadline_at, "R"),
                    )
                )
        case State.FULFILLED if one.refunded_at is not None:
            lines.append(t("💸 Refunded by {person}.", person=person(t, request.settled_by)))
        case State.FULFILLED:
            lines.append(t("✅ Handed over by {person}.", person=person(t, request.settled_by)))
        case State.CANCELED if request.last is not None and request.last.step == "neglected":
            lines.append(t("⌛ Nobody saw to it in time: the points went back."))
        case State.CANCELED if request.last is not None and request.last.step == "erased":
            lines.append(t("👋 The member asked to be forgotten."))
        case State.CANCELED:
            lines.append(t("↩️ Canceled by {person}.", person=person(t, request.settled_by)))
    return lines


def person(t: Texts, member: int | None) -> str:
    """Somebody, by a mention that notifies nobody."""
    return t("a former member") if member is None else f"<@{member}>"


def _buttons(t: Texts, request: Request) -> impl.MessageActionRowBuilder:
    number = request.one.id
    row = impl.MessageActionRowBuilder()
    claimed = request.one.claimed_by is not None
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY,
        f"v1:request:{'back' if claimed else 'take'}:{number}",
        label=t("Not me after all") if claimed else t("I see to it"),
    )
    row.add_interactive_button(
        hikari.ButtonStyle.SUCCESS, f"v1:request:done:{number}", label=t("Handed over")
    )
    row.add_interactive_button(
        hikari.ButtonStyle.DANGER, f"v1:request:cancel:{number}", label=t("Cancel it")
    )
    return row


def queue(
    t: Texts, requests: Sequence[Request], *, count: int, page: int, pages: int
) -> tuple[str, Rows]:
    """What waits for the staff, the oldest first, and a menu to see to one."""
    if not requests:
        return t("📭 Nobody waits for the staff."), []
    lines = [
        t.n(
            "**{count} request waits**",
            "**{count} requests wait, the oldest first**",
            count,
        )
    ]
    row = impl.MessageActionRowBuilder()
    menu = row.add_text_menu("v1:request:look", placeholder=t("See to one"))
    for request in requests:
        one = request.one
        who, since = person(t, request.member), when(one.at, "R")
        lines.append(f"`{one.id}` **{name_of(t, one.terms)}** · {who} · {since}")
        details: list[str] = []
        if one.claimed_by is not None:
            details.append(t("🙋 {person} sees to it.", person=person(t, request.claimed_by)))
        if one.deadline_at is not None:
            details.append(t("⏳ until {moment}", moment=when(one.deadline_at, "f")))
        if one.terms.consent is not None:
            details.append(t("☑️ with a condition"))
        if details:
            lines.append("-# " + " · ".join(details))
        menu.add_option(f"{one.id} · {label(t, one.terms)}"[:100], str(one.id))
    rows = [row]
    if pages > 1:
        rows.append(_pages(t, page, pages))
    return "\n".join(lines), rows


def _pages(t: Texts, page: int, pages: int) -> impl.MessageActionRowBuilder:
    row = impl.MessageActionRowBuilder()
    for words, to in ((t("Previous"), page - 1), (t("Next"), page + 1)):
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:request:page:{to}",
            label=words,
            is_disabled=not 1 <= to <= pages,
        )
    return row


def single(
    t: Texts, request: Request, steps: Sequence[Taken], people: Mapping[int, int]
) -> tuple[str, Rows]:
    """One request with its history, and what can be done about it."""
    lines = _about(t, request)
    lines += [_step(t, taken, people) for taken in steps]
    rows = [_buttons(t, request)] if request.one.waits_for_a_person else []
    return "\n".join(lines), rows


STEPS: dict[str, Callable[[Texts], str]] = {
    "requested": lambda t: t("asked for"),
    "claimed": lambda t: t("taken on"),
    "returned": lambda t: t("given back"),
    "fulfilled": lambda t: t("handed over"),
    "canceled": lambda t: t("canceled"),
    "neglected": lambda t: t("not seen to in time"),
    "refused": lambda t: t("refused by Discord"),
    "erased": lambda t: t("the member was forgotten"),
    "saved": lambda t: t("the code was saved"),
    "ended": lambda t: t("the role's time is over"),
    "refunded": lambda t: t("refunded"),
}
"""What happened, in the reader's language."""


def _step(t: Texts, taken: Taken, people: Mapping[int, int]) -> str:
    who = "" if taken.actor is None else f" · {person(t, people.get(taken.actor))}"
    tick = " ☑️" if taken.consent else ""
    return f"-# {when(taken.at, 'f')} · {STEPS[taken.step](t)}{tick}{who}"


def claimed(t: Texts, request: Request) -> str:
    """The caller sees to it from now on."""
    return t("🙋 You see to request no. {number}.", number=t.number(request.one.id))


def returned(t: Texts, number: int) -> str:
    """It waits for anybody again."""
    return t("↩️ Request no. {number} waits for anybody again.", number=t.number(number))


def somebody_elses(t: Texts, request: Request) -> tuple[str, Rows]:
    """Somebody else sees to it; the way to take it from them."""
    text = t(
        "🙋 {person} sees to request no. {number}.",
        person=person(t, request.claimed_by),
        number=t.number(request.one.id),
    )
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY, f"v1:request:over:{request.one.id}", label=t("Take it over")
    )
    return text, [row]


def condition(t: Texts, one: Redemption) -> tuple[str, Rows]:
    """What has to be checked before it is handed over."""
    words = one.terms.consent or {}
    text = t(
        "☑️ Before you hand over request no. {number}: {condition}",
        number=t.number(one.id),
        condition=words.get(t.lang) or next(iter(words.values()), ""),
    )
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SUCCESS,
        f"v1:request:tick:{one.id}",
        label=t("I checked it: hand it over"),
    )
    return text, [row]


def note_form(t: Texts, number: int, *, done: bool) -> tuple[str, impl.ModalActionRowBuilder]:
    """Title and field of the form: evidence, or why it is canceled."""
    row = impl.ModalActionRowBuilder()
    row.add_text_input(
        "note",
        t("How it was handed over (for the records)") if done else t("Why (the member reads it)"),
        style=hikari.TextInputStyle.PARAGRAPH,
        required=not done,
        max_length=NOTE_MAX,
    )
    title = t("Request no. {number}", number=t.number(number))
    return title, row


def codes_form(t: Texts, reward: str) -> tuple[str, impl.ModalActionRowBuilder]:
    """Title and field of the form for new codes."""
    row = impl.ModalActionRowBuilder()
    row.add_text_input(
        "codes",
        t("One code per line"),
        style=hikari.TextInputStyle.PARAGRAPH,
        max_length=CODES_MAX,
    )
    return t("Codes for {reward}", reward=reward)[:45], row


def done(t: Texts, one: Redemption) -> str:
    """It is handed over."""
    return t(
        "✅ no. {number}: **{reward}** is handed over",
        number=t.number(one.id),
        reward=name_of(t, one.terms),
    )


def canceled(t: Texts, one: Redemption) -> str:
    """The points are back."""
    return t(
        "↩️ no. {number}: canceled, {points} went back",
        number=t.number(one.id),
        points=t.points(one.cost),
    )


def refunded(t: Texts, one: Redemption) -> str:
    """What was spent is back."""
    return t(
        "💸 no. {number}: **{reward}** is refunded, {points} went back",
        number=t.number(one.id),
        reward=name_of(t, one.terms),
        points=t.points(one.cost),
    )


def loaded(t: Texts, reward: Reward, count: int, free: int) -> str:
    """How many codes were added, and how many there are."""
    said = t.n(
        "🔑 {count} code was added for **{reward}**.",
        "🔑 {count} codes were added for **{reward}**.",
        count,
        reward=name_of(t, reward),
    )
    return f"{said} {t.n('{count} is free.', '{count} are free.', free)}"

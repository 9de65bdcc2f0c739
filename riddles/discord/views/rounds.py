"""The public life of a round while it is open: publication, hints, reminders, closing.

Every message is a container whose component id is the number of its post, by which it is found
again when nobody knows whether it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import hikari
from hikari import impl

from engine.moments import to_ms
from engine.play.rounds import Round
from engine.play.rules import Rules
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views import media
from riddles.discord.views.media import gallery

ACCENT = hikari.Color(0xF2A33A)
CALM = hikari.Color(0x5B8DEF)
DONE = hikari.Color(0x3BA55D)

STEPS_OF_DIFFICULTY = 5
ROOM_FOR_CORRECTIONS = 1800
"""Characters of a publication, which has 4000 and a prompt."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A public message."""

    container: impl.ContainerComponentBuilder
    pings: Sequence[int] = field(default=())
    """Roles that are notified."""
    mentions: Sequence[int] = field(default=())
    """Members who are notified."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a publication carries beside its words: the video, or its poster, and captions."""

    video: impl.MediaGalleryItemBuilder
    captions: Sequence[impl.FileComponentBuilder] = ()


def uploaded(t: Texts, round_: Round, path: Path) -> Carried:
    """The file at `path` and the captions, to be uploaded."""
    return Carried(
        video=media.upload(path, video_name(round_), alt_text(t, round_.rules)),
        captions=[
            media.file(text, captions_name(round_, lang))
            for lang, text in round_.rules.caption_files.items()
        ],
    )


def kept(t: Texts, round_: Round) -> Carried:
    """What the message that is edited carries already."""
    return Carried(
        video=media.kept(video_name(round_), alt_text(t, round_.rules)),
        captions=[
            media.kept_file(captions_name(round_, lang)) for lang in round_.rules.caption_files
        ],
    )


def video_name(round_: Round) -> str:
    """The name under which the video, or its poster, is uploaded: it says nothing."""
    return f"riddle-{round_.id}.{'jpg' if round_.rules.link else 'mp4'}"


def captions_name(round_: Round, lang: str) -> str:
    """The name of the captions' file: players find it beside the video."""
    return f"riddle-{round_.id}.{lang}.vtt"


def container(post: int, color: hikari.Color = ACCENT) -> impl.ContainerComponentBuilder:
    """An empty message that carries its post's number."""
    return impl.ContainerComponentBuilder(id=post, accent_color=color)


def publication(
    t: Texts,
    round_: Round,
    *,
    post: int,
    carried: Carried,
    circle: str | None,
    ping: int | None,
    due_at: int | None = None,
    corrections: Sequence[str] = (),
) -> Outgoing:
    """The riddle: prompt, video, when it closes, and the buttons. `circle` is its name."""
    box = _riddle(t, round_, post=post, carried=carried, circle=circle, ping=ping)
    _correct(t, box, corrections)
    closes = to_ms(round_.closes_at)
    box.add_text_display(
        t(
            "⏳ Open until {moment} ({relative}). Answers are private: only you see yours.",
            moment=when(closes, "F"),
            relative=when(closes, "R"),
        )
    )
    admit_delay(t, box, due_at)
    box.add_component(buttons(t, round_, closed=False))
    return Outgoing(box, pings=() if ping is None else (ping,))


def closed_publication(
    t: Texts,
    round_: Round,
    *,
    post: int,
    carried: Carried,
    circle: str | None,
    ping: int | None,
    corrections: Sequence[str] = (),
) -> Outgoing:
    """The same message after the closing: the button says so."""
    box = _riddle(t, round_, post=post, carried=carried, circle=circle, ping=ping)
    _correct(t, box, corrections)
    box.add_text_display(t("🔒 Closed since {moment}.", moment=when(to_ms(round_.closes_at), "F")))
    box.add_component(buttons(t, round_, closed=True))
    return Outgoing(box)


def _riddle(
    t: Texts,
    round_: Round,
    *,
    post: int,
    carried: Carried,
    circle: str | None,
    ping: int | None,
) -> impl.ContainerComponentBuilder:
    rules = round_.rules
    box = container(post)
    heading = t("# Riddle no. {number}: {title}", number=round_.id, title=rules.title)
    facts = [
        *([escape(circle)] if circle else []),
        t("difficulty {stars}", stars=stars(rules.difficulty)),
        t.points(rules.value),
    ]
    mention = "" if ping is None else f"<@&{ping}>\n"
    box.add_text_display(f"{mention}{heading}\n-# {' · '.join(facts)}")
    box.add_text_display(rules.wording(t.lang).prompt)
    box.add_component(gallery(carried.video))
    for captions in carried.captions:
        box.add_component(captions)
    if thanks := credit(t, round_):
        box.add_text_display(f"-# {thanks}")
    return box


def _correct(t: Texts, box: impl.ContainerComponentBuilder, corrections: Sequence[str]) -> None:
    """What was wrong; of many corrections the newest that there is room for."""
    room, shown = ROOM_FOR_CORRECTIONS, list[str]()
    for correction in reversed(corrections):
        room -= len(correction) + 1
        if room >= 0:
            shown.insert(0, correction)
    if shown:
        box.add_text_display("\n".join([t("### ✏️ Corrected"), *shown]))


def alt_text(t: Texts, rules: Rules) -> str | None:
    """What the video shows, for who cannot see it."""
    return rules.alt.get(t.lang) or next(iter(rules.alt.values()), None)


def credit(t: Texts, round_: Round) -> str:
    """Who made the riddle and its video."""
    rules = round_.rules
    parts = [
        *([t("Riddle: {author}", author=rules.author)] if rules.author else []),
        *([t("Video: {credit}", credit=rules.credit)] if rules.credit else []),
        *([rules.licence] if rules.licence else []),
    ]
    return " · ".join(parts)


def stars(difficulty: int) -> str:
    """Difficulty as dots; shape and number say it, not colour."""
    return "●" * difficulty + "○" * (STEPS_OF_DIFFICULTY - difficulty)


def buttons(t: Texts, round_: Round, *, closed: bool) -> impl.MessageActionRowBuilder:
    """To answer, to read the hints, to read what is heard, to be reminded."""
    row = impl.MessageActionRowBuilder()
    if link := round_.rules.link:
        # A button shows no preview: the title and picture of that page may name the answer.
        row.add_link_button(link, label=t("Watch"), emoji="▶️")
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY if closed else hikari.ButtonStyle.PRIMARY,
        f"v1:open:{round_.id}",
        label=t("Closed") if closed else t("Answer"),
        emoji="🔒" if closed else "💡",
        is_disabled=closed,
    )
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY,
        f"v1:hint:{round_.id}",
        label=t("Hints"),
        emoji="🔍",
        is_disabled=closed,
    )
    if round_.rules.captions:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:captions:{round_.id}",
            label=t("Transcript"),
            emoji="💬",
        )
    if not closed:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY, "v1:remind", label=t("Remind me"), emoji="🔔"
        )
    return row


def hint(t: Texts, round_: Round, *, post: int, n: int, due_at: int | None = None) -> Outgoing:
    """The nth hint, from now on free for all."""
    box = container(post, CALM)
    words = round_.rules.wording(t.lang).hints[n - 1]
    box.add_text_display(
        t("### 🔍 Hint {n} for riddle no. {number}", n=n, number=round_.id) + f"\n{words}"
    )
    admit_delay(t, box, due_at)
    return Outgoing(box)


def reminder(t: Texts, round_: Round, *, post: int) -> Outgoing:
    """The closing is near."""
    box = container(post, CALM)
    box.add_text_display(
        t(
            "⏰ Riddle no. {number} closes {moment}. One right answer is enough.",
            number=round_.id,
            moment=when(to_ms(round_.closes_at), "F"),
        )
    )
    box.add_component(buttons(t, round_, closed=False))
    return Outgoing(box)


def mention(
    t: Texts, round_: Round, *, post: int, members: Sequence[int], opening: bool
) -> Outgoing:
    """A new riddle, or its closing, for those who asked to be told."""
    box = container(post, CALM)
    closes = when(to_ms(round_.closes_at), "F")
    if opening:
        words = t(
            "🔔 Riddle no. {number} is out. It closes {moment}.", number=round_.id, moment=closes
        )
    else:
        words = t(
            "⏰ Riddle no. {number} closes {moment}, and you have not solved it yet.",
            number=round_.id,
            moment=closes,
        )
    names = " ".join(f"<@{member}>" for member in members)
    box.add_text_display(
        f"{words}\n{names}\n" + t("-# You asked for this. `/remind`, or 🔔 below, ends it.")
    )
    box.add_component(buttons(t, round_, closed=False))
    return Outgoing(box, mentions=tuple(members))


def admit_delay(t: Texts, box: impl.ContainerComponentBuilder, due_at: int | None) -> None:
    """Say when this should have been told, where that was a while ago."""
    if due_at is not None:
        box.add_text_display(t("-# Late: this was due {moment}.", moment=when(due_at, "F")))

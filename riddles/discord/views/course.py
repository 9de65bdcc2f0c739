"""What hosts see when they change the course of the show, and what members read of it."""

from collections.abc import Collection, Mapping

import hikari
from hikari import impl

from engine.calendar import Week
from engine.moments import to_ms
from engine.play.course import Done
from engine.play.errata import Erratum
from engine.play.rounds import Round
from riddles.discord.locales import LANGUAGES, Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.rounds import ACCENT, Outgoing, container

LONGEST_CORRECTION = 600
"""Characters; several have to fit into the publication."""


def take_back(t: Texts, week: Week) -> impl.MessageActionRowBuilder:
    """The button that takes a skip back."""
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY, f"v1:unskip:{week}", label=t("Take it back"), emoji="↩️"
    )
    return row


def correction_form(
    t: Texts, given: Mapping[str, str], *, needed: Collection[str]
) -> tuple[str, list[impl.ModalActionRowBuilder]]:
    """Title and fields of the form in which a correction is written, one field a language."""
    labels = {"fr": t("What members read in French"), "en": t("What members read in English")}
    rows: list[impl.ModalActionRowBuilder] = []
    for language in sorted(LANGUAGES, key=lambda language: language != t.lang):
        row = impl.ModalActionRowBuilder()
        row.add_text_input(
            language,
            labels[language],
            style=hikari.TextInputStyle.PARAGRAPH,
            required=language in needed,
            max_length=LONGEST_CORRECTION,
            value=given.get(language) or hikari.UNDEFINED,
        )
        rows.append(row)
    return t("Correct the riddle"), rows


def erratum(t: Texts, round_: Round, correction: Erratum, *, post: int, extended: bool) -> Outgoing:
    """A correction, told in the discussion."""
    box = container(post, ACCENT)
    heading = t("### ✏️ Correction to riddle no. {number}", number=round_.id)
    box.add_text_display(f"{heading}\n{correction.wording(t.lang)}")
    if extended:
        box.add_text_display(_extended(t, round_))
    return Outgoing(box)


def extension(t: Texts, round_: Round, *, post: int) -> Outgoing:
    """Members have more time."""
    box = container(post, ACCENT)
    heading = t("### ⏳ More time for riddle no. {number}", number=round_.id)
    box.add_text_display(f"{heading}\n{_extended(t, round_)}")
    return Outgoing(box)


def _extended(t: Texts, round_: Round) -> str:
    closes = to_ms(round_.closes_at)
    return t(
        "⏳ It now closes {moment} ({relative}).",
        moment=when(closes, "F"),
        relative=when(closes, "R"),
    )


def done_by_hand(t: Texts, line: Done) -> str:
    """A line of the log: when, what, by whom."""
    who = escape(line.who) if line.who else t("somebody")
    facts = line.facts
    match line.what:
        case "skip":
            what = t("week {week} left out", week=facts["week"])
        case "unskip":
            what = t("week {week} taken in again", week=facts["week"])
        case "swap":
            what = t("{one} and {other} changed places", one=facts["one"], other=facts["other"])
        case "extend":
            until = when(facts["until"])
            what = t("riddle no. {number} extended until {moment}", number=line.round, moment=until)
        case "erratum":
            what = t("riddle no. {number} corrected", number=line.round)
        case "accept":
            what = t("one more answer accepted for riddle no. {number}", number=line.round)
        case "publish":
            what = t("riddle no. {number} published", number=line.round)
        case "close":
            what = t("riddle no. {number} closed", number=line.round)
        case "reveal":
            what = t("riddle no. {number} revealed", number=line.round)
        case other:
            what = other
    return f"- {when(line.at)} {what} · **{who}**"

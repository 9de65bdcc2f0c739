"""What hosts see: the queue, and a riddle before its time."""

from collections.abc import Sequence
from pathlib import Path

import hikari
from hikari import impl

from engine.moments import to_ms
from engine.play.course import Course, Done
from engine.play.outcomes import Outcome
from engine.play.rounds import Round
from engine.play.rules import Rules
from riddles.content import Library
from riddles.content.queue import Forecast
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.course import done_by_hand
from riddles.discord.views.media import gallery, upload
from riddles.discord.views.results import how_many
from riddles.discord.views.rounds import CALM, alt_text, stars
from riddles.media.desk import Progress
from riddles.problems import errors

SHOWN_PROBLEMS = 8
ROOM = 3600
"""Characters of a message, less what frames a preview."""


def queue(
    t: Texts, forecast: Forecast, library: Library, course: Course, log: Sequence[Done]
) -> str:
    """The coming weeks, how long the queue lasts, what is not ready and why, who did what."""
    lines = [t("**The queue**")]
    for line in forecast.lines:
        what = t("— nothing ready —") if line.slug is None else f"**{escape(line.slug)}**"
        if line.slug in course.places:
            what += " 🔀"
        if line.skipped:
            by_hand = line.week in course.skipped
            what = t("left out by hand") if by_hand else t("no show this week")
        lines.append(f"`{line.week}` {when(to_ms(line.publishes_at), 'd')} {what}")
    if library.root_problems:
        lines.append(f"⚠️ {library.root_problems[0].message.said(t)}")
    elif forecast.covered_until is None:
        lines.append(t("⚠️ Nothing is ready to go out."))
    else:
        lines.append(t("✅ Covered until {week}.", week=forecast.covered_until))
    if forecast.reserve:
        slugs = ", ".join(escape(riddle.slug) for riddle in forecast.reserve)
        lines.append(t("🛟 In reserve: {slugs}", slugs=slugs))
    if log:
        lines += [t("**By hand**"), *(done_by_hand(t, line) for line in log)]
    if library.broken:
        lines.append(t("**Not ready**"))
        lines += [
            f"- **{escape(folder.slug)}**: {escape(errors(folder.problems)[0].message.said(t))}"
            for folder in library.broken[:SHOWN_PROBLEMS]
        ]
    return "\n".join(lines)[:2000]


def preparing(t: Texts, progress: Progress) -> str:
    """How far a video is, while a host waits for it."""
    words = {
        "waiting": t("another video is being made first"),
        "fetching": t("the video is being fetched"),
        "checking": t("the video is being looked at"),
        "fitting": t("the video is being made to fit"),
        "watching": t("the finished video is being watched to its end"),
    }
    share = "" if progress.fraction is None else f" · {progress.fraction:.0%}"
    return f"⏳ {words.get(progress.step, progress.step)}{share}"


def closing(
    t: Texts, round_: Round, outcome: Outcome
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """What closing the open riddle now would mean, and the button that does it."""
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.DANGER, f"v1:close:{round_.id}", label=t("Close it now"), emoji="🔒"
    )
    lines = [
        t(
            "🔒 Close riddle no. {number}, **{title}**, now instead of {moment}?",
            number=round_.id,
            title=escape(round_.rules.title),
            moment=when(to_ms(round_.closes_at), "F"),
        ),
        f"- {_so_far(t, round_, outcome)}",
        t("- No answer counts from then on, and it cannot be opened again."),
        *([] if round_.sealed else [t("- A minute later places are given, and bonuses booked.")]),
        t(
            "- The solution still comes {moment}, unless `/animate reveal` shows it before.",
            moment=when(to_ms(round_.reveals_at), "F"),
        ),
        t("-# To give more time instead: `/animate extend`."),
    ]
    return "\n".join(lines), [row]


def _so_far(t: Texts, round_: Round, outcome: Outcome) -> str:
    """How many have tried; of a round that keeps its verdicts, nobody knows who was right."""
    if not outcome.tried:
        return t("Nobody has tried so far.")
    if round_.sealed:
        return t.n("**{count}** member answered.", "**{count}** members answered.", outcome.tried)
    return how_many(t, outcome)


def preview(
    t: Texts, rules: Rules, video: Path, warnings: Sequence[str] = ()
) -> impl.ContainerComponentBuilder:
    """The riddle as members will see it, then what they will not see until later.

    `video` is the poster where the post links to the video. `warnings` are what a host may want
    to mend about it.
    """
    box = impl.ContainerComponentBuilder(accent_color=CALM)
    words = rules.wording(t.lang)
    box.add_text_display(
        t(
            "-# Preview: only you see this. It holds the solution, so you are not ranked "
            "on this riddle."
        )
        + f"\n# {rules.title}\n-# {t('difficulty {stars}', stars=stars(rules.difficulty))} · "
        + t.points(rules.value)
    )
    box.add_text_display(words.prompt)
    box.add_component(gallery(upload(video, f"preview{video.suffix}", alt_text(t, rules))))
    if rules.link:
        box.add_text_display(
            t("-# The post shows this poster and links to {url}.", url=f"<{rules.link}>")
        )
    if warnings:
        box.add_text_display("\n".join(f"-# ⚠️ {warning}" for warning in warnings))
    box.add_component(impl.SeparatorComponentBuilder())
    hints = "\n".join(f"🔍 **{n}.** {hint}" for n, hint in enumerate(words.hints, 1))
    if hints:
        box.add_text_display(hints)
    # The riddle, its hints and its solution never stand in one message but here.
    room = ROOM - len(words.prompt) - len(hints)
    solution = words.solution if len(words.solution) <= room else words.solution[:room] + "…"
    box.add_text_display(f"||{solution}||")
    return box

"""What a member hears about their own answer."""

from collections.abc import Mapping, Sequence

from engine.play.submissions import Reply, Told
from engine.scoring import Entitlement
from riddles.discord.locales import Texts
from riddles.discord.markdown import when
from riddles.discord.views.formulas import formulas

A_MOMENT_MS = 10_000
"""A pause as short as this is over before its end is read: no moment is named for it."""


def reply(t: Texts, said: Reply, at_ms: int) -> str:
    """The verdict on a try made at `at_ms`, what it earned, and when the next try is possible."""
    wait = None if said.free_at is None or said.free_at - at_ms < A_MOMENT_MS else said.free_at
    parts = [_verdict(t, said, wait)]
    if said.practice and said.told is not Told.INVALID:
        parts.append(t("-# Practice: the solution is out, so no points are at stake."))
    if wait is not None and said.told is not Told.WAITING:
        parts.append("-# " + _next_try(t, wait))
    return "\n".join(parts)


def _waiting(t: Texts, wait: int | None) -> str:
    if wait is None:
        return t("⏳ Not so fast: leave a few seconds between two tries. This one was not counted.")
    return t("⏳ Not so fast: this one was not counted.") + f"\n-# {_next_try(t, wait)}"


def _next_try(t: Texts, free_at: int) -> str:
    """From when on one may try: true before that moment, and after it."""
    return t(
        "You can try again from {moment} on ({relative}).",
        moment=when(free_at, "T"),
        relative=when(free_at, "R"),
    )


def _verdict(t: Texts, said: Reply, wait: int | None) -> str:  # noqa: C901, PLR0911 - a line for each outcome
    if said.sealed:
        return t(
            "📨 Received. Verdicts are told at the reveal; until the closing you can change it."
        )
    match said.told:
        case Told.ACCEPT:
            return _solved(t, said)
        case Told.CLOSE:
            return "🟡 " + (in_words(t, said.say) or t("Almost! Check the spelling."))
        case Told.REJECT:
            return t("❌ That is not it.")
        case Told.INVALID:
            return "✋ " + _invalid(t, said.reason)
        case Told.REPEAT:
            return t("♻️ You have tried that one. It costs nothing, and it is still not it.")
        case Told.WAITING:
            return _waiting(t, wait)
        case Told.SOLVED:
            return t("🎉 You have solved this one already. Nothing was charged.")
        case Told.LATE:
            return t("🔒 This riddle is closed. The solution comes with the reveal.")
        case Told.SPENT:
            return t("✋ No tries left for this riddle.")
        case Told.YOUNG:
            return t("✋ Your account or membership is too young to play for points here.")
        case Told.NO_ROUND:
            return t("🌙 There is no riddle to answer yet. The next one is on its way.")


def in_words(t: Texts, say: Mapping[str, str] | None) -> str | None:
    """The author's words in the reader's language, or in the one there is."""
    return None if not say else say.get(t.lang) or next(iter(say.values()))


def _solved(t: Texts, said: Reply) -> str:
    if said.practice:
        return t("✅ That is it!")
    if said.replaced:
        return t("✅ That is it! But a later answer of yours stands, so this one earns nothing.")
    if said.earned is None:
        return t("✅ That is it! You are not ranked on this riddle, so it earns no points.")
    small = [*formulas(t, said.earned), *_ahead(t, said.podium)]
    return "\n".join([_earned(t, said.earned), *(f"-# {line}" for line in small)])


def _earned(t: Texts, earned: Entitlement) -> str:
    points = t.points(earned.total)
    if earned.most == earned.award:
        return t("✅ That is it! You earn **{points}**.", points=points)
    return t(
        "✅ That is it! You earn **{points}** now, and up to **{most}** at the closing: "
        "the fewer solve it, the more it is worth.",
        points=points,
        most=t.points(earned.total - earned.award + earned.most),
    )


def _ahead(t: Texts, podium: Sequence[int]) -> list[str]:
    """What may come on top once everybody's place is known."""
    if not podium:
        return []
    bonuses = ", ".join(f"+{t.number(bonus)}" for bonus in podium)
    if len(podium) == 1:
        return [t("At the closing, the first place gets a bonus: {bonuses}.", bonuses=bonuses)]
    return [
        t(
            "At the closing, the first {count} places get a bonus: {bonuses}.",
            count=t.number(len(podium)),
            bonuses=bonuses,
        )
    ]


def _invalid(t: Texts, reason: str | None) -> str:
    match reason:
        case "empty":
            return t("There was nothing to judge in that. It was not counted.")
        case "too_long":
            return t("That is too long for an answer: a few words are enough. It was not counted.")
        case "several":
            return t("One answer at a time, please. It was not counted.")
        case _:
            return t("That cannot be judged as an answer. It was not counted.")

"""What a member lacks for a reward, in words that name it: how much, which, until when."""

from engine.shop.shortfalls import Asked, Lack, Why
from riddles.discord.locales import Texts
from riddles.discord.markdown import when


def lacking(t: Texts, lack: Lack) -> str:  # noqa: C901, PLR0911, PLR0912 - a line for each reason
    """One reason, in words."""
    dated = {"moment": when(lack.at or 0, "f"), "relative": when(lack.at or 0, "R")}
    match lack.why:
        case Why.BANNED:
            return t("The shop is closed to you. The staff can tell you why.")
        case Why.PAUSED:
            return t("It is not handed out for the time being.")
        case Why.EARLY:
            return t("It can be had from {moment} on ({relative}).", **dated)
        case Why.EXPIRED:
            return t("It could be had until {moment}.", moment=dated["moment"])
        case Why.DRAW:
            return t("These are tickets for a draw: take them with `/draw enter`.")
        case Why.PRICE:
            return t("Its price has changed: it costs {points} now.", points=t.points(lack.need))
        case Why.CHANGED:
            return t("It has changed since you looked: choose it again to see what it is now.")
        case Why.SOLD_OUT if lack.at is None:
            return t("It is sold out.")
        case Why.SOLD_OUT:
            return t("It is sold out. There will be more from {moment} on ({relative}).", **dated)
        case Why.OWNED:
            return t("You have this role already.")
        case Why.LIMIT_EVER:
            return t.n(
                "You have had it: {count} for each member.",
                "You have had yours: {count} for each member.",
                lack.need,
            )
        case Why.LIMIT_SEASON:
            said = t.n(
                "You have had it: {count} for each member and season.",
                "You have had yours: {count} for each member and season.",
                lack.need,
            )
            ends = t("The next season begins {moment} ({relative}).", **dated)
            return said if lack.at is None else f"{said} {ends}"
        case Why.COOLDOWN:
            return t("You can have the next one from {moment} on ({relative}).", **dated)
        case Why.EVERY:
            return t("You need {what}.", what=_each(t, lack))
        case Why.AT_LEAST_ONE:
            return t("You need one of these: {what}.", what=_each(t, lack))
        case Why.NONE:
            return t("It is not for who has {what}.", what=_each(t, lack))
        case Why.POINTS:
            return t(
                "It costs {need} and you have {have}: {missing} to go.",
                need=t.points(lack.need),
                have=t.number(lack.have),
                missing=t.number(lack.need - lack.have),
            )


def _each(t: Texts, lack: Lack) -> str:
    return ", ".join(_asked(t, asked) for asked in lack.asked)


def _asked(t: Texts, asked: Asked) -> str:
    need, have = t.points(asked.need), t.number(asked.have)
    match asked.what:
        case "role":
            return t("the role {role}", role=f"<@&{asked.need}>")
        case "score":
            return t("a score of {need} (yours: {have})", need=need, have=have)
        case "season_score":
            return t("a score of {need} this season (yours: {have})", need=need, have=have)
        case "streak":
            return t.n(
                "{count} riddle solved in a row (you: {have})",
                "{count} riddles solved in a row (you: {have})",
                asked.need,
                have=have,
            )
        case "solved":
            return t.n(
                "{count} solved riddle (you: {have})",
                "{count} solved riddles (you: {have})",
                asked.need,
                have=have,
            )

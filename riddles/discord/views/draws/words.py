"""What a draw is called, what it gives away and by which rules: said the same everywhere."""

from fractions import Fraction

from engine.draws.entries import Odds
from engine.draws.prizes import Winner
from engine.draws.record import Draw
from engine.draws.rules import DrawRules, Tickets
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when


def title(t: Texts, draw: Draw) -> str:
    """What the draw is called in the reader's language."""
    return escape(draw.rules.text(draw.rules.title, t.lang))


def prize_name(t: Texts, draw: Draw, winner: Winner) -> str:
    """What somebody was drawn for, in the reader's language."""
    return escape(draw.rules.text(draw.rules.lots[winner.lot].name, t.lang))


def entered(t: Texts, odds: Odds) -> str:
    """How many have entered, and with how many tickets."""
    if not odds.entrants:
        return t("Nobody has entered yet.")
    entries = t.n("**{count}** entry", "**{count}** entries", odds.entrants)
    return f"{entries}, {t.n('**{count}** ticket.', '**{count}** tickets.', odds.all_tickets)}"


def lots(t: Texts, rules: DrawRules) -> str:
    """What can be won, the first to be drawn first."""
    return "\n".join(
        f"🎁 {t.number(lot.count)} × **{escape(rules.text(lot.name, t.lang))}**"
        for lot in rules.lots
    )


def conditions(t: Texts, rules: DrawRules) -> list[str]:
    """How tickets are had, and who may enter."""
    tickets, asked = rules.tickets, rules.eligibility
    match tickets.per:
        case "member":
            lines = [t("🎟️ One ticket each, free.")]
        case "solve":
            lines = [_per_solve(t, tickets)]
        case "points":
            lines = [
                t(
                    "🎟️ A ticket costs **{price}**; at most {cap} each. Your score stays as it is.",
                    price=t.points(tickets.price or 0),
                    cap=t.number(tickets.cap),
                )
            ]
    if asked.least_score:
        lines.append(
            t("✅ For members with a score of {score}.", score=t.points(asked.least_score))
        )
    if asked.least_solves:
        lines.append(
            t.n(
                "✅ For members who solved {count} riddle.",
                "✅ For members who solved {count} riddles.",
                asked.least_solves,
            )
        )
    if asked.winners_rest_days:
        lines.append(
            t.n(
                "✅ Not for who won a draw within {count} day.",
                "✅ Not for who won a draw within {count} days.",
                asked.winners_rest_days,
            )
        )
    lines.append(
        t(
            "⚖️ {alternates} alternates; who is silent for {days} days is passed over; with fewer "
            "than {least} entries it stays open longer.",
            alternates=t.number(rules.alternates),
            days=t.number(rules.claim_days),
            least=t.number(rules.least_entrants),
        )
    )
    lines.append(
        t(
            "-# Witnesses: {minutes} min. Hash: {rounds} × {iterations}.",
            minutes=t.number(rules.seed.window_minutes),
            rounds=t.number(rules.seed.rounds),
            iterations=t.number(rules.seed.iterations),
        )
    )
    return lines


def chance(t: Texts, chance: Fraction) -> str:
    """A chance as people say it: one in so many, or in a hundred where it is large."""
    if chance >= Fraction(1, 4):
        hundredths = min(round(chance * 100), 99)  # What is not sure never reads as sure.
        return f"{hundredths} %" if t.lang == "en" else f"{hundredths}\u00a0%"
    return t("1 in {count}", count=t.number(max(round(1 / chance), 1))) if chance else "0"


def _per_solve(t: Texts, tickets: Tickets) -> str:
    if tickets.since:
        return t.n(
            "🎟️ One ticket for each riddle solved since {moment}, {count} at most.",
            "🎟️ One ticket for each riddle solved since {moment}, {count} at most.",
            tickets.cap,
            moment=when(tickets.since, "f"),
        )
    return t.n(
        "🎟️ One ticket for each riddle solved, {count} at most.",
        "🎟️ One ticket for each riddle solved, {count} at most.",
        tickets.cap,
    )

"""The riddle in the server's calendar: what the event is called, and what it says."""

from engine.calendar import Week
from engine.play.rounds import Round
from riddles.discord.locales import Texts

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 1000


def announced(t: Texts, week: Week) -> tuple[str, str]:
    """Name and description of a riddle to come: its title is not told before its time."""
    name = t("The riddle of week {week}", week=week.number)
    return name, _described(t, week)


def open_now(t: Texts, round_: Round) -> tuple[str, str]:
    """Name and description of a riddle that is out."""
    name = t("Riddle no. {number}: {title}", number=round_.id, title=round_.rules.title)
    return name[:LONGEST_NAME], _described(t, round_.week)


def _described(t: Texts, week: Week) -> str:
    words = t("A riddle as a short video. Answers are private: `/answer`, or the button below it.")
    return f"{words}\n\n{mark(week)}"


def mark(week: Week) -> str:
    """By what an event is found again: the last line of its description."""
    return str(week)

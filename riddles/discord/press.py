"""What arrives when somebody presses a button, chooses from a menu, or hands in a form."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from riddles.discord.caller import Caller
from riddles.discord.replies import Answer
from riddles.discord.services import Services
from riddles.show import Show

MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Press:
    """A component's or form's id, taken apart, and what came with it."""

    services: Services
    interaction: int
    arguments: tuple[str, ...]
    values: tuple[str, ...]
    """What was chosen from a menu."""
    fields: Mapping[str, str]
    """What was written into a form."""

    def word(self, place: int) -> str:
        """The argument at `place`, counted from 0; empty where there is none."""
        return self.arguments[place] if place < len(self.arguments) else ""

    def number(self, place: int) -> int:
        """The number at `place`; 0, which nothing has, where it is none."""
        text = self.word(place)
        sound = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        return int(text) if sound and int(text) < 1 << 63 else 0


Handler = Callable[[Show, Caller, Press], Awaitable[Answer]]

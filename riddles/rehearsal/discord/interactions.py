"""An interaction between a person and the bot, and the reply as the person sees it."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from riddles.rehearsal.discord import messages
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import StoredFile
from riddles.rehearsal.discord.messages import Message

ANSWER_WITHIN_S = 3.0
TOKEN_LIVES_S = 15 * 60.0

ReplyKind = Literal[
    "waiting", "message", "deferred", "update", "deferred_update", "modal", "autocomplete"
]


class InteractionType(IntEnum):
    """What the person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(slots=True)
class Reply:
    """What came back. It changes as the bot edits: read it again, or wait with `final()`."""

    member_id: int
    channel_id: int
    interaction_id: int
    kind: ReplyKind = "waiting"
    within: float = 0.0
    message: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    modal: JSON | None = None
    choices: list[JSON] = field(default_factory=list["JSON"])
    ephemeral: bool = False
    deleted: bool = False
    refused: list[JSON] = field(default_factory=list["JSON"])
    opener: "Interaction | None" = field(default=None, repr=False)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        """All texts of the message or modal; of choices, their names."""
        if self.modal is not None:
            return "\n".join([self.modal["title"], *messages.texts(self.modal)])
        if self.kind == "autocomplete":
            return "\n".join(choice["name"] for choice in self.choices)
        return self.message.text if self.message else ""

    @property
    def components(self) -> list[JSON]:
        """Every component of the message or modal, nested ones included."""
        if self.modal is not None:
            return list(messages.walk(self.modal["components"]))
        return self.message.components if self.message else []

    @property
    def buttons(self) -> dict[str, str]:
        """Custom ids of the message's buttons, with their labels."""
        return self.message.buttons if self.message else {}

    @property
    def files(self) -> list[StoredFile]:
        """The files of the message."""
        return self.message.files if self.message else []

    async def final(self, timeout: float = 10.0) -> "Reply":  # noqa: ASYNC109 - a person's patience
        """Wait until nothing is deferred any more.

        Raises:
            TimeoutError: it still said "thinking" when patience ran out.
        """
        await asyncio.wait_for(self._settled.wait(), timeout)
        return self

    async def arrived(self, patience: float) -> None:
        """Wait for the first answer."""
        if not self._arrived.is_set():
            await asyncio.wait_for(self._arrived.wait(), patience)

    def answered(self, kind: ReplyKind, within: float) -> None:
        """Note the first answer."""
        self.kind = kind
        self.within = within
        self._arrived.set()
        if not kind.startswith("deferred"):
            self._settled.set()

    def settled(self) -> None:
        """Note that a deferred answer was filled in."""
        if self.kind == "deferred":
            self.kind = "message"
        elif self.kind == "deferred_update":
            self.kind = "update"
        self._settled.set()


@dataclass(slots=True)
class Interaction:
    """The server's side: a token for a quarter of an hour, to be answered in three seconds."""

    id: int
    token: str
    type: InteractionType
    member_id: int
    channel_id: int
    guild_id: int | None
    reply: Reply
    upload_limit: int
    what: str
    answer_within: float = ANSWER_WITHIN_S
    source: Message | None = None
    opened_by: "Interaction | None" = None
    sent_at: float = field(default_factory=time.monotonic)
    original: Message | None = None

    @property
    def age(self) -> float:
        """Real seconds since it was sent."""
        return time.monotonic() - self.sent_at

    @property
    def acknowledged(self) -> bool:
        """Whether a first answer was given."""
        return self.reply.kind != "waiting"

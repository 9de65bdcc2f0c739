"""A message as Discord keeps it, and how to read one as a person would."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from riddles.rehearsal.discord import snowflakes
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import StoredFile

CROSSPOSTED = 1 << 0
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
V2 = 1 << 15


@dataclass(frozen=True, slots=True)
class Pings:
    """Who really got a notification, after `allowed_mentions` had its say."""

    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True)
class Message:
    """One message; `payload` is the object Discord would send for it."""

    id: int
    channel_id: int
    payload: JSON
    pings: Pings = Pings()
    files: list[StoredFile] = field(default_factory=list[StoredFile])
    ephemeral_to: int | None = None

    @property
    def created_at(self) -> datetime:
        """The millisecond in its id."""
        return snowflakes.moment_of(self.id)

    @property
    def text(self) -> str:
        """All its texts, one below the other."""
        return "\n".join(texts(self.payload))

    @property
    def components(self) -> list[JSON]:
        """Every component, nested ones included, in reading order."""
        return list(walk(self.payload.get("components") or []))

    @property
    def buttons(self) -> dict[str, str]:
        """The custom ids of its buttons, with their labels."""
        return {
            each["custom_id"]: each.get("label") or ""
            for each in self.components
            if each["type"] == 2 and "custom_id" in each  # noqa: PLR2004 - Discord's number for buttons
        }

    @property
    def crossposted(self) -> bool:
        """Whether it was published to following servers."""
        return bool(self.payload["flags"] & CROSSPOSTED)


def walk(components: list[JSON]) -> Iterator[JSON]:
    """Components and those inside them, depth first."""
    for component in components:
        yield component
        inner: list[JSON] = component.get("components") or []
        yield from walk(inner)
        if accessory := component.get("accessory"):
            yield accessory
        if wrapped := component.get("component"):
            yield wrapped


def texts(payload: JSON) -> Iterator[str]:
    """The texts of a message, a modal or an embed in reading order, empty ones left out."""
    if content := payload.get("content"):
        yield content
    for embed in payload.get("embeds") or ():
        yield from _embed_texts(embed)
    for component in walk(payload.get("components") or []):
        for key in ("content", "label", "placeholder"):
            if text := component.get(key):
                yield text
        for option in component.get("options") or ():
            yield option["label"]
        for item in component.get("items") or ():
            if description := item.get("description"):
                yield description


def _embed_texts(embed: JSON) -> Iterator[str]:
    parts: list[Any] = [
        _inside(embed, "author", "name"),
        embed.get("title"),
        embed.get("description"),
    ]
    for each in embed.get("fields") or ():
        parts += [each.get("name"), each.get("value")]
    parts.append(_inside(embed, "footer", "text"))
    yield from (part for part in parts if part)


def _inside(embed: JSON, part: str, key: str) -> Any:  # noqa: ANN401 - whatever the bot sent
    found: JSON = embed.get(part) or {}
    return found.get(key)

"""Uploaded files: written to a folder as they arrive, served back by address."""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from riddles.rehearsal.discord.errors import JSON

_UNSAFE = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A part `files[n]` of a form, already on disk."""

    number: int
    filename: str
    content_type: str
    size: int
    path: Path


@dataclass(slots=True)
class StoredFile:
    """A file that belongs to a message."""

    id: int
    filename: str
    content_type: str
    size: int
    path: Path
    url: str
    description: str | None = None

    def as_attachment(self) -> JSON:
        """The attachment object of a message."""
        attachment: JSON = {
            "id": str(self.id),
            "filename": self.filename,
            "size": self.size,
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }
        if self.description is not None:
            attachment["description"] = self.description
        return attachment

    def as_media(self) -> JSON:
        """The media object of a component that shows the file."""
        return {
            "id": str(self.id),
            "url": self.url,
            "proxy_url": self.url,
            "width": None,
            "height": None,
            "content_type": self.content_type,
            "attachment_id": str(self.id),
        }


def safe_name(filename: str) -> str:
    """The name as Discord would keep it: no folders, no spaces, nothing a path could misread."""
    return _UNSAFE.sub("_", filename.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".") or "file"


def content_type_of(filename: str, given: str | None) -> str:
    """By the name's ending, as Discord does; what the sender said only where that tells nothing."""
    return mimetypes.guess_type(filename)[0] or given or "application/octet-stream"

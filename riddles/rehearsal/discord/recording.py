"""What the bot asked for, kept for tests and for the curious."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FileMeta:
    """A file part of a request, without its bytes."""

    part: str
    filename: str
    content_type: str
    size: int


@dataclass(slots=True)
class RecordedRequest:
    """One request; `route` is None for what Discord does not have, `status` until answered."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: datetime
    route: str | None
    json: Any = None
    multipart: bool = False
    files: list[FileMeta] = field(default_factory=list[FileMeta])
    status: int | None = None
    response: Any = None


class RequestLog:
    """The newest requests in the order they arrived."""

    def __init__(self, keep: int) -> None:
        self._requests: deque[RecordedRequest] = deque(maxlen=keep)

    def add(self, request: RecordedRequest) -> None:
        """Keep one; the oldest may have to go."""
        self._requests.append(request)

    def clear(self) -> None:
        """Start anew."""
        self._requests.clear()

    def all(self) -> list[RecordedRequest]:
        """Oldest first."""
        return list(self._requests)

    def unexpected(self) -> list[RecordedRequest]:
        """Those to routes that do not exist."""
        return [each for each in self._requests if each.route is None]

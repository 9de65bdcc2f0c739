"""Which handler answers which request. Handlers are plain functions from a call to an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import Upload

if TYPE_CHECKING:
    from riddles.rehearsal.discord.world import World


@dataclass(slots=True)
class Call:
    """One request, read and parsed; `body` is the JSON or the `payload_json` of a form."""

    world: "World"
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None
    uploads: list[Upload] = field(default_factory=list[Upload])

    def id(self, name: str) -> int:
        """A snowflake from the path; what is none there is no known id either."""
        return int(self.params[name]) if self.params[name].isdigit() else 0

    @property
    def form(self) -> JSON:
        """The body as an object; anything else counts as empty, which the checks then refuse."""
        body: Any = self.body
        return cast("JSON", body) if isinstance(body, dict) else {}


Answer = tuple[int, JSON | list[Any] | None]
Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path template, and whether the bot's token is asked for."""

    method: str
    template: str
    handler: Handler
    needs_token: bool
    segments: tuple[str, ...]


_routes: dict[tuple[str, int], list[Route]] = {}


def route(method: str, template: str, *, needs_token: bool = True) -> Callable[[Handler], Handler]:
    """Register the decorated handler for a path such as `/channels/{channel}/messages`."""

    def register(handler: Handler) -> Handler:
        segments = tuple(template.split("/"))
        known = _routes.setdefault((method, len(segments)), [])
        known.append(Route(method, template, handler, needs_token, segments))
        known.sort(key=lambda each: each.template.count("{"))  # Literal paths win.
        return handler

    return register


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path and its parameters, or None where Discord has nothing either."""
    parts = path.split("/")
    for candidate in _routes.get((method, len(parts)), ()):
        params: dict[str, str] = {}
        for pattern, part in zip(candidate.segments, parts, strict=True):
            if pattern.startswith("{"):
                params[pattern[1:-1]] = part
            elif pattern != part:
                break
        else:
            return candidate, params
    return None

"""Faults on demand: what networks and Discord do to a bot on a bad day."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "drop_reply", "reset", "limit", "delay", "hang"]


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to a request; made by the functions below."""

    kind: Kind
    status: int = 0
    code: int = 0
    message: str = ""
    seconds: float = 0.0
    everywhere: bool = False
    after: bool = False


def status(status: int, code: int = 0, message: str = "") -> Action:
    """Answer with that error; nothing is applied."""
    return Action("status", status=status, code=code, message=message or f"{status}: rehearsed")


def drop_reply() -> Action:
    """Apply the request, then cut the connection: the bot cannot know."""
    return Action("drop_reply")


def reset() -> Action:
    """Cut the connection before anything is applied."""
    return Action("reset")


def limit(retry_after: float, *, everywhere: bool = False) -> Action:
    """Answer 429: for this route, or for the whole bot."""
    return Action("limit", seconds=retry_after, everywhere=everywhere)


def delay(seconds: float, *, after: bool = False) -> Action:
    """Wait before applying the request, or between applying it and answering."""
    return Action("delay", seconds=seconds, after=after)


def hang() -> Action:
    """Never answer; nothing is applied."""
    return Action("hang")


@dataclass(slots=True)
class Fault:
    """An action waiting for its requests; `hits` counts those it met."""

    method: str
    route: re.Pattern[str]
    action: Action
    times: int
    after: int
    hits: int = 0
    _passed: int = 0

    def meets(self, method: str, path: str, template: str) -> bool:
        """Whether it strikes this request; counts either way."""
        if self.hits >= self.times or not {method, "*"} & set(self.method.split("|")):
            return False
        if not (self.route.search(path) or self.route.search(template)):
            return False
        if self._passed < self.after:
            self._passed += 1
            return False
        self.hits += 1
        return True


class Faults:
    """All faults that were asked for; of several that fit, the first strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self, method: str, route: str, action: Action, *, times: int = 1, after: int = 0
    ) -> Fault:
        """Let `action` meet the next `times` requests of that method, `after` so many.

        Several methods are written `POST|PATCH`, all of them `*`.
        `route` is searched as a regular expression in the path below `/api/v10` and in its
        template, such as `/channels/{channel}/messages`.
        """
        fault = Fault(method, re.compile(route), action, times, after)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def take(self, method: str, path: str, template: str) -> Action | None:
        """The action for this request, if one strikes it."""
        for fault in self._faults:
            if fault.meets(method, path, template):
                return fault.action
        return None

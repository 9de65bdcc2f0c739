"""What an effect looks like on Discord: how it is taken back, and how often it is there."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from riddles.rehearsal.discord.messages import CROSSPOSTED, HAS_THREAD, Message
from riddles.rehearsal.discord.world import Channel
from tests.show.faults.scene import WORDS, Row, Scene

LIVE = (1, 2)
"""The states of an event that is to come or under way."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a kind of effect leaves on Discord, if it is not a message."""

    undo: Callable[[Scene, Row], None]
    count: Callable[[Scene, Row], int]


def seen(scene: Scene, row: Row, post: int) -> int:
    """How often the effect of a post is there."""
    if trace := TRACES.get(row.trace):
        return trace.count(scene, row)
    return len(messages_of(scene, post))


def messages_of(scene: Scene, post: int) -> list[Message]:
    """The messages that carry a post's number, wherever they are."""
    return [
        message
        for channel in scene.house.standin.world.channels.values()
        for message in channel.public_messages()
        if message.components and message.components[0].get("id") == post
    ]


def undo(scene: Scene, row: Row) -> None:
    """Take back what an earlier run left."""
    if trace := TRACES.get(row.trace):
        trace.undo(scene, row)


def _riddle(scene: Scene, row: Row) -> Message:
    """The second riddle's message."""
    kept = scene.house.standin.messages(row.channel)
    return next(m for m in kept if any(file.filename == "riddle-2.mp4" for file in m.files))


def _below(scene: Scene, row: Row) -> list[Channel]:
    message = _riddle(scene, row)
    return [channel for channel in scene.places(row) if channel.id == message.id]


def _close_thread(scene: Scene, row: Row) -> None:
    message = _riddle(scene, row)
    message.payload["flags"] &= ~HAS_THREAD
    message.payload.pop("thread", None)
    scene.house.standin.world.channels.pop(message.id, None)


def _withdraw(scene: Scene, row: Row) -> None:
    _riddle(scene, row).payload["flags"] &= ~CROSSPOSTED


def _events(scene: Scene, row: Row) -> int:
    events = scene.guild(row).events.values()
    return sum("2027-W01" in event["description"] and event["status"] in LIVE for event in events)


def _as_before(scene: Scene, row: Row) -> None:
    message, payload = scene.before[row.trace]
    message.payload.clear()
    message.payload.update(deepcopy(payload))


def _reads(*texts: str) -> Callable[[Scene, Row], int]:
    """How often one of these stands in the message that is edited."""

    def count(scene: Scene, row: Row) -> int:
        message, _ = scene.before[row.trace]
        return max(message.text.count(text) for text in texts)

    return count


def _closed(scene: Scene, row: Row) -> int:
    message, _ = scene.before[row.trace]
    buttons = [one for one in message.components if one.get("custom_id") == "v1:open:1"]
    return sum(bool(button.get("disabled")) for button in buttons)


def _role(name: str, *, held: bool) -> Trace:
    """The member has the role, or has it no more."""

    def undo(scene: Scene, row: Row) -> None:
        roles = scene.guild(row).members[scene.member(name).id].roles
        (roles.discard if held else roles.add)(row.role)

    def count(scene: Scene, row: Row) -> int:
        roles = scene.guild(row).members[scene.member(name).id].roles
        return int((row.role in roles) is held)

    return Trace(undo, count)


TRACES: dict[str, Trace] = {
    "thread": Trace(_close_thread, lambda scene, row: len(_below(scene, row))),
    "crosspost": Trace(_withdraw, lambda scene, row: int(_riddle(scene, row).crossposted)),
    "event": Trace(lambda scene, row: scene.guild(row).events.clear(), _events),
    "close": Trace(_as_before, _closed),
    "edit": Trace(_as_before, _reads(*WORDS.values())),
    "request_state": Trace(_as_before, _reads("s’en occupe", "sees to")),
    "staff (decided)": Trace(_as_before, _reads("☑️")),
    "correction (decided)": Trace(_as_before, _reads("écartée par", "dropped by")),
    "role_give": _role("ada", held=True),
    "role_take": _role("ada", held=False),
    "reward_role": _role("linus", held=True),
}
"""The kinds of effects that are not messages of their own."""

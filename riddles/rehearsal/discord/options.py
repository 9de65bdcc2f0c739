"""From the words a person types to the options of a command, checked as Discord's client does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from riddles.rehearsal.discord import commands, wire
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import StoredFile, content_type_of
from riddles.rehearsal.discord.refusals import Invalid, Unknown
from riddles.rehearsal.discord.world import Guild, World

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _MENTIONABLE, _NUMBER, _ATTACHMENT = range(
    3, 12
)
_NUMBERS = frozenset({_INTEGER, _NUMBER})
_MENTIONS = frozenset({_USER, _CHANNEL, _ROLE, _MENTIONABLE})
_LONGEST_TEXT = 6000

Value = str | int | float | bool | Path


@dataclass(slots=True)
class Located:
    """A command found by its path: the way down to it, and the options it takes."""

    command: JSON
    steps: list[JSON]
    options: list[JSON]

    @property
    def path(self) -> str:
        """The command as typed, by its own names: `/points balance`."""
        return "/" + " ".join(each["name"] for each in (self.command, *self.steps))

    def wrap(self, options: list[JSON]) -> list[JSON]:
        """Put the options where the command's subcommands say."""
        for step in reversed(self.steps):
            options = [{"type": step["type"], "name": step["name"], "options": options}]
        return options


def locate(available: Mapping[str, JSON], path: str) -> Located:
    """Find what `points balance` means; names of any language will do.

    Raises:
        Unknown: there is no such command, naming those there are.
    """
    words = path.removeprefix("/").split()
    level, steps, found = list(available.values()), list[JSON](), None
    for word in words:
        found = commands.named(level, word)
        if found is None:
            break
        steps.append(found)
        level = [o for o in found.get("options") or () if o["type"] <= commands.GROUP]
    if found is None or level:
        known = sorted(p for each in available.values() for p, _ in commands.paths(each))
        raise Unknown(f"there is no command /{' '.join(words)}; there are: {', '.join(known)}")
    return Located(steps[0], steps[1:], found.get("options") or [])


@dataclass(slots=True)
class Filled:
    """Options as sent, and the objects their ids stand for."""

    options: list[JSON] = field(default_factory=list["JSON"])
    resolved: dict[str, JSON] = field(default_factory=dict[str, "JSON"])


def fill(
    world: World,
    guild: Guild | None,
    located: Located,
    given: Mapping[str, Value],
    focused: str | None = None,
) -> Filled:
    """The given values in the order of the definition; a focused one is still being typed.

    Raises:
        Unknown: an option does not exist, or a value names nobody.
        Invalid: a value is missing, too long, out of range or not among the choices.
    """
    known = {name for option in located.options for name in commands.names(option)}
    if strangers := [*given.keys() - known, *({focused} - known if focused else ())]:
        listed = ", ".join(option["name"] for option in located.options) or "none"
        raise Unknown(f"there is no option {', '.join(strangers)}; there are: {listed}")
    filled = Filled()
    for option in located.options:
        names = commands.names(option)
        value = next((given[name] for name in given if name in names), None)
        typing = focused in names
        sent: JSON = {"type": option["type"], "name": option["name"]}
        if typing:
            sent |= {"value": str(value or ""), "focused": True}
        elif value is not None:
            sent["value"] = _value(world, guild, filled, option, value)
        elif option.get("required") and focused is None:
            raise Invalid(f"the option {option['name']} is required")
        else:
            continue
        filled.options.append(sent)
    return filled


def _value(world: World, guild: Guild | None, filled: Filled, option: JSON, value: Value) -> Value:
    name, kind = option["name"], option["type"]
    if choices := option.get("choices"):
        return _choice(name, choices, value)
    match value:
        case bool() if kind == _BOOLEAN:
            return value
        case str() if kind == _STRING:
            return _text(option, value)
        case int() | float() if kind in _NUMBERS and not isinstance(value, bool):
            if kind == _INTEGER and not isinstance(value, int):
                raise Invalid(f"the option {name} takes whole numbers, not {value}")
            return _figure(option, value)
        case Path() if kind == _ATTACHMENT:
            return _file(world, filled, value)
        case int() | str() if kind in _MENTIONS and str(value).isdigit():
            return _mentioned(world, guild, filled, kind, int(value))
        case _:
            raise Invalid(f"{value!r} is not what the option {name} takes")


def _text(option: JSON, value: str) -> str:
    low, high = option.get("min_length") or 0, option.get("max_length") or _LONGEST_TEXT
    if not low <= len(value) <= high:
        raise Invalid(
            f"the option {option['name']} takes {low} to {high} characters, not {len(value)}"
        )
    return value


def _figure(option: JSON, value: float) -> float:
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and value < low) or (high is not None and value > high):
        raise Invalid(f"the option {option['name']} takes {low} to {high}, not {value}")
    return value


def _choice(name: str, choices: list[JSON], value: Value) -> Value:
    for choice in choices:
        translations: dict[str, str] = choice.get("name_localizations") or {}
        if value in (choice["value"], choice["name"], *translations.values()):
            return choice["value"]
    known = ", ".join(choice["name"] for choice in choices)
    raise Invalid(f"{value!r} is not among the choices of {name}: {known}")


def _mentioned(world: World, guild: Guild | None, filled: Filled, kind: int, target: int) -> str:
    key = str(target)
    if kind in (_USER, _MENTIONABLE) and target in world.users:
        filled.resolved.setdefault("users", {})[key] = wire.user(world.users[target])
        if guild is not None and (member := guild.members.get(target)):
            permissions = str(int(guild.permissions_of(member)))
            filled.resolved.setdefault("members", {})[key] = wire.member(
                member, with_user=False
            ) | {"permissions": permissions}
    elif kind in (_ROLE, _MENTIONABLE) and guild is not None and target in guild.roles:
        filled.resolved.setdefault("roles", {})[key] = wire.role(guild.roles[target])
    elif kind == _CHANNEL and target in world.channels:
        channel = wire.channel(world, world.channels[target]) | {"permissions": "0"}
        filled.resolved.setdefault("channels", {})[key] = channel
    else:
        raise Unknown(f"{target} stands for nobody and nothing here")
    return key


def _file(world: World, filled: Filled, path: Path) -> str:
    file_id = world.mint()
    url = f"{world.base_url}/attachments/0/{file_id}/{path.name}"
    size = path.stat().st_size
    stored = StoredFile(file_id, path.name, content_type_of(path.name, None), size, path, url)
    world.files[file_id] = stored
    attachment = stored.as_attachment() | {"ephemeral": True}
    filled.resolved.setdefault("attachments", {})[str(file_id)] = attachment
    return str(file_id)

"""The registered commands: checked as Discord checks them, found by the words a person types."""

import json
from collections.abc import Callable, Iterator

from riddles.rehearsal.discord import command_rules
from riddles.rehearsal.discord.errors import JSON

SUBCOMMAND = 1
GROUP = 2


class CommandBook:
    """Global commands and those of single servers; a server's own hides the global of its name."""

    def __init__(self, mint: Callable[[], int], application_id: int) -> None:
        self._mint = mint
        self._application_id = application_id
        self._scopes: dict[int | None, dict[str, JSON]] = {}
        self._opened: dict[int, dict[str, set[int]]] = {}

    def replace(self, guild_id: int | None, body: object) -> list[JSON]:
        """Register exactly these commands in that scope; a kept name keeps its id.

        Raises:
            ApiError: Discord would refuse the list; nothing is changed then.
        """
        commands = command_rules.check(body)
        before = self._scopes.get(guild_id, {})
        self._scopes[guild_id] = {
            command["name"]: self._registered(command, guild_id, before.get(command["name"]))
            for command in commands
        }
        return self.listed(guild_id, localised=True)

    def listed(self, guild_id: int | None, *, localised: bool) -> list[JSON]:
        """The commands of a scope; the languages are left out unless asked for."""
        commands = list(self._scopes.get(guild_id, {}).values())
        return commands if localised else [_without_languages(each) for each in commands]

    def available(self, guild_id: int | None) -> dict[str, JSON]:
        """What can be called in a server."""
        return self._scopes.get(None, {}) | (
            self._scopes.get(guild_id, {}) if guild_id is not None else {}
        )

    def open_to(self, guild_id: int, name: str, role: int) -> None:
        """Let a role use a hidden command, as an administrator does under Integrations."""
        self._opened.setdefault(guild_id, {}).setdefault(name, set()).add(role)

    def opened_to(self, guild_id: int, name: str) -> set[int]:
        """Roles a hidden command was opened to."""
        return self._opened.get(guild_id, {}).get(name, set())

    def _registered(self, command: JSON, guild_id: int | None, before: JSON | None) -> JSON:
        needed = command.get("default_member_permissions")
        settled = {
            "type": 1,
            "description": "",
            "nsfw": False,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "name_localizations": None,
            "description_localizations": None,
            **json.loads(json.dumps(command)),
            "id": before["id"] if before else str(self._mint()),
            "application_id": str(self._application_id),
            "version": str(self._mint()),
            "default_member_permissions": None if needed is None else str(needed),
        }
        if guild_id is not None:
            settled["guild_id"] = str(guild_id)
        return settled


def _without_languages(definition: JSON) -> JSON:
    plain = {key: value for key, value in definition.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if plain.get(key):
            plain[key] = [_without_languages(each) for each in plain[key]]
    return plain


def names(definition: JSON) -> set[str]:
    """Every name something goes by: its own and those in other languages."""
    return {definition["name"], *(definition.get("name_localizations") or {}).values()}


def named(definitions: list[JSON], name: str) -> JSON | None:
    """The definition that goes by that name in any language."""
    return next((each for each in definitions if name in names(each)), None)


def paths(command: JSON) -> Iterator[tuple[str, list[JSON]]]:
    """Everything callable under a command, as `points balance`, with the options it takes."""
    nested = [o for o in command.get("options") or () if o["type"] in (SUBCOMMAND, GROUP)]
    if not nested:
        yield command["name"], command.get("options") or []
    for option in nested:
        for path, options in paths(option):
            yield f"{command['name']} {path}", options

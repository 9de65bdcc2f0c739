"""The slash commands a member is offered in a channel, in the member's language."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from riddles.rehearsal.discord import StandIn, commands
from riddles.rehearsal.discord.errors import JSON


def offered(standin: StandIn, member_id: int, channel_id: int, locale: str) -> list[JSON]:
    """Everything callable there, by the name the member reads, hidden commands left out."""
    where, who = standin.people.locate(member_id, channel_id)
    available = standin.world.book.available(where.guild.id if where.guild else None)
    shown = [
        entry
        for command in available.values()
        if standin.people.may_call(where, who, command)
        for entry in _entries(command, locale, "", "")
    ]
    # By letter, so that é stands with e.
    return sorted(shown, key=lambda entry: unicodedata.normalize("NFD", entry["label"]))


def _entries(definition: JSON, locale: str, path: str, label: str) -> Iterator[JSON]:
    path = f"{path} {definition['name']}".strip()
    label = f"{label} {_said(definition, 'name', locale)}".strip()
    options: list[JSON] = definition.get("options") or []
    nested = [each for each in options if each["type"] <= commands.GROUP]
    for each in nested:
        yield from _entries(each, locale, path, label)
    if not nested:
        yield {
            "path": path,
            "label": label,
            "description": _said(definition, "description", locale),
            "options": [_option(each, locale) for each in options],
        }


def _option(option: JSON, locale: str) -> JSON:
    choices: list[JSON] = option.get("choices") or []
    kept = ("name", "type", "min_value", "max_value", "min_length", "max_length", "channel_types")
    return {
        **{key: option[key] for key in kept if option.get(key) is not None},
        "label": _said(option, "name", locale),
        "description": _said(option, "description", locale),
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [
            {"label": _said(each, "name", locale), "value": each["value"]} for each in choices
        ],
    }


def _said(definition: JSON, key: str, locale: str) -> str:
    translations: dict[str, Any] = definition.get(f"{key}_localizations") or {}
    return str(translations.get(locale) or definition[key])

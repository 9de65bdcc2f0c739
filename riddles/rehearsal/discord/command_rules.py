"""What Discord demands of command definitions; all faults of a list are reported together."""

import re
from typing import Any, cast

from riddles.rehearsal.discord.errors import JSON, FormErrors

_NAME = re.compile(r"[-_'\w]{1,32}")
_LOCALES = frozenset(
    {"bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "hi", "hr"}
    | {"hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th"}
    | {"tr", "uk", "vi", "zh-CN", "zh-TW"}
)
_MOST_COMMANDS = 100
_MOST_OPTIONS = 25
_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
_LONGEST_DESCRIPTION = 100
_MOST_CHARACTERS = 8000
_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _ATTACHMENT = 1, 2, 3, 4, 11
_NUMBER = 10

Path = tuple[str | int, ...]


def check(body: object) -> list[JSON]:
    """The list as it came.

    Raises:
        ApiError: with every fault at its path.
    """
    faults = FormErrors()
    if not isinstance(body, list):
        faults.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        faults.check()
    commands = cast("list[JSON]", body)
    if len(commands) > _MOST_COMMANDS:
        faults.add((), "APPLICATION_COMMAND_TOO_MANY", f"At most {_MOST_COMMANDS} commands.")
    _unique(faults, (), commands, "APPLICATION_COMMANDS_DUPLICATE_NAME")
    for index, command in enumerate(commands):
        _named(faults, (index,), command)
        _options(faults, (index,), command.get("options") or [], depth=0)
        if _characters(command) > _MOST_CHARACTERS:
            faults.add((index,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size")
    faults.check()
    return commands


def _named(faults: FormErrors, path: Path, definition: JSON) -> None:
    _name(faults, (*path, "name"), definition.get("name"))
    faults.length((*path, "description"), definition.get("description"), 1, _LONGEST_DESCRIPTION)
    for key in ("name_localizations", "description_localizations"):
        translations: dict[str, Any] = definition.get(key) or {}
        for locale, text in translations.items():
            where = (*path, key, locale)
            if locale not in _LOCALES:
                faults.add((*path, key), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a locale.')
            elif key == "name_localizations":
                _name(faults, where, text)
            else:
                faults.length(where, text, 1, _LONGEST_DESCRIPTION)


def _name(faults: FormErrors, path: Path, name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
        faults.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _options(faults: FormErrors, path: Path, options: list[JSON], depth: int) -> None:
    if len(options) > _MOST_OPTIONS:
        faults.add((*path, "options"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    _unique(faults, (*path, "options"), options, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS")
    if len({option.get("type") in (_SUBCOMMAND, _GROUP) for option in options}) > 1:
        faults.add(
            (*path, "options"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all "
            "other types",
        )
    optional_seen = False
    for index, option in enumerate(options):
        where = (*path, "options", index)
        _named(faults, where, option)
        _option(faults, where, option, depth)
        if option.get("required") and optional_seen:
            faults.add(
                where,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")


def _option(faults: FormErrors, path: Path, option: JSON, depth: int) -> None:
    kind = option.get("type")
    if not isinstance(kind, int) or not _SUBCOMMAND <= kind <= _ATTACHMENT:
        faults.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, …, 11}.")
        return
    if kind in (_SUBCOMMAND, _GROUP):
        deepest = 1 if kind == _SUBCOMMAND else 0
        if depth > deepest:
            faults.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Too deep.")
        _options(faults, path, option.get("options") or [], depth + 1)
        return
    choices: list[JSON] = option.get("choices") or []
    if len(choices) > _MOST_CHOICES:
        faults.add((*path, "choices"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if choices and option.get("autocomplete"):
        faults.add(
            path,
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_INVALID",
            "An option cannot have both choices and autocomplete",
        )
    for index, choice in enumerate(choices):
        where = (*path, "choices", index)
        faults.length((*where, "name"), choice.get("name"), 1, _LONGEST_CHOICE)
        translations: dict[str, Any] = choice.get("name_localizations") or {}
        for locale, text in translations.items():
            faults.length((*where, "name_localizations", locale), text, 1, _LONGEST_CHOICE)
        if kind == _STRING:
            faults.length((*where, "value"), choice.get("value"), 1, _LONGEST_CHOICE)


def _unique(faults: FormErrors, path: Path, definitions: list[JSON], code: str) -> None:
    for locale in (None, *sorted(_LOCALES)):
        seen: set[str] = set()
        for index, definition in enumerate(definitions):
            translations: dict[str, Any] = definition.get("name_localizations") or {}
            name = definition.get("name") if locale is None else translations.get(locale)
            if name is None:
                continue
            if name in seen:
                faults.add((*path, index), code, f"The name {name} is used twice")
            seen.add(name)


def _characters(definition: JSON) -> int:
    """What counts towards the size of a command: of each text, its longest language."""
    total = 0
    for key in ("name", "description"):
        translations: dict[str, Any] = definition.get(f"{key}_localizations") or {}
        total += max(len(str(text)) for text in (definition.get(key), *translations.values()))
    total += sum(len(str(choice.get("value"))) for choice in definition.get("choices") or ())
    return total + sum(_characters(option) for option in definition.get("options") or ())

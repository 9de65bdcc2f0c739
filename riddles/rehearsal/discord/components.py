"""Components of messages and modals: Discord's limits, and the numbers it gives them."""

from collections.abc import Callable
from typing import Any

from riddles.rehearsal.discord.errors import JSON, FormErrors
from riddles.rehearsal.discord.messages import walk

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18

_LINK_STYLE = 5
_LAST_STYLE = 6
_MOST_COMPONENTS = 40
_MOST_TEXT = 4000
_MOST_BUTTONS = 5
_MOST_ROWS = 5
_MOST_ITEMS = 10
_MOST_SELECT_OPTIONS = 25
_IN_CONTAINER = frozenset({ROW, TEXT, SECTION, GALLERY, SEPARATOR, FILE})
_TOP_LEVEL_V2 = _IN_CONTAINER | {CONTAINER}
_IN_MODAL = frozenset({ROW, TEXT, LABEL})

Path = tuple[str | int, ...]


def check_message(faults: FormErrors, components: list[JSON], *, v2: bool) -> None:
    """Note what Discord would refuse in a message."""
    path: Path = ("components",)
    everything = list(walk(components))
    if not v2 and len(components) > _MOST_ROWS:
        faults.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 5 in length.")
    if v2 and len(everything) > _MOST_COMPONENTS:
        faults.add(
            path,
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components cannot exceed {_MOST_COMPONENTS}",
        )
    if sum(len(str(c.get("content", ""))) for c in everything if c["type"] == TEXT) > _MOST_TEXT:
        faults.add(
            path,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The total text of the components cannot exceed {_MOST_TEXT} characters",
        )
    if any(each.get("type") == TEXT_INPUT for each in everything):
        faults.add(path, "UNION_TYPE_CHOICES", "A text input belongs in a modal.")
    _check_level(faults, path, components, _TOP_LEVEL_V2 if v2 else frozenset({ROW}))
    _check_unique(faults, path, everything)


def check_modal(faults: FormErrors, modal: JSON) -> None:
    """Note what Discord would refuse in a modal."""
    path: Path = ("data",)
    faults.length((*path, "custom_id"), modal.get("custom_id"), 1, 100)
    faults.length((*path, "title"), modal.get("title"), 1, 45)
    components: list[JSON] = modal.get("components") or []
    if not 1 <= len(components) <= _MOST_ROWS:
        faults.add((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5.")
    _check_level(faults, (*path, "components"), components, _IN_MODAL)
    _check_unique(faults, (*path, "components"), list(walk(components)))
    for index, component in enumerate(components):
        for inner_index, field in enumerate(component.get("components") or ()):
            where = (*path, "components", index, "components", inner_index)
            if field.get("type") != TEXT_INPUT:
                faults.add((*where, "type"), "BASE_TYPE_CHOICES", "Value must be one of {4}.")
                continue
            faults.length((*where, "label"), field.get("label"), 1, 45)
            faults.length((*where, "placeholder"), field.get("placeholder") or "", 0, 100)
            faults.length((*where, "value"), field.get("value") or "", 0, 4000)


def number(components: list[JSON]) -> None:
    """Give each component without an id the next free number, in reading order."""
    everything = list(walk(components))
    taken = {each["id"] for each in everything if each.get("id")}
    following = 1
    for component in everything:
        if component.get("id"):
            continue
        while following in taken:
            following += 1
        component["id"] = following
        taken.add(following)


def complete(components: list[JSON]) -> None:
    """Fill in what Discord answers with although nobody said it."""
    for component in walk(components):
        for item in component.get("items") or ():
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
        if component["type"] == SEPARATOR:
            component.setdefault("spacing", 1)
            component.setdefault("divider", True)
        if component["type"] == CONTAINER:
            component.setdefault("accent_color", None)
            component.setdefault("spoiler", False)


def _check_level(
    faults: FormErrors, path: Path, components: list[JSON], allowed: frozenset[int]
) -> None:
    for index, component in enumerate(components):
        kind = component.get("type")
        if kind not in allowed:
            faults.add(
                (*path, index, "type"),
                "UNION_TYPE_CHOICES",
                f'Value of field "type" must be one of {tuple(sorted(allowed))}.',
            )
        elif check := _CHECKS.get(kind):
            check(faults, (*path, index), component)


def _check_unique(faults: FormErrors, path: Path, everything: list[JSON]) -> None:
    for key, code in (
        ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ("id", "COMPONENT_ID_DUPLICATED"),
    ):
        given: list[Any] = [each[key] for each in everything if each.get(key)]
        if len(given) != len(set(given)):
            faults.add(path, code, f"Component {key} cannot be duplicated")


def _check_row(faults: FormErrors, path: Path, row: JSON) -> None:
    inside: list[JSON] = row.get("components") or []
    kinds = {component.get("type") for component in inside}
    room = _MOST_BUTTONS if kinds == {BUTTON} else 1
    if not 1 <= len(inside) <= room:
        faults.add(
            (*path, "components"),
            "BASE_TYPE_BAD_LENGTH",
            f"Must be between 1 and {room} in length.",
        )
    _check_level(faults, (*path, "components"), inside, frozenset({BUTTON, TEXT_INPUT}) | SELECTS)


def _check_button(faults: FormErrors, path: Path, button: JSON) -> None:
    style = button.get("style")
    if not isinstance(style, int) or not 1 <= style <= _LAST_STYLE:
        faults.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, …, 6}.")
    elif style == _LINK_STYLE:
        faults.length((*path, "url"), button.get("url"), 1, 512)
    elif style < _LINK_STYLE:
        faults.length((*path, "custom_id"), button.get("custom_id"), 1, 100)
    faults.length((*path, "label"), button.get("label") or "", 0, 80)
    if not button.get("label") and not button.get("emoji"):
        faults.add(path, "BUTTON_COMPONENT_MISSING_TEXT", "A button needs a label or an emoji")


def _check_select(faults: FormErrors, path: Path, select: JSON) -> None:
    faults.length((*path, "custom_id"), select.get("custom_id"), 1, 100)
    faults.length((*path, "placeholder"), select.get("placeholder") or "", 0, 150)
    options: list[JSON] = select.get("options") or []
    if select["type"] == SELECT and not 1 <= len(options) <= _MOST_SELECT_OPTIONS:
        faults.add((*path, "options"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25.")
    for index, option in enumerate(options):
        for key in ("label", "value"):
            faults.length((*path, "options", index, key), option.get(key), 1, 100)


def _check_section(faults: FormErrors, path: Path, section: JSON) -> None:
    inside: list[JSON] = section.get("components") or []
    if not 1 <= len(inside) <= 3:  # noqa: PLR2004 - Discord's limit, said in the message
        faults.add((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3.")
    _check_level(faults, (*path, "components"), inside, frozenset({TEXT}))
    accessory: JSON = section.get("accessory") or {}
    if accessory.get("type") not in (BUTTON, THUMBNAIL):
        faults.add((*path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")
    elif accessory["type"] == BUTTON:
        _check_button(faults, (*path, "accessory"), accessory)


def _check_gallery(faults: FormErrors, path: Path, gallery: JSON) -> None:
    items: list[JSON] = gallery.get("items") or []
    if not 1 <= len(items) <= _MOST_ITEMS:
        faults.add((*path, "items"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10.")
    for index, item in enumerate(items):
        faults.length(
            (*path, "items", index, "description"), item.get("description") or "", 0, 1024
        )
        media: JSON = item.get("media") or {}
        if not media.get("url"):
            faults.add((*path, "items", index, "media"), "BASE_TYPE_REQUIRED", "Required")


def _check_text(faults: FormErrors, path: Path, text: JSON) -> None:
    faults.length((*path, "content"), text.get("content"), 1, _MOST_TEXT)


def _check_container(faults: FormErrors, path: Path, container: JSON) -> None:
    inside: list[JSON] = container.get("components") or []
    if not inside:
        faults.add((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40.")
    _check_level(faults, (*path, "components"), inside, _IN_CONTAINER)


_CHECKS: dict[int, Callable[[FormErrors, Path, JSON], None]] = {
    ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, _check_select),
    SECTION: _check_section,
    TEXT: _check_text,
    GALLERY: _check_gallery,
    CONTAINER: _check_container,
}

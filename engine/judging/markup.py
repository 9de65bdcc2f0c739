"""Step (c): markup around a whole answer, as people use it on Discord, comes off layer by layer."""

import re

LAYERS_MAX = 4

_SPANS = ("||", "``", "`", "**", "__", "~~", "*", "_")
_SIGN_SPANS = frozenset({"||", "``", "`"})
"""The only spans taken off bare signs: `*.*` and `<=>` are answers, not emphasis."""

_FENCE = re.compile(r"```(?:[\w+#.-]*\n)?(.+?)```", re.DOTALL)
_PREFIX = re.compile(r"(?:>>>|[>*•-]|-?#{1,3}|\$) (.+)", re.DOTALL)
_BARE_NUMBER = re.compile(r"[+-]?[\d.,_ ]*\d\s?[^\W\d]{0,12}%?")
_BRACKETS = {"<": ">", "(": ")"}
_FIRST_SIGNS = frozenset("|`*_~\"'<(>•-#$")
"""What markup begins with; most answers do not."""

_APOSTROPHE_INSIDE = re.compile(r"(?<=\w)'(?=\w)")


def layers(text: str) -> list[str]:
    """The text, then the text with one layer of markup less, and so on."""
    found = [text]
    while len(found) <= LAYERS_MAX and (inner := _peel(found[-1])):
        found.append(inner)
    return found


def _peel(text: str) -> str | None:
    """The text without its outermost markup, or None if it has none worth taking off."""
    if text[:1] not in _FIRST_SIGNS:
        return None
    if fence := _FENCE.fullmatch(text):
        return fence.group(1).strip()
    for span in _SPANS:
        if inner := _inside(text, span, span):
            signs_only = not any(character.isalnum() for character in inner)
            return None if span in inner or (signs_only and span not in _SIGN_SPANS) else inner
    return _unquoted(text) or _unbracketed(text) or _unprefixed(text)


def _inside(text: str, opening: str, closing: str) -> str:
    """What stands between the two marks; empty if they do not surround the text."""
    if len(text) < len(opening) + len(closing):
        return ""
    if not (text.startswith(opening) and text.endswith(closing)):
        return ""
    return text[len(opening) : -len(closing)].strip()


def _unquoted(text: str) -> str | None:
    if (inner := _inside(text, '"', '"')) and '"' not in inner:
        return inner
    inner = _inside(text, "'", "'")
    return inner if inner and "'" not in _APOSTROPHE_INSIDE.sub("", inner) else None


def _unbracketed(text: str) -> str | None:
    """The inside of one pair of brackets; `(a) or (b)` is two pairs, `<=>` is a sign."""
    closing = _BRACKETS.get(text[:1], "")
    inner = _inside(text, text[:1], closing) if closing else ""
    if not any(character.isalnum() for character in inner):
        return None
    depth = 0
    for character in inner:
        depth += (character == text[0]) - (character == closing)
        if depth < 0:
            return None
    return inner if depth == 0 else None


def _unprefixed(text: str) -> str | None:
    """What follows a quote, list, heading or prompt mark; “- 5” and “> 5” stay what they say."""
    marked = _PREFIX.fullmatch(text)
    if not marked or _BARE_NUMBER.fullmatch(marked.group(1)):
        return None
    return marked.group(1).strip()

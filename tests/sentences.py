"""Finds every sentence the program can say to members, by reading its code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DISCORD = ROOT / "riddles" / "discord"
SPEAKERS = {"t", "texts"}
REFUSING = ("week/weekly.py", "week/preparing.py", "shop/loading.py", "hand/*.py")
"""Modules whose refusals reach members, beside those that speak to Discord."""
KEPT = {"Sentence", "MediaRefusal"}
"""Made anywhere, and said where somebody reads them."""
COMMAND_CALLS = {"string", "integer", "boolean", "user", "Choice", "Group"}


class Sentence(NamedTuple):
    """A sentence as it stands in the code."""

    context: str | None
    text: str
    plural: str | None = None


def all_sentences() -> set[Sentence]:
    """Every sentence, of messages and of commands."""
    refusing = (file for names in REFUSING for file in (ROOT / "riddles").glob(names))
    files = [*DISCORD.rglob("*.py"), *refusing]
    found = {one for file in files for one in _in(ast.parse(file.read_text(encoding="utf-8")))}
    found |= {one for file in (ROOT / "riddles").rglob("*.py") for one in _kept(file)}
    # A sentence that was folded into a constant is found where the constant is made.
    return {one for one in found if one.text}


def _in(tree: ast.Module) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            words = {word.arg: word.value for word in node.keywords}
            if "localize" in words:
                yield from (Sentence("command", _text(words[k])) for k in ("name", "description"))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "QUEUE_EMPTY":
                yield Sentence(None, _text(node.value))
        elif isinstance(node, ast.Call):
            yield from _said(node)


def _kept(file: Path) -> Iterator[Sentence]:
    """Sentences that are kept to be said later, and the labels of the buttons below them."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEPT and node.args:
            yield Sentence(None, _text(node.args[0]))
        elif isinstance(node, ast.Dict):
            keys = [_text(key) for key in node.keys if key is not None]
            if keys == ["id", "label"]:
                yield Sentence(None, _text(node.values[1]))


def _said(call: ast.Call) -> Iterator[Sentence]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = [_text(argument) for argument in call.args]
    if name in COMMAND_CALLS and any(word.arg == "localize" for word in call.keywords):
        count = 1 if name == "Choice" else 2
        yield from (Sentence("command", text) for text in arguments[:count])
    elif name == "n" and len(arguments) > 1:
        yield Sentence(None, arguments[0], arguments[1])
    elif name in SPEAKERS | {"Refusal"} and arguments:
        yield Sentence(None, arguments[0])


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

"""Finds every sentence the program can say, by reading its code.

What Discord says, to members or to hosts, is in the catalogue `riddles`; what only a terminal
says is in `console`, which falls back on the other.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from riddles.config import Settings
from riddles.content import RiddleFile
from riddles.content.rewards import CatalogueFile
from riddles.toml import json_schema

ROOT = Path(__file__).parent.parent
RIDDLES = ROOT / "riddles"
DISCORD = RIDDLES / "discord"
SPEAKERS = {"t", "texts"}
REFUSING = ("week/*.py", "shop/*.py", "hand/*.py", "texts.py")
"""Modules whose refusals reach members, beside those that speak to Discord."""
CONSOLE = (
    *("cli/**/*.py", "console/**/*.py", "checkup/**/*.py", "config/**/*.py", "importing/**/*.py"),
    *("discord/checkup.py", "discord/preflight.py", "discord/permissions.py"),
    *("lock.py", "program.py", "media/ytdlp_age.py"),
    *("books/backups.py", "books/drafts.py", "books/exporting.py", "books/opening.py"),
    *("content/agenda.py", "content/catalogue.py", "content/check.py", "content/footage.py"),
    *("content/guesses.py", "content/reward_terms.py", "content/scaffold.py"),
    *("content/variants.py", "content/wariness.py"),
)
"""Rooms that nobody hears on Discord."""
KEPT = {
    *("Sentence", "MediaRefusal", "Counted", "Misread", "mistake"),
    *("DatabaseUnusable", "EntryRefused"),
}
"""Made anywhere, and said where somebody reads them."""
SAYING = {"says", "remedy"}
"""Variables that hold a sentence until it is made."""
TABLES = {
    *("_REMEDIES", "_WANTED", "_BELONGS", "_READ_AS", "_COMPLAINTS", "MEANING", "SYSTEM_SAYS"),
    *("_A_WHOLE_NUMBER", "_A_NUMBER", "_A_LIST", "_A_TABLE", "_NOT_TEXT", "_UNKNOWN", "UPDATE"),
    *("TITLE", "STEPS", "WAYS", "GRADES", "REFUSED_BY_DISCORD"),
    *("SPEAKING", "IN_FORUMS", "FOR_THREADS", "FOR_EVENTS", "FOR_ROLES"),
}
"""Constants whose values are sentences."""
FINDINGS = {"good", "warning", "bad", "collected", "could_not_look"}
"""What names the subject of a line of the checkup."""
NAMES = {
    *("Python", "SQLite", "ffmpeg", "yt-dlp", "Discord"),
    *("DISCORD_TOKEN", "DISCORD_API_URL", "RIDDLES_SECRET"),
}
"""What is called the same in every language."""
COMMAND_CALLS = {"string", "integer", "boolean", "user", "Choice", "Group"}


class Sentence(NamedTuple):
    """A sentence as it stands in the code."""

    context: str | None
    text: str
    plural: str | None = None


@cache
def all_sentences() -> frozenset[Sentence]:
    """Every sentence of Discord, of messages and of commands."""
    console = _console_files()
    discord = {*DISCORD.rglob("*.py"), *(f for names in REFUSING for f in RIDDLES.glob(names))}
    found = {one for file in discord - console for one in _in(_tree(file))}
    everywhere = {*RIDDLES.rglob("*.py"), *(ROOT / "engine").rglob("*.py")} - console
    found |= {one for file in everywhere for one in _kept(_tree(file))}
    found |= {Sentence(None, text) for text in _required([RiddleFile])}
    # A sentence that was folded into a constant is found where the constant is made.
    return frozenset(one for one in found if one.text)


@cache
def console_sentences() -> frozenset[Sentence]:
    """Every sentence that only a terminal says."""
    trees = [_tree(file) for file in _console_files()]
    found = {one for tree in trees for one in (*_in(tree), *_kept(tree), *_subjects(tree))}
    found |= {Sentence(None, text) for text in _required([Settings, CatalogueFile])}
    return frozenset(one for one in found if one.text) - all_sentences()


def _console_files() -> set[Path]:
    engine = (ROOT / "engine" / "judging" / "rules.py", *(ROOT / "engine" / "storage").glob("*.py"))
    return {*engine, *(file for names in CONSOLE for file in RIDDLES.glob(names))}


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


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


def _kept(tree: ast.Module) -> Iterator[Sentence]:
    """Sentences that are kept to be said later, and the labels of the buttons below them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "custom_error_message":
            yield Sentence(None, _text(node.value))
        if isinstance(node, ast.Call) and node.args:
            yield from _made(node)
        elif isinstance(node, ast.Dict):
            keys = [_text(key) for key in node.keys if key is not None]
            if keys == ["id", "label"]:
                yield Sentence(None, _text(node.values[1]))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield from _held(node)


def _made(call: ast.Call) -> Iterator[Sentence]:
    match getattr(call.func, "id", ""):
        case "Counted":
            yield Sentence(None, _text(call.args[0]), _text(call.args[1]))
        case "PydanticCustomError":
            kind, text = map(_text, call.args[:2])
            # What has a type of its own is said in our words: see `riddles.toml.phrases`.
            if text != "{says}" and not kind.endswith("_type"):
                yield Sentence(None, text)
        case "EntryRefused" if " " not in _text(call.args[0]):
            pass  # Why a member cannot enter a draw, as a word for programs.
        case "Guess":
            yield from (Sentence(None, text) for text in _texts(call.args[0]))
        case name if name in KEPT:
            yield from (Sentence(None, text) for text in _texts(call.args[0]))
        case _:
            pass


def _held(node: ast.Assign | ast.AnnAssign) -> Iterator[Sentence]:
    """What a variable holds that will be said."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    assert node.value is not None
    match target:
        case ast.Name(id=name) if name in SAYING:
            yield from (Sentence(None, text) for text in _texts(node.value))
        case ast.Tuple(elts=[ast.Name(id=name), *_]) if name in SAYING:
            assert isinstance(node.value, ast.Tuple)
            yield from (Sentence(None, text) for text in _texts(node.value.elts[0]))
        case ast.Name(id=name) if name in TABLES:
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            if isinstance(node.value, ast.Tuple):
                values = node.value.elts
            yield from (Sentence(None, text) for value in values for text in _texts(value))
        case _:
            pass


def _subjects(tree: ast.Module) -> Iterator[Sentence]:
    """What the lines of the checkup are about."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FINDINGS:
            subject = _text(node.args[0])
            yield Sentence(None, "" if subject in NAMES else subject)


def _said(call: ast.Call) -> Iterator[Sentence]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = [_text(argument) for argument in call.args]
    if name in COMMAND_CALLS and any(word.arg == "localize" for word in call.keywords):
        count = 1 if name == "Choice" else 2
        yield from (Sentence("command", text) for text in arguments[:count])
    elif name == "n" and len(arguments) > 1:
        yield Sentence(None, arguments[0], arguments[1])
    elif name in SPEAKERS | {"Refusal"} and arguments:
        yield from (Sentence(None, text) for text in _texts(call.args[0]))


def _texts(node: ast.expr) -> Iterator[str]:
    """The sentence, or both of a choice between two."""
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    else:
        yield _text(node)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _required(models: Iterable[type[BaseModel]]) -> Iterator[str]:
    """What the keys are for that must be written: where one is missing, it is said."""
    for model in models:
        yield from _of_schema(json_schema(model))


def _of_schema(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in cast("list[Any]", node):
            yield from _of_schema(each)
    elif isinstance(node, dict):
        table = cast("dict[str, Any]", node)
        for key in table.get("required", ()):
            yield table["properties"][key].get("description", "")
        for each in table.values():
            yield from _of_schema(each)

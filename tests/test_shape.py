"""The house rules that no single file can show: who may know whom, and what must be documented."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from riddles.cli import app, verbs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = sorted([*ROOT.glob("engine/**/*.py"), *ROOT.glob("riddles/**/*.py")])
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in FILES
}
THE_WORLD = {"riddles", "hikari", "lightbulb", "apscheduler", "yt_dlp", "av", "aiohttp", "typer"}
NEVER_IN_TWO_ROOMS = {
    "apscheduler": ["riddles.scheduler"],
    "yt_dlp": ["riddles.media"],
    # The bench races ours against a bare bot of the same libraries.
    "hikari": ["riddles.discord", "riddles.rehearsal", "riddles.bench.bot"],
    "lightbulb": ["riddles.discord", "riddles.rehearsal", "riddles.bench.bot"],
    "riddles.discord": ["riddles.discord", "riddles.rehearsal", "riddles.program"],
}
WALL_CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today)$")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def imports(module: str, *, late: bool) -> set[str]:
    """What a module imports, by full name; `late` counts imports inside functions too."""
    nodes = ast.walk(tree(module)) if late else _at_once(tree(module))
    return {name for node in nodes for name in _names(module, node)}


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_once(child)


def _names(module: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = MODULES[module].name == "__init__.py"
            parts = module.split(".")
            base = ".".join([*parts[: len(parts) - node.level + package], *filter(None, [base])])
        # `from engine import rounds` names a module, `from engine.rounds import get` does not.
        for alias in node.names:
            whole = f"{base}.{alias.name}"
            yield whole if whole in MODULES else base


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "engine")])
def test_the_engine_does_not_know_the_world(module: str) -> None:
    known = {name for name in imports(module, late=True) if name.split(".")[0] in THE_WORLD}

    assert known == set()


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "engine")])
def test_the_engine_never_reads_the_wall_clock(module: str) -> None:
    calls = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    named = {ast.unparse(function) for function in calls}

    assert "time" not in imports(module, late=True)
    assert {name for name in named if WALL_CLOCK.search(name)} == set()


@pytest.mark.parametrize("known", NEVER_IN_TWO_ROOMS)
def test_what_only_one_room_may_know_is_known_nowhere_else(known: str) -> None:
    rooms = NEVER_IN_TWO_ROOMS[known]
    who = {
        module
        for module in MODULES
        if any(within(name, known) for name in imports(module, late=True))
    }

    assert {module for module in who if not any(within(module, room) for room in rooms)} == set()
    assert who


def test_no_module_imports_itself_in_a_circle() -> None:
    needs = {
        module: {name for name in imports(module, late=False) if name in MODULES and name != module}
        for module in MODULES
    }
    # Whoever needs only modules that stand already can stand too; a circle never can.
    while ready := {module for module, needed in needs.items() if not needed}:
        needs = {module: needed - ready for module, needed in needs.items() if module not in ready}

    assert needs == {}


def test_every_module_says_what_it_promises() -> None:
    silent = {module for module in MODULES if not ast.get_docstring(tree(module))}

    assert silent == set()


# The README.


def shell_verbs(command: Any, before: str = "riddles") -> set[str]:
    """Every verb that does something, as one would type it."""
    if not hasattr(command, "commands"):
        return {before}
    below = (shell_verbs(one, f"{before} {name}") for name, one in command.commands.items())
    return set[str]().union(*below)


def slash_commands() -> set[str]:
    """Every slash command, as one would type it."""
    found: set[str] = set()
    for module in (name for name in MODULES if within(name, "riddles.discord.commands")):
        groups = {
            ast.literal_eval(node.args[0])
            for node in ast.walk(tree(module))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lightbulb.Group"
        }
        for node in (one for one in ast.walk(tree(module)) if isinstance(one, ast.ClassDef)):
            for name in (word.value for word in node.keywords if word.arg == "name"):
                above = [*groups] if node.decorator_list else []
                found.add(" ".join(["/", *above, ast.literal_eval(name)]).replace("/ ", "/"))
    return found


def written(pattern: str) -> set[str]:
    """What the first column of the README's tables names, with the words that follow it."""
    rows = re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)
    return {name for row in rows for name in re.findall(pattern, row)}


def with_and_without(there: set[str], named: set[str]) -> tuple[set[str], set[str]]:
    """What is there and not named, and what is named and not there."""
    used = {
        (one, name) for one in there for name in named if name == one or name.startswith(f"{one} ")
    }
    return there - {one for one, _ in used}, named - {name for _, name in used}


def test_there_are_verbs_and_commands_to_document() -> None:
    """Or the two tests below would find nothing and be content."""
    assert "riddles ledger verify" in shell_verbs(typer.main.get_command(app))
    assert {"/answer", "/points balance"} <= slash_commands()
    assert verbs.__all__


def test_the_readme_names_every_verb_and_no_other() -> None:
    there = shell_verbs(typer.main.get_command(app))

    assert with_and_without(there, written(r"`(riddles(?: [a-z]+)+)")) == (set(), set())


def test_the_readme_names_every_slash_command_and_no_other() -> None:
    assert with_and_without(slash_commands(), written(r"`(/[a-z]+(?: [a-z]+)*)")) == (set(), set())

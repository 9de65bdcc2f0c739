"""The verb for who wants to know how an answer is judged: judge, for one riddle or for a list."""

import json
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from riddles.cli import Paths, app
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from pydantic import ValidationError

    from engine.judging import Key, Verdict

KEYS_REMEMBERED_MAX = 1024


class Language(StrEnum):
    """What members may speak."""

    FR = "fr"
    EN = "en"


@app.command()
def judge(
    context: typer.Context,
    slug: Annotated[str | None, typer.Argument(help="The riddle's folder name.")] = None,
    text: Annotated[str | None, typer.Argument(help="What a member would type.")] = None,
    *,
    lang: Annotated[
        Language, typer.Option(metavar="fr|en", help="The member's language.")
    ] = Language.FR,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read JSON lines on stdin, print one line for each.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    r"""Say how an answer is judged: the outcome, the rule that decided, the entry that matched.

    With --batch, each line on stdin is an object with "answer" (the \[answer] table of a
    riddle.toml), "given" and "lang". A line that cannot be judged is answered with an error.

    Example: riddles judge 01-first-steps "three way handshake"
    """
    if batch:
        if slug is not None:
            raise typer.BadParameter("--batch reads everything from stdin: leave out SLUG and TEXT")
        raise typer.Exit(0 if _judge_lines(sys.stdin.buffer) else 1)
    if slug is None or text is None:
        raise typer.BadParameter("name a riddle and an answer, or use --batch")
    at: Paths = context.obj
    _show(_judge_one(at.content, slug, text, lang), as_json=as_json)


def _judge_one(content: Path, slug: str, text: str, lang: str) -> "Verdict":
    from engine.judging import compile_key, judge
    from riddles.content import read_library

    folders = {folder.slug: folder for folder in read_library(content).folders}
    folder = folders.get(slug.removeprefix("_"))
    if folder is None:
        known = ", ".join(sorted(folders)) or "none"
        raise Refusal(
            "there is no riddle {slug} in {content}; there are: {known}",
            slug=slug,
            content=content,
            known=known,
        )
    if folder.riddle is None:
        raise Refusal(
            "{slug} cannot be read yet: riddles check {path} says why", slug=slug, path=folder.path
        )
    return judge(compile_key(folder.riddle.file.answer), text, lang)


def _show(verdict: "Verdict", *, as_json: bool) -> None:
    if as_json:
        typer.echo(_json(_fields(verdict)))
        return
    from engine.judging.rules import MEANING
    from riddles.console import here

    t = here()
    why = t.plain(MEANING[verdict.rule])
    typer.echo(
        t("{outcome}: {why} (rule {rule})", outcome=verdict.outcome, why=why, rule=verdict.rule)
    )
    if verdict.entry is not None:
        typer.echo(t("entry: {entry}", entry=verdict.entry))
    for language, message in (verdict.say or {}).items():
        typer.echo(
            t("the member reads ({language}): {message}", language=language, message=message)
        )


def _judge_lines(lines: Iterable[bytes]) -> bool:
    """Judge line by line as they come; False if one of them could not be judged."""
    judge_line = _line_judge()
    good = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = judge_line(line)
        except _BadLine as bad:
            good = False
            answer = {"error": str(bad)}
            typer.echo(f"riddles: line {number}: {bad}", err=True)
        # Half a character in an author's entry is written as the escape it came as.
        sys.stdout.buffer.write(_json(answer).encode(errors="backslashreplace") + b"\n")
        sys.stdout.buffer.flush()
    return good


class _BadLine(Exception):  # noqa: N818 - a sentence about a line, caught where lines are counted
    """Why a line cannot be judged. Never quotes it, because it holds the answer."""


def _line_judge() -> Callable[[bytes], dict[str, Any]]:
    from pydantic import ValidationError

    from engine.judging import compile_key, judge, parse_answer

    @lru_cache(maxsize=KEYS_REMEMBERED_MAX)
    def key_of(table: str) -> "Key":
        return compile_key(parse_answer(json.loads(table)))

    def judge_line(line: bytes) -> dict[str, Any]:
        table, given, lang = _fields_of(line)
        try:
            key = key_of(json.dumps(table))
        except ValidationError as error:
            raise _BadLine(_sentences(error, table)) from None
        return _fields(judge(key, given, lang))

    return judge_line


def _fields_of(line: bytes) -> tuple["dict[str, Any]", str, str]:
    try:
        read: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise _BadLine("this is not JSON: write one object on each line") from None
    if not isinstance(read, dict):
        raise _BadLine('write an object: {"answer": {…}, "given": "…", "lang": "fr"}')
    fields = cast("dict[str, Any]", read)
    table, given, lang = (fields.get(name) for name in ("answer", "given", "lang"))
    if not isinstance(table, dict):
        raise _BadLine('"answer" is missing: write the [answer] table as an object')
    if not isinstance(given, str):
        raise _BadLine('"given" is missing: write what was typed, in quotes')
    if not isinstance(lang, str):
        raise _BadLine('"lang" is missing: write "fr" or "en"')
    if lang not in set(Language):
        raise _BadLine('"lang" is neither "fr" nor "en"')
    return cast("dict[str, Any]", table), given, lang


def _sentences(error: "ValidationError", table: "dict[str, Any]") -> str:
    """Each mistake with the place in the table where it was made."""
    found: list[str] = []
    for mistake in error.errors(include_url=False, include_input=False, include_context=False):
        place = ["answer"]
        at: Any = table
        for step in mistake["loc"]:
            # Steps that are not in the table are pydantic's own names for what it tried.
            if (isinstance(at, dict) and step in at) or (isinstance(at, list) and step != "list"):
                at = cast("Any", at)[step]
                place.append(str(step))
            elif mistake["type"] == "missing" and step == mistake["loc"][-1]:
                place.append(str(step))
        found.append(f"{'.'.join(place)}: {mistake['msg']}")
    return "; ".join(found)


def _fields(verdict: "Verdict") -> dict[str, Any]:
    fields: dict[str, Any] = {
        "outcome": verdict.outcome,
        "rule": verdict.rule,
        "entry": verdict.entry,
    }
    return fields


def _json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)

"""Every case an animator can read in `cases/`: what was typed, what should happen, and why."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.judging import Key, compile_key, judge, parse_answer

CASES = Path(__file__).parent / "cases"
REPEATED = re.compile(r"\{((?:[^{}*]|\*(?!\d+\}))+)\*(\d+)\}")


def all_cases() -> list[Any]:
    return list(_read_cases())


def _read_cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.toml")):
        for riddle in tomllib.loads(file.read_text(encoding="utf-8"))["riddle"]:
            key = compile_key(parse_answer(riddle["answer"]))
            for expected, given, why in riddle["cases"]:
                lang = riddle.get("lang", "fr")
                name = f"{file.stem}: {riddle['about']}: {given[:40]!a}: {why}"
                yield pytest.param(key, lang, written_out(given), expected, id=name)


def written_out(given: str) -> str:
    """`{x*200}` in a case stands for two hundred x."""
    return REPEATED.sub(lambda found: found[1] * int(found[2]), given)


@pytest.mark.parametrize(("key", "lang", "given", "expected"), all_cases())
def test_the_case_is_judged_as_a_fair_host_would(
    key: Key, lang: str, given: str, expected: str
) -> None:
    verdict = judge(key, given, lang)

    outcome, _, rule = expected.partition(":")
    assert verdict.outcome == outcome, verdict.rule
    assert rule in {"", verdict.rule}


def test_there_are_enough_cases_to_trust() -> None:
    assert len(all_cases()) >= 600

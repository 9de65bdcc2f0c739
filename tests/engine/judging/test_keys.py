"""An `[answer]` table is complete, in quotes, and its errors never repeat what it holds."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from engine.judging import AnswerKey, Outcome, compile_key, entries_of, judge, parse_answer

SECRET = "hunter-two"


class Riddle(BaseModel):
    answer: AnswerKey


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"accept": [1.1]}, "write it in quotes"),
    ({"accept": [True]}, "write it in quotes"),
    ({"accept": [SECRET, 443]}, "write it in quotes"),
    ({"accept": [SECRET, " "]}, "this text is empty"),
    ({"accept": [SECRET * 101]}, "1000 are the most"),
    ({"accept": SECRET}, "square brackets"),
    ({"accept": []}, "at least 1"),
    ({}, "required"),
    ({"accept": {"de": [SECRET]}}, "the languages here are fr, en"),
    ({"accept": {"fr": SECRET}}, "square brackets"),
    ({"accept": [SECRET], "acept": [SECRET]}, "not permitted"),
    ({"accept": [SECRET], "near": [{"when": SECRET, "say": {}}]}, "table by language"),
    ({"accept": [SECRET], "near": [{"when": 1, "say": {"fr": "x"}}]}, "in quotes"),
    ({"kind": SECRET, "accept": ["x"]}, "kind is one of text"),
    ({"kind": 1, "accept": ["x"]}, "kind is one of text"),
    ({"kind": "number"}, "required"),
    ({"kind": "number", "value": SECRET}, "write a number"),
    ({"kind": "number", "value": True}, "write a number"),
    ({"kind": "number", "value": float("inf")}, "write a number"),
    ({"kind": "number", "value": 1, "unit": SECRET}, "this unit is not known"),
    ({"kind": "number", "value": 1, "unit_required": True}, "needs a unit"),
    ({"kind": "number", "value": 1, "tolerance": -1}, "greater than or equal"),
    ({"kind": "number", "value": 1, "tolerance": 1, "tolerance_pct": 1}, "not both"),
    ({"kind": "number", "value": 1, "bases": [10]}, "2, 8 or 16"),
    (
        {"kind": "choice", "choices": {"A": SECRET, "B": "x"}, "accept": ["C"]},
        "names an option",
    ),
    ({"kind": "choice", "choices": {"A": SECRET, "a": "x"}, "accept": ["A"]}, "same letter"),
    ({"kind": "regex", "accept": [f"({SECRET}"]}, "a bracket is not closed"),
    ({"kind": "regex", "accept": [rf"({SECRET})\1"]}, "back-references"),
    ({"kind": "regex", "accept": [f"(?={SECRET})"]}, "look-ahead"),
    ({"kind": "regex", "accept": ["((a{100}){100}){100}"]}, "1000 times"),
    ({"kind": "regex", "accept": ["x" * 201]}, "200 are the most"),
    ({"kind": "date", "accept": ["31/01/1970"]}, 'write dates as "1970-01-31"'),
    ({"kind": "date", "accept": ["1970-02-30"]}, "entry 1 of accept is no day"),
    ({"kind": "date", "accept": ["1970"]}, "write dates as"),
]


@pytest.mark.parametrize(("table", "says"), MISTAKES)
def test_a_table_that_cannot_be_used_is_refused_in_words_without_its_answers(
    table: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_answer(table)

    assert says in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_table_survives_being_frozen_into_a_round() -> None:
    written = parse_answer({"kind": "number", "value": 0.1, "tolerance": 0.05, "unit": "Go"})
    frozen = Riddle(answer=written).model_dump_json()
    read = Riddle.model_validate_json(frozen).answer

    assert read == written
    assert judge(compile_key(read), "0,15 Go", "fr").outcome is Outcome.ACCEPT


def test_a_table_without_a_kind_is_text() -> None:
    answer = Riddle.model_validate({"answer": {"accept": ["x"]}}).answer

    assert answer.kind == "text"


def test_the_entries_of_all_languages_are_one_list() -> None:
    table = {"accept": {"fr": ["pare-feu"], "en": ["firewall"], "any": ["netfilter"]}}

    assert entries_of(parse_answer(table)) == ("pare-feu", "firewall", "netfilter")
    assert entries_of(parse_answer({"kind": "number", "value": 1})) == ()


def test_the_json_schema_tells_every_kind_apart() -> None:
    kinds = Riddle.model_json_schema()["$defs"]

    assert {name for name in kinds if name.endswith("Answer")} == {
        f"{kind}Answer" for kind in ("Text", "Exact", "Number", "Choice", "Regex", "Set", "Date")
    }


def test_a_near_entry_carries_its_message_by_language() -> None:
    say = {"fr": "Quelle étape ?", "en": "Which step?"}
    table = {"accept": ["handshake"], "near": [{"when": "tcp", "say": say}]}
    verdict = judge(compile_key(parse_answer(table)), "le TCP !", "fr")

    assert (verdict.outcome, verdict.entry, verdict.say) == (Outcome.CLOSE, "tcp", say)


def test_every_entry_that_matched_is_named_as_its_author_wrote_it() -> None:
    key = compile_key(parse_answer({"accept": ["(Linus) Torvalds", "Le Pingouin"]}))

    assert judge(key, "torvalds linus", "fr").entry == "(Linus) Torvalds"
    assert judge(key, "pingouins", "fr").entry == "Le Pingouin"

"""An author sees how the answers will be judged, and what they may not have thought of."""

import re
from typing import Any

import pytest
from rich.console import Console

from engine.judging import parse_answer
from riddles.console import texts
from riddles.content.variants import AnswerReport, report
from riddles.texts import Language


def about(*accept: str, **more: Any) -> AnswerReport:
    return report("Le fil", parse_answer({"accept": list(accept), **more}))


def told(of: AnswerReport, kind: str) -> set[str]:
    return {variant.outcome for variant in of.variants if variant.about == kind}


def test_a_text_is_tried_in_every_way_a_hurried_member_might_type_it() -> None:
    of = about("L'élément numéro-3 caché")
    outcomes = {variant.about: variant.outcome for variant in of.variants}

    assert outcomes == {
        "as written": "accept",
        "no accents": "accept",
        "no article": "accept",
        "a plural": "accept",
        "no hyphen": "accept",
        "one slip": "accept",
        "one digit changed": "reject",
        "one word dropped": "reject",
        "a negation": "reject",
        "two answers at once": "invalid",
        "a sentence": "accept",
    }


@pytest.mark.parametrize(
    ("entry", "typos"),
    [
        ("handshake", "on: one slip in handshake"),
        ("trois pas", "off: no word of 7 letters or more"),
        ("WEBASSEMBLY", "off: capitals are never misspelt"),
        ("&&", "off: signs are compared one by one"),
    ],
)
def test_an_entry_says_whether_typos_are_forgiven_and_why(entry: str, typos: str) -> None:
    assert [str(each.typos) for each in about(entry).entries] == [typos]


def test_an_entry_shows_what_it_is_compared_as() -> None:
    assert "torvalds" in about("(Linus) Torvalds").entries[0].normal
    assert about("Le C++").entries[0].normal == ("le c plusplus", "c plusplus")


OTHER_KINDS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "number", "value": 1024, "unit": "Mo"}, "no unit", "reject"),
    ({"kind": "number", "value": 1024}, "a unit", "reject"),
    ({"kind": "number", "value": 1024}, "one digit changed", "reject"),
    ({"kind": "number", "value": 1024, "tolerance": 2}, "at the tolerance", "accept"),
    ({"kind": "number", "value": 1024}, "two answers at once", "invalid"),
    ({"kind": "choice", "choices": {"A": "x", "B": "y"}, "accept": ["A"]}, "a negation", "reject"),
    ({"kind": "set", "accept": ["TCP", "UDP"]}, "the other way round", "accept"),
    ({"kind": "set", "accept": ["TCP", "UDP"]}, "one missing", "reject"),
    ({"kind": "date", "accept": ["1970-01-31"]}, "last part first", "accept"),
    ({"kind": "date", "accept": ["1970-01-31"]}, "one digit changed", "reject"),
    ({"kind": "exact", "accept": ["Readme"]}, "in capitals", "reject"),
    ({"kind": "regex", "accept": ["a+"]}, "the pattern itself", "reject"),
]


@pytest.mark.parametrize(("table", "kind", "outcome"), OTHER_KINDS)
def test_every_kind_is_tried_in_its_own_ways(
    table: dict[str, Any], kind: str, outcome: str
) -> None:
    assert told(report("Le fil", parse_answer(table)), kind) == {outcome}


WARNINGS: list[tuple[dict[str, Any], str]] = [
    ({"accept": [":snake:"]}, "is empty once emoji"),
    ({"accept": ["le noyau", "Noyau"]}, "are compared alike"),
    ({"accept": ["hand-shake"], "reject": ["handshake"]}, "refused wins"),
    ({"accept": ["trois pas"]}, "no word of 7 letters, so no typo is accepted: “trois pas”"),
    ({"accept": ["DHCP"]}, "has no expansion"),
    ({"accept": ["Dynamic Host Configuration"]}, "has no acronym"),
    ({"accept": {"fr": ["pare-feu"]}}, "nothing is accepted in en"),
    ({"accept": ["fils"]}, "can be read in the title"),
    ({"kind": "regex", "accept": ["a*"]}, "matches nothing at all"),
    ({"kind": "regex", "accept": [r"\w+é"]}, r"\pL is any letter"),
]


@pytest.mark.parametrize(("table", "says"), WARNINGS)
def test_an_author_is_warned(table: dict[str, Any], says: str) -> None:
    of = report("Où vont les fils ?", parse_answer(table), languages=["fr", "en"])

    assert any(says in str(warning) for warning in of.warnings), of.warnings


def test_a_careful_key_has_no_warnings() -> None:
    table = {"accept": ["DHCP", "Dynamic Host Configuration Protocol"], "strict": True}

    assert report("Le fil", parse_answer(table), languages=["fr", "en"]).warnings == ()


def printed(of: AnswerReport, lang: Language) -> str:
    console = Console(width=140)
    with console.capture() as captured:
        for part in of.told(texts(lang)):
            console.print(part)
    return captured.get()


def test_the_report_can_be_read_in_a_terminal_and_by_a_program() -> None:
    of = about("[red]handshake[/red]", reject=["x"])

    assert "[red]handshake[/red]" in printed(of, "en")
    assert "what a member might type" in printed(of, "en")
    assert of.to_json()["kind"] == "text"


def test_the_report_can_be_read_in_french() -> None:
    said = printed(about("poignée de main", "DHCP"), "fr")

    assert "sans accents" in said
    assert "ce qu’un membre peut taper" in said
    assert "on dirait plusieurs réponses à la fois" in said
    assert "oui\N{NO-BREAK SPACE}: une faute pardonnée dans poignee" in said
    assert not re.search(r"\b(the|with|one|no)\b", said)

"""A text that names the answer is found, however it is spelt; one that does not is left alone."""

from typing import Any

import pytest

from engine.judging import parse_answer
from riddles.content.mentions import mention_of

QUICK = {"accept": ["quicksort", "le tri rapide", "(Tony) Hoare"]}
OPTIONS = {"kind": "choice", "choices": {"A": "merge sort", "B": "quick sort"}, "accept": ["B"]}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (QUICK, "Is it quicksort?"),
        (QUICK, "un quick-sort, bien sûr"),
        (QUICK, "**QUICK** sort"),
        (QUICK, "quick_sort.mp4"),
        (QUICK, "03-tri-rapide"),
        (QUICK, "C'est l'un des tris d'Hoare."),
        (QUICK, "des tri rapides"),
        ({"accept": ["poignée de main"]}, "Une POIGNEE-DE-MAIN !"),
        ({"accept": ["C++"]}, "en C++, par exemple"),
        ({"accept": ["fork bomb"]}, "a forkbomb"),
        ({"accept": [":(){ :|:& };:"]}, "what does :(){ :|:& };: do?"),
        ({"kind": "set", "accept": ["TCP", "UDP"]}, "Neither udp nor tcp."),
        ({"kind": "set", "accept": {"fr": ["rouge", "vert"]}}, "du vert, du rouge"),
        ({"kind": "regex", "accept": ["colou?r"]}, "Which Colour?"),
        ({"kind": "exact", "accept": ["readme.md"]}, "see README.md."),
        ({"kind": "number", "value": 1024}, "il y en a 1 024 ici"),
        ({"kind": "date", "accept": ["1970-01-01"]}, "Le 1er janvier 1970, à minuit"),
        ({"kind": "date", "accept": ["1970"], "precision": "year"}, "in (1970)"),
        (OPTIONS, "It is a quick sort."),
    ],
)
def test_a_text_that_names_the_answer_is_found(answer: dict[str, Any], text: str) -> None:
    assert mention_of(parse_answer(answer))(text) == "error"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (QUICK, "What sorts so quickly?"),
        (QUICK, "un tri"),
        ({"accept": ["tri"]}, "le triangle, la patrie"),
        ({"accept": ["api"]}, "l'apiculteur a pi"),
        ({"accept": ["C++"]}, "en C ou en C#"),
        ({"accept": ["C"]}, "c'est ainsi"),
        ({"accept": ["…"]}, "…"),
        ({"kind": "set", "accept": ["TCP", "UDP"]}, "Like TCP?"),
        ({"kind": "regex", "accept": ["colou?r"]}, "discoloured"),
        ({"kind": "exact", "accept": ["readme.md"]}, "readme.mdx"),
        ({"kind": "number", "value": 1024}, "10240 ou 1 025"),
        ({"kind": "date", "accept": ["1970-01-01"]}, "en 1970"),
        (OPTIONS, "A: merge sort, B: quick sort"),
    ],
)
def test_a_text_that_does_not_is_left_alone(answer: dict[str, Any], text: str) -> None:
    assert mention_of(parse_answer(answer))(text) is None


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"accept": ["C"]}, "le langage C"),
        ({"accept": ["&&"]}, "a && b"),
        ({"kind": "number", "value": 4}, "4 paquets"),
    ],
)
def test_what_may_stand_anywhere_is_only_a_warning(answer: dict[str, Any], text: str) -> None:
    assert mention_of(parse_answer(answer))(text) == "warning"

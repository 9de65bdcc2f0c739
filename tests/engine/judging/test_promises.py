"""Promises that hold for any text at all, and any key an author may write."""

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.judging import Key, Outcome, compile_key, judge, parse_answer
from engine.judging.fold import fold
from engine.judging.forms import normal_form
from engine.judging.tidy import tidy

TRICKY = st.sampled_from(
    [
        *"'’\"`*_|~<>()[]{}#$-–—.,;:!?/\\&+=@^≠ \n\t",
        *("\u200b", "\u202e", "\u0301", "\u0338", "\ud800", "\u3164", "ﬁ", "ß", "İ", "ı", "²"),
        *("½", "🐧", "🏳️‍🌈", "c'est ", "je crois", " ou ", " et ", "le ", "l'", "non ?", "port "),
        *("```", "||", "**", "()", " :)", "deux", "cent", "mille", "1", "0", "12", "1,000", "Go"),
        *("C++", "janvier ", "SHA-", "Ａ", "а"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None), max_size=30),
    st.lists(TRICKY, max_size=12).map("".join),
    st.lists(st.one_of(TRICKY, st.text(string.ascii_letters, min_size=1)), max_size=8).map(
        " ".join
    ),
)
WRITTEN = TEXTS.filter(lambda text: bool(text.strip()))
LANGUAGES = st.sampled_from(["fr", "en", "en-US", "de", ""])

KEYS = [
    {"accept": ["three-way handshake", "poignée de main (en) trois temps"], "reject": ["two-way"]},
    {"accept": ["&&", "C++", "sudo !!"], "near": [{"when": "C", "say": {"fr": "Plus."}}]},
    {"kind": "exact", "accept": ["README.md"], "ignore_case": True},
    {"kind": "number", "value": 1024, "unit": "Mo", "bases": [2, 16]},
    {"kind": "number", "value": -3.5, "tolerance_pct": 1},
    {"kind": "choice", "choices": {"A": "TCP", "B": "&&", "C": "D"}, "accept": ["B"]},
    {"kind": "regex", "accept": ["(a+)+b", r"\pL{3}"], "reject": ["abc"]},
    {"kind": "set", "accept": ["C++", "TCP/IP", "et"], "ordered": True},
    {"kind": "set", "accept": {"fr": ["un", "deux"], "any": ["3"]}},
    {"kind": "date", "accept": ["1970-01-01"]},
    {"kind": "date", "accept": ["1999-04"], "precision": "month"},
]


def a_text_key(*accept: str, **more: object) -> Key:
    return compile_key(parse_answer({"accept": list(accept), **more}))


@given(text=TEXTS, lang=LANGUAGES, table=st.sampled_from(KEYS))
@settings(max_examples=200)
@example(text="\ud800", lang="fr", table=KEYS[6])
@example(text="(((((", lang="fr", table=KEYS[7])
@example(text="0" * 200, lang="fr", table=KEYS[3])
@example(text="1e-9999999999", lang="fr", table=KEYS[4])
@example(text="31/02/0000", lang="en", table=KEYS[9])
def test_no_text_makes_judging_fail_and_every_verdict_can_be_stored(
    text: str, lang: str, table: dict[str, object]
) -> None:
    verdict = judge(compile_key(parse_answer(table)), text, lang)

    assert verdict == judge(compile_key(parse_answer(table)), text, lang)
    assert (verdict.outcome is Outcome.INVALID) == (verdict.reason is not None)
    assert verdict.normal.encode().decode() == verdict.normal


@given(entry=WRITTEN, kind=st.sampled_from(["text", "exact"]))
@settings(max_examples=120)
def test_an_entry_accepts_itself(entry: str, kind: str) -> None:
    key = compile_key(parse_answer({"kind": kind, "accept": [entry]}))

    assert judge(key, entry, "fr").outcome is Outcome.ACCEPT


@given(text=TEXTS)
@settings(max_examples=120)
def test_normalising_twice_changes_nothing(text: str) -> None:
    tidied = tidy(text)

    assert tidy(tidied) == tidied
    assert fold(fold(tidied)) == fold(tidied)
    assert normal_form(tidy(normal_form(tidied))) == normal_form(tidied)


@given(text=TEXTS, table=st.sampled_from(KEYS[:1] + KEYS[3:6] + KEYS[7:]))
@settings(max_examples=120)
def test_the_normal_form_is_judged_as_the_answer_itself(
    text: str, table: dict[str, object]
) -> None:
    key = compile_key(parse_answer(table))
    verdict = judge(key, text, "fr")

    if verdict.normal:
        assert judge(key, verdict.normal, "fr").outcome is verdict.outcome


@given(accept=WRITTEN, reject=WRITTEN, text=TEXTS)
@settings(max_examples=120)
@example(accept="signal", reject="signaux", text="les signaux")
@example(accept="signal", reject="signaux", text="c'est signaux")
def test_a_refused_answer_is_only_accepted_as_the_very_text_of_an_entry(
    accept: str, reject: str, text: str
) -> None:
    key = a_text_key(accept, reject=[reject, text if text.strip() else "x"])
    verdict = judge(key, text, "fr")

    assert verdict.outcome is not Outcome.ACCEPT or verdict.rule == "verbatim"


@given(accept=st.lists(WRITTEN, min_size=1, max_size=3), more=WRITTEN, text=TEXTS)
@settings(max_examples=120)
def test_one_more_entry_never_takes_an_accepted_answer_back(
    accept: list[str], more: str, text: str
) -> None:
    reject = ["interpreted", "x"]
    before = judge(a_text_key(*accept, reject=reject), text, "fr")
    after = judge(a_text_key(*accept, more, reject=reject), text, "fr")

    assert before.outcome is not Outcome.ACCEPT or after.outcome is Outcome.ACCEPT


WORDS = st.text(string.ascii_lowercase, min_size=7, max_size=12)


@given(word=WORDS, number=st.integers(0, 10**6), other=st.integers(0, 10**6))
def test_digits_are_never_fuzzy(word: str, number: int, other: int) -> None:
    verdict = judge(a_text_key(f"{word} {number}"), f"{word} {other}", "fr")

    assert (verdict.outcome is Outcome.ACCEPT) == (number == other)
    assert verdict.outcome is not Outcome.CLOSE


@given(word=WORDS, sign=st.sampled_from(["+", "#", "*", "&", "=", "@", "%", "^", "~", "$", "-"]))
def test_signs_are_never_fuzzy(word: str, sign: str) -> None:
    assert judge(a_text_key(word + sign), word, "fr").outcome is Outcome.REJECT
    assert judge(a_text_key(word), word + sign, "fr").outcome is Outcome.REJECT


NO = ["pas {}", "non {}", "not {}", "{} non", "tout sauf {}", "ni {}", "{} pas", "ce n'est pas {}"]


@given(word=WORDS, no=st.sampled_from([*NO, "je crois pas que {}", "{} je crois pas", "never {}"]))
def test_a_negation_is_never_accepted(word: str, no: str) -> None:
    assert judge(a_text_key(word), no.format(word), "fr").outcome is not Outcome.ACCEPT


@given(
    word=WORDS, other=WORDS, glue=st.sampled_from([" ou ", " or ", ", ", "; ", " / ", "\n", " "])
)
def test_two_guesses_are_never_accepted(word: str, other: str, glue: str) -> None:
    assert judge(a_text_key(word), word + glue + other, "fr").outcome is not Outcome.ACCEPT
    assert judge(a_text_key(word), other + glue + word, "fr").outcome is not Outcome.ACCEPT


@given(value=st.integers(-(10**9), 10**9), given_value=st.integers(-(10**9), 10**9))
def test_only_the_number_itself_is_accepted(value: int, given_value: int) -> None:
    key = compile_key(parse_answer({"kind": "number", "value": value}))

    assert judge(key, str(value), "fr").outcome is Outcome.ACCEPT
    assert (judge(key, str(given_value), "fr").outcome is Outcome.ACCEPT) == (value == given_value)


@given(day=st.dates(), other=st.dates())
def test_only_the_day_itself_is_accepted(day: object, other: object) -> None:
    key = compile_key(parse_answer({"kind": "date", "accept": [str(day)]}))

    assert judge(key, str(day), "fr").outcome is Outcome.ACCEPT
    assert (judge(key, str(other), "fr").outcome is Outcome.ACCEPT) == (day == other)

"""What is told of a round's outcome is true, and can hurt nobody."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.play import outcomes
from engine.play.outcomes import MEMBERS_MIN, Outcome, is_harmless, vocabulary, words
from engine.play.rounds import Round
from engine.play.rules import Wording
from engine.storage.database import Database
from tests.builders import SERVER, a_round, a_try, account_of_member, hand_in, rules

SOLUTION = "Not bubble sort, not merge-sort, and not 42: https://example.org/sort"
TEXT = {"en": Wording(prompt="Which sort?", solution=SOLUTION)}


async def outcome(database: Database, round_: Round, server: int | None = SERVER) -> Outcome:
    async with database.reading() as reader:
        return await outcomes.of_round(reader, round_, server=server)


async def everybody_says(database: Database, text: str, members: range) -> None:
    await hand_in(database, *(a_try(text, member=number) for number in members))


async def test_those_who_tried_and_those_who_solved_are_counted_once(database: Database) -> None:
    round_ = await a_round(database)
    await everybody_says(database, "bogosort", range(1, 4))
    await everybody_says(database, "quicksort", range(4, 6))
    told = await outcome(database, round_)

    assert (told.tried, told.solved) == (5, 2)


async def test_equal_milliseconds_share_a_place(database: Database) -> None:
    round_ = await a_round(database)
    moments = [(1, 10), (2, 10), (3, 11), (4, 12)]
    await hand_in(
        database,
        *(a_try(member=number, after=timedelta(seconds=at)) for number, at in moments),
    )
    told = await outcome(database, round_)

    assert [one.place for one in told.first] == [1, 1, 3, 4]
    assert [one.name for one in told.first] == ["Member 1", "Member 2", "Member 3", "Member 4"]


async def test_hidden_members_keep_their_place_and_are_not_named(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(
        database,
        *(a_try(member=number, after=timedelta(seconds=number)) for number in (1, 2, 3)),
    )
    async with database.transaction() as tx:
        first = await account_of_member(database, 1)
        await tx.execute("UPDATE members SET hidden = 1 WHERE account = ?", (first,))
    told = await outcome(database, round_)

    assert [(one.place, one.name) for one in told.first] == [(2, "Member 2"), (3, "Member 3")]


async def test_members_seen_elsewhere_only_are_not_named_here(database: Database) -> None:
    round_ = await a_round(database)
    await everybody_says(database, "quicksort", range(1, 3))

    assert not (await outcome(database, round_, server=7)).first
    assert len((await outcome(database, round_, server=None)).first) == 2


async def test_a_wrong_answer_in_the_riddles_own_words_is_told(database: Database) -> None:
    round_ = await a_round(database, text=TEXT)
    await everybody_says(database, "Bubble sort", range(1, 5))
    await everybody_says(database, "bubble  SORT!", range(5, 6))
    await everybody_says(database, "42", range(6, 9))

    told = (await outcome(database, round_)).misses
    assert [(miss.text, miss.members) for miss in told] == [("Bubble sort", 5), ("42", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "Ada cheats",
        "sort discord gg sort",
        "@everyone sort",
        "<@123> sort",
        "https://example.org/sort",
        "[sort](https://example.org)",
        "sort " * 8,
        "**sort**",
        "sort\nsort @here",
        "",
    ],
)
async def test_what_could_hurt_is_never_told_however_many_say_it(
    database: Database, text: str
) -> None:
    round_ = await a_round(database, text=TEXT)
    await everybody_says(database, text, range(1, 20))

    assert not (await outcome(database, round_)).misses


async def test_what_two_members_said_could_be_known_to_be_theirs(database: Database) -> None:
    round_ = await a_round(database, text=TEXT)
    await everybody_says(database, "bubble sort", range(1, MEMBERS_MIN))
    one = a_try("merge-sort", member=9)
    await hand_in(database, one, a_try("merge-sort", member=9, after=timedelta(hours=2)))

    assert not (await outcome(database, round_)).misses


async def test_wrong_answers_can_be_left_out(database: Database) -> None:
    round_ = await a_round(database, text=TEXT)
    await everybody_says(database, "bubble sort", range(1, 9))
    async with database.reading() as reader:
        told = await outcomes.of_round(reader, round_, server=SERVER, misses=False)

    assert not told.misses


@given(st.text(max_size=40))
def test_a_harmless_answer_is_made_of_the_riddles_words_and_numbers_alone(text: str) -> None:
    known = vocabulary(rules(text=TEXT))
    if is_harmless(text, known):
        assert all(word in known or word.isdecimal() for word in words(text))
        assert not set(text) & set("@<>[](){}*_`~|#:/\\.")
        assert len(" ".join(text.split())) <= 30


def test_the_vocabulary_holds_what_the_author_foresaw() -> None:
    assert {"bogosort", "quicksort", "bubble", "merge", "sort"} <= vocabulary(rules(text=TEXT))

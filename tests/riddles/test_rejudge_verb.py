"""`riddles rejudge`: a look beside the running bot; booking only while it is stopped."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.books.ledger import balance
from engine.moments import to_ms
from engine.people import notices
from engine.people.members import account_of
from engine.scoring import Scoring, Streak
from engine.storage.database import Database
from riddles.lock import hold
from tests.audit import assert_books_fit
from tests.builders import WEEK, a_person, a_round, a_try, closed, hand_in, settled
from tests.riddles.shell import riddles, with_books

WISH = ("rejudge", "01-sort", "--accept", "tri rapide")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A settled round, in which two of three answers were refused."""
    path = tmp_path / "books.db"

    async def fill(database: Database) -> None:
        round_ = await a_round(database, slug="01-sort", scoring=Scoring(podium=(30, 10)))
        for member, text in ((1, "tri rapide"), (2, "quicksort"), (3, "tri bulle")):
            await hand_in(database, a_try(text, member=member, after=timedelta(minutes=member)))
        await settled(database, round_)

    with_books(path, fill)
    return path


def points(books: Path, member: int) -> int:
    async def read(database: Database) -> int:
        async with database.reading() as reader:
            await assert_books_fit(reader)
            return await balance(reader, await account_of(reader, a_person(member).id) or 0)

    return with_books(books, read)


def told(books: Path, member: int) -> list[str]:
    async def read(database: Database) -> list[str]:
        async with database.reading() as reader:
            waiting = await notices.waiting(reader, a_person(member).id)
        return [one.words["sentence"] for one in waiting]

    return with_books(books, read)


def test_a_look_says_who_would_solve_and_writes_nothing(books: Path) -> None:
    before = books.read_bytes()
    with hold(books):  # As if the bot ran.
        said = riddles(books, *WISH)

    assert said.code == 0
    assert said.out == (
        "Riddle no. 1 (01-sort), accepting “tri rapide”:\n"
        "  1 more member solves it\n"
        "  2 places on the podium move\n"
        "  130 points are booked\n"
        "  20 points stay with members who were paid more by the first count; "
        "--lower takes them back\n"
        "Nothing was written: --apply books it.\n"
    )
    assert books.read_bytes() == before


def test_applied_it_books_and_tells_the_member(books: Path) -> None:
    said = riddles(books, *WISH, "--apply", "--reason", "it  is the same")
    again = riddles(books, *WISH, "--apply")

    assert (said.code, said.out.splitlines()[-1]) == (0, "Booked.")
    assert "0 more members solve it" in again.out
    assert "0 points are booked" in again.out
    assert [points(books, member) for member in (1, 2, 3)] == [130, 130, 0]
    assert [len(told(books, member)) for member in (1, 2, 3)] == [1, 0, 0]


def test_asked_to_lower_it_says_so_and_does(books: Path) -> None:
    look = riddles(books, *WISH, "--lower", "--json")
    done = riddles(books, *WISH, "--lower", "--apply", "--json")

    assert look.facts | {"applied": True} == done.facts
    assert {
        name: done.facts[name]
        for name in ("solve_now", "podium_moves", "points_booked", "points_taken_back")
    } == {"solve_now": 1, "podium_moves": 2, "points_booked": 130, "points_taken_back": 20}
    assert done.facts["answers"] == 1
    assert [points(books, member) for member in (1, 2)] == [130, 110]
    assert told(books, 2) == ["Riddle no. {number} was counted again, and {points} are taken back."]


def test_it_books_nothing_while_the_bot_runs(books: Path) -> None:
    with hold(books):
        said = riddles(books, *WISH, "--apply")

    assert said.code == 1
    assert "is in use by another `riddles`: stop that one first" in said.err
    assert points(books, 1) == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rejudge", "02-none", "--accept", "x"), "no riddle called 02-none went out; there were"),
        (("rejudge", "01-sort", "--accept", "bogosort"), "the riddle's key refuses this answer"),
        (("rejudge", "01-sort", "--accept", "  "), "--accept needs an answer"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    books: Path, words: tuple[str, ...], says: str
) -> None:
    said = riddles(books, *words)

    assert said.code in (1, 2)
    assert says in said.err
    assert "Traceback" not in said.err


def test_there_have_to_be_books(tmp_path: Path) -> None:
    said = riddles(tmp_path / "none.db", *WISH)

    assert said.code == 1
    assert "there is no database" in said.err


def test_an_open_sealed_round_says_that_the_reveal_tells(tmp_path: Path) -> None:
    path = tmp_path / "books.db"

    async def fill(database: Database) -> None:
        round_ = await a_round(database, slug="01-sort", verdict="at_reveal")
        await hand_in(database, a_try("tri rapide"))
        await closed(database, round_)

    with_books(path, fill)
    said = riddles(path, *WISH)

    assert "1 stored answer is right by it; the reveal tells" in said.out


def test_the_look_counts_streaks_that_grow_and_who_is_paid_by_them_hears_of_it(
    tmp_path: Path,
) -> None:
    path, scoring = tmp_path / "streaks.db", Scoring(streak=Streak(bonus=10, cap=50, forgiven=0))

    async def fill(database: Database) -> None:
        for week, slug, text in ((WEEK, "01-sort", "tri rapide"), (WEEK.next(), "02", "quicksort")):
            round_ = await a_round(database, week=week, slug=slug, scoring=scoring)
            at = to_ms(round_.opens_at) + 1000
            await hand_in(database, a_try(text, member=1, at=at))
            await settled(database, round_)

    with_books(path, fill)
    look = riddles(path, *WISH)
    done = riddles(path, *WISH, "--apply", "--json")

    assert "  1 more member solves it\n" in look.out
    assert "  1 streak grows\n  110 points are booked\n" in look.out
    assert (done.facts["streaks_grow"], done.facts["points_booked"]) == (1, 110)
    assert [(one["round"], one["points"]) for one in done.facts["changes"]] == [(1, 100), (2, 10)]
    assert points(path, 1) == 210
    assert told(path, 1) == [
        "Your answer to riddle no. {number} is accepted after all: you earn {points}.",
        "Riddle no. {number} was counted again: you earn {points} more.",
    ]

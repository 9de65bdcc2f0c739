"""`riddles simulate`: a rule is tried before anybody adopts it, and nothing is booked."""

import random
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from engine import seasons
from engine.books.simulation import Moved
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.storage.database import Database
from riddles.books.slopes import MOST, slope_chart
from tests.builders import MONDAY, PARIS, a_person, a_round, a_try, hand_in, revealed
from tests.riddles.shell import riddles, with_books

PODIUM = '[scoring]\npolicy = "fixed"\npodium = [50, 20]\n'
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """One riddle, solved by three members an hour apart."""
    path = tmp_path / "books.db"

    async def fill(database: Database) -> None:
        async with database.transaction() as tx:
            await seasons.ensure(tx, MONDAY, PARIS, 3)
            await meet_one(tx, a_person(1, name="[red]Ada[/] & \x1b[31mco"), to_ms(MONDAY))
        round_ = await a_round(database)
        for member in (1, 2, 3):
            person = (
                a_person(member) if member > 1 else a_person(1, name="[red]Ada[/] & \x1b[31mco")
            )
            await hand_in(database, a_try(person=person, after=timedelta(hours=member)))
        await revealed(database, round_)

    with_books(path, fill)
    return path


def policy(folder: Path, text: str = PODIUM) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, "utf-8")
    return path


TABLE = """\
Season 2026-4 under the policy fixed: 1 round replayed.
Member | Rank | Would be |  | Points | Would be | Difference
[red]Ada[/] & [31mco | 1 | 1 |  | 100 | 150 | +50
Member 2 | 1 | 2 | ▼1 | 100 | 120 | +20
Member 3 | 1 | 3 | ▼2 | 100 | 100 |
Of 3 members, 2 would have another rank and 2 another score.
"""


def plain(text: str) -> str:
    lines = [line for line in text.splitlines() if not set(line) & set("┏┡└")]
    cells = [line.replace("┃", "│").strip("│").split("│") for line in lines]
    return "".join(" | ".join(cell.strip() for cell in row).rstrip() + "\n" for row in cells)


def test_who_would_move_is_told(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    before = books.read_bytes()
    said = riddles(books, "simulate", "--scoring", policy(tmp_path))

    assert (said.code, said.err) == (0, "")
    assert plain(said.out) == TABLE
    assert books.read_bytes() == before


def test_the_same_is_told_to_programs(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path), "--json")
    members = said.facts["members"]

    assert {name: said.facts[name] for name in ("season", "rounds", "unsettled")} == {
        "season": "2026-4",
        "rounds": 1,
        "unsettled": 0,
    }
    assert [(one["rank_before"], one["rank_after"], one["points"]) for one in members] == [
        (1, 1, 50),
        (1, 2, 20),
        (1, 3, 0),
    ]


def test_a_policy_that_changes_nothing_says_so(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path, "[scoring]\n"))

    assert said.out.splitlines()[-1] == "Nobody would have another score."


def test_a_whole_scheduler_toml_may_be_tried(books: Path, tmp_path: Path) -> None:
    path = policy(tmp_path, f'timezone = "Mars/Olympus"\n[week]\nx = 1\n{PODIUM}')

    assert riddles(books, "simulate", "--scoring", path).code == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('policy = "fixed"\n', "policy.toml:1: there is no [scoring] table in it"),
        ('[scoring]\npolicy = "free"\n', "policy.toml:2: "),
        ('[scoring]\npolicy = "time"\n', '2: scoring.policy: "time" needs minimum as well'),
        ("[scoring]\npodium = [10, 20]\n", "2: scoring.podium: a place cannot earn more"),
        ("[scoring]\npodum = [10]\n", 'did you mean "podium"?'),
        ("[scoring\n", "policy.toml:1: "),
    ],
)
def test_a_policy_that_is_wrong_is_refused_with_its_line(
    books: Path, tmp_path: Path, text: str, says: str
) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path, text))

    assert said.code == 1
    assert says in said.err


def test_an_unknown_season_is_refused_with_the_known_ones(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path), "--season", "2031")

    assert said.code == 1
    assert said.err == "riddles: there is no season 2031; there are: all, 2026-4\n"


def test_all_time_may_be_replayed(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path), "--season", "all", "--json")

    assert (said.facts["season"], said.facts["rounds"]) == ("all", 1)


def test_a_file_that_is_not_there_is_refused_in_words(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "simulate", "--scoring", tmp_path / "none.toml")

    assert (said.code, said.err[:9]) == (1, "riddles: ")


# The chart.


def test_a_chart_is_drawn(books: Path, tmp_path: Path) -> None:
    chart = tmp_path / "moves.svg"
    words = ("simulate", "--scoring", policy(tmp_path), "--plot", chart)
    said = riddles(books, *words)
    again = riddles(books, *words)
    forced = riddles(books, *words, "--force")
    texts = [text.text for text in ET.parse(chart).iter(f"{SVG}text")]  # noqa: S314 - our own file

    assert (said.code, again.code, forced.code) == (0, 1, 0)
    assert "replace it with --force" in again.err
    assert texts == [
        "Season 2026-4 under the policy fixed",
        "now",
        "under the other policy",
        "1. [red]Ada[/] & [31mco +2 (100)",
        "1. [red]Ada[/] & [31mco (150)",
        "2. Member 2 (120)",
        "3. Member 3 (100)",
    ]


@pytest.mark.parametrize("name", ["moves.png", "moves", "moves.svg.gz"])
def test_a_chart_of_another_kind_is_refused(books: Path, tmp_path: Path, name: str) -> None:
    said = riddles(books, "simulate", "--scoring", policy(tmp_path), "--plot", tmp_path / name)

    assert (said.code, "let its name end in .svg" in said.err) == (1, True)
    assert not (tmp_path / name).exists()


def moved(count: int, seed: int = 1) -> Sequence[Moved]:
    order = list(range(1, count + 1))
    random.Random(seed).shuffle(order)
    return [
        Moved(
            account=n,
            name=f"Member {n}",
            before=1000 - rank,
            after=1000 - n,
            rank_before=rank if rank % 7 else None,
            rank_after=n if n % 11 else None,
        )
        for n, rank in enumerate(order, 1)
    ]


@pytest.mark.parametrize("count", [0, 1, 40, 41, 300])
def test_a_chart_holds_all_it_draws(count: int) -> None:
    """Every line and every word lies on the sheet, however many members there are."""
    chart = ET.fromstring(slope_chart("<&>", moved(count)))  # noqa: S314 - our own text
    _, _, width, height = map(int, chart.attrib["viewBox"].split())
    ys = [float(line.attrib[end]) for line in chart.iter(f"{SVG}line") for end in ("y1", "y2")]
    ys += [float(text.attrib["y"]) for text in chart.iter(f"{SVG}text")]

    assert width == 960
    assert all(0 < y < height for y in ys)
    assert len(list(chart.iter(f"{SVG}text"))) <= 3 + 2 * MOST


def test_lines_tell_who_rises_and_who_falls() -> None:
    both = [
        Moved(account=1, name="A", before=1, after=9, rank_before=2, rank_after=1),
        Moved(account=2, name="B", before=5, after=2, rank_before=1, rank_after=2),
        Moved(account=3, name="C", before=0, after=1, rank_before=3, rank_after=3),
    ]
    chart = ET.fromstring(slope_chart("x", both))  # noqa: S314 - our own text
    strokes = {
        line.attrib["stroke"]: float(line.attrib["y1"]) - float(line.attrib["y2"])
        for line in chart.iter(f"{SVG}line")
    }

    assert len(strokes) == 3
    assert sorted(strokes.values()) == [-26, 0, 26]

"""The measurements measure what they say, leave nothing behind, and say which bounds are kept."""

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from engine.books.audit import audit
from engine.storage.database import open_existing
from riddles.bench.figures import Figure, as_json, median_of, percentile, table
from riddles.bench.ledgers import write_ledger
from tests.riddles.shell import riddles


def measured(*words: str) -> dict[str, dict[str, Any]]:
    """The lines of a quick run, by name."""
    said = riddles(Path("riddles.db"), "bench", "--quick", "--json", *words)

    assert said.code == 0
    assert said.facts["quick"] is True
    return {line["name"]: line for line in said.facts["lines"]}


def test_the_engine_is_measured_beside_its_yardsticks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = measured()

    for in_flight in (1, 64, 1024):
        for design in ("engine", "raw", "naive"):
            for what in ("per_second", "p50_ms", "p99_ms"):
                assert lines[f"answers.{in_flight}.{design}.{what}"]["value"] > 0
    assert lines["answers.1024.of_raw"]["at_least"] == 0.65
    assert lines["answers.1024.of_naive"]["at_least"] == 40
    assert lines["answers.64.of_naive"]["at_least"] == 20
    assert lines["answers.1.p50_of_naive"]["at_most"] == 1
    assert lines["answers.beside_a_bad_one.lost"]["value"] == 0
    assert lines["answers.bytes"]["value"] > 0
    assert lines["boards.1000.own_rank"]["at_most"] == 3
    assert lines["boards.growth.top_10"]["at_most"] == 1.5
    assert lines["verify.seconds"]["at_most"] == 15
    assert lines["audit.of_sum"]["at_most"] == 3
    assert lines["growth.1024"]["at_most"] == 1.25
    assert lines["redemptions.per_second"]["value"] > 0
    assert list(tmp_path.iterdir()) == []


def test_a_rush_on_the_shop_breaks_no_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = measured("redemptions")

    speed = lines.pop("redemptions.per_second")
    assert speed["what"] == "400 requests for 10 rewards by 40 members at once"
    assert speed["value"] > 0
    assert {name: (one["value"], one["at_most"]) for name, one in lines.items()} == {
        "redemptions.oversold": (0, 0),
        "redemptions.unsold": (0, 0),
        "redemptions.overspent": (0, 0),
        "redemptions.limits": (0, 0),
        "redemptions.misfits": (0, 0),
    }


def test_the_whole_bot_is_measured_beside_a_stock_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = measured("--bot")

    for bot in ("ours", "stock"):
        for what in ("per_second", "p50_ms", "p99_ms", "cpu_us", "standin_cpu_us", "standin_load"):
            assert lines[f"bot.{bot}.{what}"]["value"] > 0
    bounds = [lines[name]["at_least"] for name in ("bot.of_stock", "bot.of_stock_per_cpu")]
    assert sorted(bounds, key=str) == [1.2, None]
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_there_is_not_is_refused_by_name() -> None:
    said = riddles(Path("riddles.db"), "bench", "coffee")

    assert said.code == 2
    assert "coffee" in said.err


async def test_a_ledger_that_is_written_at_once_is_a_true_one(tmp_path: Path) -> None:
    """Its digests, balances and scores are what years of play would have left."""
    heard: list[int] = []
    await write_ledger(tmp_path / "a.db", members=70, transfers=12_000, on_row=heard.append)
    async with open_existing(tmp_path / "a.db") as books, books.reading() as reader:
        found = await audit(reader)
        kinds = await reader.all("SELECT kind, count(*) FROM transfers GROUP BY kind")
        seasons = await reader.value("SELECT count(*) FROM seasons")
        late = await reader.value("SELECT count(*) FROM peaked")

    assert found.trouble is None
    assert found.rows == heard[-1] == 12_000
    assert {kind for kind, _ in kinds} == {"award", "hold", "redemption", "reversal"}
    assert seasons > 2
    assert late is not None


async def test_a_ledger_is_the_same_every_time(tmp_path: Path) -> None:
    digests: list[bytes] = []
    for name in ("a.db", "b.db"):
        await write_ledger(tmp_path / name, members=5, transfers=50)
        with closing(sqlite3.connect(tmp_path / name)) as sqlite:
            digests += sqlite.execute("SELECT digest FROM transfers WHERE id = 50").fetchone()

    assert digests[0] == digests[1]


FIGURES = [
    Figure(name="a", what="fast enough", value=51_234, unit="/s", at_least=50_000),
    Figure(name="b", what="too slow", value=3.5, unit="×", at_most=3),
    median_of([1, 9, 2], name="c", what="for the record", unit="ms"),
]


def test_figures_say_whether_their_bound_is_kept() -> None:
    assert [one.met for one in FIGURES] == [True, False, None]
    assert FIGURES[2].value == 2
    assert FIGURES[2].spread == (1, 9)


def test_the_table_is_read_by_people() -> None:
    paper = io.StringIO()
    Console(width=80, color_system=None, file=paper).print(table(FIGURES))

    assert [line.rstrip() for line in paper.getvalue().splitlines()] == [
        "what               median  lowest  highest     bound",
        "fast enough     51,234 /s                   ≥ 50,000  met",
        "too slow            3.5 ×                        ≤ 3  missed",
        "for the record       2 ms       1        9",
    ]


def test_the_report_is_read_by_programs() -> None:
    report = json.loads(as_json(FIGURES, quick=False))

    assert [line["met"] for line in report["lines"]] == [True, False, None]
    assert report["quick"] is False
    assert report["sqlite"] == sqlite3.sqlite_version


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.99, 100), (1, 100), (0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile(range(1, 101), share) == value

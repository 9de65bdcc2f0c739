"""The rehearsal of the starter season: what the README's first command plays."""

import io
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from riddles.config import load_settings
from riddles.rehearsal.discord import faults
from riddles.rehearsal.season import play_on
from riddles.rehearsal.stage import opening_time, set_up
from tests.openapi import discord_description, validate
from tests.show.conftest import StageSetter
from tests.show.test_week import seen

__all__ = ["discord_description"]

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "content"


async def test_the_starter_season_plays_to_its_end(tmp_path: Path) -> None:
    settings = load_settings(ROOT / "scheduler.toml")
    riddles = [path for path in STARTER.glob("*/riddle.toml") if path.parent.name[0] != "_"]
    log = io.StringIO()
    async with set_up(
        settings,
        content=STARTER,
        database=tmp_path / "rehearsal.db",
        start=opening_time(settings),
    ) as stage:
        failures = await play_on(stage, weeks=None, console=Console(file=log, width=120))

    assert not failures
    assert log.getvalue().count("📣") == len(riddles) * len(settings.server)
    assert len(riddles) >= 6


@pytest.mark.usefixtures("discord_description")
async def test_discords_own_description_has_nothing_to_object_to(
    queue: Callable[..., Path], on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with on_stage() as stage:
        failures = await play_on(stage, weeks=2, console=Console(file=io.StringIO()))
        faults = [
            f"{request.method} {request.path}: {fault}"
            for request in stage.standin.requests
            for fault in validate(request)
        ]

    assert not failures
    assert not faults


async def test_what_goes_wrong_is_said(queue: Callable[..., Path], on_stage: StageSetter) -> None:
    queue("01-first")
    async with on_stage(timedelta(seconds=-1)) as stage:
        stage.standin.faults.add(
            "POST", "/channels/200000000000000002/messages", _forbidden(), times=99
        )
        failures = await play_on(stage, weeks=1, console=Console(file=io.StringIO()))

        assert not seen(stage, 1)
        assert "riddle 1 was published 0 times in 200000000000000001" in failures


def _forbidden() -> faults.Action:
    return faults.status(403)


def test_the_starter_riddles_have_six_different_subjects() -> None:
    titles = [
        tomllib.loads(path.read_text("utf-8"))["title"] for path in STARTER.glob("*/riddle.toml")
    ]

    assert len(titles) == len(set(titles))

"""A role for a feat, given on Discord when the books say so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from riddles.config import Settings
from riddles.config.settings import MilestoneTable
from tests.show.conftest import StageSetter, published
from tests.show.test_members import Scene

Queue = Callable[..., Path]
ROLE = 100_000_000_000_000_005
"""Any role that the French server has."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    guild = settings.server[0].guild
    first = MilestoneTable(guild=guild, role=ROLE, solved=1)
    return settings.model_copy(update={"milestone": (first,)})


async def test_who_solves_the_first_riddle_is_given_the_role(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        scene = Scene(stage)
        await scene.answers("ada", "quicksort")
        await scene.answers("linus", "bogosort")
        await stage.settle()
        guild = stage.program.show.settings.server[0].guild

        assert ROLE in stage.standin.roles_of(guild, scene.member("ada").id)
        assert ROLE not in stage.standin.roles_of(guild, scene.member("linus").id)

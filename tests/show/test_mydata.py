"""What members do about their own data, on the real program."""

import json
import logging
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from riddles.rehearsal.discord import Reply
from tests.show.conftest import StageSetter, published
from tests.show.test_members import Scene

Queue = Callable[..., Path]


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with published(on_stage) as stage:
        scene = Scene(stage)
        await scene.answers("ada", "My Very Own Words")
        await scene.passes(minutes=10)
        await scene.answers("ada", "quicksort")
        await scene.answers("grace", "quicksort")
        yield scene


async def pressed(scene: Scene, button: str, name: str = "ada") -> Reply:
    overview = await scene.says(name, "mydata")
    return await scene.stage.standin.press(scene.member(name), overview, button)


async def erased(scene: Scene, word: str = "effacer") -> Reply:
    form = await pressed(scene, "v1:data-erase")
    return await scene.stage.standin.submit(scene.member("ada"), form, {"word": word})


async def test_a_member_sees_what_is_kept(scene: Scene) -> None:
    reply = await scene.says("ada", "mydata")

    assert "2 réponses" in reply.text
    assert reply.ephemeral


async def test_a_stranger_learns_that_nothing_is_kept(scene: Scene) -> None:
    assert "Rien n’est conservé" in (await scene.says("hedy", "mydata")).text


async def test_a_member_takes_everything_away_as_a_file(scene: Scene) -> None:
    reply = await pressed(scene, "v1:data-file")
    (file,) = reply.files
    data = json.loads(file.path.read_text(encoding="utf-8"))

    assert [one["text"] for one in data["answers"]] == ["My Very Own Words", "quicksort"]
    assert data["transfers"][0]["points"] == 100


async def test_a_hidden_member_is_on_no_board_until_they_want_to(scene: Scene) -> None:
    await pressed(scene, "v1:data-hide")
    hidden = await scene.says("grace", "leaderboard")
    await pressed(scene, "v1:data-show")
    shown = await scene.says("grace", "leaderboard")

    assert "Ada" not in hidden.text
    assert "Ada" in shown.text


async def test_nobody_is_erased_by_a_slip(scene: Scene) -> None:
    reply = await erased(scene, "oui")

    assert "Rien n’a été effacé" in reply.text
    assert "2 réponses" in (await scene.says("ada", "mydata")).text


async def test_an_erased_member_begins_anew(scene: Scene) -> None:
    reply = await erased(scene)
    board = await scene.says("grace", "leaderboard")
    again = await scene.answers("ada", "quicksort")

    assert "100 points" in reply.text
    assert "Ada" not in board.text
    assert "hors classement" in again.text


async def test_no_log_names_a_member_or_an_answer(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="riddles"):
        await scene.answers("linus", "Another Secret Guess")
        await scene.says("linus", "points balance")
        await erased(scene)
    said = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("riddles", "engine"))
    )

    assert str(scene.member("linus").id) not in said
    assert str(scene.member("ada").id) not in said
    assert "Another Secret Guess" not in said

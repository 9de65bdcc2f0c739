"""What a server takes today has to be possible; what is kept for another day may not be."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from riddles.config import Server, Settings, load_settings
from riddles.content import Riddle, read_library
from riddles.media import Kind, MediaRefusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.week.preparing import Preparations
from tests.media.clips import Clips
from tests.riddles.content.builders import SERVER, a_riddle

MIB, KIB = 1024 * 1024, 1024


class Boosted:
    """A server that takes `now` bytes, and `later` when its boosts end."""

    def __init__(self, now: int, later: int) -> None:
        self._now, self._later = now, later

    def limit_of(self, _: Server) -> int:
        return self._now

    def limits_of(self, _: object) -> list[int]:
        return [self._now, self._later]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "scheduler.toml"
    path.write_text(SERVER, encoding="utf-8")
    return load_settings(path)


@pytest.fixture
def riddle(tmp_path: Path, clips: Clips, settings: Settings) -> Riddle:
    """Five busy seconds, which 20 KiB cannot hold."""
    folder = a_riddle(tmp_path / "content", film=clips("noisy"))
    (one,) = read_library(folder.parent, settings).ready
    return one


def preparations(settings: Settings, data: Path, uploads: Boosted) -> Preparations:
    async def tell(key: str, sentence: Sentence) -> None:
        raise AssertionError(key, str(sentence))

    show = SimpleNamespace(settings=settings, data=data, uploads=uploads)
    return Preparations(cast("Show", show), tell)


async def test_a_smaller_variant_that_is_impossible_is_left_out_and_the_larger_one_made(
    riddle: Riddle, settings: Settings, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    making = preparations(settings, data, Boosted(now=MIB, later=20 * KIB))

    finished = await making.finish(riddle)

    video = finished.upload_to(1)
    assert 20 * KIB < video.stat().st_size <= MIB
    assert "01-boxes has no smaller variant: 5 s of video" in caplog.text
    assert len(list((data / "prepared").iterdir())) == 1


async def test_what_the_server_takes_today_is_not_left_out(
    riddle: Riddle, settings: Settings, data: Path
) -> None:
    making = preparations(settings, data, Boosted(now=20 * KIB, later=10 * KIB))

    with pytest.raises(MediaRefusal) as refusal:
        await making.finish(riddle)

    assert refusal.value.kind is Kind.TOO_LONG

"""Whatever an animator drops, what comes out plays everywhere, fits, and tells nothing."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from riddles.media import (
    Kind,
    MediaRefusal,
    Prepared,
    Progress,
    Source,
    find_prepared,
    prepare,
    prune,
)
from riddles.media.leaks import leaks
from riddles.media.probe import probe
from tests.media.clips import SECRET
from tests.media.conftest import Put, files_in, paths_in

MIB = 1024 * 1024


async def made(
    source: Source, data: Path, limit: int = MIB, secrets: Sequence[str] = ()
) -> Prepared:
    return await prepare(source, limit=limit, data=data, secrets=secrets)


async def test_a_video_that_already_fits_keeps_its_pictures(put: Put, data: Path) -> None:
    source = put("good")

    prepared = await made(source, data)

    assert prepared.way == "remux"
    assert 0.98 * prepared.source_size < prepared.size <= prepared.source_size


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("av1", 320, 240),
        ("webm_named", 320, 240),
        ("deep444", 640, 360),
        ("anamorphic", 524, 288),
        ("cover", 320, 240),
        ("rotated", 240, 320),
    ],
)
async def test_what_comes_out_plays_everywhere(
    put: Put, data: Path, name: str, width: int, height: int
) -> None:
    prepared = await made(put(name), data)

    result = probe(prepared.video)
    start = prepared.video.read_bytes()
    assert (result.video, result.pixels, result.audio or "aac") == ("h264", "yuv420p", "aac")
    assert (result.width, result.height, result.sounds < 2) == (width, height, True)
    assert start.find(b"moov") < start.find(b"mdat")
    assert prepared.poster.read_bytes().startswith(b"\xff\xd8")


@pytest.mark.parametrize(("name", "kibibytes"), [("noisy", 350), ("short", 30), ("short", 60)])
async def test_a_busy_video_is_squeezed_to_the_limit_and_not_far_below(
    put: Put, data: Path, name: str, kibibytes: int
) -> None:
    limit = kibibytes * 1024

    prepared = await made(put(name), data, limit=limit)

    assert prepared.way == "two-pass"
    assert 0.9 * limit <= prepared.size <= limit


async def test_a_video_too_long_for_the_limit_says_what_would_fit(put: Put, data: Path) -> None:
    with pytest.raises(MediaRefusal, match=r"5 s of video .* into 20 KiB; about [\d.]+ s") as no:
        await made(put("noisy"), data, limit=20 * 1024)

    assert no.value.kind is Kind.TOO_LONG
    assert files_in(data) == {"hashes"}


async def test_nothing_that_tells_the_answer_travels_along(put: Put, data: Path) -> None:
    source = put("leaky")

    prepared = await made(source, data, secrets=[SECRET])

    assert leaks(source.folder / "video.mp4", [SECRET])
    assert not leaks(prepared.video, [SECRET])


async def test_what_stands_in_every_video_is_no_leak(put: Put, data: Path) -> None:
    everyday = ["codec", "threads", "H.264", "handler", "sound", "mp4", "42", "lookahead"]

    assert (await made(put("tiny"), data, secrets=everyday)).way == "remux"
    assert (await made(put("hevc"), data, secrets=everyday)).way == "quality"


@pytest.mark.parametrize("name", ["flipped", "words"])
async def test_a_damaged_video_leaves_nothing_behind(put: Put, data: Path, name: str) -> None:
    with pytest.raises(MediaRefusal):
        await made(put(name), data)

    assert files_in(data) <= {"hashes"}


async def test_a_second_request_finds_the_first_result(put: Put, data: Path) -> None:
    source = put("tiny")

    before = find_prepared(source, limit=MIB, data=data)
    first = await made(source, data)

    assert before is None
    assert find_prepared(source, limit=MIB, data=data) == first == await made(source, data)


async def test_an_edited_video_is_prepared_anew(put: Put, data: Path) -> None:
    first = await made(put("tiny"), data)
    edited = put("fps60")

    assert find_prepared(edited, limit=MIB, data=data) is None
    assert (await made(edited, data)).video != first.video


async def test_a_result_that_lost_a_byte_is_made_again(put: Put, data: Path) -> None:
    source = put("tiny")
    first = await made(source, data)
    first.video.write_bytes(first.video.read_bytes()[:-1])

    assert find_prepared(source, limit=MIB, data=data) is None
    assert (await made(source, data)).size == first.size == first.video.stat().st_size


async def test_two_at_once_make_it_once(put: Put, data: Path) -> None:
    source = put("good")
    steps: list[Progress] = []

    one, two = await asyncio.gather(
        *(
            prepare(source, limit=MIB, data=data, secrets=[], on_progress=steps.append)
            for _ in range(2)
        )
    )

    assert one == two
    assert [s.step for s in steps].count("waiting") == 1
    assert [s.fraction for s in steps if s.step == "checking"] == [0.0]


async def test_a_limit_beyond_the_disk_is_refused_before_work_begins(put: Put, data: Path) -> None:
    with pytest.raises(MediaRefusal, match="make room") as no:
        await made(put("tiny"), data, limit=10**15)

    assert no.value.kind is Kind.SPACE


async def test_pruning_keeps_what_is_queued_and_removes_the_rest(put: Put, data: Path) -> None:
    kept, other = put("tiny", "kept.mp4"), put("fps60", "other.mp4")
    one, two = await made(kept, data), await made(other, data)
    (data / "work" / "left-by-a-crash").mkdir()

    freed = prune(data, [kept])

    assert freed > two.size
    assert find_prepared(kept, limit=MIB, data=data) == one
    assert (two.video.exists(), list((data / "work").iterdir())) == (False, [])


async def test_a_quiet_video_is_warned_about_and_not_changed(put: Put, data: Path) -> None:
    prepared = await made(put("quiet"), data)

    assert prepared.loudness_lufs is not None
    assert prepared.loudness_lufs < -50
    assert any("quiet" in str(warning) for warning in prepared.warnings)


async def test_the_folders_own_poster_is_used_without_its_texts(put: Put, data: Path) -> None:
    source = put("tiny")
    own = put("telling.png", "poster.png")

    prepared = await made(source, data, secrets=[SECRET])

    assert leaks(own.folder / "poster.png", [SECRET])
    assert prepared.poster.read_bytes().startswith(b"\xff\xd8")


async def test_results_say_nothing_of_where_they_came_from(put: Put, data: Path) -> None:
    prepared = await made(put("tiny", "hourglass.mp4"), data, secrets=[SECRET])

    facts = json.loads((prepared.video.parent / "result.json").read_text())
    assert "hourglass" not in f"{facts} {paths_in(data)}".lower()


async def test_hdr_is_brought_to_ordinary_colours_and_said(put: Put, data: Path) -> None:
    source = put("hdr")
    before = probe(source.folder / "video.mp4")

    prepared = await made(source, data)

    assert (before.hdr, probe(prepared.video).hdr) == (True, False)
    assert any("HDR" in str(warning) for warning in prepared.warnings)


async def test_an_interlaced_video_comes_out_progressive(put: Put, data: Path) -> None:
    source = put("interlaced")
    before = probe(source.folder / "video.mp4")

    prepared = await made(source, data)

    assert (before.interlaced, probe(prepared.video).interlaced) == (True, False)

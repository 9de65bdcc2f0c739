"""What a link leads to is fetched, whatever servers do; and never from a private address."""

import asyncio
import time
from pathlib import Path

import pytest

from riddles.media import (
    Bounds,
    Kind,
    MediaRefusal,
    Prepared,
    Source,
    find_prepared,
    prepare,
    prepare_link,
)
from riddles.media.fetch import web_host
from tests.media.clips import Clips
from tests.media.conftest import LOOPBACK, eventually, files_in
from tests.media.server import Server

MIB = 1024 * 1024
HASTY = Bounds(read_s=1, retries=1, fetch_s=12, source_bytes=4 * MIB, silence_s=10)

PATIENT = Bounds(retries=8)
LONG = pytest.mark.long


async def fetched(url: str, folder: Path, data: Path, bounds: Bounds = HASTY) -> Prepared:
    return await prepare(
        Source(folder=folder, url=url),
        limit=MIB,
        data=data,
        secrets=["Hourglass"],
        allow_private=LOOPBACK,
        bounds=bounds,
    )


@pytest.mark.parametrize(
    "name",
    [
        "hls.m3u8",
        pytest.param("tiny", marks=LONG),
        pytest.param("vp9.webm", marks=LONG),
        pytest.param("dash.mpd", marks=LONG),
    ],
)
async def test_a_link_to_a_video_is_fetched_and_prepared(
    clips: Clips, server: Server, folder: Path, data: Path, name: str
) -> None:
    prepared = await fetched(server.url(f"/{clips(name).name}"), folder, data)

    assert (prepared.width, prepared.height) == (320, 240)
    assert 2.8 < prepared.duration_s < 3.3


async def test_a_link_is_fetched_once(
    clips: Clips, server: Server, folder: Path, data: Path
) -> None:
    url = server.url(f"/{clips('tiny').name}")
    first = await fetched(url, folder, data)
    asked = len(server.asked)

    again = await fetched(url, folder, data)

    assert again == first == find_prepared(Source(folder=folder, url=url), limit=MIB, data=data)
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        pytest.param("/status/404", (Kind.LINK, "no such video"), marks=LONG),
        pytest.param("/status/403", (Kind.LINK, "pass cookies"), marks=LONG),
        pytest.param("/status/500", (Kind.NETWORK, "try again later"), marks=LONG),
        pytest.param("/loop", (Kind.LINK, "round in circles"), marks=LONG),
        ("/redirect?to=http://127.0.0.2:{port}/tiny.mp4", (Kind.LINK, "leads to 127.0.0.2")),
        pytest.param("/redirect?to=file:///etc/passwd", (Kind.LINK, "put a video.mp4"), marks=LONG),
        pytest.param("/page", (Kind.LINK, "no video on that page"), marks=LONG),
        pytest.param("/hang", (Kind.NETWORK, "did not answer in time"), marks=LONG),
        ("/endless", (Kind.TOO_BIG, "4.0 MiB")),
        ("/far.m3u8", (Kind.LINK, "leads to 127.0.0.2")),
        ("/gap.m3u8", (Kind.LINK, "no such video")),
        pytest.param("/live.m3u8", (Kind.LINK, "live"), marks=LONG),
        pytest.param("/zero.mp4", (Kind.NETWORK, "broke off"), marks=LONG),
        pytest.param("/words.mp4", (Kind.DAMAGED, "cannot be read as a video"), marks=LONG),
    ],
)
async def test_what_a_link_can_do_wrong_is_told_in_words_with_a_way_out(
    links: Server, folder: Path, data: Path, path: str, wrong: tuple[Kind, str]
) -> None:
    kind, says = wrong
    url = links.url(path.format(port=links.server_port))

    with pytest.raises(MediaRefusal, match=says) as refused:
        await fetched(url, folder, data)

    assert refused.value.kind is kind
    assert "hourglass" not in str(refused.value).lower()
    assert files_in(data) <= {"hashes"}


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "data:video/mp4;base64,AAAA", "ftp://127.0.0.1/x", "ytsearch:x"),
        *("http://", "http://[", "-o/tmp/x", "javascript:1", ""),
    ],
)
def test_only_web_addresses_are_links(url: str) -> None:
    with pytest.raises(MediaRefusal, match="not a web address"):
        web_host(url)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        pytest.param("127.0.0.1", marks=LONG),
        pytest.param("0.0.0.0", marks=LONG),  # noqa: S104 - an address to refuse
        pytest.param("[::ffff:127.0.0.1]", marks=LONG),
    ],
)
async def test_private_addresses_are_closed_unless_opened(
    server: Server, folder: Path, data: Path, host: str
) -> None:
    source = Source(folder=folder, url=server.url("/tiny.mp4", host))

    with pytest.raises(MediaRefusal, match="not on the public internet"):
        await prepare(source, limit=MIB, data=data, secrets=[])

    assert server.asked == []


async def test_a_trickle_ends_at_the_deadline(server: Server, folder: Path, data: Path) -> None:
    started = time.monotonic()

    with pytest.raises(MediaRefusal, match="did not get through") as refused:
        await fetched(server.url("/trickle"), folder, data, Bounds(fetch_s=4))

    assert time.monotonic() - started < 12
    assert refused.value.may_pass


@LONG
async def test_a_server_that_keeps_hanging_up_still_delivers(
    clips: Clips, server: Server, folder: Path, data: Path
) -> None:
    url = server.url(f"/cut/{clips('tiny').name}")

    prepared = await fetched(url, folder, data, PATIENT)

    assert any("bytes=" in asked for asked in server.asked)
    assert prepared.source_size == clips("tiny").stat().st_size


async def test_a_broken_off_download_goes_on_where_it_stopped(
    clips: Clips, server: Server, folder: Path, data: Path
) -> None:
    url = server.url(f"/cut/{clips('tiny').name}")
    with pytest.raises(MediaRefusal) as refused:
        await fetched(url, folder, data, Bounds(retries=0))
    server.asked.clear()

    prepared = await fetched(url, folder, data, PATIENT)

    assert (refused.value.kind, prepared.way) == (Kind.NETWORK, "remux")
    # The first look at the page asks for all of it; the download itself goes on.
    assert "bytes=" in server.asked[1]


@LONG
async def test_a_link_post_has_a_poster(
    clips: Clips, server: Server, folder: Path, data: Path
) -> None:
    source = Source(folder=folder, url=server.url(f"/{clips('tiny').name}"))

    post = await prepare_link(source, data=data, secrets=[], allow_private=LOOPBACK)

    assert (post.url, round(post.duration_s)) == (source.url, 3)
    assert post.poster.stat().st_size > 1000


async def test_canceling_a_fetch_ends_it_at_once_and_leaves_nothing(
    server: Server, folder: Path, data: Path
) -> None:
    task = asyncio.create_task(fetched(server.url("/trickle"), folder, data))
    await eventually(lambda: bool(server.asked))
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task

    assert files_in(data) == set()

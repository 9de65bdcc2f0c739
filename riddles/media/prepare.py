"""Prepares a riddle's video ahead of its moment, so that publication only uploads.

The work is done in worker processes, one encode at a time on this machine; what is asked for
twice is made once. A result appears whole or not at all, and whoever cancels leaves nothing.
"""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from riddles.media.desk import Desk, OnProgress
from riddles.media.limits import BOUNDS, Bounds
from riddles.media.refusal import Kind, MediaRefusal
from riddles.media.store import LinkPost, Prepared, Source, Store


async def prepare(
    source: Source,
    *,
    limit: int,
    data: Path,
    secrets: Sequence[str],
    captions_burn: str | None = None,
    on_progress: OnProgress | None = None,
    allow_private: bool | Sequence[str] = False,
    cookies: Path | None = None,
    bounds: Bounds = BOUNDS,
) -> Prepared:
    """The source's video and poster, made to fit `limit` bytes; made only if not there yet.

    `captions_burn` names a captions file of the folder to draw into the picture. `secrets` are
    searched for in what comes out. `allow_private` opens private networks to links: all, or
    those listed. Safe to call from several processes at once.

    Raises:
        MediaRefusal: one sentence with its remedy; `kind` and `may_pass` say what sort it is.
    """
    desk = Desk(
        store=Store(data),
        source=source,
        secrets=tuple(secrets),
        on_progress=on_progress,
        allow_private=allow_private,
        cookies=cookies,
        bounds=bounds,
    )
    async with desk.alone():
        video = await desk.video()
        digest = await asyncio.to_thread(desk.store.digest, video)
        key = await asyncio.to_thread(desk.store.key, digest, source, limit, captions_burn)
        found = Prepared.read(desk.store.place("prepared", key))
        if found and await desk.is_clean(found):
            return found

        desk.store.need_space(3 * limit)
        async with desk.encoder(), desk.folder() as folder:
            facts = await desk.make(video, folder, limit=limit, captions_burn=captions_burn)
            if await asyncio.to_thread(desk.store.known_digest, video) != digest:
                raise MediaRefusal(
                    "{name} changed while it was being prepared: try again",
                    Kind.WORKER,
                    name=video.name,
                )
            place = desk.store.publish(folder, key, facts | {"source_sha256": digest})
    made = Prepared.read(place)
    assert made  # noqa: S101 - it was published a moment ago
    return made


async def prepare_link(
    source: Source,
    *,
    data: Path,
    secrets: Sequence[str],
    on_progress: OnProgress | None = None,
    allow_private: bool | Sequence[str] = False,
    cookies: Path | None = None,
    bounds: Bounds = BOUNDS,
) -> LinkPost:
    """What a post needs that links to the video instead of carrying it: the address and a poster.

    Raises:
        MediaRefusal: there is no link, or nothing behind it.
    """
    if not source.url:
        raise MediaRefusal("a post can only link to a video that has an url", Kind.LINK)
    desk = Desk(
        store=Store(data),
        source=source,
        secrets=tuple(secrets),
        on_progress=on_progress,
        allow_private=allow_private,
        cookies=cookies,
        bounds=bounds,
    )
    async with desk.alone():
        video = await desk.video()
        digest = await asyncio.to_thread(desk.store.digest, video)
        key = await asyncio.to_thread(desk.store.key, digest, source, 0, None)
        if found := LinkPost.read(desk.store.place("prepared", key), source.url):
            return found
        async with desk.folder() as folder:
            facts = await desk.make_poster(video, folder)
            place = desk.store.publish(folder, key, facts | {"source_sha256": digest})
    made = LinkPost.read(place, source.url)
    assert made  # noqa: S101 - it was published a moment ago
    return made


def find_prepared(
    source: Source, *, limit: int, data: Path, captions_burn: str | None = None
) -> Prepared | None:
    """The finished result for these very arguments, if there is one; reads a few small files."""
    return Store(data).find(source, limit, captions_burn)


def prune(data: Path, keep: Collection[Source]) -> int:
    """Remove results and downloads of all other sources, and what crashes left; bytes freed."""
    return Store(data).prune(keep)

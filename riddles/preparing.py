"""From a riddle to a finished video: what the media pipeline is told about it."""

from pathlib import Path

from engine.judging import entries_of
from riddles.content import Riddle
from riddles.media.prepare import OnProgress, prepare
from riddles.media.store import Prepared, Source


def source_of(riddle: Riddle) -> Source:
    """Where the riddle's video comes from."""
    return Source(folder=riddle.folder, file=riddle.file.video.file, url=riddle.file.video.url)


async def prepare_riddle(
    riddle: Riddle, *, limit: int, data: Path, on_progress: OnProgress | None = None
) -> Prepared:
    """The riddle's video, made to fit `limit` bytes; made only if it is not there yet.

    Raises:
        Refusal: the video cannot be used; the sentence says why and what to do.
    """
    return await prepare(
        source_of(riddle),
        limit=limit,
        data=data,
        secrets=entries_of(riddle.file.answer),
        captions_burn=riddle.file.video.captions_to_burn,
        on_progress=on_progress,
    )

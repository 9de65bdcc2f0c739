"""Settings that can be meant and hardly are: `riddles check` warns of them."""

from collections.abc import Iterator
from datetime import timedelta

from riddles.config.settings import Settings
from riddles.problems import Problem
from riddles.sentence import Sentence
from riddles.toml import Document

UPLOAD_MIN = 1024**2
"""No server of Discord takes less than ten times as much."""
HASH_MIN = timedelta(minutes=1)


def unusual(settings: Settings, document: Document) -> Iterator[Problem]:
    """A warning for each."""
    cookies = settings.media.cookies
    if cookies is not None and not cookies.is_file():
        says = Sentence("there is no file {path}", path=str(cookies))
        yield document.problem(("media", "cookies"), says, "warning")
    for number, server in enumerate(settings.server):
        if server.upload_limit is not None and server.upload_limit < UPLOAD_MIN:
            says = Sentence("hardly a video is so small: Discord takes 10 MiB in every server")
            yield document.problem(("server", number, "upload_limit"), says, "warning")
    if settings.draws.hash_time < HASH_MIN:
        says = Sentence(
            "who presses last could reckon the outcome in so short a time: let the hash take "
            "minutes"
        )
        yield document.problem(("draws", "hash_time"), says, "warning")

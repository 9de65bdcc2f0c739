"""A closer look at a riddle's pictures, too slow for every reading of the library."""

from collections.abc import Iterator

from engine.judging import entries_of
from riddles.content.riddle import Riddle
from riddles.media.captions import verify_captions
from riddles.media.folder import plain_file
from riddles.media.leaks import leaks
from riddles.media.poster import NAMES as POSTERS
from riddles.media.probe import verify_file
from riddles.media.refusal import MediaRefusal
from riddles.problems import Problem
from riddles.sentence import Sentence
from riddles.toml import Document

SOLUTION_VIDEO = "solution.mp4"
LETTERS_MIN = 4
"""Shorter answers stand in every file by chance."""


def footage_problems(riddle: Riddle, document: Document) -> Iterator[Problem]:
    """Videos that do not play, and texts hidden in them that name the answer."""
    name = riddle.file.video.file
    if name is not None:
        try:
            facts = verify_file(riddle.folder, name)
        except MediaRefusal as refusal:
            yield document.problem(("video", "file"), refusal.kept)
        else:
            yield from _hidden_texts(riddle, document, name)
            yield from _late_captions(riddle, document, facts.duration_s)
    for extra, verify in (
        (SOLUTION_VIDEO, verify_file),
        *((poster, plain_file) for poster in POSTERS),
    ):
        path = riddle.folder / extra
        if path.exists() or path.is_symlink():
            try:
                verify(riddle.folder, extra)
            except MediaRefusal as refusal:
                yield Problem(path, 1, refusal.kept)


def _hidden_texts(riddle: Riddle, document: Document, name: str) -> Iterator[Problem]:
    secrets = [entry for entry in entries_of(riddle.file.answer) if len(entry) >= LETTERS_MIN]
    if leaks(riddle.folder / name, secrets):
        yield document.problem(
            ("video", "file"),
            Sentence(
                "the video's metadata names the answer; members never get it, but whoever copies "
                "this folder does: export without metadata"
            ),
            "warning",
        )


def _late_captions(riddle: Riddle, document: Document, duration_s: float) -> Iterator[Problem]:
    for language, name in riddle.file.video.captions.items():
        try:
            verify_captions(riddle.folder, name, duration_s=duration_s)
        except MediaRefusal as refusal:
            yield document.problem(("video", "captions", language), refusal.kept)

"""`riddles draw verify`: a published file is drawn again, and the posts are compared with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.draws.test_lottery import FILE, OLD_FILE
from tests.riddles.shell import Said, riddles

ENDED_MS = 60_000
"""Of `FILE`'s window, since the first id."""


def verify(folder: Path, file: dict[str, Any], *words: str) -> Said:
    path = folder / "draw.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    return riddles(folder / "books.db", "draw", "verify", path, *words)


def test_it_says_how_long_after_the_window_the_transcript_was_posted(tmp_path: Path) -> None:
    posted = (ENDED_MS + 3_500) << 22
    link = f"https://discord.com/channels/100000000000000001/100000000000000002/{posted:016}"
    said = verify(tmp_path, FILE, "--posted", link, "--transcript", FILE["transcript"])

    assert said.code == 0
    assert "until 2015-01-01 00:01:00 UTC; the last press came 60.0 s before that" in said.out
    assert "posted      the transcript, 3.5 s after the window's end" in said.out


def test_for_programs_it_is_a_number(tmp_path: Path) -> None:
    said = verify(tmp_path, FILE, "--posted", f"{(ENDED_MS + 3_500) << 22:016}", "--json")

    assert said.facts["posted_late_ms"] == 3_500
    assert {name: said.facts[name] for name in FILE} == FILE


def test_an_old_file_is_verified_without_a_moment(tmp_path: Path) -> None:
    said = verify(tmp_path, OLD_FILE, "--posted", f"{1 << 62}")

    assert said.code == 0
    assert "version 1" in said.out


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        (f"{(ENDED_MS - 1_500) << 22:016}", "was posted 1.5 s before the window's end"),
        ("the last one", "--posted the last one: that is neither"),
    ],
)
def test_a_post_that_cannot_be_the_transcripts_is_refused(
    tmp_path: Path, posted: str, words: str
) -> None:
    said = verify(tmp_path, FILE, "--posted", posted)

    assert said.code == 1
    assert words in said.err


@pytest.mark.parametrize("digest", ["--frozen", "--transcript"])
def test_another_digest_than_the_posted_one_is_refused(tmp_path: Path, digest: str) -> None:
    said = verify(tmp_path, FILE, digest, "0" * 64)

    assert said.code == 1
    assert "not the one you gave" in said.err


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"\xff\xfe\x00", "draw.json is not JSON: give the file as it was published"),
        (b"{", "draw.json is not JSON"),
        (b"[" * 100_000, "draw.json is not JSON"),
        (b"[]", "draw.json is not the file of a draw"),
        (b"{}", "draw.json: it is not a draw's file: version is missing"),
        (
            b'{"version": 3}',
            "draw.json: it is not a draw's file: version is not what belongs there",
        ),
    ],
)
def test_what_is_no_published_file_is_refused_in_words(
    tmp_path: Path, file: bytes, says: str
) -> None:
    path = tmp_path / "draw.json"
    path.write_bytes(file)
    said = riddles(tmp_path / "books.db", "draw", "verify", path)

    assert (said.code, says in said.err) == (1, True), said.err

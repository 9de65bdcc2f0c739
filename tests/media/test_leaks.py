"""The answer is found wherever a file could spell it, and chance is not taken for it."""

import random
from pathlib import Path

import pytest

from riddles.media.leaks import leaks, spells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("written", ["Sablier doré", "SABLIER DORÉ", "sablier dore"])
def test_an_answer_is_found_in_any_case_and_encoding(
    tmp_path: Path, written: str, encoding: str
) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(box(b"mdat", b"\x00\x01" + written.encode(encoding) + b"\xff"))

    assert leaks(path, ["other", "sablier doré"])


def test_a_short_answer_is_looked_for_where_words_stand(tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    name = box(b"moov", box(b"trak", box(b"mdia", box(b"hdlr", bytes(20) + b"TCP handler"))))
    path.write_bytes(box(b"ftyp", b"isom") + name + box(b"mdat", b"x"))

    assert leaks(path, ["tcp"])


def test_a_short_answer_is_not_found_in_the_noise_of_pictures(tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    noise = random.Random(1).randbytes(3_000_000) + b"tcp"
    path.write_bytes(
        box(b"ftyp", b"isom") + box(b"moov", box(b"stbl", b"tcp")) + box(b"mdat", noise)
    )

    assert not leaks(path, ["tcp", "ip", " ", ""])


@pytest.mark.parametrize("text", ["the hourglass", "L'HOURGLÀSS !"])
def test_a_sentence_spells_an_answer_whatever_its_accents(text: str) -> None:
    assert spells(text, ["Hourglass"])
    assert not spells(text, ["sundial", ""])


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content

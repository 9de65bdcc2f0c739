"""Captions are checked line by line, and may be drawn into the picture."""

from pathlib import Path

import av
import pytest

from riddles.media import Kind, MediaRefusal, prepare, verify_captions
from riddles.media.captions import Cue, write_for_burning
from tests.media.conftest import Put

MIB = 1024 * 1024
GOOD = "WEBVTT\n\n00:01.000 --> 00:02.500\n<b>Écoutez</b> bien.\n\n00:02.500 --> 00:03.000\nFin\n"


def test_captions_are_read_without_their_mark_up(folder: Path) -> None:
    (folder / "captions.fr.vtt").write_text(GOOD, "utf-8")

    cues = verify_captions(folder, "captions.fr.vtt", duration_s=3)

    assert cues[0] == Cue(line=3, start_s=1, end_s=2.5, text="Écoutez bien.")
    assert len(cues) == 2


def test_subrip_is_read_too(folder: Path) -> None:
    (folder / "c.srt").write_text("1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\nTwo\r\n")

    assert verify_captions(folder, "c.srt")[0].text == "One\nTwo"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "00:01.000 --> 00:02.000\nx\n",
            r"c\.vtt:1: .* begins with the word WEBVTT; .* name the file \.srt",
        ),
        ("WEBVTT\n\n0:1 --> 0:2\nx\n", r"c\.vtt:3: not a timing"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", r"c\.vtt:3: .* ends before it begins"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n\n", r"c\.vtt:3: .* says nothing"),
        (
            "WEBVTT\n\n00:02.000 --> 00:02.500\nx\n\n00:01.000 --> 00:02.000\ny\n",
            r"c\.vtt:6: .* before the one above",
        ),
        ("WEBVTT\n\n01:00.000 --> 01:02.000\nx\n", r"c\.vtt:3: .* after the video's end \(3 s\)"),
        ("WEBVTT\n", "no captions in it"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nLe SABLIÉR, oui\n", r"c\.vtt:3: .* names the answer"),
    ],
)
def test_a_wrong_line_is_named(folder: Path, text: str, says: str) -> None:
    (folder / "c.vtt").write_text(text, "utf-8")

    with pytest.raises(MediaRefusal, match=says) as refused:
        verify_captions(folder, "c.vtt", secrets=["sablier"], duration_s=3)

    assert "sabli" not in str(refused.value).lower()


def test_captions_in_another_encoding_are_told_so(folder: Path) -> None:
    (folder / "c.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\né\n".encode("latin-1"))

    with pytest.raises(MediaRefusal, match="save it as UTF-8"):
        verify_captions(folder, "c.srt")


def test_captions_to_burn_hold_no_drawing_commands(tmp_path: Path) -> None:
    cue = Cue(line=1, start_s=3661.25, end_s=3662, text=r"{\pos(0,0)}x<b>y")

    write_for_burning([cue], tmp_path / "c.srt")

    assert (tmp_path / "c.srt").read_text() == (
        "1\n01:01:01,250 --> 01:01:02,000\n(/pos(0,0))x(b)y\n"
    )


async def test_burnt_captions_change_the_picture(put: Put, folder: Path, data: Path) -> None:
    source = put("tiny")
    (folder / "captions.fr.vtt").write_text(GOOD, "utf-8")

    plain = await prepare(source, limit=MIB, data=data, secrets=[])
    burnt = await prepare(source, limit=MIB, data=data, secrets=[], captions_burn="captions.fr.vtt")

    assert (plain.way, burnt.way) == ("remux", "quality")
    before, while_shown = (changes(plain.video, burnt.video, at_s) for at_s in (0.5, 1.5))
    assert (before, while_shown > 100) == (0, True)


def changes(one: Path, other: Path, at_s: float) -> int:
    """How many points of two videos' pictures clearly differ at a moment."""
    levels = [frame(path, at_s) for path in (one, other)]
    return sum(abs(a - b) > 100 for a, b in zip(*levels, strict=True))


def frame(path: Path, at_s: float) -> bytes:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for picture in container.decode(stream):
            if (picture.time or 0) >= at_s:
                return bytes(picture.reformat(format="gray").planes[0])
    raise AssertionError(f"no picture at {at_s}")


async def test_without_a_font_captions_are_refused_instead_of_left_out(
    put: Put, folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = put("tiny")
    (folder / "c.vtt").write_text(GOOD, "utf-8")
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{folder}</dir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(folder / "fonts.conf"))

    with pytest.raises(MediaRefusal, match="no font") as refused:
        await prepare(source, limit=MIB, data=data, secrets=[], captions_burn="c.vtt")

    assert refused.value.kind is Kind.CAPTIONS

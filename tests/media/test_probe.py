"""A video's facts come from the file itself, and what is no video is told in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from riddles.media import Kind, MediaRefusal, verify_file
from tests.media.clips import Clips
from tests.media.conftest import Put


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("tiny", ("h264", 320, 240)),
        ("rotated", ("h264", 240, 320)),
        ("portrait", ("h264", 360, 640)),
        ("anamorphic", ("h264", 524, 288)),
        ("cover", ("h264", 320, 240)),
        ("hevc", ("hevc", 320, 240)),
        ("webm_named", ("vp9", 320, 240)),
    ],
)
def test_a_probe_tells_what_a_viewer_will_see(
    put: Put, folder: Path, name: str, seen: tuple[str, int, int]
) -> None:
    put(name)

    probe = verify_file(folder, "video.mp4")

    assert (probe.video, probe.width, probe.height) == seen


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("cut_tail", Kind.DAMAGED, "export it again"),
        ("cut_head", Kind.DAMAGED, "export it again"),
        ("words", Kind.DAMAGED, "export it again"),
        ("png_named", Kind.DAMAGED, "export it again"),
        ("playlist", Kind.DAMAGED, "export it again"),
        ("zero", Kind.FILE, "is empty"),
        ("audio_only", Kind.UNSUPPORTED, "no moving picture"),
        ("one_frame", Kind.TOO_SHORT, "a single picture is not a video"),
        ("long", Kind.TOO_BIG, "lasts 2 h 00 min; at most 30 min"),
    ],
)
def test_what_is_no_usable_video_is_refused_in_words(
    put: Put, folder: Path, name: str, kind: Kind, says: str
) -> None:
    put(name)

    with pytest.raises(MediaRefusal, match=says) as refused:
        verify_file(folder, "video.mp4")

    assert refused.value.kind is kind


@pytest.mark.parametrize(
    "name", ["../video.mp4", "/etc/passwd", ".hidden.mp4", "a/b.mp4", "a\\b.mp4", "", "..", "x\0"]
)
def test_a_name_never_leads_out_of_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(MediaRefusal, match="not a plain file name"):
        verify_file(folder, name)


def test_a_symbolic_link_is_refused_wherever_it_leads(clips: Clips, folder: Path) -> None:
    (folder / "video.mp4").symlink_to(clips("tiny"))

    with pytest.raises(MediaRefusal, match="symbolic link"):
        verify_file(folder, "video.mp4")


def test_a_folder_that_is_a_symbolic_link_is_refused(put: Put, folder: Path) -> None:
    put("tiny")
    link = folder.with_name("02-elsewhere")
    link.symlink_to(folder)

    with pytest.raises(MediaRefusal, match="symbolic link"):
        verify_file(link, "video.mp4")


def test_a_pipe_is_refused_without_waiting_for_a_writer(folder: Path) -> None:
    os.mkfifo(folder / "video.mp4")

    with pytest.raises(MediaRefusal, match="not a regular file"):
        verify_file(folder, "video.mp4")


@pytest.mark.parametrize("name", ["-y.mp4", "a:b.mp4", "http:x.mp4", "ça va 100%.mp4"])
def test_odd_names_are_names(put: Put, folder: Path, name: str) -> None:
    put("tiny", name)

    assert verify_file(folder, name).video == "h264"


def test_checking_a_video_imports_no_downloader(put: Put, folder: Path) -> None:
    put("tiny")
    script = (
        "import sys; from pathlib import Path; from riddles.media import verify_file;"
        "assert 'av' not in sys.modules;"
        f"verify_file(Path({str(folder)!r}), 'video.mp4');"
        "assert 'yt_dlp' not in sys.modules"
    )

    result = subprocess.run([sys.executable, "-c", script], check=False)  # noqa: S603 - our own words

    assert result.returncode == 0

"""Riddle folders for tests: a good one, and the same with one thing changed."""

import shutil
from pathlib import Path

GOOD = """\
title = "Deux boîtes"
{top}
[video]
file = "video.mp4"
captions = {{ fr = "captions.vtt", en = "captions.vtt" }}
alt = {{ fr = "Deux boîtes.", en = "Two boxes." }}
{video}
[text.fr]
prompt = "Que se passe-t-il ici ?"
hints = ["Regarde le début.", "C'est une famille connue."]
solution = "Voir https://example.org/fr."

[text.en]
prompt = "What happens here?"
hints = ["Look at the start.", "It is a well-known family."]
solution = "See https://example.org/en."

[answer]
{answer}
"""
CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n(a quiet tick)\n"
SERVER = "[[server]]\nguild = 1\nchannel = 2\n"


def a_riddle(
    root: Path,
    slug: str = "01-boxes",
    *,
    top: str = "",
    video: str = "",
    answer: str = 'accept = ["hourglass"]',
    film: Path | None = None,
) -> Path:
    """Write a riddle folder; without a film, its video is only there."""
    folder = root / slug
    folder.mkdir(parents=True)
    text = GOOD.format(top=top, video=video, answer=answer)
    (folder / "riddle.toml").write_text(text, "utf-8")
    (folder / "captions.vtt").write_text(CAPTIONS, "utf-8")
    if film is None:
        (folder / "video.mp4").write_bytes(b"not looked into")
    else:
        shutil.copy(film, folder / "video.mp4")
    return folder

"""The poster: the folder's own picture, or the video's at one fifth, where nothing is revealed.

Always made anew as a JPEG, so that no text a picture file may carry travels along.
"""

from pathlib import Path

from riddles.media import tool
from riddles.media.refusal import Kind, MediaRefusal

NAMES = ("poster.png", "poster.jpg", "poster.jpeg", "poster.webp")
PICTURES = "png_pipe,jpeg_pipe,webp_pipe"
"""By content; ffmpeg's own guess by name would read a % in a path as a pattern."""
WIDEST = 1280
AT = 0.2


def write_poster(video: Path, duration_s: float, own: Path | None, out: Path) -> None:
    """Write the poster to `out`.

    Raises:
        MediaRefusal: the folder's own poster is not a picture.
    """
    moment = [] if own else ["-ss", f"{duration_s * AT:.3f}"]
    run = tool.ffmpeg(
        [
            *moment,
            *(tool.source(str(own), formats=PICTURES) if own else tool.source(str(video))),
            *("-map", "0:V:0", "-frames:v", "1", "-vf", f"scale='min({WIDEST},iw)':-2"),
            *("-c:v", "mjpeg", "-q:v", "4", "-map_metadata", "-1", "-flags:v", "+bitexact"),
            *("-fflags", "+bitexact", "-f", "image2", "-update", "1", f"file:{out}"),
        ]
    )
    if run.ok and out.is_file():
        return
    if run.out_of_space(out.parent):
        raise tool.no_space()
    if own:
        raise MediaRefusal(
            "{name} cannot be read as a picture: save it again as PNG or JPEG",
            Kind.FILE,
            name=own.name,
        )
    raise MediaRefusal("no poster could be taken from the video: export it again", Kind.DAMAGED)


def find_poster(folder: Path | None) -> Path | None:
    """The poster an animator put into the folder, if any."""
    candidates = (folder / name for name in NAMES) if folder else ()
    return next((path for path in candidates if path.is_file() and not path.is_symlink()), None)

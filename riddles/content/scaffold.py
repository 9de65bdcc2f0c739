"""`riddles new`: a folder that explains itself.

It begins as a draft, `_slug`, because the program publishes what it finds: a riddle that is only
half written must not go out because its week came. To finish a riddle is to rename its folder.
"""

from importlib.resources import files
from pathlib import Path

from riddles.content.library import RIDDLE_FILE, SLUG, SLUG_LENGTH_MAX
from riddles.refusal import Refusal

_CAPTIONS = """WEBVTT

NOTE Each caption: from when to when, then what is said or heard. Never the answer.

00:00:00.000 --> 00:00:03.000
…
"""


def scaffold(root: Path, slug: str) -> Path:
    """Write the draft of a new riddle; its folder.

    Raises:
        Refusal: the slug cannot be a folder's name, is taken, or the folder cannot be written.
    """
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH_MAX:
        raise Refusal(
            f'"{slug}" cannot name a riddle: use small letters a-z and digits, words joined by '
            f'hyphens, {SLUG_LENGTH_MAX} characters at most, like "07-blinking-light"'
        )
    finished, folder = root / slug, root / f"_{slug}"
    for taken in (finished, folder):
        if taken.exists() or taken.is_symlink():
            raise Refusal(f"{taken} exists already: choose another name")
    text = files("riddles.content").joinpath("template.toml").read_text("utf-8")
    try:
        root.mkdir(exist_ok=True)
        folder.mkdir()
        riddle = text.replace("{folder}", folder.as_posix())
        riddle = riddle.replace("{finished}", finished.as_posix())
        (folder / RIDDLE_FILE).write_text(riddle, "utf-8")
        for language in ("fr", "en"):
            (folder / f"captions.{language}.vtt").write_text(_CAPTIONS, "utf-8")
    except OSError as error:
        raise Refusal(f"{folder} cannot be written: {error.strerror}") from None
    return folder

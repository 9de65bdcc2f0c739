"""`riddles new`: a folder that explains itself.

It begins as a draft, `_slug`, because the program publishes what it finds: a riddle that is only
half written must not go out because its week came. To finish a riddle is to rename its folder.
"""

from importlib.resources import files
from pathlib import Path

from riddles.content.library import RIDDLE_FILE, SLUG, SLUG_LENGTH_MAX
from riddles.refusal import Refusal
from riddles.sentence import because
from riddles.texts import Language

_TEMPLATES: dict[Language, str] = {"en": "template.toml", "fr": "template.fr.toml"}
_CAPTIONS: dict[Language, str] = {
    "en": """WEBVTT

NOTE Each caption: from when to when, then what is said or heard. Never the answer.

00:00:00.000 --> 00:00:03.000
…
""",
    "fr": """WEBVTT

NOTE Chaque sous-titre : de quand à quand, puis ce qu’on dit ou entend. Jamais la réponse.

00:00:00.000 --> 00:00:03.000
…
""",
}
"""What explains itself, in the language of whoever writes the riddle."""


def scaffold(root: Path, slug: str, lang: Language = "en") -> Path:
    """Write the draft of a new riddle, explained in that language; its folder.

    Raises:
        Refusal: the slug cannot be a folder's name, is taken, or the folder cannot be written.
    """
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH_MAX:
        raise Refusal(
            '"{slug}" cannot name a riddle: use small letters a-z and digits, words joined by '
            'hyphens, {most} characters at most, like "07-blinking-light"',
            slug=slug,
            most=SLUG_LENGTH_MAX,
        )
    finished, folder = root / slug, root / f"_{slug}"
    for taken in (finished, folder):
        if taken.exists() or taken.is_symlink():
            raise Refusal("{taken} exists already: choose another name", taken=taken)
    text = files("riddles.content").joinpath(_TEMPLATES[lang]).read_text("utf-8")
    try:
        root.mkdir(exist_ok=True)
        folder.mkdir()
        riddle = text.replace("{folder}", folder.as_posix())
        riddle = riddle.replace("{finished}", finished.as_posix())
        (folder / RIDDLE_FILE).write_text(riddle, "utf-8")
        for language in ("fr", "en"):
            (folder / f"captions.{language}.vtt").write_text(_CAPTIONS[lang], "utf-8")
    except OSError as error:
        raise Refusal("{path} cannot be written: {why}", path=folder, why=because(error)) from None
    return folder

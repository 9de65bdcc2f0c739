"""What the program is made of: Python, SQLite, its libraries, yt-dlp's age, ffmpeg."""

import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, requires, version

from engine.storage.database import OLDEST_SQLITE
from riddles.checkup.findings import Finding, bad, good, warning
from riddles.media.ytdlp_age import UPDATE, yt_dlp_age
from riddles.sentence import Counted, Sentence, both

PROGRAM = "weekly-riddles"
PYTHONS = ((3, 11), (3, 14))
"""The oldest and the newest that this version is tested with."""
LIBRARIES = ("hikari", "hikari-lightbulb", "APScheduler")
ENCODERS = ("libx264", "aac")
FFMPEG_S = 20.0
_BOUND = re.compile(r"(>=|<|==)\s*([\d.]+)")
_NAME = re.compile(r"[\w.-]+")


def findings(today: date) -> Iterator[Finding]:
    """The versions, one line each."""
    yield python(sys.version_info[:2])
    yield sqlite(sqlite3.sqlite_version_info)
    for name in LIBRARIES:
        yield library(name)
    yield yt_dlp(today)
    yield ffmpeg()


def python(found: tuple[int, int]) -> Finding:
    """Python itself."""
    oldest, newest = PYTHONS
    says = platform.python_version()
    if oldest <= found <= newest:
        return good("Python", says)
    bounds = {"oldest": f"{oldest[0]}.{oldest[1]}", "newest": f"{newest[0]}.{newest[1]}"}
    return warning(
        "Python",
        Sentence("{version}; tested are {oldest} to {newest}", version=says, **bounds),
        Sentence("install the program with {oldest} to {newest}", **bounds),
    )


def sqlite(found: tuple[int, ...]) -> Finding:
    """The SQLite that Python brought along."""
    says = ".".join(map(str, found))
    if found >= OLDEST_SQLITE:
        return good("SQLite", says)
    needed = ".".join(map(str, OLDEST_SQLITE[:2]))
    return bad(
        "SQLite",
        Sentence("{version} is too old", version=says),
        Sentence("use a Python whose SQLite is {version} or newer", version=needed),
    )


def library(name: str) -> Finding:
    """A library within the bounds that the program's own package names."""
    try:
        found, bounds = version(name), _bounds(name)
    except PackageNotFoundError:
        remedy = Sentence(
            "install the program again: pip install --require-hashes -r requirements.lock"
        )
        return bad(name, Sentence("is not installed"), remedy)
    if all(within(found, sign, bound) for sign, bound in bounds):
        return good(name, found)
    wanted = both([f"{sign}{bound}" for sign, bound in bounds])
    remedy = Sentence("install from requirements.lock, whose versions fit together")
    return bad(
        name, Sentence("{found}, and {wanted} is needed", found=found, wanted=wanted), remedy
    )


def yt_dlp(today: date) -> Finding:
    """yt-dlp, which ages in weeks."""
    age = yt_dlp_age(today)
    if age is None:
        says = Sentence("is missing, or says no version")
        return bad("yt-dlp", says, 'pip install -U "yt-dlp[default,deno]"')
    says = Counted(
        "{version}, {count} day old", "{version}, {count} days old", age.days, version=age.version
    )
    if not age.old:
        return good("yt-dlp", says)
    remedy = Sentence(
        "{update}; a video.mp4 in the folder works whatever its age", update=Sentence(UPDATE)
    )
    return warning("yt-dlp", Sentence("{age}: sites have changed since", age=says), remedy)


def ffmpeg() -> Finding:
    """The ffmpeg that fits videos, and whether it can write what Discord plays."""
    import imageio_ffmpeg  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - late; has none

    own = os.environ.get("IMAGEIO_FFMPEG_EXE")
    remedy = (
        Sentence(
            "IMAGEIO_FFMPEG_EXE names {own}: correct it, or unset it to use the bundled one",
            own=own,
        )
        if own
        else Sentence(
            "pip install --force-reinstall imageio-ffmpeg, or name your own in IMAGEIO_FFMPEG_EXE"
        )
    )
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
        said = subprocess.run(  # noqa: S603 - a list, no shell, our own words
            [program, "-encoders"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=FFMPEG_S,
            check=True,
        )
    except (OSError, RuntimeError, subprocess.SubprocessError):
        return bad("ffmpeg", Sentence("does not run"), remedy)
    words = said.stderr.split()
    number = words[2] if words[:2] == ["ffmpeg", "version"] else Sentence("of an unknown version")
    known = set(said.stdout.split())
    if missing := [name for name in ENCODERS if name not in known]:
        says = Sentence("{version} cannot write {these}", version=number, these=both(missing))
        return bad("ffmpeg", says, remedy)
    return good("ffmpeg", number)


def _bounds(name: str) -> list[tuple[str, str]]:
    """What the program's package says about a library; nothing where it is not installed."""
    try:
        lines = requires(PROGRAM) or []
    except PackageNotFoundError:
        return []
    for line in lines:
        match = _NAME.match(line)
        if match and match[0].lower() == name.lower():
            return _BOUND.findall(line)
    return []


def within(found: str, sign: str, bound: str) -> bool:
    """Whether a version keeps to one bound."""
    have, limit = _numbers(found), _numbers(bound)
    return {">=": have >= limit, "<": have < limit, "==": have == limit}[sign]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))

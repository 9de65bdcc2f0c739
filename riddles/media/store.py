"""Where finished videos wait: a folder beside the database, named by content, never by riddle.

    prepared/<key>/    video.mp4, poster.jpg, result.json    finished, never changed
    sources/<name>/    what a link led to, with source.json  kept while the riddle is queued
    partial/<name>/    the beginning of an interrupted fetch
    work/<name>/       being made; worthless without its lock
    locks/             who is at work
    hashes/            digests of files, by size and time

A key is a digest of everything that shapes the result, so an edited video is another entry and a
finished one is never stale. Results appear by one rename.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from riddles.media import lock
from riddles.media.folder import plain_file
from riddles.media.limits import MIB, spoken_size
from riddles.media.poster import find_poster
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

RECIPE = 3
"""Raised whenever fitting changes, so that old results are made anew."""
QUICK_BYTES = 16 * MIB
"""What is hashed while somebody waits; larger files only from memory."""
RESERVE = 128 * MIB
"""Disk that is never touched: the database needs room too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a riddle's video comes from: a file of its folder, or a link."""

    folder: Path
    file: str | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """A name that stays while the content changes, and tells nothing."""
        where = self.url or str(self.folder.resolve() / (self.file or ""))
        return hashlib.sha256(where.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A video and its poster, ready to upload, and how they came about."""

    video: Path
    poster: Path
    size: int
    width: int
    height: int
    duration_s: float
    fps: float
    loudness_lufs: float | None
    warnings: tuple[Sentence, ...]
    """What a host may want to mend."""
    way: str
    seconds_taken: float
    source_size: int
    source_codecs: str

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """A finished result, or None if there is none or it is not whole."""
        try:
            facts: dict[str, Any] = json.loads((folder / "result.json").read_text())
            values = {f.name: facts[f.name] for f in fields(cls) if f.name in facts}
            values["warnings"] = tuple(map(Sentence.of, facts["warnings"]))
            found = cls(video=folder / "video.mp4", poster=folder / "poster.jpg", **values)
            whole = found.video.stat().st_size == found.size and found.poster.is_file()
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return found if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPost:
    """What a post shows that links to a video too long to upload."""

    url: str
    poster: Path
    duration_s: float

    @classmethod
    def read(cls, folder: Path, url: str) -> Self | None:
        """A finished poster, or None if there is none."""
        try:
            facts = json.loads((folder / "result.json").read_text())
            found = cls(url=url, poster=folder / "poster.jpg", duration_s=facts["duration_s"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return found if found.poster.is_file() else None


class Store:
    """The layout of the data folder, and whatever is cheap to ask of it."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def place(self, shelf: str, name: str) -> Path:
        """Where something of this name lies, whether or not it exists."""
        return self.root / shelf / name

    def lock(self, name: str) -> Path:
        """The lock of a source, or of the one encoder."""
        return self.root / "locks" / name

    def fetched(self, source: Source) -> Path | None:
        """What the link of this source led to, if it was fetched."""
        folder = self.place("sources", source.name)
        try:
            name = json.loads((folder / "source.json").read_text())["file"]
            return plain_file(folder, name)
        except (OSError, ValueError, KeyError, MediaRefusal):
            return None

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file, remembered by its size and time."""
        if known := self.known_digest(path):
            return known
        facts = path.stat()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        note = {"size": facts.st_size, "mtime_ns": facts.st_mtime_ns, "sha256": digest}
        write_aside(self._note(path), json.dumps(note).encode())
        return digest

    def known_digest(self, path: Path) -> str | None:
        """The remembered SHA-256 of a file that has not changed since."""
        try:
            note, facts = json.loads(self._note(path).read_text()), path.stat()
            fresh = (note["size"], note["mtime_ns"]) == (facts.st_size, facts.st_mtime_ns)
            return str(note["sha256"]) if fresh else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def key(self, video: str, source: Source, limit: int, captions_burn: str | None) -> str:
        """The name of a result: a digest of all that shapes it."""
        poster = find_poster(source.folder)
        shape = [
            RECIPE,
            video,
            limit,
            self.digest(poster) if poster else None,
            self.digest(plain_file(source.folder, captions_burn)) if captions_burn else None,
        ]
        return hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:32]

    def find(self, source: Source, limit: int, captions_burn: str | None) -> Prepared | None:
        """The finished result for these very arguments, without working for it."""
        try:
            video = plain_file(source.folder, source.file) if source.file else self.fetched(source)
            if video is None:
                return None
            digest = self.known_digest(video)
            if digest is None and video.stat().st_size <= QUICK_BYTES:
                digest = self.digest(video)
            if digest is None:
                return None
            key = self.key(digest, source, limit, captions_burn)
        except (OSError, MediaRefusal):
            return None
        return Prepared.read(self.place("prepared", key))

    def publish(self, work: Path, key: str, facts: dict[str, Any]) -> Path:
        """Make a finished work folder a result, in one step that a crash cannot halve."""
        target = self.place("prepared", key)
        (work / "result.json").write_text(json.dumps(facts))
        for path in work.iterdir():
            _sync(path)
        _sync(work)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)  # What lies there was found broken or leaking.
        work.rename(target)
        _sync(target.parent)
        return target

    def room(self) -> int:
        """Bytes of disk that may be used."""
        self.root.mkdir(parents=True, exist_ok=True)
        return max(0, shutil.disk_usage(self.root).free - RESERVE)

    def need_space(self, size: int) -> None:
        """Raise `MediaRefusal` unless `size` bytes fit on the disk with some to spare."""
        if (room := self.room()) < size:
            raise MediaRefusal(
                "{needed} of disk are needed beside the database and {spare} are to spare: make "
                "room",
                Kind.SPACE,
                needed=spoken_size(size),
                spare=spoken_size(room),
            )

    def prune(self, keep: Collection[Source]) -> int:
        """Remove what no kept source needs, and what a crash left; returns the bytes freed."""
        names = {source.name for source in keep}
        digests = {digest for source in keep if (digest := self._remembered(source))}
        freed = 0
        notes = {self._note(video).name for source in keep if (video := self._video(source))}
        for note in self._all("hashes"):
            if note.name not in notes:
                note.unlink(missing_ok=True)
        for folder in self._all("prepared"):
            if _made_from(folder) not in digests:
                freed += _remove(folder)
        for folder in [*self._all("work"), *self._all("partial"), *self._all("sources")]:
            if folder.parent.name != "work" and folder.name in names:
                continue
            if (handle := lock.try_lock(self.lock(folder.name))) is not None:
                freed += _remove(folder)
                lock.release(self.lock(folder.name), handle)
        return freed

    def _remembered(self, source: Source) -> str | None:
        video = self._video(source)
        return self.known_digest(video) if video else None

    def _video(self, source: Source) -> Path | None:
        return source.folder.resolve() / source.file if source.file else self.fetched(source)

    def _all(self, shelf: str) -> list[Path]:
        folder = self.root / shelf
        return list(folder.iterdir()) if folder.is_dir() else []

    def _note(self, path: Path) -> Path:
        return self.root / "hashes" / hashlib.sha256(str(path).encode()).hexdigest()[:32]


def write_aside(path: Path, data: bytes) -> None:
    """Write a small file so that a reader sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    aside.write_bytes(data)
    aside.replace(path)


def _made_from(folder: Path) -> str | None:
    try:
        return json.loads((folder / "result.json").read_text())["source_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove(folder: Path) -> int:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder, ignore_errors=True)
    return size


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

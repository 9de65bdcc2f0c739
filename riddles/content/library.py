"""Read every riddle folder; a broken one is not ready, says why, and stops nobody else.

Folders whose name starts with `_` are drafts: their problems are told as warnings, because
nothing of a draft can go out.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from riddles.config import Settings
from riddles.content.inspection import inspect
from riddles.content.placeholders import unwritten
from riddles.content.riddle import Riddle, RiddleFile
from riddles.media.folder import plain_file
from riddles.media.refusal import MediaRefusal
from riddles.problems import Invalid, Problem, errors
from riddles.sentence import Sentence, because
from riddles.toml import Document, read_document, validate

RIDDLE_FILE = "riddle.toml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the library: the riddle in it, if it could be read, and what is wrong."""

    slug: str
    path: Path
    draft: bool
    riddle: Riddle | None = None
    document: Document | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def pinned(self) -> bool:
        """Whether it is kept for a week of its own."""
        return self.riddle is not None and self.riddle.file.week is not None

    @property
    def ready(self) -> bool:
        """Whether it may go out."""
        return self.riddle is not None and not self.draft and not errors(self.problems)


@dataclass(frozen=True, slots=True)
class Library:
    """All riddle folders, in name order."""

    root: Path
    folders: tuple[Folder, ...] = ()
    root_problems: tuple[Problem, ...] = ()

    @property
    def ready(self) -> list[Riddle]:
        """The riddles that may go out."""
        return [folder.riddle for folder in self.folders if folder.ready and folder.riddle]

    @property
    def drafts(self) -> list[Folder]:
        """Folders whose name starts with `_`."""
        return [folder for folder in self.folders if folder.draft]

    @property
    def broken(self) -> list[Folder]:
        """Folders that were meant to go out and cannot."""
        return [folder for folder in self.folders if not folder.draft and not folder.ready]

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, folder by folder."""
        return [*self.root_problems, *(p for folder in self.folders for p in folder.problems)]


def read_library(root: Path, settings: Settings | None = None) -> Library:
    """Read the folders under `root`; never raises for what lies in them.

    Without settings nothing is asked that depends on the community: its languages, its circles,
    its number of hints.
    """
    try:
        names = sorted(path.name for path in root.iterdir() if _is_folder(path))
    except OSError as error:
        says = Sentence("the riddles cannot be read: {why}", why=because(error))
        return Library(root, root_problems=(Problem(root, 1, says),))
    folders = [read_folder(root / name, settings) for name in names]
    return Library(root, tuple(_with_twin(folder, names) for folder in folders))


def read_folder(path: Path, settings: Settings | None = None) -> Folder:
    """Read one folder, with everything that is wrong in it."""
    slug = path.name.removeprefix("_")
    folder = Folder(slug, path, draft=path.name.startswith("_"))
    try:
        folder = _read(folder, settings)
    except MediaRefusal as refusal:
        folder = replace(folder, problems=(Problem(path / RIDDLE_FILE, 1, refusal.kept),))
    except Invalid as invalid:
        folder = replace(folder, problems=invalid.problems)
    problems = [*_name_problems(folder), *folder.problems]
    if folder.draft:
        problems = [replace(problem, severity="warning") for problem in problems]
    return replace(folder, problems=tuple(_in_order(problems)))


def _is_folder(path: Path) -> bool:
    """Whether it may be a riddle: caches and hidden folders are not."""
    return path.is_dir() and not path.name.startswith((".", "__"))


def _read(folder: Folder, settings: Settings | None) -> Folder:
    plain_file(folder.path, RIDDLE_FILE)  # No link out of the library, no pipe that never ends.
    document = read_document(folder.path / RIDDLE_FILE)
    file = validate(RiddleFile, document)
    missing = tuple(unwritten(document))
    if isinstance(file, list):
        return replace(folder, document=document, problems=(*missing, *file))
    riddle = Riddle(folder.slug, folder.path, file)
    # What is not written yet cannot be wrong in any other way.
    places = {(problem.path, problem.line) for problem in missing}
    wrong = [
        problem
        for problem in inspect(riddle, document, settings)
        if (problem.path, problem.line) not in places
    ]
    return replace(folder, document=document, riddle=riddle, problems=(*missing, *wrong))


def _with_twin(folder: Folder, names: Collection[str]) -> Folder:
    """Say of a draft that a riddle has the same name without the underscore."""
    if not folder.draft or folder.slug not in names:
        return folder
    says = Sentence(
        'there is a folder "{slug}", too: it goes out under that name, and the draft does not',
        slug=folder.slug,
    )
    twin = Problem(folder.path / RIDDLE_FILE, 1, says, "warning")
    return replace(folder, problems=tuple(_in_order([*folder.problems, twin])))


def _name_problems(folder: Folder) -> Iterator[Problem]:
    if not SLUG.fullmatch(folder.slug) or len(folder.slug) > SLUG_LENGTH_MAX:
        says = Sentence(
            'the folder\'s name "{slug}" must be small letters a-z and digits, words joined by '
            "hyphens, {most} characters at most",
            slug=folder.slug,
            most=SLUG_LENGTH_MAX,
        )
        yield Problem(folder.path / RIDDLE_FILE, 1, says)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.order)

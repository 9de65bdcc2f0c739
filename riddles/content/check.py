"""`riddles check`: everything wrong with the settings and the riddles, all at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from riddles.config import Settings, load_settings
from riddles.config.unusual import unusual
from riddles.content.agenda import agenda_problems
from riddles.content.catalogue import CATALOGUE_FILE, read_catalogue
from riddles.content.footage import footage_problems
from riddles.content.library import RIDDLE_FILE, Folder, Library, read_folder, read_library
from riddles.content.renamed import hold_back_renamed
from riddles.problems import Invalid, Problem
from riddles.refusal import Refusal
from riddles.toml import read_document


@dataclass(frozen=True, slots=True)
class Targets:
    """What to check: the settings, the whole library, the shop, or single folders."""

    settings: bool = False
    library: bool = False
    catalogue: bool = False
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and what is wrong with it."""

    problems: tuple[Problem, ...]
    folders: tuple[Folder, ...] = ()
    settings: Settings | None = None
    """None where they are wrong themselves."""
    settings_checked: bool = False
    rewards: int = 0
    """How many can be had; 0 where they were not checked."""

    @property
    def errors(self) -> list[Problem]:
        """What keeps something from being used."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """What could be better."""
        return [problem for problem in self.problems if problem.severity == "warning"]


def targets_of(paths: Sequence[Path], *, config: Path, content: Path) -> Targets:
    """What the paths mean; without any, everything.

    Raises:
        Refusal: a path does not exist, or is nothing that can be checked.
    """
    if not paths:
        return Targets(settings=True, library=True, catalogue=True)
    settings = library = catalogue = False
    folders: list[Path] = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise Refusal(
                "{path} does not exist: name a riddle's folder, or scheduler.toml", path=path
            )
        if _same(path, content):
            library = catalogue = True
        elif _same(path, content / CATALOGUE_FILE):
            catalogue = True
        elif path.is_dir() and path.resolve().name:
            folders.append(_with_name(path))
        elif path.name == RIDDLE_FILE:
            folders.append(_with_name(path.parent))
        elif _same(path, config):
            settings = True
        else:
            raise Refusal(
                "{path} is neither a riddle's folder nor the settings ({config}); "
                "other settings are checked with: riddles --config FILE check",
                path=path,
                config=config,
            )
    return Targets(settings, library, catalogue, tuple(folders))


def check(
    targets: Targets,
    *,
    config: Path,
    content: Path,
    now: datetime,
    published: Mapping[str, str | None],
) -> Report:
    """Check it; riddles are held against the settings even when only they are asked for.

    `published` are the rules of the riddles that went out, by folder, as the books keep them.
    """
    settings, problems = _settings(config)
    if not targets.settings:
        problems = []
    about_riddles: list[Problem] = []
    library = read_library(content, settings) if targets.library else Library(content)
    library = hold_back_renamed(library, published)
    single = tuple(read_folder(path, settings) for path in targets.folders)
    if targets.library:
        about_riddles += library.root_problems
        if settings is not None:
            about_riddles += agenda_problems(library, settings.rhythm, now, published)
    rewards = 0
    if targets.catalogue:
        catalogue = read_catalogue(content, settings)
        rewards = len(catalogue.rewards)
        about_riddles += catalogue.problems
    folders = (*library.folders, *single)
    for folder in folders:
        about_riddles += _folder_problems(folder)
    problems += sorted(set(about_riddles), key=lambda one: one.order)
    return Report(tuple(problems), folders, settings, targets.settings, rewards)


def _settings(path: Path) -> tuple[Settings | None, list[Problem]]:
    try:
        settings = load_settings(path)
        return settings, sorted(unusual(settings, read_document(path)), key=lambda one: one.order)
    except Invalid as invalid:
        return None, list(invalid.problems)


def _folder_problems(folder: Folder) -> Iterator[Problem]:
    yield from folder.problems
    if folder.riddle is not None and folder.document is not None:
        for problem in footage_problems(folder.riddle, folder.document):
            yield replace(problem, severity="warning") if folder.draft else problem


def _with_name(folder: Path) -> Path:
    """The folder by a path that ends in its name: `.` and `..` do not."""
    return folder.resolve() if folder.name in {"", ".."} else folder


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()

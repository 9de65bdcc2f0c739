"""What people wrote for this community: settings, riddles, the shop; and the zones of the world."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from riddles.checkup.findings import Finding, bad, could_not_look, good, warning
from riddles.config import Settings, load_settings
from riddles.content import Library, read_library
from riddles.content.catalogue import CATALOGUE_FILE, read_catalogue
from riddles.problems import Invalid, Problem, errors
from riddles.sentence import Counted, Sentence

SEE_CHECK = Sentence("`riddles check` names every one, with its line")
ANY_ZONE = "Europe/Paris"


def read(config: Path) -> tuple[Settings | None, list[Finding]]:
    """The settings, if they can be used, and what there is to say about them."""
    try:
        settings = load_settings(config)
    except Invalid as invalid:
        first, *others = invalid.problems
        says = Sentence("{place}: {wrong}", place=_place(first), wrong=first.message)
        if others:
            says = Counted(
                "{first}, and {count} more", "{first}, and {count} more", len(others), first=says
            )
        return None, [bad("settings", says, Sentence("`riddles check` names everything"))]
    except Exception as error:  # noqa: BLE001 - see `collected`
        return None, [could_not_look("settings", error)]
    says = Sentence(
        "{path}: {servers}, times in {zone}",
        path=str(config),
        servers=Counted("{count} server", "{count} servers", len(settings.server)),
        zone=str(settings.timezone),
    )
    return settings, [good("settings", says)]


def content(root: Path, settings: Settings | None) -> Iterator[Finding]:
    """The riddles and the shop, as far as reading them tells."""
    library = read_library(root, settings)
    yield _riddles(library)
    catalogue = read_catalogue(root, settings)
    there = (root / CATALOGUE_FILE).exists()
    if wrong := errors(catalogue.problems):
        first = wrong[0]
        says = Sentence(
            "{file}: {mistakes}, the first at {place}: {wrong}",
            file=CATALOGUE_FILE,
            mistakes=Counted("{count} mistake", "{count} mistakes", len(wrong)),
            place=_place(first),
            wrong=first.message,
        )
        remedy = Sentence("a reward with a mistake is left out; {see_check}", see_check=SEE_CHECK)
        yield warning("shop", says, remedy)
    elif settings is not None:
        rewards = Counted("{count} reward", "{count} rewards", len(catalogue.rewards))
        says = Sentence("{file}: {rewards}", file=CATALOGUE_FILE, rewards=rewards)
        nothing = Sentence("no {file}: nothing is for sale", file=CATALOGUE_FILE)
        yield good("shop", says if there else nothing)


def _riddles(library: Library) -> Finding:
    for problem in library.root_problems:
        says = Sentence("{place}: {wrong}", place=_place(problem), wrong=problem.message)
        return bad("content", says, Sentence("name the folder of riddles with --content"))
    ready, broken = len(library.ready), library.broken
    says = Counted(
        "{root}: {count} riddle ready",
        "{root}: {count} riddles ready",
        ready,
        root=str(library.root),
    )
    if broken:
        names = ", ".join(folder.slug for folder in broken[:3]) + (", …" if broken[3:] else "")
        some = Counted(
            "{ready}, {count} not: {names}",
            "{ready}, {count} not: {names}",
            len(broken),
            ready=says,
            names=names,
        )
        return warning("content", some, SEE_CHECK)
    if not ready:
        return warning("content", says, Sentence("begin one with `riddles new SLUG`"))
    return good("content", says)


def roles_given(content: Path, settings: Settings) -> dict[int, set[int]]:
    """The roles that the shop and the milestones give, by server."""
    given: dict[int, set[int]] = {}
    for one in settings.milestone:
        given.setdefault(one.guild, set()).add(one.role)
    for reward in read_catalogue(content, settings).rewards.values():
        if reward.role is not None and reward.server is not None and not reward.paused:
            given.setdefault(reward.server, set()).add(reward.role)
    return given


def zones() -> Iterator[Finding]:
    """Where the time zones come from: without them no week can be reckoned."""
    try:
        ZoneInfo.no_cache(ANY_ZONE)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        remedy = Sentence("pip install tzdata, or install your system's time zone package")
        yield bad("time zones", Sentence("there is no data about them"), remedy)
        return
    system = next((path for path in TZPATH if Path(path, ANY_ZONE).is_file()), None)
    if system is not None:
        yield good("time zones", Sentence("the system's, in {folder}", folder=str(system)))
        return
    try:
        says = Sentence("the package tzdata {version}", version=version("tzdata"))
        yield good("time zones", says)
    except PackageNotFoundError:
        yield good("time zones", str(files("tzdata")))


def _place(problem: Problem) -> str:
    return f"{problem.path}:{problem.line}"

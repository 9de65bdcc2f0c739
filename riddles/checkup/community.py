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
from riddles.problems import Invalid, errors

SEE_CHECK = "`riddles check` names every one, with its line"
ANY_ZONE = "Europe/Paris"


def read(config: Path) -> tuple[Settings | None, list[Finding]]:
    """The settings, if they can be used, and what there is to say about them."""
    try:
        settings = load_settings(config)
    except Invalid as invalid:
        first, *others = invalid.problems
        more = f", and {len(others)} more" if others else ""
        return None, [bad("settings", f"{first}{more}", "`riddles check` names everything")]
    except Exception as error:  # noqa: BLE001 - see `collected`
        return None, [could_not_look("settings", error)]
    servers = _count(len(settings.server), "server")
    return settings, [good("settings", f"{config}: {servers}, times in {settings.timezone}")]


def content(root: Path, settings: Settings | None) -> Iterator[Finding]:
    """The riddles and the shop, as far as reading them tells."""
    library = read_library(root, settings)
    yield _riddles(library)
    catalogue = read_catalogue(root, settings)
    there = (root / CATALOGUE_FILE).exists()
    if wrong := errors(catalogue.problems):
        says = f"{CATALOGUE_FILE}: {_count(len(wrong), 'mistake')}, the first at {wrong[0]}"
        yield warning("shop", says, f"a reward with a mistake is left out; {SEE_CHECK}")
    elif settings is not None:
        says = f"{CATALOGUE_FILE}: {_count(len(catalogue.rewards), 'reward')}"
        yield good("shop", says if there else f"no {CATALOGUE_FILE}: nothing is for sale")


def _riddles(library: Library) -> Finding:
    for problem in library.root_problems:
        return bad("content", str(problem), "name the folder of riddles with --content")
    ready, broken = len(library.ready), library.broken
    says = f"{library.root}: {_count(ready, 'riddle')} ready"
    if broken:
        names = ", ".join(folder.slug for folder in broken[:3]) + (", …" if broken[3:] else "")
        return warning("content", f"{says}, {len(broken)} not: {names}", SEE_CHECK)
    if not ready:
        return warning("content", says, "begin one with `riddles new SLUG`")
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
        remedy = "pip install tzdata, or install your system's time zone package"
        yield bad("time zones", "there is no data about them", remedy)
        return
    system = next((path for path in TZPATH if Path(path, ANY_ZONE).is_file()), None)
    if system is not None:
        yield good("time zones", f"the system's, in {system}")
        return
    try:
        yield good("time zones", f"the package tzdata {version('tzdata')}")
    except PackageNotFoundError:
        yield good("time zones", str(files("tzdata")))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")

"""The catalogue: every reward of `content/rewards.toml` that can be had, and what is wrong.

A reward with a mistake in it is left out, says why, and stops no other.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from engine.shop.rewards import Reward
from riddles.config import Settings
from riddles.content.rewards import RewardFile, moment_ms
from riddles.media.folder import plain_file
from riddles.media.refusal import MediaRefusal
from riddles.problems import Invalid, Problem, errors
from riddles.sentence import Sentence, either
from riddles.toml import Document, read_document, validate

CATALOGUE_FILE = "rewards.toml"
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
PICTURE_MAX = 512 * 1024
"""A page of the shop shows several, and is seen by one member."""
_LINK = re.compile(r"https://\S+$")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be had, in the order of the file, and what is wrong with the file."""

    rewards: Mapping[str, Reward] = field(default_factory=dict[str, Reward])
    problems: tuple[Problem, ...] = ()


NOTHING = Catalogue()


def read_catalogue(content: Path, settings: Settings | None) -> Catalogue:
    """Read the catalogue beside the riddles; where there is none, there is nothing to have.

    Without settings its mistakes are found as far as they do not depend on the community.
    """
    path = content / CATALOGUE_FILE
    if not path.exists() and not path.is_symlink():
        return NOTHING
    try:
        document = read_document(path)
    except Invalid as invalid:
        return Catalogue(problems=invalid.problems)
    return _read(document, settings)


def _read(document: Document, settings: Settings | None) -> Catalogue:
    problems = list(_strangers(document))
    rewards: dict[str, Reward] = {}
    seen: set[str] = set()
    for entry in _entries(document):
        file = validate(RewardFile, entry)
        if isinstance(file, list):
            problems += file
            continue
        wrong = [*_of_its_kind(file, entry), *_picture(file, entry)]
        if file.id in seen:
            says = Sentence('another reward above has the id "{id}"', id=file.id)
            wrong.append(entry.problem(("id",), says))
        seen.add(file.id)
        if settings is not None:
            wrong += _of_the_community(file, entry, settings)
            if not errors(wrong):
                guilds = [server.guild for server in settings.server]
                only_server = guilds[0] if len(guilds) == 1 else None
                rewards[file.id] = file.reward(settings.timezone, only_server)
        problems += wrong
    return Catalogue(rewards, tuple(sorted(problems, key=lambda one: one.order)))


def _strangers(document: Document) -> Iterator[Problem]:
    for key in document.table:
        if key != "reward":
            yield document.problem((key,), Sentence("only [[reward]] tables are known here"))
    entries: Any = document.table.get("reward", [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):  # pyright: ignore[reportUnknownVariableType] # TOML
        says = Sentence("write [[reward]], with two brackets on each side")
        yield document.problem(("reward",), says)


def _entries(document: Document) -> Iterator[Document]:
    """Each reward as a document of its own: its mistakes are its own."""
    entries: Any = document.table.get("reward", [])
    if not isinstance(entries, list):
        return
    for number, table in enumerate(cast("list[Any]", entries)):
        if isinstance(table, dict):
            lines = {
                path[2:]: line
                for path, line in document.lines.items()
                if path[:2] == ("reward", number)
            }
            yield Document(document.path, cast("dict[str, Any]", table), lines)


BELONGS = {
    "role": ("role",),
    "server": ("role",),
    "lasts": ("role",),
    "draw": ("entry",),
    "consent": ("manual", "code"),
    "deadline": ("manual", "code"),
}
"""Which keys go with which kinds."""


def _of_its_kind(file: RewardFile, document: Document) -> Iterator[Problem]:
    """Keys that are missing, go with another kind, or contradict each other."""
    for key, kinds in BELONGS.items():
        if key in document.table and file.kind not in kinds:
            which = either([f'"{kind}"' for kind in kinds])
            says = Sentence("{key} goes with kind = {kinds} only", key=key, kinds=which)
            yield document.problem((key,), says)
    for key in ("role", "draw"):
        if file.kind == {"role": "role", "draw": "entry"}[key] and key not in document.table:
            says = Sentence('"{key}" is missing: kind = "{kind}" needs it', key=key, kind=file.kind)
            yield document.problem((), says)
    if file.kind == "code" and file.deadline is not None and file.consent is None:
        says = Sentence("deadline goes with consent: a code that waits for nobody is given at once")
        yield document.problem(("deadline",), says)
    if file.restock is not None and file.stock is None:
        says = Sentence("a restock needs a stock: stock = … says how many there are each time")
        yield document.problem(("restock",), says)
    if file.restock is not None and file.restock.every == "days" and file.begins is None:
        says = Sentence("days are counted from the first one: write from = …, a date")
        yield document.problem(("restock",), says)
    season, ever = file.limit.season, file.limit.ever
    if season is not None and ever is not None and season > ever:
        says = Sentence("limit.season is more than limit.ever: nobody would get there")
        yield document.problem(("limit", "season"), says)


def _of_the_community(
    file: RewardFile, document: Document, settings: Settings
) -> Iterator[Problem]:
    """What does not go with the servers, the zone or the languages of scheduler.toml."""
    guilds = {server.guild for server in settings.server}
    if file.kind == "role" and file.server is None and len(guilds) > 1:
        says = Sentence('"server" is missing: the community has several, and a role belongs to one')
        yield document.problem((), says)
    if file.kind == "role" and file.server is not None and file.server not in guilds:
        says = Sentence("this server is not in scheduler.toml: correct the id, or add a [[server]]")
        yield document.problem(("server",), says)
    guild = file.server or min(guilds)
    if (guild, file.role) in {(one.guild, one.role) for one in settings.milestone}:
        says = Sentence(
            "this role is a [[milestone]] of scheduler.toml: it cannot be both earned and bought"
        )
        yield document.problem(("role",), says)
    begins = moment_ms(file.begins, settings.timezone)
    until = moment_ms(file.until, settings.timezone)
    if begins is not None and until is not None and until <= begins:
        yield document.problem(("until",), Sentence("until must be later than from"))
    words = {"name": file.name, "description": file.description, "consent": file.consent}
    for key, said in words.items():
        for language in sorted(settings.languages):
            if said is not None and language not in said.by_language:
                says = Sentence(
                    "{key}.{language} is missing: members who read it will see the other one",
                    key=key,
                    language=language,
                )
                yield document.problem((key,), says, "warning")


def _picture(file: RewardFile, document: Document) -> Iterator[Problem]:
    if file.picture is None or _LINK.match(file.picture):
        return
    if not file.picture.lower().endswith(PICTURES) or Path(file.picture).name != file.picture:
        kinds = ", ".join(PICTURES)
        says = Sentence(
            "a picture is a file beside this one ({kinds}), or an address like https://…",
            kinds=kinds,
        )
        yield document.problem(("picture",), says)
        return
    try:
        size = plain_file(document.path.parent, file.picture).stat().st_size
    except MediaRefusal:
        says = Sentence(
            "{name} is not there, or no plain file: put it beside this one", name=file.picture
        )
        yield document.problem(("picture",), says)
        return
    if size > PICTURE_MAX:
        says = Sentence(
            "the picture has {size} KiB; {most} are the most",
            size=size // 1024,
            most=PICTURE_MAX // 1024,
        )
        yield document.problem(("picture",), says)

"""The environment: is what must be set there and well formed? What it holds is never shown."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from riddles.checkup.findings import Finding, bad, good, warning
from riddles.config import Environment, Settings, read_environment
from riddles.config.environment import MAKE_ONE
from riddles.content.catalogue import read_catalogue
from riddles.refusal import Refusal
from riddles.sentence import Counted, Sentence
from riddles.shop.vault import Vault


def findings(variables: Mapping[str, str]) -> Iterator[Finding]:
    """The token, and where Discord is."""
    yield _address(variables)
    try:
        token = _alone(variables, "DISCORD_TOKEN").token
    except Refusal as refusal:
        yield bad("DISCORD_TOKEN", Sentence("is malformed"), refusal.kept)
        return
    if token is None:
        remedy = Sentence("`riddles run` needs it; `riddles rehearse` does not")
        says = Sentence("is not set, so nothing was asked of Discord")
        yield warning("DISCORD_TOKEN", says, remedy)
    else:
        yield good("DISCORD_TOKEN", Sentence("is set"))


def secret(
    variables: Mapping[str, str], content: Path, settings: Settings | None, database: Path
) -> Iterator[Finding]:
    """The secret that codes are sealed with, held against who needs it."""
    subject = "RIDDLES_SECRET"
    try:
        there = _alone(variables, subject)
    except Refusal as refusal:
        yield bad(subject, Sentence("is malformed"), refusal.kept)
        return
    sealed = _sealed_codes(database)
    rewards = read_catalogue(content, settings).rewards.values()
    if there.secret is None:
        if sealed:
            says = Sentence("is not set, and the codes in the database cannot be opened without it")
            yield bad(subject, says, Sentence("set the one they were loaded with"))
        elif any(reward.kind == "code" for reward in rewards):
            says = Sentence("is not set, and the shop has a reward with secret codes")
            yield warning(subject, says, MAKE_ONE)
        else:
            yield good(subject, Sentence("is not set, and nothing needs it"))
        return
    foreign = sum(number for name, number in sealed.items() if name != Vault(there.secret).name)
    if foreign:
        remedy = Sentence(
            "set the one they were loaded with, or load them again with `riddles codes load`"
        )
        says = Counted(
            "{count} code was sealed with another one",
            "{count} codes were sealed with another one",
            foreign,
        )
        yield bad(subject, says, remedy)
    else:
        yield good(subject, Sentence("is set and well formed"))


def _address(variables: Mapping[str, str]) -> Finding:
    try:
        return good("DISCORD_API_URL", _alone(variables, "DISCORD_API_URL").api_url)
    except Refusal as refusal:
        return bad("DISCORD_API_URL", Sentence("is malformed"), refusal.kept)


def _alone(variables: Mapping[str, str], name: str) -> Environment:
    """The environment as if only this variable were set, so that each is judged by itself."""
    return read_environment({name: variables.get(name, "")})


def _sealed_codes(database: Path) -> dict[bytes, int]:
    """How many codes wait, by the name of the secret they were sealed with."""
    if not database.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as books:
            return dict(
                books.execute(
                    "SELECT secret, count(*) FROM codes WHERE sealed IS NOT NULL GROUP BY secret"
                )
            )
    except sqlite3.DatabaseError:
        return {}  # The line about the database says what is wrong with it.

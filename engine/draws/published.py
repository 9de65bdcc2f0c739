"""The published file of a draw: everything that is needed to draw it again, offline.

`verify` trusts nothing in it: every digest, the seed and the result are computed anew. What it
cannot know is what was posted when; so it names the digests, to be compared with the posts, and
says for the id of a post how long after the window's end Discord had it.

Version 2 has the window's end, which the transcript's digest covers. Files of version 1, which
have none, are verified as ever.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.draws.lottery import (
    DIGITS,
    Entry,
    frozen_digest,
    made_at,
    seeds,
    transcript_digest,
    winners,
)
from engine.draws.rules import DrawRules
from engine.errors import EngineError

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Reference = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{DIGITS}}}$")]
Snowflake = Annotated[int, Field(ge=1, lt=2**63)]
WITH_WINDOW = 2
"""The version from which on the window's end is in the file."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Published(_Part):
    """The file, as it is written and read. `version` is of its form."""

    version: Literal[1, 2]
    draw: str
    rules: dict[str, Any]
    entries: list[tuple[Reference, Annotated[int, Field(ge=1)]]]
    frozen: Hash
    messages: list[Snowflake]
    """Discord's ids of the messages that told the freezing."""
    presses: list[Snowflake]
    """Discord's ids of the witnesses' presses."""
    window_ends: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Until when witnesses could press, milliseconds UTC; from version 2 on."""
    transcript: Hash
    iterations: int
    """Of the slow hash, all rounds together."""
    seed: Hash
    winners: list[Reference]
    alternates: list[Reference]

    @model_validator(mode="after")
    def _of_its_version(self) -> Self:
        if (self.window_ends is not None) != (self.version >= WITH_WINDOW) or (
            self.version < WITH_WINDOW and "window_ends" in self.model_fields_set
        ):
            raise ValueError("version 2 has the window's end, and version 1 has not")
        return self

    def late_ms(self, snowflake: int) -> int | None:
        """How long after the window's end Discord made an id; None where the end is not known."""
        return None if self.window_ends is None else made_at(snowflake) - self.window_ends


class DrawRejected(EngineError):  # noqa: N818 - named for what became of it
    """A published file that is not what an honest draw would have published."""


def publish(
    name: str,
    rules: DrawRules,
    entries: Sequence[Entry],
    *,
    messages: Sequence[int],
    presses: Sequence[int],
    seed: bytes,
    window_ends: int | None = None,
) -> dict[str, Any]:
    """The file of a draw, ready for JSON; of version 1 where the window's end is not given."""
    plain = rules.model_dump(mode="json")
    frozen = frozen_digest(name, plain, entries)
    result = winners(seed, entries, prizes=rules.prizes, alternates=rules.alternates)
    more = {} if window_ends is None else {"window_ends": window_ends}
    return Published(
        version=1 if window_ends is None else WITH_WINDOW,
        draw=name,
        rules=plain,
        entries=[(entry.reference, entry.tickets) for entry in sorted(entries)],
        frozen=frozen,
        messages=sorted(messages),
        presses=sorted(presses),
        transcript=transcript_digest(frozen, messages, presses, window_ends),
        iterations=rules.seed.rounds * rules.seed.iterations,
        seed=seed.hex(),
        winners=list(result.winners),
        alternates=list(result.alternates),
        **more,
    ).model_dump(mode="json", exclude_unset=True)


def verify(
    file: Mapping[str, Any], on_round: Callable[[int, int], None] = lambda _done, _of: None
) -> Published:
    """Draw again what the file says was drawn. Takes as long as the draw's own hash took.

    `on_round` hears how many rounds of the slow hash are done, of how many.

    Raises:
        DrawRejected: something in it does not follow from the rest; the sentence says what.
    """
    published, rules = _read(file)
    entries = [Entry(*entry) for entry in published.entries]
    if entries != sorted(entries) or len({entry.reference for entry in entries}) < len(entries):
        raise DrawRejected("the entries are not in order, or one is there twice")
    if any(entry.tickets > rules.tickets.cap for entry in entries):
        raise DrawRejected("an entry has more tickets than the rules allow")
    if frozen_digest(published.draw, published.rules, entries) != published.frozen:
        raise DrawRejected("the rules or the entries are not those that were frozen")
    _check_transcript(published, rules)
    seed = b""
    for done, value in enumerate(
        seeds(published.transcript, rounds=rules.seed.rounds, iterations=rules.seed.iterations),
        1,
    ):
        on_round(done, rules.seed.rounds)
        seed = value
    if seed.hex() != published.seed:
        raise DrawRejected("the seed does not follow from the transcript")
    result = winners(seed, entries, prizes=rules.prizes, alternates=rules.alternates)
    if list(result.winners) != published.winners:
        raise DrawRejected("the winners are not those that the seed draws")
    if list(result.alternates) != published.alternates:
        raise DrawRejected("the alternates are not those that the seed draws")
    return published


def _read(file: Mapping[str, Any]) -> tuple[Published, DrawRules]:
    try:
        published = Published.model_validate(_tuples(file))
        rules = DrawRules.model_validate(published.rules)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        match first["type"]:
            case "missing":
                wrong = f"{where} is missing"
            case "value_error":
                wrong = first["msg"].removeprefix("Value error, ")
            case _:
                wrong = f"{where} is not what belongs there"
        raise DrawRejected(f"it is not a draw's file: {wrong}") from None
    if rules.model_dump(mode="json") != published.rules:
        raise DrawRejected("the rules are not written as a draw's file writes them")
    return published, rules


def _tuples(file: Mapping[str, Any]) -> dict[str, Any]:
    """The file with its entries as pairs; JSON knows lists only."""
    entries: Any = file.get("entries")
    if not isinstance(entries, list):
        return dict(file)
    listed = cast("list[Any]", entries)
    pairs = [tuple(cast("list[Any]", e)) if isinstance(e, list) else e for e in listed]
    return {**file, "entries": pairs}


def _check_transcript(published: Published, rules: DrawRules) -> None:
    for what, ids in (("messages", published.messages), ("presses", published.presses)):
        if ids != sorted(set(ids)):
            raise DrawRejected(f"the {what} are not in order, or one is there twice")
    if not published.messages:
        raise DrawRejected("no message tells the freezing")
    if len(published.presses) < rules.seed.least_witnesses:
        raise DrawRejected("there were fewer witnesses than the rules ask for")
    digest = transcript_digest(
        published.frozen, published.messages, published.presses, published.window_ends
    )
    if digest != published.transcript:
        raise DrawRejected("the transcript is not the one that was posted")
    ends = published.window_ends
    if ends is not None and any(made_at(press) >= ends for press in published.presses):
        raise DrawRejected("a witness pressed after the window's end")
    if published.iterations < rules.seed.rounds * rules.seed.iterations:
        raise DrawRejected("the hash had fewer iterations than were announced")
    if published.iterations != rules.seed.rounds * rules.seed.iterations:
        raise DrawRejected("the hash had other iterations than were announced")

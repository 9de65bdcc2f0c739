"""From what was typed to a source: which file, which format, whose points, at what rate."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.storage.database import Reader
from riddles.importing.converting import Source
from riddles.importing.ctfd import read_members
from riddles.importing.formats import FORMATS, LEDGER, ORIGINS, detect
from riddles.importing.instance import IDENTITY_DIGITS, introduce
from riddles.importing.lines import columns_from
from riddles.importing.text import Inspected
from riddles.refusal import Refusal

AUTO = "auto"
RATE_MAX = 1000
ORIGIN_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What was typed."""

    form: str = AUTO
    rate: str = "1"
    origin: str | None = None
    columns: str = ""
    members: Path | None = None


async def source_of(reader: Reader, file: Inspected, ask: Ask) -> Source:
    """What is to be brought in.

    Raises:
        Refusal: something typed does not fit, or the file is none to bring in here.
    """
    if ask.form not in (AUTO, *FORMATS):
        raise Refusal(
            "there is no format {form}; there are: {known}", form=ask.form, known=", ".join(FORMATS)
        )
    rate, names = rate_of(ask.rate), columns_from(ask.columns)
    form = detect(file, names) if ask.form == AUTO else ask.form
    if form == LEDGER:
        identity, origin = await _stranger(reader, file)
    else:
        identity, origin = "", ORIGINS.get(form, "")
    origin = " ".join((ask.origin or origin).split())[:ORIGIN_MAX]
    if not origin:
        raise Refusal(
            'say where these points come from, as members will read it: --origin "The old server"'
        )
    return Source(
        file=file,
        format=form,
        origin=origin,
        identity=identity or re.sub(r"[:\s]+", "-", origin.casefold()),
        rate=rate,
        names=names,
        who=None if ask.members is None else read_members(ask.members),
    )


def rate_of(text: str) -> Fraction:
    """A rate, exactly: `2`, `0.1`, `1/3`.

    Raises:
        Refusal: it is none.
    """
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}|/[0-9]{1,9})?", text.strip()):
        try:
            rate = Fraction(text.strip())
        except ZeroDivisionError:
            rate = Fraction(0)
        if 0 < rate <= RATE_MAX:
            return rate
    raise Refusal(
        '--rate "{text}" is no rate: write 2, 0.1 or 1/3, above 0 and up to {most}',
        text=text,
        most=str(RATE_MAX),
    )


async def _stranger(reader: Reader, file: Inspected) -> tuple[str, str]:
    """The identity of another instance's ledger, and a name for it until it is given one."""
    ours = await reader.value("SELECT kind FROM instance")
    first = await reader.value("SELECT digest FROM transfers WHERE id = 1")
    other = introduce(file)
    if other.kind != ours:
        raise Refusal(
            "{path} is the ledger of a {kind} instance, and these books are {ours}: "
            "their points never mix",
            path=file.path,
            kind=other.kind,
            ours=ours,
        )
    if first is not None and first.hex()[:IDENTITY_DIGITS] == other.identity:
        raise Refusal(
            "{path} is this ledger's own: there is nothing to bring in from it", path=file.path
        )
    return f"ledger-{other.identity}", f"Ledger {other.identity[:8]}"

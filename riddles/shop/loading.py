"""Loading codes: a line each, sealed before they are written, and never repeated in a message."""

from dataclasses import dataclass

from engine.shop import codes
from engine.storage.database import Database
from riddles.refusal import Refusal
from riddles.shop.vault import Vault

LENGTH_MAX = 120
"""Characters of a code; several have to fit into one reply."""
LINES_MAX = 100_000
NAMED_MAX = 8
"""Lines that a refusal names."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a list of codes."""

    loaded: int
    free: int
    """In the pool now."""


async def load_codes(
    database: Database, vault: Vault, reward: str, text: str, now_ms: int
) -> Loaded:
    """Put every code of `text` into the reward's pool, or none.

    Raises:
        Refusal: a line is no code, or stands there twice, or was loaded before; it names lines,
            and never what they say.
    """
    lines = _lines(text)
    sealed = {number: vault.seal(reward, line) for number, line in lines.items()}
    firsts: dict[bytes, int] = {}
    twice: list[int] = []
    for number, code in sealed.items():
        if firsts.setdefault(code.fingerprint, number) != number:
            twice.append(number)
    if twice:
        raise Refusal(
            "line {lines}: the same code stands above; nothing was loaded", lines=_named(twice)
        )
    async with database.transaction() as tx:
        known = await codes.known(tx, list(firsts))
        if before := [number for mark, number in firsts.items() if mark in known]:
            raise Refusal(
                "line {lines}: this code was loaded before; nothing was loaded",
                lines=_named(before),
            )
        await codes.load(tx, list(sealed.values()), now_ms)
        pools = await codes.pools(tx, vault.name)
    free = next(pool.free for pool in pools if pool.reward == reward)
    return Loaded(len(sealed), free)


def _lines(text: str) -> dict[int, str]:
    """The codes by their line, counted from 1; empty lines are passed over."""
    found = {
        number: line.strip() for number, line in enumerate(text.splitlines(), 1) if line.strip()
    }
    if not found:
        raise Refusal("there is no code in it: write one a line")
    if len(found) > LINES_MAX:
        raise Refusal(
            "these are {count} codes; {most} are the most at once", count=len(found), most=LINES_MAX
        )
    wrong = [
        number
        for number, line in found.items()
        if len(line) > LENGTH_MAX or not line.isprintable() or "`" in line
    ]
    if wrong:
        raise Refusal(
            "line {lines}: a code has at most {most} visible characters, and no backtick; "
            "nothing was loaded",
            lines=_named(wrong),
            most=LENGTH_MAX,
        )
    return found


def _named(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:NAMED_MAX]))
    return f"{named} … ({len(numbers)})" if len(numbers) > NAMED_MAX else named

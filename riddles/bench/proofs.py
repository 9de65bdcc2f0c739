"""Proofs: what it costs to verify a ledger, beside a bare sum over its rows.

The chain is timed by itself: it takes the digest of every row, in order. Everything else that the
audit compares with the rows is set beside `SELECT sum(points)` over the same rows of the same
file, in turns.
"""

from pathlib import Path
from time import perf_counter

from engine.books.audit import Audit, audit, first_trouble, replay
from engine.storage.database import open_existing
from riddles.bench.figures import Figure, median_of
from riddles.bench.ledgers import write_ledger
from riddles.bench.sizes import Sizes
from riddles.bench.steps import OnStep

MOST_VERIFY_S = 15.0
MOST_SUMS = 3.0
BARE_SUM = "SELECT sum(points) FROM transfers NOT INDEXED"
"""Over the rows, and not over an index that happens to hold the points."""


async def verify(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """How long `riddles ledger verify` takes for a ledger of a million transfers."""
    path = folder / "verify.db"
    await _write(path, sizes, sizes.verified, on_step)
    async with open_existing(path) as books, books.reading() as reader:
        begun = perf_counter()
        found = await audit(reader, on_row=lambda row: on_step("verifying", row, sizes.verified))
        seconds = perf_counter() - begun
    path.unlink()
    _must_fit(found)
    return [
        Figure(
            name="verify.seconds",
            what=f"verify {sizes.verified:,} transfers",
            value=seconds,
            unit="s",
            at_most=MOST_VERIFY_S,
        )
    ]


async def prove(path: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """The audit of a large ledger, apart from its chain, beside a bare sum."""
    count = sizes.grown[1]
    async with open_existing(path) as books, books.reading() as reader:
        begun = perf_counter()
        found = await replay(reader, on_row=lambda row: on_step("replaying the chain", row, count))
        chain = perf_counter() - begun
        sums: list[float] = []
        checks: list[float] = []
        for round_ in range(sizes.rounds):
            on_step("proving sums and scores", round_, sizes.rounds)
            begun = perf_counter()
            await reader.value(BARE_SUM)
            sums.append(perf_counter() - begun)
            begun = perf_counter()
            found.trouble = found.trouble or await first_trouble(reader, found)
            checks.append(perf_counter() - begun)
    _must_fit(found)
    return [
        Figure(
            name="audit.chain_rows",
            what=f"the chain of {count:,} transfers replayed",
            value=count / chain,
            unit="rows/s",
        ),
        median_of(sums, name="audit.sum", what="a bare sum over their rows", unit="s"),
        median_of(
            [check / bare for check, bare in zip(checks, sums, strict=True)],
            name="audit.of_sum",
            what="the audit apart from the chain ÷ that sum",
            unit="×",
            at_most=MOST_SUMS,
        ),
    ]


async def _write(path: Path, sizes: Sizes, transfers: int, on_step: OnStep) -> None:
    await write_ledger(
        path,
        members=sizes.members,
        transfers=transfers,
        on_row=lambda row: on_step(f"writing a ledger of {transfers:,}", row, transfers),
    )


def _must_fit(found: Audit) -> None:
    if found.trouble is not None:
        raise RuntimeError(f"the ledger that was made does not fit: {found.trouble}")

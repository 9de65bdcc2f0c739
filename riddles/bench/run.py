"""One run: the parts that were asked for, one after another, on the disk of the current folder."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from riddles import collector
from riddles.bench import answers, growth, proofs, redemptions
from riddles.bench.boards import measure_boards
from riddles.bench.bot import compare
from riddles.bench.figures import Figure
from riddles.bench.ledgers import write_ledger
from riddles.bench.sizes import Sizes
from riddles.bench.steps import OnStep
from riddles.refusal import Refusal

Part = Callable[[Path, Sizes, OnStep], list[Figure]]


def run(parts: Iterable[str], sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """The figures of `parts`; the databases they make are removed again.

    Raises:
        Refusal: the disk has no room for them.
    """
    here = Path.cwd()
    if (free := shutil.disk_usage(here).free >> 20) < sizes.disk_mb:
        raise Refusal(
            f"the measurements need {sizes.disk_mb:,} MB in {here}, and {free:,} are free"
        )
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix=".riddles-bench-", dir=here) as folder:
        for part in parts:
            # As in the program that is measured, and for all designs alike.
            with collector.settled():
                figures += PARTS[part](Path(folder), sizes, on_step)
    return figures


def _answers(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    return asyncio.run(answers.measure(folder, sizes, on_step))


def _verify(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    return asyncio.run(proofs.verify(folder, sizes, on_step))


def _growth(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    return asyncio.run(_grown(folder, sizes, on_step))


def _redemptions(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    return asyncio.run(redemptions.measure(folder, sizes, on_step))


def _bots(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    return asyncio.run(compare.measure(folder, sizes, on_step))


async def _grown(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    young, old = folder / "young.db", folder / "old.db"
    for path, transfers in zip((young, old), sizes.grown, strict=True):

        def on_row(row: int, transfers: int = transfers) -> None:
            on_step(f"writing a ledger of {transfers:,}", row, transfers)

        await write_ledger(path, members=sizes.members, transfers=transfers, on_row=on_row)
    return [
        *await proofs.prove(old, sizes, on_step),
        *await growth.measure(young, old, sizes, on_step),
    ]


PARTS: Mapping[str, Part] = {
    "answers": _answers,
    "boards": measure_boards,
    "verify": _verify,
    "redemptions": _redemptions,
    "growth": _growth,
    "bot": _bots,
}
"""By the name one asks for it with."""

ENGINE = ("answers", "boards", "verify", "redemptions", "growth")
"""What is measured when nothing is asked for."""

"""Progress bars on stderr, where a person looks on; nothing where output goes to a program."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def progress(
    what: str, total: int | None, *, quiet: bool = False
) -> Generator[Callable[[int], None], None, None]:
    """Show a bar for the length of the block; what is yielded takes how much is done."""
    with _bars(quiet=quiet) as bars:
        task = bars.add_task(what, total=total)

        def to(done: int) -> None:
            bars.update(task, completed=done)

        yield to


@contextmanager
def parts(*, quiet: bool = False) -> Generator[Callable[[str, int, int], None], None, None]:
    """Show a bar for each part of a work; what is yielded takes name, done and total."""
    with _bars(quiet=quiet) as bars:
        tasks: dict[str, TaskID] = {}

        def to(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield to


def _bars(*, quiet: bool) -> "Progress":
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=quiet or not console.is_terminal)

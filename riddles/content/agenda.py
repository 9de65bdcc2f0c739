"""Riddles against the calendar: pins that collide or were missed, and an empty queue."""

from collections.abc import Collection, Iterator
from datetime import datetime

from engine.calendar import Rhythm, Week
from riddles.content.library import RIDDLE_FILE, Folder, Library
from riddles.problems import Problem, Severity


def agenda_problems(
    library: Library, rhythm: Rhythm, now: datetime, used: Collection[str]
) -> Iterator[Problem]:
    """Everything that keeps riddles from going out when their authors meant them to."""
    taken: dict[Week, str] = {}
    for folder in library.folders:
        week = folder.riddle.file.week if folder.riddle else None
        if week is None or folder.draft or folder.slug in used:
            continue
        if rhythm.plan(week).publishes_at + rhythm.catch_up < now:
            yield _pin(folder, f"{week} is over: this riddle now goes out in name order", "warning")
        elif rhythm.skips(week):
            yield _pin(folder, f"nothing goes out in {week}: scheduler.toml skips it", "warning")
        elif earlier := taken.get(week):
            yield _pin(folder, f'{week} is taken: "{earlier}" is pinned to it, too')
        taken.setdefault(week, folder.slug)
    yield from _queue_problems(library, used)


def _pin(folder: Folder, message: str, severity: Severity = "error") -> Problem:
    if folder.document is None:
        return Problem(folder.path / RIDDLE_FILE, 1, message, severity)
    return folder.document.problem(("week",), message, severity)


def _queue_problems(library: Library, used: Collection[str]) -> Iterator[Problem]:
    ready = library.ready
    left = [riddle for riddle in ready if riddle.slug not in used]
    if not ready and not library.root_problems:
        yield Problem(
            library.root, 1, "no riddle is ready to go out: begin one with `riddles new SLUG`"
        )
    elif ready and all(riddle.file.reserve for riddle in left):
        says = "only reserves are left" if left else "every riddle that is ready has gone out"
        yield Problem(library.root, 1, f"the queue is empty: {says}", "warning")

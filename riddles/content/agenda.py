"""Riddles against the calendar: pins that collide or were missed, and an empty queue."""

from collections.abc import Collection, Iterator
from datetime import datetime

from engine.calendar import Rhythm, Week
from riddles.content.library import RIDDLE_FILE, Folder, Library
from riddles.problems import Problem, Severity
from riddles.sentence import Sentence


def agenda_problems(
    library: Library, rhythm: Rhythm, now: datetime, used: Collection[str]
) -> Iterator[Problem]:
    """Everything that keeps riddles from going out when their authors meant them to."""
    taken: dict[Week, str] = {}
    for folder in library.folders:
        week = folder.riddle.file.week if folder.riddle else None
        if week is None or folder.draft or folder.slug in used:
            continue
        named = str(week)
        if rhythm.plan(week).publishes_at + rhythm.catch_up < now:
            says = Sentence("{week} is over: this riddle now goes out in name order", week=named)
            yield _pin(folder, says, "warning")
        elif rhythm.skips(week):
            says = Sentence("nothing goes out in {week}: scheduler.toml skips it", week=named)
            yield _pin(folder, says, "warning")
        elif earlier := taken.get(week):
            says = Sentence(
                '{week} is taken: "{earlier}" is pinned to it, too', week=named, earlier=earlier
            )
            yield _pin(folder, says)
        taken.setdefault(week, folder.slug)
    yield from _queue_problems(library, used)


def _pin(folder: Folder, message: Sentence, severity: Severity = "error") -> Problem:
    if folder.document is None:
        return Problem(folder.path / RIDDLE_FILE, 1, message, severity)
    return folder.document.problem(("week",), message, severity)


def _queue_problems(library: Library, used: Collection[str]) -> Iterator[Problem]:
    ready = library.ready
    left = [riddle for riddle in ready if riddle.slug not in used]
    if not ready and not library.root_problems:
        says = Sentence("no riddle is ready to go out: begin one with `riddles new SLUG`")
        yield Problem(library.root, 1, says)
    elif ready and all(riddle.file.reserve for riddle in left):
        says = (
            Sentence("the queue is empty: only reserves are left")
            if left
            else Sentence("the queue is empty: every riddle that is ready has gone out")
        )
        yield Problem(library.root, 1, says, "warning")

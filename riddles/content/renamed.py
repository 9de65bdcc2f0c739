"""Riddles that went out under another name: a folder that is renamed afterwards is no new riddle.

Folders are renamed to put them in order, and a round knows its riddle by its folder's name. So
where that name is gone, a riddle with the same answers and the same words is the one that went out.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.play.rules import Rules
from riddles.content.library import RIDDLE_FILE, Folder, Library
from riddles.content.riddle import Riddle
from riddles.problems import Problem
from riddles.sentence import Sentence


def hold_back_renamed(library: Library, rules: Mapping[str, str | None]) -> Library:
    """The library, in which what went out under another name is not ready, and says so.

    `rules` are those of every round, as the books keep them, by the folder's name of then; None
    for one that is void, and may be played again under another name.
    """
    there = {folder.slug for folder in library.folders}
    gone = {slug: _read(kept) for slug, kept in rules.items() if kept and slug not in there}
    if not gone:
        return library
    return replace(
        library,
        folders=tuple(
            folder if folder.slug in rules else _held_back(folder, gone)
            for folder in library.folders
        ),
    )


def _read(kept: str) -> Rules | None:
    try:
        return Rules.model_validate_json(kept)
    except ValueError:
        return None  # Books of a newer version are looked at, too.


def _held_back(folder: Folder, gone: Mapping[str, Rules | None]) -> Folder:
    if folder.riddle is None or folder.draft:
        return folder
    riddle = folder.riddle
    before = next(
        (slug for slug, rules in gone.items() if rules and _is_the_same(riddle, rules)), None
    )
    if before is None:
        return folder
    says = Sentence(
        'this riddle went out as "{slug}", and goes out once: give its folder that name back',
        slug=before,
    )
    problem = Problem(folder.path / RIDDLE_FILE, 1, says)
    return replace(folder, problems=(problem, *folder.problems))


def _is_the_same(riddle: Riddle, rules: Rules) -> bool:
    """Whether it answers as the other did, and reads like it in one language at least.

    Titles and points may have changed, and a slip in one language may have been mended. That the
    answers and the question are the same is not enough: "true or false?" may be asked again.
    """
    return riddle.file.answer == rules.answer and any(
        (words.prompt, words.hints, words.solution) == (kept.prompt, kept.hints, kept.solution)
        for lang, words in riddle.file.text.items()
        if (kept := rules.text.get(lang)) is not None
    )

"""What a message calls a key: `text.fr.prompt`, `entry 2 of week.hints`."""

from pydantic import BaseModel

from riddles.sentence import Sentence, Words
from riddles.toml.document import Document
from riddles.toml.lines import KeyPath
from riddles.toml.schema import known_keys

SECRET = "answer"  # noqa: S105 - the name of a table
"""The table whose content no message repeats: not even its keys, unless they are ours."""


def name_of(model: type[BaseModel], document: Document, path: KeyPath) -> Words:
    """The name of the key at that path."""
    name: Words = ""
    for part in _speakable(model, document, path):
        if isinstance(part, int):
            name = Sentence("entry {number} of {name}", number=part + 1, name=name)
        elif isinstance(name, Sentence):
            name = Sentence("{key} in {name}", key=readable(part), name=name)
        else:
            name = f"{name}.{readable(part)}" if name else readable(part)
    return name


def readable(key: str | int) -> str:
    """A key on one line: in quotes it may hold anything."""
    text = str(key)
    return text if text.isprintable() else repr(text)[1:-1]


def _speakable(model: type[BaseModel], document: Document, path: KeyPath) -> KeyPath:
    """The path, or in `[answer]` the part of it whose keys are not the author's own."""
    if path[:1] != (SECRET,):
        return path
    for length, part in enumerate(path):
        if isinstance(part, str) and part not in known_keys(model, document.table, path[:length]):
            return path[:length]
    return path

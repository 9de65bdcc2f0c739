"""One TOML file: what it says, and on which line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riddles.problems import Invalid, Problem, Severity
from riddles.sentence import Sentence, because
from riddles.toml.lines import KeyPath, lines_of

BYTES_MAX = 1024 * 1024
"""More than this was not written by a person."""


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file that could be read."""

    path: Path
    table: dict[str, Any]
    lines: Mapping[KeyPath, int]

    def line(self, key: KeyPath) -> int:
        """The line of a key, or of the nearest table around it that is written."""
        while key not in self.lines:
            key = key[:-1]
        return self.lines[key]

    def problem(self, key: KeyPath, message: Sentence, severity: Severity = "error") -> Problem:
        """Something wrong at that key."""
        return Problem(self.path, self.line(key), message, severity)


def read_document(path: Path) -> Document:
    """Read a TOML file.

    Raises:
        Invalid: it is missing, unreadable, or not TOML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise Invalid([Problem(path, 1, _unreadable(error))]) from None
    if len(data) > BYTES_MAX:
        raise Invalid(
            [Problem(path, 1, Sentence("the file is larger than 1 MiB: is it the right one?"))]
        )
    try:
        # Some Windows editors put an invisible mark before the first character.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = Sentence(
            "this line is not UTF-8 text: save the file again with the encoding UTF-8"
        )
        raise Invalid([Problem(path, line, message)]) from None
    return parse_document(path, text)


def parse_document(path: Path, text: str) -> Document:
    """Read the text of a TOML file; `path` is only what messages call it.

    Raises:
        Invalid: it is not TOML.
    """
    try:
        return Document(path, tomllib.loads(text), lines_of(text))
    except RecursionError:
        message = Sentence("lists or tables lie too deeply inside each other")
        problem = Problem(path, 1, message)
    except ValueError as error:
        problem = _explain(path, text, str(error))
    raise Invalid([problem])


def _unreadable(error: OSError) -> Sentence:
    if isinstance(error, FileNotFoundError):
        return Sentence("there is no such file")
    if isinstance(error, IsADirectoryError):
        return Sentence("this is a folder; a file was expected")
    return Sentence("the file cannot be read: {why}", why=because(error))


_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")

_PRINTED_QUOTE = re.compile(r"[=\[,]\s*[“”„‘’«]")
"""What word processors, and keyboards of telephones, make of a quote that was typed."""

_REMEDIES = {
    "Expected '='": 'a key needs "=" and a value after it, like: title = "…"',
    "Invalid value": 'the value is not readable: text stands in quotes, like "…"',
    "Invalid initial character": "a key is missing or has a character that needs quotes",
    "Unterminated string": "a text is not closed: the quote at its end is missing",
    "Expected \"'": "a text is not closed: the quote at its end is missing",
    "Illegal character '\\n'": "a text is not closed on its line: use three quotes for several",
    "Illegal character": "there is an invisible character that may not stand here: type it anew",
    "Found invalid": "there is an invisible character that may not stand here: type it anew",
    "Unescaped '\\'": r"a backslash in quotes is written \\; in single quotes it may stand alone",
    "Escaped character": r"the code after the backslash is not a character",
    "Invalid hex": r"the code after the backslash is not a character",
    "Unclosed array": 'a list is not closed: "]" or the comma between two entries is missing',
    "Unclosed inline": 'a table is not closed: "}" or the comma between two entries is missing',
    "Duplicate inline": "a key stands twice in one table: keep one of them",
    "Cannot overwrite": "this key was already given a value above: keep one of them",
    "Cannot declare": "this table was already opened above: put its keys together in one place",
    "Cannot mutate": "this table was already closed above: put its keys together in one place",
    "Cannot redefine": "this table was already written above: put its keys together",
    "Expected ']'": 'the header of a table is not closed: write it like "[video]"',
    "Expected newline": "one key per line: something follows the value; text needs quotes",
    "Invalid statement": 'this line is neither a table like [video] nor a key like title = "…"',
    "Invalid date": "there is no such date or time; if it is meant as text, put it in quotes",
    "Exceeds the limit": "this number has too many digits",
}
"""How TOML's own reader begins each complaint, and what it means to who wrote the file."""
_UNKNOWN = "this is not TOML: look for a missing quote or bracket"


_IN_BRACES = ("Invalid initial character", "Unclosed inline")
_TEXTS = re.compile(r"""("[^"]*"|'[^']*')""")


def _is_in_braces(complaint: str, text: str, line: int, column: str | None) -> bool:
    """Whether a line or a list of `{ … }` ends where another key is needed."""
    if column is None or not complaint.startswith(_IN_BRACES):
        return False
    written, *below = text.split("\n")[line - 1 :]
    before, rest = written[: int(column) - 1], written[int(column) - 1 :].strip()
    bare = _TEXTS.sub("", before)
    if bare.count("{") <= bare.count("}") or (rest and not rest.startswith(("}", "#"))):
        return False
    # Where none comes below, it is the closing brace that is missing.
    return not complaint.startswith("Unclosed") or any(map(_closes, below[:1]))


def _closes(line: str) -> bool:
    return line.lstrip().startswith(("}", ","))


def _explain(path: Path, text: str, complaint: str) -> Problem:
    """Say in plain words what TOML's reader found; never what the file says there."""
    position = _POSITION.search(complaint)
    if position and position["line"]:
        line = int(position["line"])
    else:
        line = max(text.rstrip().count("\n") + 1, 1)
    written = text.split("\n")[line - 1]
    if complaint.startswith("Invalid value") and _PRINTED_QUOTE.search(written):
        says = Sentence('the quotes are curly: type them straight, like "…"')
        return Problem(path, line, says)
    if position and _is_in_braces(complaint, text, line, position["column"]):
        says = Sentence("{braces} stands on one line, without a comma at its end", braces="{ … }")
        return Problem(path, line, says)
    remedy = next(
        (says for begin, says in _REMEDIES.items() if complaint.startswith(begin)), _UNKNOWN
    )
    return Problem(path, line, Sentence(remedy))

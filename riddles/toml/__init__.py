"""The files people write: read with TOML's own reader, explained line by line.

`read_document` refuses what is not TOML; `validate` holds a document against a model and says
everything that is wrong at once, each at the line where it was written.
"""

from riddles.toml.document import Document, parse_document, read_document
from riddles.toml.lines import KeyPath
from riddles.toml.schema import json_schema
from riddles.toml.validation import misplaced, mistake, validate
from riddles.toml.written import Written

__all__ = [
    "Document",
    "KeyPath",
    "Written",
    "json_schema",
    "misplaced",
    "mistake",
    "parse_document",
    "read_document",
    "validate",
]

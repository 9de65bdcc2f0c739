"""Every key is found on the line where it is written, and what is not TOML is explained."""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riddles.problems import Invalid
from riddles.toml import KeyPath, parse_document, read_document
from riddles.toml.lines import lines_of

PATH = Path("x.toml")

Value = str | list["Value"] | dict[str, "Value"]
"""A literal as it is written, a list, or an inline table."""

names = st.sampled_from(["a", "b-1", "C_3", "é è", "x.y", 'q"', "", "1", "日本"])
literals = st.sampled_from(
    ["1", '"x = 1"', "true", "2026-01-01", "'''one\n# two\n'''", '"""\n[three]\n"""', '"a\\nb"']
)
values: st.SearchStrategy[Value] = st.recursive(
    literals,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=2),
    max_leaves=5,
)


@dataclass
class Written:
    """A file in the making, which notes the line of everything that goes into it."""

    text: str = ""
    lines: dict[KeyPath, int] = field(default_factory=lambda: {(): 1})

    def note(self, path: KeyPath) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self.text.count("\n") + 1)

    def pair(self, table: KeyPath, keys: tuple[str, ...], value: Value) -> None:
        self.note((*table, *keys))
        self.text += f"{'.'.join(map(_key, keys))} = "
        self.value((*table, *keys), value)

    def value(self, path: KeyPath, value: Value) -> None:
        if isinstance(value, str):
            self.text += value
        elif isinstance(value, list):
            self.text += "[ # a list\n"
            for number, entry in enumerate(value):
                self.note((*path, number))
                self.value((*path, number), entry)
                self.text += ",\n"
            self.text += "]"
        else:
            self.text += "{ "
            for number, (key, inner) in enumerate(value.items()):
                self.text += ", " if number else ""
                self.pair(path, (key,), inner)
            self.text += " }"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else json.dumps(name, ensure_ascii=False)


tables = st.dictionaries(names, values, max_size=3)


@given(
    top=tables,
    dotted=st.dictionaries(names, tables, max_size=2),
    plain=st.dictionaries(names, tables, max_size=2),
    arrays=st.dictionaries(names, st.lists(st.tuples(tables, tables), max_size=3), max_size=2),
)
def test_every_key_path_is_found_where_it_is_written(
    top: dict[str, Value],
    dotted: dict[str, dict[str, Value]],
    plain: dict[str, dict[str, Value]],
    arrays: dict[str, list[tuple[dict[str, Value], dict[str, Value]]]],
) -> None:
    file = Written()
    for key, value in top.items():
        file.pair((), (f"top {key}",), value)
        file.text += "\n"
    for name, table in dotted.items():
        for key, value in table.items():
            file.pair((), (f"dotted {name}", key), value)
            file.text += " # remark\n\n"
    for name, table in plain.items():
        file.note((f"plain {name}", "inner"))
        file.text += f"[{_key(f'plain {name}')} . inner]\n"
        for key, value in table.items():
            file.pair((f"plain {name}", "inner"), (key,), value)
            file.text += "\n"
    for name, elements in arrays.items():
        for number, (table, inner) in enumerate(elements):
            file.note((f"array {name}", number))
            file.text += f"[[{_key(f'array {name}')}]]\n"
            for key, value in table.items():
                file.pair((f"array {name}", number), (key,), value)
                file.text += "\n"
            file.note((f"array {name}", number, "its table"))
            file.text += f"[{_key(f'array {name}')}.'its table']\n"
            for key, value in inner.items():
                file.pair((f"array {name}", number, "its table"), (key,), value)
                file.text += "\n"
    tomllib.loads(file.text)

    assert lines_of(file.text) == file.lines


def test_a_key_that_is_not_written_is_where_its_table_is() -> None:
    document = parse_document(PATH, "a = 1\n\n[week]\npublish = 2\n")

    assert document.line(("week", "recap")) == 3
    assert document.line(("server", 0, "guild")) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a = 1\nb 2\n", 2, 'a key needs "="'),
        ("a = one\n", 1, "not readable: text stands in quotes"),
        ("a = 1\nb = “one”\n", 2, "the quotes are curly"),
        ("a = [« one »]\n", 1, "the quotes are curly"),
        ('a = "one\nb = 2\n', 1, "a text is not closed"),
        ("a = [1, 2\nb = 3\n", 2, "a list is not closed"),
        ("a = { b = 1\n", 1, "a table is not closed"),
        ("a = { b = 1, }\n", 1, "{ … } stands on one line, without a comma"),
        ("a = { b = 1,\n  c = 2 }\n", 1, "{ … } stands on one line"),
        ("a = 1\nb = {\n  c = 2\n}\n", 2, "{ … } stands on one line"),
        ("a = { b = '{',  # so\n  c = 2 }\n", 1, "{ … } stands on one line"),
        ("a = { b = 1\n}\n", 1, "{ … } stands on one line"),
        ("a = { é = 1 }\n", 1, "a character that needs quotes"),
        ("a = 1\na = 2\n", 2, "already given a value"),
        ("[a]\nb = 1\n[a]\nc = 2\n", 3, "this table was already opened"),
        ("a = 1 b = 2\n", 1, "one key per line"),
        ("[a\nb = 1\n", 1, "the header of a table is not closed"),
        ("a = 2026-02-30\n", 1, "no such date"),
        ("a = '''\n\n", 1, "a text is not closed"),
        ('a = "C:\\Users"\n', 1, r"backslash"),
        ("= 1\n", 1, "neither a table"),
        (f"a = {'9' * 5000}\n", 1, "too many digits"),
        (f"a = {'[' * 2000}\n", 1, "too deeply"),
    ],
)
def test_what_is_not_toml_is_explained_at_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_document(PATH, text)

    [problem] = refused.value.problems
    assert problem.line == line
    assert says in str(problem.message)


def test_a_mark_that_windows_editors_write_first_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbftitle = 'x'\r\nvalue = 1\r\n")

    document = read_document(tmp_path / "x.toml")

    assert document.table == {"title": "x", "value": 1}
    assert document.line(("value",)) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "there is no such file"),
        (b"#" * 2_000_000, "larger than 1 MiB"),
        (b"a = 1\n# \xff\n", ":2: this line is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, data: bytes | None, says: str
) -> None:
    path = tmp_path / "x.toml"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(Invalid, match=says):
        read_document(path)


def test_a_folder_in_place_of_a_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="this is a folder"):
        read_document(tmp_path)

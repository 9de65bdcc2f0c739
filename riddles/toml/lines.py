"""Where each key of a TOML file is written.

TOML's own reader forgets lines, so a syntax tree remembers them. A key path names tables and
keys by text and entries of lists by number, like `("server", 0, "guild")`.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

KeyPath = tuple[str | int, ...]

_PARSER = Parser(Language(tree_sitter_toml.language()))
_KEYS = ("bare_key", "quoted_key", "dotted_key")


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line, counted from 1, at which each table, key and entry of a list begins.

    A table that several headers or dotted keys extend is where it is first named.
    """
    lines: dict[KeyPath, int] = {(): 1}
    tables = Counter[KeyPath]()
    for node in _PARSER.parse(text.encode()).root_node.named_children:
        if node.type == "table":
            here = _within(_names(node), tables)
            _note(lines, here, node)
        elif node.type == "table_array_element":
            array = _within(_names(node), tables)
            here = (*array, tables[array])
            tables[array] += 1
            _note(lines, here, node)
        else:
            here = ()
        for pair in [node] if node.type == "pair" else node.named_children:
            if pair.type == "pair":
                _note_pair(lines, here, pair)
    return lines


def _within(names: KeyPath, tables: Counter[KeyPath]) -> KeyPath:
    """The path of a header: inside an array of tables it means the newest element.

    The last name is the table itself; an array of tables counts its own elements.
    """
    path: KeyPath = ()
    for name in names:
        if count := tables[path]:
            path = (*path, count - 1)
        path = (*path, name)
    return path


def _note(lines: dict[KeyPath, int], path: KeyPath, node: Node) -> None:
    for length in range(1, len(path) + 1):
        lines.setdefault(path[:length], node.start_point.row + 1)


def _note_pair(lines: dict[KeyPath, int], table: KeyPath, pair: Node) -> None:
    path = (*table, *_names(pair))
    _note(lines, path, pair)
    *_, value = _without_comments(pair)
    _note_value(lines, path, value)


def _note_value(lines: dict[KeyPath, int], path: KeyPath, value: Node) -> None:
    if value.type == "array":
        for number, entry in enumerate(_without_comments(value)):
            _note(lines, (*path, number), entry)
            _note_value(lines, (*path, number), entry)
    elif value.type == "inline_table":
        for pair in value.named_children:
            if pair.type == "pair":
                _note_pair(lines, path, pair)


def _without_comments(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _names(node: Node) -> KeyPath:
    """The names that a header or a pair consists of."""
    key = next(child for child in node.named_children if child.type in _KEYS)
    return tuple(_read_key((key.text or b"").decode()))


def _read_key(key: str) -> Iterator[str]:
    """Read a key, dotted and quoted as it may be, with TOML's own reader."""
    table = tomllib.loads(f"{key} = 0")
    while table:
        [(name, table)] = table.items()
        yield name

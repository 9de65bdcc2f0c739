"""One byte of one row, changed behind the program's back, is found by the audit.

The ledger is that of a community that did everything there is to do, so that rows of every kind
are among it. Whoever forges has taken the triggers away and the checks off.
"""

import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.books.audit import replay
from engine.storage.transactions import Reader
from tests.engine.machine import bringing, correcting, leaving, playing, spending
from tests.engine.machine.community import Community
from tests.engine.machine.steps import go_on

EVERYTHING = (playing, correcting, spending, bringing, leaving)
Value = int | str | bytes | None


@dataclass(frozen=True)
class Forger:
    """Somebody with the file, and with time."""

    community: Community
    connection: sqlite3.Connection
    rows: list[dict[str, Value]]

    def finds(self, row: int, column: str, forged: Value) -> str | None:
        """What the audit says while one value is another; None: nothing at all.

        Raises:
            sqlite3.IntegrityError: the file itself does not take it: such a row is there already.
        """
        true = self.rows[row - 1]
        self._write(row, column, forged, true[column])
        try:
            return self.community.read(_trouble)
        finally:
            now = forged if column == "id" else row
            self._write(now, column, true[column], true[column])

    def _write(self, row: Value, column: str, value: Value, true: Value) -> None:
        place = "CAST(? AS TEXT)" if isinstance(true, str) and value is not None else "?"
        self.connection.execute(
            f"UPDATE transfers SET {column} = {place} WHERE id = ?",  # noqa: S608 - our own names
            (value, row),
        )


async def _trouble(reader: Reader) -> str | None:
    found = await replay(reader)
    return found.trouble


@pytest.fixture(scope="module")
def forger() -> Generator[Forger, None, None]:
    with Community() as community:
        dice = random.Random(7)
        while len(_kinds(community)) < 10 or community.last_row < 60:
            go_on(community, dice)
        path = str(community.books.path)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            rows = [dict(row) for row in connection.execute("SELECT * FROM transfers ORDER BY id")]
            yield Forger(community, connection, rows)


def _kinds(community: Community) -> Counter[str]:
    rows = community.run(community.books.look("SELECT kind FROM transfers"))
    return Counter(row["kind"] for row in rows)


def forgeries(true: Value) -> Iterator[bytes | int | None]:
    """The value with each of its bytes changed; nothing in its place, or something for nothing."""
    if true is None:
        yield from (0, 1)
        return
    if isinstance(true, int):
        changed = [int.from_bytes(one, signed=True) for one in _changed(_raw(true))]
        yield from changed
    else:
        yield from _changed(_raw(true))
    yield None


def _raw(value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(8, signed=True)
    return value.encode() if isinstance(value, str) else value


def _changed(raw: bytes) -> Iterator[bytes]:
    for at, byte in enumerate(raw):
        yield bytes([*raw[:at], byte ^ random.Random(at).randrange(1, 256), *raw[at + 1 :]])


@settings(
    max_examples=250,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_changed_byte_of_any_row_is_found(forger: Forger, data: st.DataObject) -> None:
    row = data.draw(st.integers(1, len(forger.rows)), label="row")
    column = data.draw(st.sampled_from(list(forger.rows[0])), label="column")
    true = forger.rows[row - 1][column]
    forged: Value
    if true is None:
        forged = data.draw(st.integers(-(2**63), 2**63 - 1), label="forged")
    else:
        raw = bytearray(_raw(true))
        at = data.draw(st.integers(0, len(raw) - 1), label="byte")
        raw[at] ^= data.draw(st.integers(1, 255), label="changed by")
        forged = int.from_bytes(raw, signed=True) if isinstance(true, int) else bytes(raw)
    try:
        found = forger.finds(row, column, forged)
    except sqlite3.IntegrityError:
        return

    assert found is not None


def test_the_true_rows_pass(forger: Forger) -> None:
    assert forger.community.read(_trouble) is None


def test_every_byte_of_every_row_is_found(forger: Forger) -> None:
    missed: list[tuple[int, str, Value]] = []
    tried = 0
    for row in range(1, len(forger.rows) + 1):
        for column, true in forger.rows[row - 1].items():
            for forged in forgeries(true):
                with contextlib.suppress(sqlite3.IntegrityError):
                    tried += 1
                    if forger.finds(row, column, forged) is None:
                        missed.append((row, column, forged))

    assert missed == []
    assert tried > 5_000

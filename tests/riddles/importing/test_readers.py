"""Every format is known by its looks, and read to the same rows."""

import codecs
import io
import json
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riddles.importing.ctfd import read_members
from riddles.importing.formats import FORMATS, SHAPES, detect, read_rows
from riddles.importing.lines import columns_from
from riddles.importing.rows import (
    OLDEST_MEMBER,
    POINTS_MAX,
    Row,
    Trouble,
    Unreadable,
    member_of,
    points_of,
)
from riddles.importing.text import inspect
from riddles.refusal import Refusal
from tests.riddles.importing import exports
from tests.riddles.importing.exports import ALICE, BOB, CAROL, a_ctfd_export

Read = list[Row | Trouble]


def read(
    path: Path,
    *,
    form: str = "auto",
    names: Mapping[str, str] | None = None,
    who: Mapping[str, int] | None = None,
) -> tuple[str, Read]:
    """The format of a file, and what stands in it."""
    file = inspect(path)
    form = detect(file, names or {}) if form == "auto" else form
    return form, list(read_rows(file, form, names or {}, who))


def written(folder: Path, content: Any, name: str = "file.json") -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8", newline="")
    return path


def rows(found: Read) -> list[tuple[int, int, str]]:
    """Member, points and key of each row; nothing else may be there."""
    assert not [one for one in found if isinstance(one, Trouble)]
    return [(one.member, int(one.points), one.key) for one in found if isinstance(one, Row)]


def troubles(found: Read) -> list[tuple[int, str]]:
    return [(one.place, one.message) for one in found if isinstance(one, Trouble)]


MEE6_PAGES = [exports.MEE6 | {"players": [player]} for player in exports.MEE6["players"]]
TOTALS = [(ALICE, 7005, "total"), (BOB, 20, "total")]


@pytest.mark.parametrize(
    ("form", "document"),
    [
        ("mee6", exports.MEE6),
        ("mee6", MEE6_PAGES),
        ("mee6", [{"id": str(ALICE), "xp": 7005}, {"id": str(BOB), "xp": 20}]),
        ("lurkr", exports.LURKR),
        ("tatsu", exports.TATSU),
        ("amari", exports.AMARI),
        ("amari", {"data": exports.AMARI["members"], "count": 2}),
        ("polaris", exports.POLARIS),
        ("unbelievaboat", exports.UNBELIEVABOAT),
        ("unbelievaboat", exports.UNBELIEVABOAT["users"]),
        ("red", exports.RED_GLOBAL),
        ("balances", exports.BALANCES),
    ],
)
def test_what_a_bot_hands_out_is_known_and_read(
    tmp_path: Path, form: str, document: dict[str, Any]
) -> None:
    path = written(tmp_path, document)

    assert read(path) == read(path, form=form)
    assert read(path)[0] == form
    assert rows(read(path)[1]) == TOTALS


DOCS = Path(__file__).parents[3] / "docs" / "importing.md"


def test_the_documentation_names_every_format_and_no_other() -> None:
    _, table = DOCS.read_text("utf-8").split("| format |", 1)

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(FORMATS)


def test_the_documented_table_is_read(tmp_path: Path) -> None:
    (sample,) = re.findall(r"```csv\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    _, found = read(written(tmp_path, sample, "points.csv"))

    assert rows(found) == [(ALICE, 120, "key quiz-05-1"), (BOB, 80, "key quiz-05-2")]


def test_every_bot_has_its_sample_above() -> None:
    assert set(SHAPES) | {"lines", "csv", "ledger", "ctfd"} == set(FORMATS)
    assert len(SHAPES) == 8


def test_reds_bank_of_several_servers_has_a_row_for_each(tmp_path: Path) -> None:
    _, found = read(written(tmp_path, exports.RED))

    assert rows(found) == [
        (ALICE, 7000, "server 446075987680165888"),
        (BOB, 20, "server 446075987680165888"),
        (ALICE, 5, "server 173184118492889089"),
    ]


def test_pages_may_simply_follow_each_other(tmp_path: Path) -> None:
    """As `cat page-*.json` makes them, with or without line ends."""
    for between in ("", "\n", "\r\n\r\n"):
        text = between.join(json.dumps(page, indent=2) for page in MEE6_PAGES)

        assert rows(read(written(tmp_path, text))[1]) == TOTALS


@pytest.mark.parametrize(
    ("player", "says"),
    [
        ({"id": "12345", "xp": 1}, "12345 is not a Discord id"),
        ({"id": None, "xp": 1}, '"None" is not a Discord id'),
        ({"id": str(ALICE)}, '"None" is not a number of points'),
        ({"id": str(ALICE), "xp": True}, '"True" is not a number'),
        ({"id": str(ALICE), "xp": -3}, "-3 is below zero"),
        ({"id": str(ALICE), "xp": "Infinity"}, '"Infinity" is not a number'),
        ("alice", "this is no member of the board"),
    ],
)
def test_a_member_that_cannot_be_read_is_named_and_the_rest_is_read(
    tmp_path: Path, player: Any, says: str
) -> None:
    players = [{"id": str(ALICE), "xp": 1}, player, {"id": str(BOB), "xp": 2}]
    _, found = read(written(tmp_path, {"players": players}))

    ((place, message),) = troubles(found)
    assert (place, message[: len(says)]) == (2, says)
    assert len(found) == 3


@pytest.mark.parametrize("form", list(SHAPES))
@pytest.mark.parametrize("document", [{}, [], {"players": {}}, 1, [[]], {"a": {"b": 1}}])
def test_a_document_of_another_kind_is_refused(tmp_path: Path, form: str, document: Any) -> None:
    with pytest.raises(Refusal, match="does not look like an export of"):
        read(written(tmp_path, document), form=form)


def test_a_document_that_is_none_of_them_is_refused_with_the_list(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="none of the formats lines, csv, ledger, mee6"):
        read(written(tmp_path, {"songs": [{"title": "x"}]}))


@pytest.mark.parametrize("text", ['{"players": [', "[" * 100_000, '{"a": 1}\n\n{"b": nope}'])
def test_broken_json_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match=rf"file\.json:{text.count(chr(10)) + 1}: this is not JSON"):
        read(written(tmp_path, text))


# Lines.

CSV = """\
Member,Points,Reason,Key
259627944538177536,120,quiz night,quiz-1
<@300302688346832897>,12.5,"prize, second",
"1029384756102938475",0,,
"""


def test_a_table_is_read(tmp_path: Path) -> None:
    form, found = read(written(tmp_path, CSV, "points.csv"))

    assert form == "csv"
    assert found == [
        Row(place=2, member=ALICE, points=Decimal(120), key="key quiz-1", reason="quiz night"),
        Row(place=3, member=BOB, points=Decimal("12.5"), key="line 1", reason="prize, second"),
        Row(place=4, member=CAROL, points=Decimal(0), key="line 1"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_line_ends_and_encodings_are_found_out(
    tmp_path: Path, separator: str, line_end: str, encoding: str
) -> None:
    lines = [["Membre", "Points", "Motif"], [str(ALICE), "120", "énigme de l’été"]]
    text = line_end.join(separator.join(line) for line in lines) + line_end
    form, found = read(written(tmp_path, text.encode(encoding), "points.csv"), names={})

    assert form == "csv"
    assert found == [
        Row(place=2, member=ALICE, points=Decimal(120), key="line 1", reason="énigme de l’été")
    ]


def test_columns_may_be_called_otherwise(tmp_path: Path) -> None:
    text = f"Rank,User ID,User,XP\n1,{ALICE},alice,7005\n2,{BOB},bob,20\n"
    names = columns_from("member=User ID, points=xp")
    _, found = read(written(tmp_path, text, "board.csv"), names=names)

    assert [row[:2] for row in rows(found)] == [(ALICE, 7005), (BOB, 20)]


def test_a_named_column_goes_before_one_of_the_usual_name(tmp_path: Path) -> None:
    text = f"member,points,XP\n{ALICE},1,7005\n"
    _, found = read(written(tmp_path, text, "board.csv"), names={"points": "XP"})

    assert rows(found)[0][:2] == (ALICE, 7005)


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1,2\n", "member\n1\n", "points;reason\n"])
def test_a_table_that_does_not_name_its_columns_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match=r'the first line names no column "(member|points)"|is empty'):
        read(written(tmp_path, text, "points.csv"))


@pytest.mark.parametrize("text", ["points", "member=", "who=User", "member:User ID"])
def test_pairs_of_columns_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is not understood: write pairs like"):
        columns_from(text)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("2.59628E+17,5", "2.59628E+17 was a Discord id until a spreadsheet rounded it"),
        ("alice,5", '"alice" is not a Discord id'),
        (",5", '"" is not a Discord id'),
        ("42,5", "42 is not a Discord id: it has 17 to 19 digits"),
        ("99999999999999999999,5", "99999999999999999999 is not a Discord id"),
        (f"{ALICE}", '"" is not a number of points'),
        (f"{ALICE},", '"" is not a number of points'),
        (f"{ALICE},twelve", '"twelve" is not a number of points: write digits, like 120 or 12.5'),
        (f'{ALICE},"1,234"', '"1,234" is not a number of points'),
        (f"{ALICE},1e3", '"1e3" is not a number of points'),
        (f"{ALICE},NaN", '"NaN" is not a number of points'),
        (f"{ALICE},-5", "-5 is below zero: nobody starts with a debt"),
        (f"{ALICE},{'9' * 30}", f"{'9' * 30} points are more than 1000000000000"),
        (f"{ALICE},{'9' * 5000}", f'"{"9" * 30}…" is not a number of points'),
        (f"{ALICE},5,{'x' * 501}", f'"{"x" * 30}…" has 501 characters, and 500 are allowed'),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_rest_is_read(
    tmp_path: Path, cells: str, says: str
) -> None:
    text = f"member,points,reason\n{ALICE},1\n\n{cells}\n{BOB},2\n"
    _, found = read(written(tmp_path, text, "points.csv"))

    ((place, message),) = troubles(found)
    assert (place, message[: len(says)]) == (4, says)
    assert len(found) == 3


def test_lines_without_a_key_are_numbered_by_member(tmp_path: Path) -> None:
    """So a later file with more lines at its end brings only those."""
    text = f"member,points,key\n{ALICE},1,\n{BOB},2,\n{ALICE},1,\n{ALICE},9,k\n{ALICE},3,\n"
    _, found = read(written(tmp_path, text, "points.csv"))

    assert [key for _, _, key in rows(found)] == ["line 1", "line 1", "line 2", "key k", "line 3"]


def test_json_lines_are_read(tmp_path: Path) -> None:
    lines = [
        {"member": str(ALICE), "points": 120, "reason": "quiz", "key": "q1", "level": 3},
        {"user_id": BOB, "points": 12.5},
    ]
    path = written(tmp_path, "\n".join(json.dumps(line) for line in lines) + "\n\n")
    form, found = read(path)

    assert form == "lines"
    assert found == [
        Row(place=1, member=ALICE, points=Decimal(120), key="key q1", reason="quiz"),
        Row(place=2, member=BOB, points=Decimal("12.5"), key="line 1"),
    ]
    assert rows(read(written(tmp_path, lines))[1]) == rows(found)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nope", "this is not JSON"),
        ("[" * 5000, "this is not JSON"),
        ("[1]", "write an object"),
        ('{"points": 1}', '"" is not a Discord id'),
        ('{"member": 2.5e17, "points": 1}', "2.5E+17 was a Discord id until"),
        ('{"member": true, "points": 1}', '"True" is not a Discord id'),
        (f'{{"member": {ALICE}, "points": [1]}}', '"[1]" is not a number of points'),
        (f'{{"member": {ALICE}, "points": 1, "reason": {{}}}}', "{} is no text"),
    ],
)
def test_a_json_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, says: str) -> None:
    good = json.dumps({"member": str(ALICE), "points": 1})
    _, found = read(written(tmp_path, f"{good}\n{line}\n{good}\n"))

    ((place, message),) = troubles(found)
    assert (place, message[: len(says)]) == (2, says)


def test_a_number_in_json_stays_exact(tmp_path: Path) -> None:
    _, found = read(written(tmp_path, f'{{"member": {2**63 - 1}, "points": 0.1}}\n'))

    assert found == [Row(place=1, member=2**63 - 1, points=Decimal("0.1"), key="line 1")]


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"there is no file .*nowhere"):
        inspect(tmp_path / "nowhere")
    with pytest.raises(Refusal, match="cannot be read: Is a directory"):
        inspect(tmp_path)


def test_a_character_cut_in_two_by_the_reading_is_still_one(tmp_path: Path) -> None:
    text = "é" * (1 << 20)

    assert inspect(written(tmp_path, b"a" + text.encode())).encoding == "utf-8"
    assert inspect(written(tmp_path, b"a" + text.encode()[:-1])).encoding in ("utf-8", "cp1252")
    assert inspect(written(tmp_path, text.encode() + b"\xe9!")).encoding == "cp1252"


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_rows_troubles_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for start in (b"", b"member,points\n", b"[", b"{", codecs.BOM_UTF8, b"PK\x03\x04"):
        path = folder / "file"
        path.write_bytes(start + content)
        for form in ("auto", "csv", "lines", "mee6", "ctfd"):
            with suppress(Refusal):
                read(path, form=form, who={})


@given(st.integers() | st.text() | st.decimals() | st.booleans() | st.none())
def test_a_value_is_a_member_and_points_or_said_to_be_none(value: Any) -> None:
    for reader in (member_of, points_of):
        with suppress(Unreadable):
            found = reader(value)

            assert 0 <= found <= (2**63 if reader is member_of else POINTS_MAX)


@given(st.integers(OLDEST_MEMBER, 2**63 - 1), st.sampled_from(["{}", "<@{}>", "<@!{}>", " {} "]))
def test_a_member_is_known_by_id_and_by_mention(member: int, form: str) -> None:
    assert member_of(form.format(member)) == member


# CTFd.


def test_ctfds_export_is_read(tmp_path: Path) -> None:
    who = {"alice": ALICE, "bob@example.org": BOB, "4": CAROL, "6": CAROL}
    form, found = read(a_ctfd_export(tmp_path / "export.zip"), who=who)

    assert form == "ctfd"
    assert [one for one in found if isinstance(one, Row)] == [
        Row(place=2, member=ALICE, points=Decimal(500), key="total"),
        Row(place=3, member=BOB, points=Decimal(125), key="total"),
        Row(place=6, member=CAROL, points=Decimal(0), key="total"),
    ]
    assert troubles(found) == [
        (4, "user 4 is hidden or banned in CTFd"),
        (5, "user 5 of CTFd is not in the list of members"),
    ]


def test_a_ctfd_without_awards_is_read(tmp_path: Path) -> None:
    export = a_ctfd_export(tmp_path / "export.zip", awards=[])

    assert rows(read(export, who={"alice": ALICE, "bob": BOB, "dave": CAROL})[1])[0][1] == 550


def test_a_name_that_two_users_have_stands_for_neither(tmp_path: Path) -> None:
    users = [{"id": 2, "name": "alice"}, {"id": 3, "name": "Alice"}]
    export = a_ctfd_export(tmp_path / "export.zip", users=users)
    _, found = read(export, who={"alice": ALICE})

    assert len(troubles(found)) == 2


def test_ctfd_needs_a_list_of_members(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="CTFd knows no Discord ids"):
        read(a_ctfd_export(tmp_path / "export.zip"))


def test_a_zip_that_is_no_export_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as export:
        export.writestr("readme.txt", "hello")
    for content in (packed.getvalue(), b"PK\x03\x04broken"):
        with pytest.raises(Refusal, match="is no export of CTFd"):
            read(written(tmp_path, content, "export.zip"), who={})


def test_the_list_of_members_is_read(tmp_path: Path) -> None:
    text = f"user;member\nAlice;{ALICE}\n\n3;<@{BOB}>\nbob@example.org;{BOB}\n"

    assert read_members(written(tmp_path, text, "who.csv")) == {
        "alice": ALICE,
        "3": BOB,
        "bob@example.org": BOB,
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "who.csv:1: the first line must name"),
        ("name,member\n", "who.csv:1: the first line must name"),
        ("user,member\nalice,x\n", 'who.csv:2: "x" is not a Discord id'),
        ("user,member\nalice\n", 'who.csv:2: "" is not a Discord id'),
    ],
)
def test_a_list_of_members_that_is_wrong_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        read_members(written(tmp_path, text, "who.csv"))

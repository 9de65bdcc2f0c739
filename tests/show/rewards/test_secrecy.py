"""Secret codes are nowhere in clear: not in files, logs, copies, exports, posts or errors."""

import json
import logging
import os
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from riddles.refusal import Refusal
from riddles.shop.vault import Vault
from tests.show.conftest import SETTINGS
from tests.show.rewards.conftest import CATALOGUE, STAFF, Counter

CODES = ("SECRET-AAAA-1111", "SECRET-BBBB-2222", "SECRET-CCCC-3333")
SECRET = bytes(range(32))


def in_clear(data: bytes) -> list[str]:
    """The codes, or telling parts of them, that stand in some bytes."""
    return [part for code in CODES for part in (code, code[7:]) if part.encode() in data]


async def test_a_code_is_only_ever_seen_in_its_owners_replies(
    counter: Counter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="riddles")
    caplog.set_level(logging.DEBUG, logger="engine")
    await counter.endow(100, "ada", "grace")
    host, submit = counter.stage.cast.host, counter.stage.standin.submit
    form = await counter.says("margaret", "fulfil codes", reward="key")
    loaded = await submit(host, form, {"codes": "\n".join(CODES)})
    form = await counter.says("margaret", "fulfil codes", reward="key")
    refused = await submit(host, form, {"codes": f"{CODES[0]}\nNEW"})
    said = await counter.has("ada", "key")
    mine = await counter.says("ada", "rewards mine")
    hers = await counter.says("grace", "rewards mine")
    shown = [code for code in CODES if code in mine.text]
    wal = (tmp_path / "rehearsal.db-wal").read_bytes()
    await counter.presses("ada", mine, "v1:saved:1")

    assert len(shown) == 1
    public = [message.text for message in counter.stage.standin.messages(STAFF)]
    for text in (loaded.text, refused.text, said.text, hers.text, caplog.text, *public):
        assert in_clear(text.encode()) == []
    for file in (tmp_path / "rehearsal.db", tmp_path / "rehearsal.db-wal"):
        assert in_clear(file.read_bytes()) == []
    assert wal
    assert in_clear(wal) == []


def riddles(folder: Path, *verb: str, secret: bytes | None = SECRET) -> tuple[int, str]:
    """A verb of the command line: how it ended, and everything it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "RIDDLES_SECRET"}
    if secret is not None:
        environment["RIDDLES_SECRET"] = b64encode(secret).decode()
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "riddles", "--config", str(folder / "scheduler.toml")),
            *("--content", str(folder / "content"), "--database", str(folder / "books.db"), *verb),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_shell_loads_codes_and_leaves_none_in_clear(tmp_path: Path, shop_folder: Path) -> None:
    assert shop_folder
    (tmp_path / "scheduler.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "content" / "rewards.toml").write_text(CATALOGUE, encoding="utf-8")
    file = tmp_path / "codes.txt"
    file.write_text("\n".join(CODES) + "\n\n", encoding="utf-8")
    ends = [
        riddles(tmp_path, "codes", "load", "key", str(file), secret=None),
        riddles(tmp_path, "codes", "load", "nothing", str(file)),
        riddles(tmp_path, "codes", "load", "key", str(file)),
        riddles(tmp_path, "codes", "load", "key", str(file)),
        riddles(tmp_path, "codes", "count", "--json"),
        riddles(tmp_path, "codes", "count", "--json", secret=bytes(32)),
        riddles(tmp_path, "backup", str(tmp_path / "copy.db")),
        riddles(tmp_path, "ledger", "export"),
    ]

    assert [code for code, _ in ends] == [1, 1, 0, 1, 0, 0, 0, 0]
    assert "RIDDLES_SECRET is not set: make one with" in ends[0][1]
    assert "no reward of kind code; there are: key, film" in ends[1][1]
    assert "3 codes loaded for key; 3 are free now." in ends[2][1]
    before = f"{file}: line 1, 2, 3: this code was loaded before; nothing was loaded"
    assert before in ends[3][1]
    assert json.loads(ends[4][1])[0]["free"] == 3
    assert json.loads(ends[5][1])[0] == {
        "reward": "key",
        "free": 0,
        "assigned": 0,
        "saved": 0,
        "other_secret": 3,
    }
    for _, printed in ends:
        assert in_clear(printed.encode()) == []
        assert SECRET.hex() not in printed
    for name in ("books.db", "copy.db"):
        assert in_clear((tmp_path / name).read_bytes()) == []
    assert sorted(path.name for path in tmp_path.glob("*.db-wal")) == []


def test_a_sealed_code_opens_for_its_own_row_and_secret_alone() -> None:
    vault = Vault(SECRET)
    sealed = vault.seal("key", CODES[0])
    moved, renamed = replace(sealed, id=sealed.id + 1), replace(sealed, reward="film")

    assert vault.open(sealed) == CODES[0]
    assert vault.seal("film", CODES[0]).fingerprint == sealed.fingerprint
    assert vault.seal("key", CODES[0]).sealed != sealed.sealed
    assert Vault(bytes(32)).name != vault.name
    assert str(SECRET) not in repr(vault) + str(vars(vault)["name"])
    for vault_, code in ((vault, moved), (vault, renamed), (Vault(bytes(32)), sealed)):
        with pytest.raises(Refusal, match="RIDDLES_SECRET") as refusal:
            vault_.open(code)
        assert in_clear(str(refusal.value).encode()) == []


async def test_a_secret_that_changed_says_so_and_charges_nobody(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    await counter.endow(200, "ada")
    await counter.fill(*CODES)
    await counter.has("ada", "key")
    show = counter.stage.program.show
    show.shop.vault = Vault(bytes(32))
    mine = await counter.says("ada", "rewards mine")
    await counter.stage.settle()

    assert "🔑 Ton code est en sûreté, mais ne peut pas être ouvert maintenant." in mine.text
    assert "RIDDLES_SECRET" in counter.stage.standin.messages(STAFF)[-1].text
    assert in_clear(caplog.text.encode()) == []

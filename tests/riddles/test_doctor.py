"""The doctor: each line can be good and bad, names the remedy, and never ends in a traceback."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.moments import to_ms
from riddles.checkup import (
    Finding,
    Patient,
    books,
    community,
    examine,
    place,
    versions,
)
from riddles.checkup.examining import of_the_show
from riddles.cli.shown import shown
from riddles.console import here
from riddles.lock import hold
from riddles.sentence import words_in
from riddles.shop.vault import Vault
from tests.builders import MONDAY
from tests.riddles.importing.histories import play
from tests.riddles.shell import riddles, with_books

NOW = MONDAY
SECRET = bytes(range(32))
TOKEN = "not-a-real-token-but-secret-all-the-same"
SETTINGS = """
[[server]]
guild = 1
channel = 2
"""
REWARD = """
[[reward]]
id = "key"
kind = "code"
cost = 100
name = { fr = "Clé", en = "Key" }
description = { fr = "Une clé.", en = "A key." }
"""


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """A show in good health."""
    config, content, database = (
        tmp_path / name for name in ("scheduler.toml", "content", "riddles.db")
    )
    config.write_text(SETTINGS, encoding="utf-8")
    content.mkdir()
    with_books(database, lambda opened: play(opened, 1, range(4), 20))
    tmp_path.chmod(0o700)
    return Patient(config, content, database, {"DISCORD_TOKEN": TOKEN})


def line(found: list[Finding], subject: str) -> Finding:
    (one,) = [finding for finding in found if str(finding.subject) == subject]
    return one


def graded(patient: Patient, subject: str, now: datetime = NOW) -> tuple[str, str]:
    """How one line is graded, and everything it says."""
    one = line(of_the_show(patient, now), subject)
    return one.grade, f"{one.says} → {one.remedy}"


def test_a_show_in_good_health_has_no_bad_line(patient: Patient) -> None:
    found = examine(patient, NOW)

    assert [one for one in found if one.grade == "bad"] == []
    assert {one.subject for one in found if one.grade == "good"} >= {
        *("Python", "SQLite", "hikari", "hikari-lightbulb", "APScheduler", "ffmpeg", "settings"),
        *("shop", "time zones", "permissions", "disk", "database", "database file"),
        *("database size", "bot", "clock", "DISCORD_API_URL", "DISCORD_TOKEN", "RIDDLES_SECRET"),
    }
    assert all(one.remedy for one in found if one.grade != "good")


def test_every_line_about_versions_can_be_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")

    assert versions.python((3, 10)).grade == "warning"
    assert versions.sqlite((3, 36, 0)).grade == "bad"
    assert versions.library("no-such-library").grade == "bad"
    assert versions.yt_dlp(date(2099, 1, 1)).grade == "warning"
    assert 'pip install -U "yt-dlp[default,deno]"' in (
        str(versions.yt_dlp(date(2099, 1, 1)).remedy)
    )
    broken = versions.ffmpeg()
    assert broken.grade == "bad"
    assert "IMAGEIO_FFMPEG_EXE names /nowhere/ffmpeg" in str(broken.remedy)


def test_an_ffmpeg_that_cannot_write_what_discord_plays_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text('#!/bin/sh\necho "ffmpeg version 1.0" >&2\necho " A..... aac  AAC"\n')
    poor.chmod(0o700)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))

    assert str(versions.ffmpeg().says) == "1.0 cannot write libx264"


@pytest.mark.parametrize(("found", "fits"), [("3.11.3", True), ("3.10", False), ("4.0", False)])
def test_a_library_must_be_within_its_bounds(found: str, *, fits: bool) -> None:
    bounds = [(">=", "3.11.3"), ("<", "4")]

    assert all(versions.within(found, sign, bound) for sign, bound in bounds) is fits


def broken_settings(patient: Patient) -> None:
    patient.config.write_text('timezone = "Mars/Base"\n', encoding="utf-8")


def no_settings(patient: Patient) -> None:
    patient.config.unlink()


def settings_are_a_folder(patient: Patient) -> None:
    patient.config.unlink()
    patient.config.mkdir()


def no_content(patient: Patient) -> None:
    patient.content.rmdir()


def a_broken_riddle(patient: Patient) -> None:
    (patient.content / "01-first").mkdir()
    (patient.content / "01-first" / "riddle.toml").write_text("title = ", encoding="utf-8")


def a_broken_shop(patient: Patient) -> None:
    (patient.content / "rewards.toml").write_text('[[reward]]\nid = "x"\n', encoding="utf-8")


def a_shop_with_codes(patient: Patient) -> None:
    (patient.content / "rewards.toml").write_text(REWARD, encoding="utf-8")


def readable_books(patient: Patient) -> None:
    patient.database.chmod(0o644)


def open_house(patient: Patient) -> None:
    patient.config.chmod(0o666)


def no_folder(patient: Patient) -> None:
    shutil.rmtree(patient.database.parent)


def no_database(patient: Patient) -> None:
    patient.database.unlink()


def an_empty_database(patient: Patient) -> None:
    patient.database.write_bytes(b"")


def no_sqlite(patient: Patient) -> None:
    patient.database.write_bytes(b"not a database at all" * 400)


def damaged(patient: Patient) -> None:
    with patient.database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(bytes(4096 * 6))


def a_folder(patient: Patient) -> None:
    patient.database.unlink()
    patient.database.mkdir()


def anothers(patient: Patient) -> None:
    patient.database.unlink()
    with closing(sqlite3.connect(patient.database)) as other:
        other.execute("CREATE TABLE birds (name)")


def change(patient: Patient, sql: str) -> None:
    with closing(sqlite3.connect(patient.database)) as sqlite, sqlite:
        sqlite.execute(sql)


def of_a_rehearsal(patient: Patient) -> None:
    patient.database.unlink()
    with_books(patient.database, lambda opened: play(opened, 1, range(2), 5), kind="rehearsal")


def from_tomorrow(patient: Patient) -> None:
    change(patient, "PRAGMA user_version = 9999")


def from_yesterday(patient: Patient) -> None:
    change(patient, "PRAGMA user_version = 1")


def a_large_log(patient: Patient) -> None:
    with patient.database.with_name("riddles.db-wal").open("wb") as file:
        file.truncate(books.LARGE_WAL + 1)


@pytest.mark.parametrize(
    ("harm", "subject", "grade", "says"),
    [
        (broken_settings, "settings", "bad", "scheduler.toml:1: "),
        (no_settings, "settings", "bad", "riddles check"),
        (settings_are_a_folder, "settings", "bad", ""),
        (no_content, "content", "bad", "--content"),
        (a_broken_riddle, "content", "warning", "0 riddles ready, 1 not: 01-first"),
        (a_broken_shop, "shop", "warning", "rewards.toml:1: "),
        (a_shop_with_codes, "RIDDLES_SECRET", "warning", "make one with: python"),
        (readable_books, "permissions", "warning", "chmod o= "),
        (open_house, "permissions", "warning", "chmod o-w "),
        (no_folder, "permissions", "bad", "there is no folder"),
        (no_database, "database", "good", "the first start makes it"),
        (an_empty_database, "database", "good", "is empty"),
        (a_folder, "database", "bad", "is no file"),
        (no_sqlite, "database", "bad", "restore FILE --force"),
        (damaged, "database file", "bad", "damaged: "),
        (anothers, "database", "bad", "another program's"),
        (of_a_rehearsal, "database", "bad", "rehearsal"),
        (from_tomorrow, "database", "bad", "schema 9999 of"),
        (from_yesterday, "database", "warning", "make a backup before"),
        (a_large_log, "database size", "warning", "start the bot once"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(
    patient: Patient, harm: Callable[[Patient], None], subject: str, grade: str, says: str
) -> None:
    harm(patient)

    found, words = graded(patient, subject)
    assert (found, says in words) == (grade, True), words
    assert "could not be examined" not in words


@pytest.mark.parametrize(
    ("free", "grade"), [(100 * 2**20, "bad"), (2**30, "warning"), (2**40, "good")]
)
def test_room_on_the_disk_is_graded(tmp_path: Path, free: int, grade: str) -> None:
    assert place.room(tmp_path, free).grade == grade


def test_a_clock_cannot_be_older_than_the_program_or_the_books(patient: Patient) -> None:
    assert graded(patient, "clock", datetime(1970, 1, 1, tzinfo=UTC))[0] == "bad"
    assert books.clock(NOW, to_ms(NOW + timedelta(hours=1))).grade == "bad"
    assert books.clock(NOW, to_ms(NOW + timedelta(seconds=30))).grade == "good"


def test_a_running_bot_is_seen_and_not_disturbed(patient: Patient) -> None:
    resting = str(line(of_the_show(patient, NOW), "bot").says)
    with hold(patient.database), closing(sqlite3.connect(patient.database)) as bot:
        bot.execute("PRAGMA journal_mode = WAL").fetchone()
        bot.execute("BEGIN IMMEDIATE")
        running = of_the_show(patient, NOW)
        bot.execute("COMMIT")

    assert resting == "is not running on this database"
    assert str(line(running, "bot").says) == "is running on this database"
    assert line(running, "database").grade == "good"


def test_looking_at_nothing_creates_nothing(patient: Patient) -> None:
    patient.database.unlink()
    for beside in patient.database.parent.glob("riddles.db*"):
        beside.unlink()
    before = sorted(patient.database.parent.iterdir())
    examine(patient, NOW)

    assert sorted(patient.database.parent.iterdir()) == before


def test_no_zone_data_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(community, "ANY_ZONE", "Mars/Base")
    (one,) = community.zones()

    assert (one.grade, "pip install tzdata" in str(one.remedy)) == ("bad", True)


def with_variables(patient: Patient, **variables: str) -> Patient:
    return Patient(patient.config, patient.content, patient.database, variables)


@pytest.mark.parametrize(
    ("variables", "subject", "grade"),
    [
        ({}, "DISCORD_TOKEN", "warning"),
        ({"DISCORD_TOKEN": f"Bot {TOKEN}"}, "DISCORD_TOKEN", "bad"),
        ({"DISCORD_API_URL": "discord"}, "DISCORD_API_URL", "bad"),
        ({"RIDDLES_SECRET": "c2hvcnQ="}, "RIDDLES_SECRET", "bad"),
        ({"RIDDLES_SECRET": "!!"}, "RIDDLES_SECRET", "bad"),
        ({"RIDDLES_SECRET": b64encode(SECRET).decode()}, "RIDDLES_SECRET", "good"),
    ],
)
def test_the_environment_is_judged_and_never_shown(
    patient: Patient, variables: Mapping[str, str], subject: str, grade: str
) -> None:
    found = of_the_show(with_variables(patient, **variables), NOW)
    said = "\n".join(f"{one.says} {one.remedy}" for one in found)

    assert line(found, subject).grade == grade
    assert [value for value in variables.values() if len(value) > 8 and value in said] == []


@pytest.mark.parametrize(
    ("secret", "grade", "says"),
    [
        (SECRET, "good", "well formed"),
        (bytes(32), "bad", "1 code was sealed with another one"),
        (None, "bad", "cannot be opened without it"),
    ],
)
def test_codes_need_the_secret_they_were_sealed_with(
    patient: Patient, secret: bytes | None, grade: str, says: str
) -> None:
    code = Vault(SECRET).seal("key", "ABCD")
    with closing(sqlite3.connect(patient.database)) as sqlite, sqlite:
        sqlite.execute(
            "INSERT INTO codes (id, reward, sealed, secret, fingerprint, loaded_at) "
            "VALUES (?, ?, ?, ?, ?, 0)",
            (code.id, code.reward, code.sealed, code.secret, code.fingerprint),
        )
    variables = {} if secret is None else {"RIDDLES_SECRET": b64encode(secret).decode()}

    found, words = graded(with_variables(patient, **variables), "RIDDLES_SECRET")
    assert (found, says in words) == (grade, True), words


def doctor(patient: Patient, *words: str, **variables: str) -> tuple[int, str, str]:
    """The verb as a person calls it: how it ended, what it printed, and its errors."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DISCORD", "RIDDLES", "COVERAGE"))
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "riddles", "--config", str(patient.config)),
            *("--content", str(patient.content), "--database", str(patient.database)),
            *("doctor", *words),
        ],
        env=clean | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_verb_says_it_in_words_and_for_programs(patient: Patient) -> None:
    no_database(patient)  # Its rows are from a Monday that may not have come.
    well, printed, errors = doctor(patient)
    secret = "Z" * 9
    ill, facts, _ = doctor(patient, "--json", RIDDLES_SECRET=secret)
    told: dict[str, Any] = json.loads(facts)

    assert (well, errors) == (0, "")
    assert printed.splitlines()[-1].endswith(" 0 bad")
    assert (ill, told["bad"]) == (1, 1)
    assert [one["subject"] for one in told["lines"] if one["grade"] == "bad"] == ["RIDDLES_SECRET"]
    assert secret not in facts


def test_no_ruin_ends_in_a_traceback(patient: Patient, tmp_path: Path) -> None:
    a_broken_shop(patient)
    settings_are_a_folder(patient)
    no_sqlite(patient)
    patient.database.with_name("riddles.db.lock").mkdir()
    unreachable = "http://127.0.0.1:9"
    code, printed, errors = doctor(patient, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=unreachable)

    assert (code, errors) == (1, "")
    assert "bad      Discord " in printed
    assert TOKEN not in printed
    assert "Traceback" not in printed
    assert stat.S_ISDIR(tmp_path.stat().st_mode)


def test_the_checkup_is_told_in_french(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIDDLES_LANG", "fr")
    broken = with_variables(patient, RIDDLES_SECRET="!!")
    broken.config.write_text("[[server]]\nguild = 1\n", encoding="utf-8")
    found = {str(one.subject): one for one in of_the_show(broken, NOW)}
    t = here()

    said = {
        subject: (words_in(t, found[subject].says), words_in(t, found[subject].remedy or ""))
        for subject in ("settings", "database", "bot", "RIDDLES_SECRET", "content")
    }

    space = "\N{NO-BREAK SPACE}"
    missing = f'{broken.config}:1{space}: il manque "channel" dans l’entrée 1 de server{space}: '
    about = "Salon textuel, d’annonces ou forum des énigmes."
    assert said["settings"] == (missing + about, "`riddles check` donne tout")
    assert said["database"][0].startswith(f"{broken.database}{space}: live, schéma ")
    assert said["bot"] == ("ne tourne pas sur cette base", "")
    assert said["RIDDLES_SECRET"][0] == "est mal formé"
    assert said["RIDDLES_SECRET"][1].startswith("RIDDLES_SECRET n’est pas du base64")
    assert said["content"] == (
        f"{broken.content}{space}: 0 énigme prête",
        "commences-en une avec `riddles new NOM`",
    )


def test_a_line_of_the_checkup_keeps_its_spaces() -> None:
    said = shown("12\N{NARROW NO-BREAK SPACE}345 octets\N{NO-BREAK SPACE}: trop\x1b[31m\u202e")

    assert said == "12\N{NARROW NO-BREAK SPACE}345 octets\N{NO-BREAK SPACE}: trop[31m"


def test_the_verb_sums_up_in_french(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIDDLES_LANG", "fr")
    for name in ("DISCORD_TOKEN", "DISCORD_API_URL", "RIDDLES_SECRET"):
        monkeypatch.delenv(name, raising=False)
    places = ("--config", patient.config, "--content", patient.content)

    said = riddles(patient.database, *places, "doctor")

    *lines, total = said.out.splitlines()
    grades = {line.split()[0] for line in lines if not line.startswith(" ")}
    assert grades <= {"ok", "avertissement", "problème"}
    assert re.fullmatch(r"\d+ ok, \d+ avertissements?, \d problèmes?", total)
    assert not re.search(r"\b(the|not|is|warning|good)\b", said.out)

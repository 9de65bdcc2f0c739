"""Nothing leaks: a whole week is played, and then everything it left behind is searched.

Searched are the log at its most talkative, the database with its write-ahead log, a backup, an
export, what refused verbs say, and every public message. Hunted are the accepted answers, what
members tried, the token, the secret, secret codes, and the ids by which Discord knows people.
"""

import logging
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.config import Settings
from riddles.rehearsal.stage import SECRET
from tests.builders import MONDAY
from tests.show.conftest import RIDDLE, SETTINGS, StageSetter
from tests.show.rewards.conftest import CATALOGUE, CHANNEL, PIXEL, Counter
from tests.show.test_draws import Scene, witnessed

Queue = Callable[..., Path]

KEY = "zymurgist quokka"
"""The answer, in words that nothing else says."""
ATTEMPTS = ("My Very Own Words", "flumadiddle snollygoster", "absquatulate gardyloo")
CODES = ("SECRET-AAAA-1111", "SECRET-BBBB-2222", "SECRET-CCCC-3333")
OWN_RIDDLE = RIDDLE.replace('["quicksort", "tri rapide"]', f'["{KEY}"]').replace(
    "C'était le tri rapide", "La solution"
)
TOKEN = "a-token.that-nobody.may-ever-read-anywhere"


@dataclass(frozen=True, slots=True)
class Left:
    """What a week left behind."""

    log: str
    files: dict[str, bytes]
    """The database and its log, as they were while the program ran and after it."""
    public: str
    """Every message before the solution."""
    ids: tuple[str, ...]
    token: str


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The usual house, with a hash that takes no minutes."""
    draws = settings.draws.model_copy(update={"hash_time": timedelta(milliseconds=20)})
    return settings.model_copy(update={"draws": draws})


@pytest.fixture
def every_word() -> Generator[list[str], None, None]:
    """What the program's own loggers say with everything turned on, tracebacks included."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    ear = Ear(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("riddles", "engine")]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(ear)
    yield said
    for logger in loggers:
        logger.removeHandler(ear)
        logger.setLevel(logging.NOTSET)


@pytest.fixture
async def left(queue: Queue, on_stage: StageSetter, tmp_path: Path, every_word: list[str]) -> Left:
    """Play it: answers, a hint, a code, a draw, an erasure, a preview, a recap."""
    queue("01-first", text=OWN_RIDDLE)
    (tmp_path / "content" / "rewards.toml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "content" / "sticker.png").write_bytes(PIXEL)
    files: dict[str, bytes] = {}
    async with on_stage(timedelta(hours=-5)) as stage:
        counter = Counter(stage)
        await stage.move_to(MONDAY)
        await _answers(counter)
        await _shop(counter)
        await _draw(counter)
        await _week(counter)
        channels = stage.standin.messages(CHANNEL)
        reveal = next(n for n, one in enumerate(channels) if "La solution" in one.text)
        public = "\n".join(one.text for one in channels[:reveal])
        people = (*stage.cast.members, stage.cast.host)
        for name in ("rehearsal.db", "rehearsal.db-wal"):
            files[f"{name}, running"] = (tmp_path / name).read_bytes()
        token, ids = stage.standin.token, tuple(str(one.id) for one in people)
    files |= {path.name: path.read_bytes() for path in _beside(tmp_path / "rehearsal.db")}
    return Left("\n".join(every_word), files, public, ids, token)


def _beside(database: Path) -> list[Path]:
    """The database's own files."""
    return list(database.parent.glob(f"{database.name}*"))


async def _answers(counter: Counter) -> None:
    for attempt in ATTEMPTS:
        await counter.says("ada", "answer", text=attempt)
        await counter.passes(minutes=5)
    await counter.says("hedy", "answer", text=ATTEMPTS[0])
    hint = await counter.says("grace", "hint")
    for button in [each for each in hint.buttons if "hint" in each][:1]:
        await counter.presses("grace", hint, button)
    for name in ("ada", "grace", "linus"):
        assert "100 points" in (await counter.says(name, "answer", text=KEY.upper())).text
    await counter.says("grace", "points explain")
    await counter.says("margaret", "animate preview")


async def _shop(counter: Counter) -> None:
    submit = counter.stage.standin.submit
    form = await counter.says("margaret", "fulfil codes", reward="key")
    await submit(counter.stage.cast.host, form, {"codes": "\n".join(CODES)})
    await counter.has("grace", "key")
    mine = await counter.says("grace", "rewards mine")
    assert any(code in mine.text for code in CODES)


async def _draw(counter: Counter) -> None:
    await counter.endow(20, "hedy", "radia")
    scene = Scene(counter.stage)
    await witnessed(scene)
    await scene.drawn()


async def _week(counter: Counter) -> None:
    overview = await counter.says("ada", "mydata")
    form = await counter.stage.standin.press(counter.member("ada"), overview, "v1:data-erase")
    await counter.stage.standin.submit(counter.member("ada"), form, {"word": "effacer"})
    for moment in (timedelta(days=2), timedelta(days=6, hours=2), timedelta(days=6, hours=3)):
        await counter.stage.move_to(MONDAY + moment)


def found(words: tuple[str, ...], data: bytes) -> list[str]:
    """Which of the words stand in some bytes, in whatever case."""
    lower = data.lower()
    return [word for word in words if word.lower().encode() in lower]


def verb(folder: Path, *words: str) -> str:
    """Everything that a verb says, well meant or not."""
    environment = os.environ | {
        "RIDDLES_SECRET": b64encode(SECRET).decode(),
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": "http://127.0.0.1:9",
    }
    paths = ("scheduler.toml", "content", "rehearsal.db")
    config, content, database = (str(folder / name) for name in paths)
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "riddles", "--config", config, "--content", content),
            *("--database", database, *words),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


SECRETS = (SECRET.decode(), SECRET.hex(), b64encode(SECRET).decode())


async def test_a_week_leaves_no_secret_behind(left: Left, tmp_path: Path) -> None:
    (tmp_path / "scheduler.toml").write_text(SETTINGS, encoding="utf-8")
    said = {
        "export": verb(tmp_path, "ledger", "export"),
        "json": verb(tmp_path, "ledger", "export", "--format", "jsonl"),
        "backup": verb(tmp_path, "backup", str(tmp_path / "copy.db")),
        "again": verb(tmp_path, "backup", str(tmp_path / "copy.db")),
        "run": verb(tmp_path, "run", "--verbose"),
        "doctor": verb(tmp_path, "doctor"),
        "codes": verb(tmp_path, "codes", "load", "nothing", str(tmp_path / "scheduler.toml")),
        "queue": verb(tmp_path, "queue"),
        "check": verb(tmp_path, "check"),
        "statement": verb(tmp_path, "ledger", "statement", "nobody"),
        "verify": verb(tmp_path, "ledger", "verify"),
    }
    copy = (tmp_path / "copy.db").read_bytes()
    written = {**left.files, "copy": copy}

    # The hunt finds what is there: the books keep what members tried who are still here.
    assert found((ATTEMPTS[0],), copy) == [ATTEMPTS[0]]
    # What only its owner, or nobody, may ever read.
    for name, data in written.items():
        assert found((*CODES, *SECRETS, left.token, TOKEN), data) == [], name
    for name, text in said.items():
        hunted = (KEY, *ATTEMPTS, *CODES, *SECRETS, left.token, TOKEN)
        assert found(hunted, text.encode()) == [], name
        assert "Traceback" not in text, name
    assert found((KEY, *ATTEMPTS, *CODES), left.public.encode()) == []
    # The log is for operators: it names things and numbers, never people or what they said.
    assert left.log.count("\n") > 20
    hunted = (KEY, *ATTEMPTS, *CODES, *SECRETS, left.token, *left.ids)
    assert found(hunted, left.log.encode()) == []
    # Whoever was erased is gone from the files too: the id, and the words.
    erased = left.ids[0], ATTEMPTS[1], ATTEMPTS[2]
    assert found(erased, left.files["rehearsal.db"] + copy) == []
    number = int(left.ids[0]).to_bytes(8, "big")
    assert number not in left.files["rehearsal.db"] + copy

"""What an operator can get wrong ends in one clear sentence and exit 1, and nothing is lost."""

import asyncio
import dataclasses
import fcntl
import os
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from riddles.clock import SystemClock
from riddles.config import Settings
from riddles.rehearsal.cast import assemble
from riddles.rehearsal.discord import Permission, StandIn, faults
from tests.show.conftest import SETTINGS
from tests.show.test_exactly_once import a_discord

Said = tuple[int, str]
NOBODYS_TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.rehearsal." + "1" * 38


@pytest.fixture
async def standin(settings: Settings) -> AsyncGenerator[StandIn, None]:
    async with a_discord(settings) as running:
        yield running


@pytest.fixture
def riddles(tmp_path: Path) -> Callable[..., "asyncio.Future[Said]"]:
    """Run `riddles` to its end: exit code and stderr."""

    async def run(*arguments: str, **environment: str) -> Said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "riddles"),
            *("--config", str(tmp_path / "scheduler.toml")),
            *("--content", str(tmp_path / "content")),
            *("--database", str(tmp_path / "riddles.db"), *arguments),
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, stderr = await asyncio.wait_for(process.communicate(), 40)
        assert process.returncode is not None
        said = stderr.decode()
        assert "Traceback" not in said
        return process.returncode, said

    return lambda *arguments, **environment: asyncio.ensure_future(run(*arguments, **environment))


Riddles = Callable[..., "asyncio.Future[Said]"]


@pytest.mark.usefixtures("settings")
async def test_no_token(riddles: Riddles) -> None:
    code, said = await riddles("run")

    assert code == 1
    assert "DISCORD_TOKEN is not set" in said


@pytest.mark.usefixtures("settings")
async def test_a_token_that_is_none(riddles: Riddles) -> None:
    code, said = await riddles("run", DISCORD_TOKEN="hunter2")

    assert code == 1
    assert "is not a Discord bot token" in said
    assert "hunter2" not in said


async def test_a_token_that_discord_refuses(riddles: Riddles, standin: StandIn) -> None:
    code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN, DISCORD_API_URL=standin.api_url)

    assert code == 1
    assert "Discord refuses the token" in said
    assert NOBODYS_TOKEN not in said


async def test_commands_that_discord_refuses(riddles: Riddles, standin: StandIn) -> None:
    standin.faults.add("PUT", "/commands$", faults.status(400, 50035, "Invalid Form Body"))
    code, said = await riddles("run", DISCORD_TOKEN=standin.token, DISCORD_API_URL=standin.api_url)

    assert code == 1
    assert "Discord refuses the commands: Invalid Form Body" in said


async def test_a_discord_that_is_not_there(riddles: Riddles, standin: StandIn) -> None:
    url = standin.api_url
    async with standin.outage():
        code, said = await riddles("run", DISCORD_TOKEN=standin.token, DISCORD_API_URL=url)

    assert code == 1
    assert "Discord cannot be reached" in said


async def test_channels_that_do_not_exist(
    riddles: Riddles, standin: StandIn, tmp_path: Path
) -> None:
    text = SETTINGS.replace("channel = 100000000000000002", "channel = 4040").replace(
        "channel = 200000000000000002", "channel = 4041"
    )
    (tmp_path / "scheduler.toml").write_text(text, encoding="utf-8")
    code, said = await riddles("run", DISCORD_TOKEN=standin.token, DISCORD_API_URL=standin.api_url)

    assert code == 1
    assert "channel 4040: there is no such channel" in said
    assert "channel 4041: there is no such channel" in said


async def test_a_server_without_the_bot(riddles: Riddles, standin: StandIn, tmp_path: Path) -> None:
    text = SETTINGS.replace("guild = 100000000000000001", "guild = 4040").replace(
        "guild = 200000000000000001", "guild = 4041"
    )
    (tmp_path / "scheduler.toml").write_text(text, encoding="utf-8")
    code, said = await riddles("run", DISCORD_TOKEN=standin.token, DISCORD_API_URL=standin.api_url)

    assert code == 1
    assert "server 4040: the bot is not in it" in said


async def test_malformed_settings_name_file_and_line(riddles: Riddles, tmp_path: Path) -> None:
    (tmp_path / "scheduler.toml").write_text('timezone = "Mars/Olympus"\n[week\n', encoding="utf-8")
    code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert code == 1
    assert f"{tmp_path / 'scheduler.toml'}:2:" in said


@pytest.mark.usefixtures("settings")
async def test_a_database_from_a_newer_version(riddles: Riddles, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "riddles.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert code == 1
    assert "schema 999" in said


@pytest.mark.usefixtures("settings")
async def test_a_file_that_is_no_database(riddles: Riddles, tmp_path: Path) -> None:
    (tmp_path / "riddles.db").write_bytes(b"holiday pictures" * 100)
    code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert code == 1
    assert "not a database of this program" in said
    assert (tmp_path / "riddles.db").read_bytes().startswith(b"holiday")


@pytest.mark.usefixtures("settings")
async def test_a_database_that_cannot_be_written(riddles: Riddles, tmp_path: Path) -> None:
    (tmp_path / "riddles.db.lock").mkdir()  # Even the superuser cannot open a folder to write.
    code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert code == 1
    assert "cannot be written" in said


@pytest.mark.usefixtures("settings")
async def test_a_second_program_on_one_database(riddles: Riddles, tmp_path: Path) -> None:
    with (tmp_path / "riddles.db.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert code == 1
    assert "in use by another `riddles`" in said


@pytest.mark.usefixtures("settings")
async def test_a_rehearsals_database_is_not_run_for_real(riddles: Riddles, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    rehearsed, said = await riddles("rehearse", "--headless")
    code, refused = await riddles("run", DISCORD_TOKEN=NOBODYS_TOKEN)

    assert rehearsed == 1
    assert "no riddle was ready to go out" in said
    assert code == 1
    assert "is a rehearsal database" in refused


@pytest.mark.usefixtures("settings")
async def test_wrong_usage_exits_with_2(riddles: Riddles) -> None:
    code, said = await riddles("rehearse", "--weeks", "2")

    assert code == 2
    assert "--weeks goes with --headless" in said


async def test_a_permission_that_is_missing_is_named(settings: Settings, riddles: Riddles) -> None:
    clock = SystemClock()
    guilds = [
        dataclasses.replace(
            guild,
            channels=tuple(
                dataclasses.replace(
                    channel, bot_permissions=channel.bot_permissions & ~Permission.ATTACH_FILES
                )
                for channel in guild.channels
            ),
        )
        for guild in assemble(settings, clock).guilds
    ]
    standin = StandIn(clock, guilds)
    await standin.start()
    try:
        code, said = await riddles(
            "run", DISCORD_TOKEN=standin.token, DISCORD_API_URL=standin.api_url
        )
    finally:
        await standin.close()

    assert code == 1
    assert "the bot lacks Attach Files" in said

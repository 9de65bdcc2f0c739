"""Work that takes longer than Discord waits: an answer is announced, and then it comes."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from riddles.rehearsal.discord import MemberSpec, Reply
from riddles.rehearsal.discord.interactions import ANSWER_WITHIN_S
from riddles.rehearsal.stage import Stage
from tests.show.conftest import StageSetter, published

Queue = Callable[..., Path]
LONGER_S = ANSWER_WITHIN_S + 0.3


@asynccontextmanager
async def busy(stage: Stage) -> AsyncGenerator[None, None]:
    """The books are being written to, for longer than Discord waits."""

    def write() -> sqlite3.Connection:
        sqlite = sqlite3.connect(
            stage.program.show.database.path, isolation_level=None, check_same_thread=False
        )
        sqlite.execute("BEGIN IMMEDIATE")
        return sqlite

    with closing(write()) as sqlite:
        release = asyncio.get_running_loop().call_later(LONGER_S, sqlite.execute, "ROLLBACK")
        try:
            yield
        finally:
            release.cancel()


def ada(stage: Stage) -> tuple[MemberSpec, int]:
    """A member, and where she writes."""
    member = next(each for each in stage.cast.members if each.name == "ada")
    return member, stage.program.show.settings.server[0].channel


async def answers(stage: Stage, text: str) -> Reply:
    member, channel = ada(stage)
    return await stage.standin.command(member, channel, "answer", {"text": text})


async def test_an_answer_that_has_to_wait_is_announced_and_then_told(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        async with busy(stage):
            reply = await answers(stage, "tri rapide")
            announced, within = reply.kind, reply.within
            told = await reply.final()
        again = await answers(stage, "tri rapide")

    assert announced == "deferred"
    assert within < ANSWER_WITHIN_S
    assert told.text == "✅ C’est ça\u202f! Tu gagnes **100 points**."
    assert told.ephemeral
    assert again.kind == "message"

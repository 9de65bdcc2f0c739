"""The courier insists without being a nuisance: lane by lane, ever more seldom, never banned."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import hikari
import pytest

from engine import posts
from engine.moments import to_ms
from engine.posts import Owed, Post
from riddles.discord.brake import MOST_REFUSALS, TOKEN_PAUSE_S, WINDOW_S, Brake
from riddles.discord.effects import AFTER, MAKERS, Landed
from riddles.discord.locales import texts
from riddles.discord.troubles import NAMES, diagnose, told
from riddles.rehearsal.discord import faults
from riddles.rehearsal.stage import Stage
from riddles.sentence import Sentence
from tests.builders import MONDAY
from tests.show.conftest import StageSetter
from tests.show.test_week import riddles_seen, seen

Queue = Callable[..., Path]
FRENCH, STAFF = 100000000000000002, 100000000000000003
MESSAGES = r"/channels/\{channel\}/messages$"


def refusal(status: type[hikari.ClientHTTPResponseError], code: int = 0) -> Exception:
    facts: dict[str, Any] = {"url": "u", "headers": {}, "raw_body": b"", "message": "No"}
    facts["code"] = code
    return status(**facts, **({"errors": None} if status is hikari.BadRequestError else {}))  # type: ignore[call-arg, arg-type] # pyright: ignore[reportArgumentType, reportCallIssue]


FORBIDDEN = refusal(hikari.ForbiddenError, 50013)


def a_post(kind: str = "hint", attempts: int = 1) -> Post:
    return Post(
        id=7,
        key=f"{kind}:1:2",
        kind=kind,
        lane="x",
        server=2,
        round=1,
        facts={},
        state="sending",
        owed_at=0,
        first_at=0,
        tried_at=None,
        attempts=attempts,
        error=None,
        channel=None,
        message=None,
    )


# The brake


def test_a_tenth_of_what_discord_bans_for_stops_everything() -> None:
    brake = Brake()
    for number in range(MOST_REFUSALS - 1):
        brake.note(FORBIDDEN, number / 10)

    assert not brake.pause(100.0)
    brake.note(FORBIDDEN, 100.0)
    assert brake.pause(100.0) == WINDOW_S - 100.0
    assert not brake.pause(WINDOW_S)


def test_refusals_of_long_ago_are_forgotten() -> None:
    brake = Brake()
    for number in range(5 * MOST_REFUSALS):
        brake.note(FORBIDDEN, number * WINDOW_S / (MOST_REFUSALS - 1))

    assert not brake.pause(5.1 * WINDOW_S)


def test_without_a_token_nothing_is_sent_for_a_while() -> None:
    brake = Brake()
    brake.note(refusal(hikari.UnauthorizedError), 50.0)

    assert brake.pause(50.0) == TOKEN_PAUSE_S


def test_what_discord_does_not_count_is_not_counted() -> None:
    brake = Brake()
    for number in range(5 * MOST_REFUSALS):
        brake.note(refusal(hikari.NotFoundError), number / 100)
        brake.note(TimeoutError(), number / 100)

    assert not brake.pause(0.0)


def test_a_single_post_asks_too_seldom_to_be_banned() -> None:
    waits = [diagnose(a_post(attempts=n), None, FORBIDDEN).wait_ms for n in range(1, 50)]

    assert waits == sorted(waits)
    assert sum(wait <= 60_000 for wait in waits) == 1
    assert waits[-1] == 3_600_000


# What staff hear


@pytest.mark.parametrize("kind", sorted(set(NAMES) & set(MAKERS)))
@pytest.mark.parametrize("error", [FORBIDDEN, refusal(hikari.NotFoundError, 10003), OSError()])
def test_staff_read_what_is_stuck_and_what_to_do_in_both_languages(
    kind: str, error: Exception
) -> None:
    post = a_post(kind)
    sentence = told(post, diagnose(post, None, error))
    kept = Sentence.of(sentence.kept)

    for lang in ("fr", "en"):
        assert "{" not in kept.said(texts(lang))
    assert kept.said(texts("fr")) != kept.said(texts("en"))


async def test_staff_hear_at_once_what_a_person_must_mend_and_later_what_time_may(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        route = f"/channels/{FRENCH}/messages"
        stage.standin.faults.add("POST", route, faults.status(500), times=2)
        stage.standin.faults.add("POST", route, faults.status(403, 50013, "Missing Permissions"))
        await stage.move_to(MONDAY)
        heard = [len(about(stage))]
        for minutes in (1, 2, 30):
            await stage.move_to(MONDAY + timedelta(minutes=minutes))
            heard.append(len(about(stage)))

        assert heard[0] == 0
        assert heard[-1] == 1
        assert riddles_seen(stage) == ["riddle-1.mp4"]


def about(stage: Stage) -> list[str]:
    texts = [message.text for message in stage.standin.messages(STAFF)]
    return [text for text in texts if "publication" in text]


# Lanes


async def owe(stage: Stage, *owed: Owed) -> None:
    show = stage.program.show
    async with show.database.transaction() as tx:
        await posts.owe(tx, owed, to_ms(show.clock.now()))
    stage.program.courier.wake()


def word(key: str, lane: str, server: int, **changes: object) -> Owed:
    facts = Sentence("the queue is empty: nothing is ready for the next week").kept
    return Owed(key=key, kind="announcement", lane=lane, server=server, facts=facts, **changes)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # a test's shorthand


async def test_while_one_server_takes_its_time_another_gets_its_second_try(
    on_stage: StageSetter,
) -> None:
    async with on_stage() as stage:
        slow, quick = stage.program.show.settings.server
        stage.standin.faults.add("POST", f"/channels/{slow.channel}/messages", faults.hang())
        broken = faults.status(500)
        stage.standin.faults.add("POST", f"/channels/{quick.channel}/messages", broken)
        await owe(stage, word("a", "slow", slow.guild), word("b", "quick", quick.guild))
        async with asyncio.timeout(10):
            while not seen(stage, 1):
                await asyncio.sleep(0.02)

        assert not seen(stage, 0)


async def test_a_post_waits_for_the_one_it_follows(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        first, second = stage.program.show.settings.server
        refused = faults.status(500)
        stage.standin.faults.add("POST", f"/channels/{first.channel}/messages", refused, times=2)
        await owe(
            stage,
            word("after", "other", second.guild, follows="before"),
            word("before", "one", first.guild),
        )
        await stage.program.courier.idle()
        waited = len(seen(stage, 1))
        for seconds in (5, 15, 30):
            await stage.move_to(MONDAY + timedelta(seconds=seconds))

        assert waited == 0
        assert (len(seen(stage, 0)), len(seen(stage, 1))) == (1, 1)
        assert seen(stage, 0)[0].created_at < seen(stage, 1)[0].created_at


async def test_the_end_of_a_post_is_written_down_with_what_it_brings_about(
    on_stage: StageSetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[tuple[str, Landed | None]] = []

    async def note(_: object, post: Post, landed: Landed | None, __: int) -> None:
        ends.append((post.key, landed))

    monkeypatch.setitem(AFTER, "announcement", note)
    async with on_stage() as stage:
        first, second = stage.program.show.settings.server
        unfit = faults.status(400, 50035, "Invalid Form Body")
        stage.standin.faults.add("POST", f"/channels/{second.channel}/messages", unfit)
        await owe(stage, word("fits", "one", first.guild), word("unfit", "two", second.guild))
        await stage.program.courier.idle()
        (message,) = seen(stage, 0)

        assert dict(ends) == {"fits": Landed(first.channel, message.id), "unfit": None}


async def test_five_hundred_and_a_rate_limit_are_waited_out_in_order(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        stage.standin.faults.add("POST", MESSAGES, faults.status(500), times=3)
        stage.standin.faults.add("POST", MESSAGES, faults.limit(0.3), times=1)
        await stage.move_to(MONDAY)
        for seconds in (5, 15, 30, 60):
            await stage.move_to(MONDAY + timedelta(seconds=seconds))
        await stage.move_to(MONDAY + timedelta(days=2))

        for server in (0, 1):
            assert [bool(message.files) for message in seen(stage, server)] == [True, False]

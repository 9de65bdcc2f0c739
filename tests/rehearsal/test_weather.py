"""On a bad day the stand-in misbehaves exactly as asked, and the real bot finds its way back."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import hikari
import pytest
import pytest_asyncio

from riddles.clock import RehearsalClock
from riddles.rehearsal.discord import StandIn, faults
from tests.rehearsal import little_bot
from tests.rehearsal.conftest import START, Scene, a_guild

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGES = r"/channels/\d+/messages$"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _calm(scene: Scene) -> AsyncGenerator[None]:
    yield
    scene.standin.faults.clear()


async def answers(scene: Scene) -> str:
    reply = await scene.standin.command(
        scene.ana, scene.riddles, "answer", {"text": "x"}, patience=10
    )
    return reply.text


async def test_a_refusal_applies_nothing(scene: Scene) -> None:
    count = len(scene.standin.messages(scene.riddles))
    scene.standin.faults.add("POST", MESSAGES, faults.status(503), times=2, after=1)
    await scene.bot.rest.create_message(scene.riddles.id, "one")
    for _ in range(2):
        with pytest.raises(hikari.InternalServerError):
            await scene.bot.rest.create_message(scene.riddles.id, "two")
    await scene.bot.rest.create_message(scene.riddles.id, "three")

    assert [m.text for m in scene.standin.messages(scene.riddles)[count:]] == ["one", "three"]


async def test_a_lost_reply_leaves_the_message_and_a_reset_does_not(scene: Scene) -> None:
    count = len(scene.standin.messages(scene.riddles))
    for text, action in (("kept", faults.drop_reply()), ("lost", faults.reset())):
        scene.standin.faults.add("POST", "/channels/{channel}/messages", action)
        with pytest.raises(hikari.HTTPError):
            await scene.bot.rest.create_message(scene.riddles.id, text)

    assert [m.text for m in scene.standin.messages(scene.riddles)[count:]] == ["kept"]


async def test_the_bot_waits_out_a_rate_limit(scene: Scene) -> None:
    scene.standin.faults.add("POST", MESSAGES, faults.limit(0.05))
    scene.standin.forget_requests()
    await scene.bot.rest.create_message(scene.riddles.id, "patient")

    assert [request.status for request in scene.standin.requests] == [429, 200]


async def test_a_hanging_request_applies_nothing(scene: Scene) -> None:
    count = len(scene.standin.messages(scene.riddles))
    scene.standin.faults.add("POST", MESSAGES, faults.hang())

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(scene.bot.rest.create_message(scene.riddles.id, "x"), 0.1)
    assert len(scene.standin.messages(scene.riddles)) == count


async def test_a_slow_answer_is_already_applied(scene: Scene) -> None:
    scene.standin.faults.add("POST", MESSAGES, faults.delay(0.2, after=True))
    sending = asyncio.create_task(scene.bot.rest.create_message(scene.riddles.id, "slow"))
    await asyncio.sleep(0.1)

    assert scene.standin.messages(scene.riddles)[-1].text == "slow"
    assert not sending.done()
    await sending


async def test_what_was_missed_while_reconnecting_is_replayed(scene: Scene) -> None:
    scene.standin.gateway.reconnect()
    await asyncio.sleep(0.05)

    assert not scene.standin.gateway.online
    assert await answers(scene) == "x (fr)"


async def test_a_new_session_hears_again(scene: Scene) -> None:
    scene.standin.gateway.invalidate()
    await asyncio.sleep(0.05)
    await scene.standin.online()

    assert await answers(scene) == "x (fr)"


async def test_after_an_outage_it_is_back_on_the_same_port(scene: Scene) -> None:
    url = scene.standin.api_url
    async with scene.standin.outage():
        with pytest.raises(hikari.HTTPError):
            await scene.bot.rest.fetch_my_user()
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.get(f"{url}/gateway")
    await scene.standin.online()

    assert scene.standin.api_url == url
    assert (await scene.bot.rest.fetch_my_user()).id == scene.standin.world.bot_id
    assert await answers(scene) == "x (fr)"


async def test_a_closed_session_can_be_resumed_and_a_forgotten_one_cannot(scene: Scene) -> None:
    standin = StandIn(scene.clock, [scene.guild])
    await standin.start()
    gateway = standin.world.base_url.replace("http", "ws") + "/gateway"
    identify = {"op": 2, "d": {"token": standin.token, "intents": 0}}
    async with aiohttp.ClientSession() as session:
        first = await session.ws_connect(gateway)
        await first.receive_json(timeout=2)
        await first.send_json(identify)
        ready = await first.receive_json(timeout=2)
        standin.gateway.close(4000)
        closed = await first.receive(timeout=2)
        standin.gateway.dispatch("MISSED", {})
        resume = {"token": standin.token, "session_id": ready["d"]["session_id"], "seq": 1}
        second = await session.ws_connect(gateway)
        await second.receive_json(timeout=2)
        await second.send_json({"op": 6, "d": resume})
        replayed = [(await second.receive_json(timeout=2))["t"] for _ in range(2)]
        third = await session.ws_connect(gateway)
        await third.receive_json(timeout=2)
        await third.send_json({"op": 6, "d": resume | {"session_id": "forgotten"}})
        invalid = await third.receive_json(timeout=2)
        await second.close(code=1000)
        await asyncio.sleep(0.01)
    forgotten = not standin.gateway.reachable
    await standin.close()

    assert closed.data == 4000
    assert replayed == ["MISSED", "RESUMED"]
    assert (invalid["op"], invalid["d"]) == (9, False)
    assert forgotten


async def test_a_wrong_token_is_closed_for_good() -> None:
    clock = RehearsalClock(START)
    standin = StandIn(clock, [a_guild(clock)])
    await standin.start()
    stranger = standin.token[:-1] + "1"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(standin.world.base_url.replace("http", "ws") + "/gateway") as socket,
    ):
        hello = await socket.receive_json(timeout=2)
        await socket.send_json({"op": 2, "d": {"token": stranger, "intents": 0}})
        await socket.receive(timeout=2)
        code = socket.close_code
    with pytest.raises(hikari.UnauthorizedError):
        await little_bot.start(stranger, standin.api_url)
    await standin.close()

    assert (hello["op"], code) == (10, 4004)

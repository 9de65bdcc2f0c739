"""The page shows each member what that member would see, and answers to this machine only."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import hikari
import pytest
import pytest_asyncio

from riddles.refusal import Refusal
from riddles.rehearsal.page import Page
from tests.rehearsal.conftest import START, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(slots=True)
class Browser:
    """What a browser does with the page."""

    session: aiohttp.ClientSession
    url: str
    plan: list[tuple[str, datetime]]

    async def get(self, path: str, **query: int | str) -> Any:
        async with self.session.get(self.url + path, params=query) as answer:
            return await answer.json()

    async def post(self, path: str, body: object) -> Any:
        async with self.session.post(self.url + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(scene: Scene) -> AsyncGenerator[Browser]:
    async def jump(moment: datetime) -> None:
        if moment > START + timedelta(days=30):
            raise Refusal("the season ends before that")
        scene.clock.jump(moment)

    plan = [("close", START + timedelta(days=6))]
    page = Page(scene.standin, scene.clock, lambda: plan[-1], jump, timezone="Europe/Paris")
    await page.start()
    async with aiohttp.ClientSession() as session:
        yield Browser(session, page.url, plan)
    await page.close()


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Host": "riddles.example"}, 403),
        ("GET", {"Host": "127.0.0.1.example:80"}, 403),
        ("GET", {"Host": "localhost:1"}, 200),
        ("POST", {"Content-Type": "text/plain"}, 403),
        ("POST", {"Content-Type": "application/json", "Origin": "http://evil.example"}, 403),
    ],
)
async def test_other_sites_are_kept_out(
    browser: Browser, method: str, headers: dict[str, str], status: int
) -> None:
    path = "" if method == "GET" else "jump"
    async with browser.session.request(
        method, browser.url + path, headers=headers, data="{}" if path else None
    ) as answer:
        assert answer.status == status


async def test_the_browser_is_told_to_load_nothing_from_elsewhere(browser: Browser) -> None:
    async with browser.session.get(browser.url) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy


async def test_a_member_sees_their_channels_and_their_private_replies(
    scene: Scene, browser: Browser
) -> None:
    await scene.standin.command(scene.ana, scene.riddles, "answer", {"text": "secret"})
    seen = {
        who.name: await browser.get("messages", member=who.id, channel=scene.riddles.id)
        for who in (scene.ana, scene.host)
    }
    names = {
        who.name: [
            channel["name"]
            for channel in (await browser.get("scene", member=who.id))["servers"][0]["channels"]
        ]
        for who in (scene.ana, scene.host)
    }

    assert "secret (fr)" in [message["content"] for message in seen["ana"]]
    assert "secret (fr)" not in [message["content"] for message in seen["host"]]
    assert "staff" in names["host"]
    assert "staff" not in names["ana"]
    assert await browser.get("messages", member=scene.ana.id, channel=scene.staff_room.id) == []


async def test_commands_are_offered_in_the_members_language(scene: Scene, browser: Browser) -> None:
    french = await browser.get("commands", member=scene.ana.id, channel=scene.riddles.id)
    english = await browser.get("commands", member=scene.host.id, channel=scene.riddles.id)

    assert "répondre" in [each["label"] for each in french]
    assert "staff" not in [each["path"] for each in french]
    assert {"answer", "staff", "points show"} <= {each["label"] for each in english}


async def test_acting_through_the_page_reaches_the_bot(scene: Scene, browser: Browser) -> None:
    who: dict[str, object] = {"member": str(scene.ana.id), "channel": str(scene.riddles.id)}
    row = hikari.impl.MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "v1:open:7", label="Répondre")
    message = await scene.bot.rest.create_message(scene.riddles.id, "Énigme", component=row)
    pressed = await browser.post(
        "act/press", who | {"message": str(message.id), "custom_id": "v1:open:7"}
    )
    sent = await browser.post(
        "act/submit", who | {"modal": pressed["id"], "fields": {"answer": "42"}}
    )
    proposed = await browser.post(
        "act/autocomplete",
        {**who, "path": "redeem", "focused": "reward", "options": dict[str, object]()},
    )
    refused = await browser.post(
        "act/command", {**who, "path": "answer", "options": dict[str, object]()}
    )

    assert (pressed["kind"], sent["kind"]) == ("modal", "message")
    assert [choice["name"] for choice in proposed["choices"]] == ["-1", "-2"]
    assert refused == {"kind": "refused", "why": "the option text is required"}


async def test_changes_arrive_by_themselves_and_private_ones_at_one_member_only(
    scene: Scene, browser: Browser
) -> None:
    streams = {
        who.name: await browser.session.get(browser.url + "events", params={"member": who.id})
        for who in (scene.ana, scene.host)
    }
    await scene.standin.command(scene.ana, scene.riddles, "answer", {"text": "hush"})
    await scene.bot.rest.create_message(scene.riddles.id, "for all")
    heard: dict[str, str] = {}
    for name, stream in streams.items():
        heard[name] = ""
        while "for all" not in heard[name]:
            heard[name] += (await asyncio.wait_for(stream.content.readany(), 2)).decode()
        stream.close()

    assert heard["ana"].startswith("event: clock\n")
    assert "hush (fr)" in heard["ana"]
    assert "hush" not in heard["host"]


async def test_a_new_plan_arrives_by_itself(scene: Scene, browser: Browser) -> None:
    stream = await browser.session.get(browser.url + "events", params={"member": scene.ana.id})
    browser.plan.append(("extension", START + timedelta(days=6, hours=1)))
    heard = ""
    while "extension" not in heard:
        heard += (await asyncio.wait_for(stream.content.readany(), 3)).decode()
    stream.close()
    browser.plan.pop()

    assert heard.count("event: clock") == 2


async def test_a_video_is_served_in_parts(scene: Scene, browser: Browser) -> None:
    await scene.bot.rest.create_message(
        scene.riddles.id, attachment=hikari.Bytes(b"0123456789", "v.mp4")
    )
    listed = await browser.get("messages", member=scene.ana.id, channel=scene.riddles.id)
    async with browser.session.get(
        browser.url + listed[-1]["files"][0]["url"], headers={"Range": "bytes=2-4"}
    ) as answer:
        part = await answer.read()

    assert (answer.status, answer.content_type, part) == (206, "video/mp4", b"234")


async def test_the_clock_moves_forward_at_the_press_of_a_button(
    scene: Scene, browser: Browser
) -> None:
    before = scene.clock.now()
    hour = await browser.post("jump", {"to": "hour"})
    following = await browser.post("jump", {"to": "next"})
    await browser.post("jump", {"to": "day"})

    assert timedelta(0) <= scene.clock.now() - (START + timedelta(days=7)) < timedelta(seconds=5)
    assert hour["now"] / 1000 - before.timestamp() == pytest.approx(3600, abs=5)
    assert following["next"]["label"] == "close"
    scene.clock.jump(START + timedelta(days=30))
    refused = await browser.post("jump", {"to": "day"})
    assert refused == {"kind": "refused", "why": "the season ends before that"}

"""Discord's own description judges the bot's requests, and the stand-in's answers."""

from collections.abc import Callable
from datetime import UTC, datetime

import hikari
import pytest

from riddles.rehearsal.discord import RecordedRequest
from tests.openapi import validate_response
from tests.rehearsal.conftest import Scene
from tests.rehearsal.test_messages import a_post

Judge = Callable[[RecordedRequest], list[str]]


def a_request(method: str, path: str, body: object = None, **query: str) -> RecordedRequest:
    return RecordedRequest(
        method, path, query, {}, datetime(2026, 11, 23, tzinfo=UTC), path, json=body
    )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (a_request("POST", "/channels/1/messages", {"content": "x", "nonce": "p7"}), None),
        (a_request("POST", "/channels/1/messages", {"contents": "x"}), "'contents' was unexpected"),
        (a_request("POST", "/channels/1/messages", {"content": "x" * 4001}), "content: "),
        (a_request("POST", "/channels/1/messages"), "body: missing"),
        (a_request("GET", "/channels/1/messages", limit="5"), None),
        (a_request("GET", "/channels/1/messages", limits="5"), "query: limits is unknown"),
        (a_request("POST", "/channels/1/postings", {}), "describes no such route"),
        (
            a_request(
                "POST",
                "/channels/1/messages",
                {
                    "components": [
                        {"type": 1, "components": [{"type": 2, "style": 1, "lable": "x"}]}
                    ]
                },
            ),
            "components/0/components/0: Additional properties are not allowed ('lable'",
        ),
        (
            a_request(
                "POST",
                "/interactions/1/t/callback",
                {"type": 4, "data": {"content": "x", "nonce": "p7"}},
            ),
            "'nonce' was unexpected",
        ),
        (
            a_request(
                "PUT",
                "/applications/1/commands",
                [{"name": "x", "description": "y", "options": [{"type": 3, "name": "z"}]}],
            ),
            "0/options/0: 'description' is a required property",
        ),
    ],
)
def test_a_fault_is_named_at_its_place(
    discord_description: Judge, request_: RecordedRequest, words: str | None
) -> None:
    faults = discord_description(request_)

    assert faults == [] if words is None else any(words in fault for fault in faults), faults


@pytest.mark.asyncio(loop_scope="module")
async def test_a_real_bot_and_the_stand_in_both_speak_discord(
    discord_description: Judge, scene: Scene
) -> None:
    standin, rest = scene.standin, scene.bot.rest
    post = a_post(hikari.Bytes(b"x", "v.mp4"), scene.fans.id)
    message = await rest.create_message(scene.riddles.id, component=post, nonce="p7")
    await rest.edit_message(scene.riddles.id, message, component=post)
    await rest.create_message_thread(scene.riddles.id, message, "Discussion")
    await rest.create_forum_post(scene.forum.id, "Post", component=post)
    assert [m async for m in rest.fetch_messages(scene.riddles.id)]
    await rest.fetch_guild(scene.guild.id)
    await rest.fetch_guild_channels(scene.guild.id)
    await rest.fetch_member(scene.guild.id, scene.ana.id)
    await standin.command(scene.ana, scene.riddles, "panel")
    await (await standin.command(scene.ana, scene.riddles, "points balance")).final()
    modal = await standin.press(scene.ana, standin.messages(scene.riddles)[-1], "v1:open:9")
    await standin.submit(scene.ana, modal, {"answer": "x"})

    assert {
        f"{r.method} {r.path}": f for r in standin.requests if (f := discord_description(r))
    } == {}
    answered = {f"{r.method} {r.path}": validate_response(r) for r in standin.requests}
    assert {route: faults for route, faults in answered.items() if faults} == {}

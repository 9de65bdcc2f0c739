"""What people do reaches the real bot, and they see what it answers, as on Discord."""

import asyncio
from datetime import timedelta

import hikari
import pytest

from riddles.rehearsal.discord import CannotDo, DidNotRespond, Hidden, Invalid, Unknown, moment_of
from tests.rehearsal.conftest import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_is_answered_in_private_in_the_members_language(scene: Scene) -> None:
    reply = await scene.standin.command(scene.ana, scene.riddles, "answer", {"text": "forty-two"})

    assert (reply.kind, reply.text, reply.ephemeral) == ("message", "forty-two (fr)", True)
    assert 0 < reply.within < 3
    assert reply.message not in scene.standin.messages(scene.riddles)
    assert reply.message in scene.standin.private_messages(scene.ana.id, scene.riddles)


async def test_a_command_answers_to_its_french_name(scene: Scene) -> None:
    reply = await scene.standin.command(
        scene.host, scene.riddles, "/répondre", {"text": "x"}, locale="en-US"
    )

    assert reply.text == "x (en-US)"


async def test_a_deferred_reply_changes_under_the_members_eyes(scene: Scene) -> None:
    reply = await scene.standin.command(scene.ana, scene.riddles, "points balance")
    before = (reply.kind, reply.text)
    await reply.final()

    assert before == ("deferred", "")
    assert (reply.kind, reply.text, reply.ephemeral) == ("message", "12 points", True)


async def test_a_user_option_arrives_as_that_user(scene: Scene) -> None:
    reply = await scene.standin.command(
        scene.ana, scene.riddles, "points show", {"who": scene.host.id, "window": "this week"}
    )

    assert reply.text == "host week"


async def test_typing_brings_the_bots_proposals(scene: Scene) -> None:
    reply = await scene.standin.autocomplete(
        scene.ana, scene.riddles, "redeem", "reward", {"reward": "po"}
    )

    assert [choice["value"] for choice in reply.choices] == ["po-1", "po-2"]


async def test_a_button_opens_a_modal_and_the_modal_is_answered(scene: Scene) -> None:
    row = hikari.impl.MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "v1:open:7", label="Répondre")
    await scene.bot.rest.create_message(scene.riddles.id, "Énigme", component=row)
    modal = await scene.standin.press(
        scene.ana, scene.standin.messages(scene.riddles)[-1], "Répondre"
    )
    reply = await scene.standin.submit(scene.ana, modal, {"answer": "42"})

    assert modal.kind == "modal"
    assert modal.text == "Réponse\nTa réponse"
    assert (reply.text, reply.ephemeral) == ("got 42", True)


async def test_a_button_changes_the_private_message_it_sits_on(scene: Scene) -> None:
    panel = await scene.standin.command(scene.ana, scene.riddles, "panel")
    pressed = await scene.standin.press(scene.ana, panel, "v1:count:0")

    assert pressed.kind == "update"
    assert panel.text == "1\nCount"
    with pytest.raises(Hidden):
        await scene.standin.press(scene.host, panel, "v1:count:0")


@pytest.mark.parametrize(
    ("path", "options", "error", "words"),
    [
        ("points", {}, Unknown, "points balance"),
        ("nothing", {}, Unknown, "no command /nothing"),
        ("answer", {"txt": "x"}, Unknown, "there are: text"),
        ("answer", {}, Invalid, "text is required"),
        ("answer", {"text": "x" * 21}, Invalid, "0 to 20 characters"),
        ("answer", {"text": 42}, Invalid, "42 is not what the option text takes"),
        ("points show", {"who": 12}, Unknown, "nobody"),
        ("staff", {}, Hidden, "hidden from ana"),
    ],
)
async def test_what_discord_would_not_let_a_member_do_is_said_in_words(
    scene: Scene, path: str, options: dict[str, str | int], error: type[CannotDo], words: str
) -> None:
    with pytest.raises(error, match=words):
        await scene.standin.command(scene.ana, scene.riddles, path, options)


async def test_a_hidden_command_shows_to_those_it_is_for(scene: Scene) -> None:
    reply = await scene.standin.command(scene.host, scene.riddles, "staff")
    scene.standin.allow(scene.guild.id, "staff", scene.fans.id)
    await scene.bot.rest.add_role_to_member(scene.guild.id, scene.ana.id, scene.fans.id)
    opened = await scene.standin.command(scene.ana, scene.riddles, "staff")

    assert (reply.text, opened.text) == ("staff only", "staff only")


async def test_a_private_channel_is_not_there_for_members(scene: Scene) -> None:
    with pytest.raises(Hidden, match="does not see #staff"):
        await scene.standin.command(scene.ana, scene.staff_room, "answer", {"text": "x"})


async def test_silence_is_told_after_three_seconds(scene: Scene) -> None:
    with pytest.raises(DidNotRespond, match="did not respond to /silent"):
        await scene.standin.command(scene.ana, scene.riddles, "silent", patience=0.1)


async def test_an_interaction_delivered_twice_is_answered_once(scene: Scene) -> None:
    scene.standin.forget_requests()
    reply = await scene.standin.command(
        scene.ana, scene.riddles, "answer", {"text": "x"}, deliver_twice=True
    )
    await asyncio.sleep(0.05)

    assert reply.text == "x (fr)"
    statuses = [request.status for request in scene.standin.requests]
    assert sorted(status or 0 for status in statuses) == [200, 400]
    assert scene.standin.requests[-1].response["code"] == 40060


async def test_ids_tell_the_moment_and_never_go_back(scene: Scene) -> None:
    stamped = scene.clock.now() - timedelta(hours=3)
    late = await scene.standin.command(
        scene.ana, scene.riddles, "answer", {"text": "x"}, at=stamped
    )
    replies = [
        await scene.standin.command(scene.ana, scene.riddles, "answer", {"text": "x"})
        for _ in range(3)
    ]

    ids = [reply.interaction_id for reply in replies]
    assert ids == sorted(set(ids))
    assert abs(moment_of(late.interaction_id) - stamped) < timedelta(milliseconds=1)
    assert abs(moment_of(ids[-1]) - scene.clock.now()) < timedelta(seconds=1)


async def test_hundreds_of_answers_at_once_all_come_back(scene: Scene) -> None:
    replies = await asyncio.gather(
        *(
            scene.standin.command(
                scene.ana, scene.riddles, "answer", {"text": str(number)}, patience=30
            )
            for number in range(300)
        )
    )

    assert [reply.text for reply in replies] == [f"{number} (fr)" for number in range(300)]

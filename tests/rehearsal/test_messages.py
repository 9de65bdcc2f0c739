"""What the bot says is kept, numbered, limited and looked up again as Discord does it."""

import json
from datetime import timedelta
from pathlib import Path

import aiohttp
import hikari
import pytest
from hikari.impl import (
    ContainerComponentBuilder,
    MediaGalleryComponentBuilder,
    MessageActionRowBuilder,
    TextDisplayComponentBuilder,
)

from riddles.rehearsal.discord import snowflakes
from tests.rehearsal.conftest import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


def a_post(video: hikari.Resourceish, role: int) -> ContainerComponentBuilder:
    post = ContainerComponentBuilder(id=7, accent_color=hikari.Color(0xFF8800))
    post.add_text_display(f"# Énigme <@&{role}>")
    gallery = MediaGalleryComponentBuilder()
    gallery.add_media_gallery_item(video)
    post.add_component(gallery)
    row = MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "v1:open:9", label="Répondre")
    post.add_component(row)
    return post


async def test_a_video_goes_up_and_plays_from_any_second(scene: Scene, tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(bytes(range(256)) * 4096)
    message = await scene.bot.rest.create_message(
        scene.riddles.id,
        component=a_post(hikari.File(video), scene.fans.id),
        role_mentions=[scene.fans.id],
    )
    kept = scene.standin.messages(scene.riddles)[-1]
    async with (
        aiohttp.ClientSession() as session,
        session.get(kept.files[0].url, headers={"Range": "bytes=256-259"}) as answer,
    ):
        part = await answer.read()

    assert message.id == kept.id
    assert (answer.status, answer.content_type, part) == (206, "video/mp4", b"\0\1\2\3")
    assert kept.files[0].path.read_bytes() == video.read_bytes()
    assert kept.pings.roles == {scene.fans.id}


async def test_history_shows_the_components_own_numbers(scene: Scene) -> None:
    before = scene.clock.now()
    post = a_post(hikari.Bytes(b"x", "v.mp4"), scene.fans.id)
    await scene.bot.rest.create_message(scene.riddles.id, component=post)
    after = snowflakes.at(before - timedelta(seconds=1))
    found = [m async for m in scene.bot.rest.fetch_messages(scene.riddles.id, after=after)]

    assert found[-1].components[0].id == 7
    ids = [each["id"] for each in scene.standin.messages(scene.riddles)[-1].components]
    assert ids == [7, 1, 2, 3, 4]


async def test_what_is_not_allowed_to_ping_pings_nobody(scene: Scene) -> None:
    text = f"@everyone <@&{scene.fans.id}> <@{scene.ana.id}>"
    await scene.bot.rest.create_message(scene.riddles.id, text)
    modest = scene.standin.messages(scene.riddles)[-1]
    await scene.bot.rest.create_message(
        scene.riddles.id, text, user_mentions=True, mentions_everyone=True
    )
    loud = scene.standin.messages(scene.riddles)[-1]

    assert not modest.pings
    assert (loud.pings.users, loud.pings.everyone) == ({scene.ana.id}, True)
    assert not loud.pings.roles


async def test_a_nonce_posts_once_until_it_is_forgotten(scene: Scene) -> None:
    rest = scene.bot.rest
    first = await rest.create_message(scene.riddles.id, "a", nonce="p7")
    again = await rest.create_message(scene.riddles.id, "a", nonce="p7")
    scene.standin.forget_nonces()
    later = await rest.create_message(scene.riddles.id, "a", nonce="p7")

    assert first.id == again.id != later.id
    assert first.nonce == "p7"


async def test_an_edit_keeps_what_it_does_not_name(scene: Scene) -> None:
    message = await scene.bot.rest.create_message(
        scene.riddles.id, "before", attachment=hikari.Bytes(b"1", "a.txt")
    )
    await scene.bot.rest.edit_message(scene.riddles.id, message, "after")
    kept = scene.standin.messages(scene.riddles)[-1]

    assert kept.text == "after"
    assert [file.filename for file in kept.files] == ["a.txt"]
    assert kept.payload["edited_timestamp"]
    await scene.bot.rest.delete_message(scene.riddles.id, message)
    with pytest.raises(hikari.NotFoundError) as gone:
        await scene.bot.rest.fetch_message(scene.riddles.id, message)
    assert gone.value.code == 10008


async def test_components_and_content_do_not_mix(scene: Scene) -> None:
    with pytest.raises(hikari.BadRequestError) as refused:
        await scene.bot.rest.create_message(
            scene.riddles.id, "text", component=TextDisplayComponentBuilder(content="more")
        )

    assert refused.value.code == 50035
    assert "IS_COMPONENTS_V2" in json.dumps(refused.value.errors)


@pytest.mark.parametrize(
    "texts", [["x" * 4001], ["x" * 2001, "y" * 2000], ["."] * 41], ids=["long", "total", "many"]
)
async def test_too_much_is_refused(scene: Scene, texts: list[str]) -> None:
    components = [TextDisplayComponentBuilder(content=text) for text in texts]

    with pytest.raises(hikari.BadRequestError):
        await scene.bot.rest.create_message(scene.riddles.id, components=components)


async def test_a_file_over_the_servers_limit_is_too_large(scene: Scene) -> None:
    with pytest.raises(hikari.ClientHTTPResponseError) as refused:
        await scene.bot.rest.create_message(
            scene.riddles.id, attachment=hikari.Bytes(bytes(10 * 1024 * 1024 + 1), "v.mp4")
        )

    # hikari reads no code from a 413, so the body is asked.
    assert refused.value.status == 413
    assert b"40005" in refused.value.raw_body


async def test_a_channel_the_bot_may_not_use_says_which_way(scene: Scene) -> None:
    rest = scene.bot.rest
    codes: list[int] = []
    for channel in (scene.locked.id, scene.guild.channels[5].id, 12345):
        with pytest.raises((hikari.ForbiddenError, hikari.NotFoundError)) as refused:
            await rest.create_message(channel, "x")
        codes.append(refused.value.code)

    assert codes == [50013, 50001, 10003]


async def test_an_announcement_is_published_to_followers_once(scene: Scene) -> None:
    message = await scene.bot.rest.create_message(scene.news.id, "hear")
    await scene.bot.rest.crosspost_message(scene.news.id, message)

    assert scene.standin.messages(scene.news)[-1].crossposted
    with pytest.raises(hikari.BadRequestError) as refused:
        await scene.bot.rest.crosspost_message(scene.news.id, message)
    assert refused.value.code == 40033


async def test_a_message_has_one_thread(scene: Scene) -> None:
    rest = scene.bot.rest
    message = await rest.create_message(scene.riddles.id, "x")
    thread = await rest.create_message_thread(scene.riddles.id, message, "Discussion")
    await rest.create_message(thread.id, "inside")

    assert thread.id == message.id
    assert [m.text for m in scene.standin.messages(thread.id)] == ["inside"]
    with pytest.raises(hikari.BadRequestError):
        await rest.create_message_thread(scene.riddles.id, message, "Again")


async def test_a_forum_post_can_be_found_among_the_active_threads(scene: Scene) -> None:
    post = await scene.bot.rest.create_forum_post(
        scene.forum.id,
        "Énigme 1",
        component=a_post(hikari.Bytes(b"x", "v.mp4"), scene.fans.id),
    )
    active = await scene.bot.rest.fetch_active_threads(scene.guild.id)
    first = await scene.bot.rest.fetch_message(post.id, post.id)
    await scene.bot.rest.edit_channel(post.id, archived=True, locked=True)
    archived = [t async for t in scene.bot.rest.fetch_public_archived_threads(scene.forum.id)]

    assert post.id in [thread.id for thread in active]
    assert first.components[0].id == 7
    assert [thread.id for thread in archived] == [post.id]


async def test_a_closed_door_for_direct_messages(scene: Scene) -> None:
    rest = scene.bot.rest
    ana = await rest.create_dm_channel(scene.ana.id)
    await rest.create_message(ana.id, "hello")
    shy = await rest.create_dm_channel(scene.guild.members[2].id)

    assert [m.text for m in scene.standin.direct_messages(scene.ana.id)] == ["hello"]
    with pytest.raises(hikari.ForbiddenError) as refused:
        await rest.create_message(shy.id, "hello")
    assert refused.value.code == 50007


async def test_a_role_above_the_bots_cannot_be_given(scene: Scene) -> None:
    rest = scene.bot.rest
    await rest.add_role_to_member(scene.guild.id, scene.host.id, scene.fans.id)

    assert scene.fans.id in scene.standin.roles_of(scene.guild.id, scene.host.id)
    with pytest.raises(hikari.ForbiddenError):
        await rest.add_role_to_member(scene.guild.id, scene.host.id, scene.high.id)


async def test_who_left_is_unknown(scene: Scene) -> None:
    leaver = scene.guild.members[3].id
    before = await scene.bot.rest.fetch_member(scene.guild.id, leaver)
    scene.standin.leave(scene.guild.id, leaver)

    assert before.id == leaver
    with pytest.raises(hikari.NotFoundError) as gone:
        await scene.bot.rest.fetch_member(scene.guild.id, leaver)
    assert gone.value.code == 10007


async def test_an_event_is_announced_changed_and_taken_back(scene: Scene) -> None:
    rest, now = scene.bot.rest, scene.clock.now()
    event = await rest.create_external_event(
        scene.guild.id, "Énigme", "#énigmes", now + timedelta(hours=1), now + timedelta(hours=2)
    )
    await rest.edit_scheduled_event(scene.guild.id, event, name="Énigme 2")

    assert [each["name"] for each in scene.standin.events(scene.guild.id)] == ["Énigme 2"]
    await rest.delete_scheduled_event(scene.guild.id, event)
    assert scene.standin.events(scene.guild.id) == []
    with pytest.raises(hikari.BadRequestError):
        await rest.create_external_event(
            scene.guild.id, "Late", "x", now - timedelta(hours=1), now + timedelta(hours=2)
        )


async def test_the_bot_can_tell_what_it_may_do_where(scene: Scene) -> None:
    rest = scene.bot.rest
    guild = await rest.fetch_guild(scene.guild.id)
    me = await rest.fetch_my_user()
    member = await rest.fetch_member(scene.guild.id, me.id)
    channels = {c.id: c for c in await rest.fetch_guild_channels(scene.guild.id)}
    locked = channels[hikari.Snowflake(scene.locked.id)]
    assert isinstance(locked, hikari.PermissibleGuildChannel)

    assert guild.premium_tier == hikari.GuildPremiumTier.NONE
    assert any(guild.roles[role].bot_id == me.id for role in member.role_ids)
    assert hikari.Permissions.SEND_MESSAGES in locked.permission_overwrites[me.id].deny


async def test_an_unknown_route_is_noted(scene: Scene) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{scene.standin.api_url}/guilds/1/emojis") as answer,
    ):
        body = await answer.json()

    assert (answer.status, body) == (404, {"message": "404: Not Found", "code": 0})
    assert [request.path for request in scene.standin.unexpected] == ["/guilds/1/emojis"]
    scene.standin.forget_requests()


async def test_a_wrong_token_is_turned_away_and_never_recorded(scene: Scene) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bot wrong"}) as session,
        session.get(f"{scene.standin.api_url}/users/@me") as answer,
    ):
        pass

    assert answer.status == 401
    assert "wrong" not in str(scene.standin.requests[-1])

"""Members are reminded who asked for it, once, where they asked, and nobody else is mentioned."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.moments import to_ms
from engine.people import reminders
from engine.people.members import Person, meet_one
from engine.people.reminders import Wish
from riddles.rehearsal.discord import MemberSpec, Message, aged, faults
from riddles.rehearsal.discord.faults import Action
from riddles.rehearsal.stage import Stage
from riddles.week.owing import MENTIONS_MAX
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published
from tests.show.test_places import WEATHER
from tests.show.test_week import seen

Queue = Callable[..., Path]
GUILD, CHANNEL, ENGLISH = 100000000000000001, 100000000000000002, 200000000000000002
SATURDAY = MONDAY + timedelta(days=4, hours=16)


def mentions(stage: Stage, channel: int = CHANNEL) -> list[Message]:
    """The messages that mention members, in a channel and its threads."""
    places = [channel, *(thread.id for thread in stage.standin.threads(channel))]
    return [
        message
        for place in places
        for message in stage.standin.messages(place)
        if message.pings.users
    ]


async def press_the_bell(stage: Stage, member: MemberSpec, server: int = 0) -> str:
    reply = await stage.standin.press(member, seen(stage, server)[0], "v1:remind")
    return reply.text


async def test_whoever_asked_and_has_not_solved_is_mentioned_in_the_thread(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada, grace, linus, *_ = stage.cast.members
        for member in (ada, grace):
            await press_the_bell(stage, member)
        await stage.standin.command(linus, CHANNEL, "remind", {"mode": "opening"})
        await stage.standin.command(grace, CHANNEL, "answer", {"text": "quicksort"})
        await stage.move_to(SATURDAY)
        (message,) = mentions(stage)
        (thread,) = stage.standin.threads(CHANNEL)

        assert message.channel_id == thread.id
        assert message.pings.users == {ada.id}
        assert message.text.split("\n")[:3] == [
            "⏰ L’énigme n°\u00a01 ferme le <t:1795978800:F>, et tu ne l’as pas encore trouvée.",
            f"<@{ada.id}>",
            "-# Tu l’as demandé. `/rappel`, ou 🔔 ci-dessous, y met fin.",
        ]
        assert "⏰" in seen(stage)[-1].text
        assert not stage.standin.direct_messages(ada.id)


async def test_a_new_riddle_is_told_to_those_who_want_to_hear_of_it(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        ada, grace, *_ = stage.cast.members
        await stage.standin.command(ada, ENGLISH, "remind", {"mode": "both"})
        await stage.standin.command(grace, ENGLISH, "remind", {"mode": "closing"})
        await stage.move_to(MONDAY)
        (message,) = mentions(stage, ENGLISH)

        assert message.channel_id == ENGLISH  # There is no discussion in that server.
        assert message.pings.users == {ada.id}
        assert message.text.startswith("🔔 Riddle no. 1 is out. It closes <t:1795978800:F>.")
        assert not mentions(stage)


async def test_the_bell_rings_and_falls_silent_and_says_so(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        on = await press_the_bell(stage, ada)
        off = await press_the_bell(stage, ada)
        await stage.move_to(SATURDAY)

        assert on.split("\n")[:3] == [
            "🔔 On te mentionnera dans la discussion de l’énigme, sur ce serveur\u00a0:",
            "- avant la fermeture, si tu ne l’as pas encore trouvée",
            "-# Personne ne t’écrit en privé.",
        ]
        assert off.split("\n")[0] == "🔕 Plus aucun rappel."
        assert not mentions(stage)


async def test_a_press_that_is_delivered_twice_counts_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        await stage.standin.press(ada, seen(stage)[0], "v1:remind", deliver_twice=True)
        await stage.move_to(SATURDAY)

        assert [message.pings.users for message in mentions(stage)] == [{ada.id}]


async def test_below_the_answer_the_wish_can_be_changed(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        grace = stage.cast.members[1]
        reply = await stage.standin.press(grace, seen(stage, 1)[0], "v1:remind")
        await stage.standin.press(grace, reply, "v1:remind:both")
        both = reply.text
        await stage.standin.press(grace, reply, "v1:remind:off")

        assert reply.buttons.keys() == {
            f"v1:remind:{mode}" for mode in ("closing", "opening", "both", "off")
        }
        assert "when a new riddle is out" in both
        assert reply.text.startswith("🔕 No reminders any more.")


async def test_a_made_up_mode_turns_reminders_off(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        message = seen(stage)[0]
        for component in message.components:
            if component.get("custom_id") == "v1:remind":
                component["custom_id"] = "v1:remind:everything"
        reply = await stage.standin.press(ada, message, "v1:remind:everything")

        assert reply.text.startswith("🔕")


async def crowd(stage: Stage, count: int) -> list[int]:
    """So many members who want to be reminded."""
    clock, show = stage.clock, stage.program.show
    ids = [aged(clock, days=400, serial=1000 + number) for number in range(count)]
    async with show.database.transaction() as tx:
        for number, member in enumerate(ids):
            person = Person(id=member, server=GUILD, name=f"Member {number}")
            account = await meet_one(tx, person, to_ms(clock.now()))
            wish = Wish(GUILD, opening=False, closing=True)
            await reminders.change(tx, account, 1, lambda _, wish=wish: wish)
    return ids


async def test_a_crowd_is_mentioned_a_hundred_at_a_time_each_member_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        members = await crowd(stage, 230)
        await stage.move_to(SATURDAY)
        told = mentions(stage)
        pinged = [member for message in told for member in message.pings.users]

        assert [len(message.pings.users) for message in told] == [MENTIONS_MAX, MENTIONS_MAX, 30]
        assert sorted(pinged) == sorted(members)


@pytest.mark.parametrize("weather", WEATHER.values(), ids=WEATHER)
async def test_in_bad_weather_every_member_is_mentioned_once(
    queue: Queue, on_stage: StageSetter, weather: Action
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        members = await crowd(stage, 130)
        (thread,) = stage.standin.threads(CHANNEL)
        route = f"/channels/{thread.id}/messages"
        fault = stage.standin.faults.add("POST", route, weather, times=2)
        for minutes in range(3):
            await stage.move_to(SATURDAY + timedelta(minutes=minutes))
            stage.standin.forget_nonces()
        pinged = [member for message in mentions(stage) for member in message.pings.users]

        assert fault.hits == 2
        assert sorted(pinged) == sorted(members)


async def test_whoever_solves_while_a_reminder_waits_is_left_alone(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        await press_the_bell(stage, ada)
        (thread,) = stage.standin.threads(CHANNEL)
        stage.standin.faults.add(
            "POST", f"/channels/{thread.id}/messages", faults.status(503), times=3
        )
        await stage.move_to(SATURDAY)
        await stage.standin.command(ada, CHANNEL, "answer", {"text": "quicksort"})
        for hours in range(1, 5):
            await stage.move_to(SATURDAY + timedelta(hours=hours))
        async with stage.program.show.database.reading() as reader:
            state = await reader.value("SELECT state FROM posts WHERE kind = 'mention'")

        assert state == "done"
        assert not mentions(stage)


async def test_without_a_thread_the_reminder_stands_in_the_channel(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        await press_the_bell(stage, ada)
        (thread,) = stage.standin.threads(CHANNEL)
        del stage.standin.world.channels[thread.id]
        await stage.move_to(SATURDAY)

        assert [message.channel_id for message in mentions(stage)] == [CHANNEL]

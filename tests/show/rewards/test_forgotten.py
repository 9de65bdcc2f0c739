"""Requests of whoever asks to be forgotten: nobody waits any more, and staff read no name."""

import pytest

from engine.moments import to_ms
from riddles.shop import leaving
from tests.show.rewards.conftest import Counter

SECRET = bytes(range(32))


@pytest.mark.parametrize("claimed", [False, True])
async def test_a_request_of_somebody_who_is_forgotten_waits_for_nobody(
    counter: Counter,
    claimed: bool,  # noqa: FBT001 - a parameter
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    (request,) = counter.requests
    ada = counter.member("ada").id
    if claimed:
        await counter.presses("margaret", request, "v1:request:take:1")
    named = f"<@{ada}>" in request.text
    await forget(counter, "ada")

    assert named
    assert str(ada) not in request.text
    assert "👋" in request.text
    assert not request.buttons


async def test_a_request_that_was_handed_over_names_whoever_was_forgotten_no_more(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    await counter.says("margaret", "fulfil done", requests="1", note="12 rue des Lilas")
    await counter.passes(minutes=1)
    (request,) = counter.requests
    before = request.text
    await forget(counter, "ada")

    assert "rue des Lilas" in before
    assert "rue des Lilas" not in request.text
    assert str(counter.member("ada").id) not in request.text
    assert "✅" in request.text


async def test_what_a_forgotten_member_of_the_staff_saw_to_waits_for_anybody_again(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    (request,) = counter.requests
    await counter.presses("margaret", request, "v1:request:take:1")
    await forget(counter, "margaret")

    assert str(counter.member("margaret").id) not in request.text
    assert "v1:request:take:1" in request.buttons
    assert await counter.balance("ada") == 40


async def forget(counter: Counter, name: str) -> None:
    """A member asks to be forgotten, and staff see what follows."""
    show = counter.stage.program.show
    async with show.database.transaction() as tx:
        now = to_ms(show.clock.now())
        await leaving.forget(tx, counter.member(name).id, SECRET, now)
    await counter.passes(minutes=1)

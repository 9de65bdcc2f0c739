"""What staff read of a post that does not get through names the place, and what to do about it."""

import hikari
import pytest

from engine.posts import Post
from riddles.config import Settings
from riddles.discord.troubles import diagnose

CHANNEL, STAFF, THREAD = 100000000000000002, 100000000000000003, 555
WAY = "https://discord.com/api/v10/channels/{}/messages"


def a_post(kind: str = "hint") -> Post:
    return Post(
        id=7,
        key=f"{kind}:1:1",
        kind=kind,
        lane="1:channel",
        server=1,
        round=1,
        facts={},
        state="sending",
        owed_at=0,
        first_at=0,
        tried_at=0,
        attempts=1,
        error=None,
        channel=None,
        message=None,
    )


def gone(channel: int) -> hikari.NotFoundError:
    return hikari.NotFoundError(
        url=WAY.format(channel), headers={}, raw_body=b"", message="Unknown Channel", code=10003
    )


def refused(channel: int) -> hikari.ForbiddenError:
    return hikari.ForbiddenError(
        url=WAY.format(channel), headers={}, raw_body=b"", message="Missing Access", code=50001
    )


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        (CHANNEL, f"the channel {CHANNEL} is gone: name another in scheduler.toml."),
        (STAFF, f"the channel {STAFF} is gone: name another in scheduler.toml."),
        (THREAD, f"the thread {THREAD} is gone."),
    ],
)
def test_the_place_that_is_gone_is_named(settings: Settings, channel: int, told: str) -> None:
    assert str(diagnose(a_post(), settings.server[0], gone(channel)).why) == told


@pytest.mark.parametrize("channel", [CHANNEL, STAFF, THREAD])
def test_the_place_in_which_the_bot_may_not_write_is_named(
    settings: Settings, channel: int
) -> None:
    why = str(diagnose(a_post(), settings.server[0], refused(channel)).why)

    assert f"In <#{channel}> the bot needs" in why

"""A Discord on loopback: REST, gateway and people, good enough for the real bot over real sockets.

    clock = RehearsalClock(start)
    ana = MemberSpec(id=aged(clock, days=400, serial=1), name="ana")
    riddles = ChannelSpec(id=aged(clock, days=500, serial=2), name="énigmes")
    guild = GuildSpec(id=…, name="Le serveur", channels=(riddles,), members=(ana,))

    standin = StandIn(clock, [guild])
    await standin.start()
    …                              # run a bot with standin.token against standin.api_url
    await standin.online()

    reply = await standin.command(ana, riddles, "points balance", locale="en-GB")
    reply.text, reply.ephemeral, reply.within, reply.buttons, reply.files, reply.components
    await (await standin.command(ana, riddles, "leaderboard")).final()     # was deferred
    modal = await standin.press(ana, standin.messages(riddles)[-1], "v1:open:7")
    await standin.submit(ana, modal, {"answer": "42"})
    (await standin.autocomplete(ana, riddles, "rewards redeem", "reward", {"reward": "po"})).choices

A first answer has three seconds of real time, or `patience` (of the stand-in, or of one call); `at`
stamps an interaction with another moment, `deliver_twice` sends it again.

What a person cannot do raises `CannotDo` with a sentence (`Unknown`, `Hidden`, `Invalid`,
`DidNotRespond`). Commands and options may be named in any language they are registered in.

Reading: `messages`, `private_messages`, `direct_messages`, `threads`, `events`, `commands`,
`roles_of`; a `Message` has `text`, `components`, `buttons`, `files`, `pings` (who was really
notified), `crossposted`, `created_at`, `payload`. `requests` holds what the bot asked for, tokens
left out; `unexpected` those Discord would not know.

Bad weather: `standin.faults.add("POST", "/channels/{channel}/messages$", faults.drop_reply())`
with `status`, `drop_reply`, `reset`, `limit`, `delay`, `hang`; `async with standin.outage()`;
`standin.gateway.reconnect()`, `.invalidate()`, `.close(4000)`, `.drop()`; `forget_nonces()`.

People come and go with `join` and `leave`; `allow` opens a hidden command to a role.
"""

from riddles.rehearsal.discord import faults
from riddles.rehearsal.discord.interactions import Reply
from riddles.rehearsal.discord.messages import Message, Pings
from riddles.rehearsal.discord.permissions import BOT_IN_CHANNEL, BOT_IN_GUILD, Permission
from riddles.rehearsal.discord.recording import RecordedRequest
from riddles.rehearsal.discord.refusals import CannotDo, DidNotRespond, Hidden, Invalid, Unknown
from riddles.rehearsal.discord.snowflakes import aged, moment_of
from riddles.rehearsal.discord.specs import (
    ChannelSpec,
    ChannelType,
    GuildSpec,
    MemberSpec,
    RoleSpec,
)
from riddles.rehearsal.discord.standin import StandIn
from riddles.rehearsal.discord.world import Change

__all__ = [
    "BOT_IN_CHANNEL",
    "BOT_IN_GUILD",
    "CannotDo",
    "Change",
    "ChannelSpec",
    "ChannelType",
    "DidNotRespond",
    "GuildSpec",
    "Hidden",
    "Invalid",
    "MemberSpec",
    "Message",
    "Permission",
    "Pings",
    "RecordedRequest",
    "Reply",
    "RoleSpec",
    "StandIn",
    "Unknown",
    "aged",
    "faults",
    "moment_of",
]

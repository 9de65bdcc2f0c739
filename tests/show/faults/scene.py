"""The scene of the fault matrix: a show in which every kind of effect has been made once.

Each row of the matrix has a server of its own, so that a fault can be made to meet exactly its
requests. The scene is played once; each run starts from a copy of its books.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from engine import posts
from engine.books.ledger import post_all
from engine.moments import to_ms
from engine.people.members import Person, meet
from riddles.clock import RehearsalClock
from riddles.config import Settings, load_settings
from riddles.hand.deciding import answered
from riddles.rehearsal.cast import Cast, assemble
from riddles.rehearsal.discord import (
    MemberSpec,
    Message,
    Reply,
    RoleSpec,
    StandIn,
    faults,
)
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.discord.world import Channel, Guild
from riddles.rehearsal.stage import House, Stage, perform
from riddles.sentence import Sentence
from riddles.telling import to_channels, to_staff
from riddles.week.owing import role_change
from tests.builders import a_transfer

OPENING = datetime(2026, 12, 21, 17, 0, tzinfo=UTC)
"""18:00 in Paris, in the last week of a season that has a riddle."""
SECOND = OPENING + timedelta(weeks=2)
CLAIMED = "v1:request:take:"
WORDS = {"text_fr": "Lis « tri », pas « riz ».", "text_en": "Read sort, not rice."}

Kind = Literal["text", "announcement", "forum"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix: a kind of effect, in the server that stands for it."""

    number: int
    effect: str
    channel_kind: Kind = "text"
    decided: bool = False
    """Whether it is the edit by which a question to the staff says how it was decided."""

    @property
    def trace(self) -> str:
        """What it leaves on Discord is known by this name."""
        return f"{self.effect} (decided)" if self.decided else self.effect

    @property
    def name(self) -> str:
        """What the table calls it."""
        return self.trace if self.channel_kind != "forum" else f"{self.effect} (forum)"

    @property
    def guild(self) -> int:
        """Its server."""
        return self.number * 10**15 + 1

    @property
    def channel(self) -> int:
        """Where its riddles go out."""
        return self.guild + 1

    @property
    def staff(self) -> int:
        """Where its staff is told."""
        return self.guild + 2

    @property
    def role(self) -> int:
        """A role to give or to take."""
        return self.guild + 5


_EFFECTS: tuple[tuple[str, Kind], ...] = (
    ("publication", "text"),
    ("publication", "forum"),
    ("thread", "text"),
    ("crosspost", "announcement"),
    ("event", "text"),
    ("hint", "text"),
    ("hint", "forum"),
    ("remind", "text"),
    ("mention", "text"),
    ("close", "text"),
    ("reveal", "text"),
    ("recap", "text"),
    ("season_start", "text"),
    ("season_end", "text"),
    ("season_end", "forum"),
    ("edit", "text"),
    ("erratum", "text"),
    ("extension", "text"),
    ("staff", "text"),
    ("announcement", "text"),
    ("announcement", "forum"),
    ("draw", "text"),
    ("correction", "text"),
    ("request", "text"),
    ("request_state", "text"),
    ("role_give", "text"),
    ("role_take", "text"),
    ("reward_role", "text"),
)
_DECIDED = ("staff", "correction")
ROWS = (
    *(Row(100 + n, effect, kind) for n, (effect, kind) in enumerate(_EFFECTS, 1)),
    *(Row(200 + n, effect, decided=True) for n, effect in enumerate(_DECIDED, 1)),
)
"""Every kind of effect, those that are made in two ways twice."""


def row_of(effect: str, *, decided: bool = False) -> Row:
    """The first row of that effect."""
    return next(row for row in ROWS if row.effect == effect and row.decided is decided)


@dataclass(slots=True)
class Scene:
    """The scene once it was played: its house, its books, and how messages looked before."""

    house: House
    settings: Settings
    folder: Path
    before: dict[str, tuple[Message, Any]] = field(default_factory=dict[str, tuple[Message, Any]])
    """For each kind of effect that is an edit: the message, and its payload before that."""

    @property
    def database(self) -> Path:
        """The books of a run."""
        return self.folder / "rehearsal.db"

    def guild(self, row: Row) -> Guild:
        """The server of a row."""
        return self.house.standin.world.guilds[row.guild]

    def places(self, row: Row) -> list[Channel]:
        """The channels and threads of a row's server."""
        channels = self.house.standin.world.channels.values()
        return [channel for channel in channels if channel.guild is self.guild(row)]

    def member(self, name: str) -> MemberSpec:
        """One of the cast, or the host."""
        people = (*self.house.cast.members, self.house.cast.host)
        return next(each for each in people if each.name == name)

    def newest(self, channel: int) -> Message:
        """The last message of a channel."""
        return self.house.standin.messages(channel)[-1]

    def remember(self, effect: str, message: Message) -> None:
        """Keep how a message looks, before `effect` changes it."""
        self.before[effect] = (message, deepcopy(message.payload))

    def perform(self, **more: Any) -> Any:
        """Run the program here."""
        content = self.folder / "content"
        return perform(self.house, self.settings, content=content, database=self.database, **more)


def write_settings(folder: Path) -> Settings:
    """A server for each row."""
    text = """
timezone = "Europe/Paris"
[week]
hints = ["wed 18:00"]
remind = "sat 10:00"
skip = ["2026-12-28..2027-01-03"]
"""
    threads = {row_of("thread").number, row_of("mention").number, row_of("erratum").number}
    for row in ROWS:
        text += f"""
[[server]]
guild = {row.guild}
channel = {row.channel}
staff_channel = {row.staff}
animator_roles = [{row.guild + 3}]
staff_roles = [{row.guild + 4}]
language = "{("fr", "en")[row.number % 2]}"
discussion = "{"thread" if row.number in threads else "none"}"
event = {str(row.effect == "event").lower()}
"""
    path = folder / "scheduler.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def write_rewards(folder: Path) -> None:
    """A sticker that staff hands over, and a role."""
    gold = row_of("reward_role")
    text = f"""
[[reward]]
id = "sticker"
kind = "manual"
name = {{ fr = "Autocollant", en = "Sticker" }}
cost = 60
[[reward]]
id = "gold"
kind = "role"
name = {{ fr = "Rôle doré", en = "Golden role" }}
cost = 100
role = {gold.role}
server = {gold.guild}
"""
    (folder / "content" / "rewards.toml").write_text(text, encoding="utf-8")


@asynccontextmanager
async def a_house_of(
    settings: Settings, kinds: Mapping[int, ChannelType], start: datetime
) -> AsyncGenerator[House, None]:
    """A Discord whose channels are of these kinds, and that remembers every request."""
    clock = RehearsalClock(start)
    cast = assemble(settings, clock)
    guilds = tuple(
        replace(
            guild,
            channels=tuple(
                replace(channel, type=kinds.get(channel.id, channel.type))
                for channel in guild.channels
            ),
        )
        for guild in cast.guilds
    )
    standin = StandIn(clock, guilds, remember=10**6, patience=30.0)
    await standin.start()
    try:
        yield House(clock, standin, Cast(guilds, cast.members, cast.host))
    finally:
        await standin.close()


@asynccontextmanager
async def a_scene(folder: Path) -> AsyncGenerator[Scene, None]:
    """Play the scene in a folder that holds two riddles; its books lie in `scene.db` then."""
    settings = write_settings(folder)
    write_rewards(folder)
    kinds = {row.channel: ChannelType[row.channel_kind.upper()] for row in ROWS}
    async with a_house_of(settings, kinds, OPENING - timedelta(seconds=2)) as house:
        scene = Scene(house, settings, folder)
        for row in ROWS:
            role = RoleSpec(id=row.role, name="role")
            scene.guild(row).roles[role.id] = role
        async with scene.perform() as stage:
            await _Play(scene, stage).all()
        scene.database.rename(folder / "scene.db")
        yield scene


@dataclass(frozen=True, slots=True)
class _Play:
    """What happens in the scene, act by act."""

    scene: Scene
    stage: Stage

    async def all(self) -> None:
        await self.first_riddle()
        await self.second_riddle()
        await self.shop()
        await self.staff()
        await self.decisions()
        await self.rest_of_the_week()

    async def says(self, name: str, at: int, command: str, /, **options: Any) -> Reply:
        reply = await self.stage.standin.command(self.scene.member(name), at, command, options)
        await reply.final()
        await self.stage.settle()
        return reply

    async def presses(self, name: str, on: Reply | Message, button: str) -> Reply:
        buttons = on.buttons
        (one,) = [each for each in buttons if each.startswith(button)]
        reply = await self.stage.standin.press(self.scene.member(name), on, one)
        await reply.final()
        await self.stage.settle()
        return reply

    async def first_riddle(self) -> None:
        await self.stage.move_to(OPENING)
        close = row_of("close")
        self.scene.remember("close", self.scene.newest(close.channel))
        for name in ("ada", "grace"):
            await self.says(name, close.channel, "answer", text="quicksort")
        async with self.stage.program.show.database.transaction() as tx:
            people = [
                Person(id=member.id, server=close.guild, name=member.name)
                for member in self.scene.house.cast.members
            ]
            now = to_ms(self.stage.clock.now())
            accounts = (await meet(tx, people, now)).values()
            await post_all(tx, [a_transfer(account, 1000) for account in accounts])
        for after in (timedelta(days=2), timedelta(days=6, hours=4)):
            await self.stage.move_to(OPENING + after)

    async def second_riddle(self) -> None:
        await self.stage.move_to(OPENING + timedelta(days=13, hours=4))
        await self.stage.move_to(SECOND)
        mention, edit = row_of("mention"), row_of("edit")
        await self.says("hedy", mention.channel, "remind", mode="closing")
        publication = next(
            message
            for message in self.stage.standin.messages(edit.channel)
            if any(file.filename == "riddle-2.mp4" for file in message.files)
        )
        self.scene.remember("edit", publication)
        await self.says("margaret", edit.channel, "animate erratum", **WORDS)
        await self.says("margaret", edit.channel, "animate extend", until="1h")

    async def shop(self) -> None:
        posted, restated = row_of("request"), row_of("request_state")
        await self.redeems("ada", posted, "sticker")
        await self.redeems("grace", restated, "sticker")
        request = self.scene.newest(restated.staff)
        self.scene.remember("request_state", request)
        await self.presses("margaret", request, CLAIMED)

    async def redeems(self, name: str, row: Row, reward: str) -> None:
        asked = await self.says(name, row.channel, "rewards redeem", reward=reward)
        await self.presses(name, asked, "v1:redeem:")

    async def staff(self) -> None:
        show, at = self.stage.program.show, row_of("staff").channel
        options = {
            "name": "noel",
            "title": "Noël / Christmas",
            "prizes": "Clavier / Keyboard",
            "until": "9d",
            "tickets": "points",
            "price": 10,
        }
        await self.says("margaret", at, "lots create", **options)
        radia = self.scene.member("radia").id
        await self.says("margaret", at, "ledger adjust", member=radia, points=5, reason="bien vu")
        give, take = row_of("role_give"), row_of("role_take")
        now = to_ms(show.clock.now())
        word = Sentence("the role {role} is gone from this server.", role="77")
        async with show.database.transaction() as tx:
            ada = await tx.value(
                "SELECT account FROM members WHERE id = ?", (self.scene.member("ada").id,)
            )
            owed = [
                role_change("scene", server=row.guild, account=ada, role=row.role, give=gives)
                for row, gives in ((give, True), (take, False))
            ]
            owed += to_channels(show.settings, "scene", word)
            await posts.owe(tx, owed, now)
        await self.stage.settle()

    async def decisions(self) -> None:
        """The staff are asked, and answer; both questions lose their buttons by it."""
        show = self.stage.program.show
        asked, proposed = (row_of(effect, decided=True) for effect in _DECIDED)
        button = {"id": "v1:publish:2027-W01", "label": "Publish now"}
        word = Sentence("the role {role} is gone from this server.", role="77")
        async with show.database.transaction() as tx:
            owed = to_staff(show.settings, "question", word, buttons=[button], only=asked.guild)
            await posts.owe(tx, owed, to_ms(self.stage.clock.now()))
        await self.stage.settle()
        self.scene.remember(asked.trace, self.scene.newest(asked.staff))
        async with show.database.transaction() as tx:
            host = await tx.value(
                "SELECT account FROM members WHERE id = ?", (self.scene.member("margaret").id,)
            )
            now = to_ms(self.stage.clock.now())
            await answered(tx, "question", "Publish now", actor=host, now_ms=now)
        options = {"member": self.scene.member("radia").id, "points": 500, "reason": "trop"}
        await self.says("margaret", proposed.channel, "ledger adjust", **options)
        question = self.scene.newest(proposed.staff)
        self.scene.remember(proposed.trace, question)
        await self.presses("margaret", question, "v1:drop:")

    async def rest_of_the_week(self) -> None:
        for days in (2, 5):
            await self.stage.move_to(SECOND + timedelta(days=days))
        # A role is on its way for a day, and this one must still be so when it is owed anew.
        gold = row_of("reward_role")
        down = faults.status(503)
        self.stage.standin.faults.add("PUT", f"/roles/{gold.role}", down, times=9)
        await self.redeems("linus", gold, "gold")
        self.stage.standin.faults.clear()

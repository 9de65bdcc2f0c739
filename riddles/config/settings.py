"""`scheduler.toml`: one community, its servers, and the rhythm of its week.

Only `guild` and `channel` of each server are required; everything else has a default. The
settings never change while the program runs.
"""

from dataclasses import replace
from datetime import UTC, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from engine.calendar import DateRange, Rhythm, WeeklyTime
from engine.durations import parse_duration, write_duration
from engine.people.milestones import Feat
from engine.play.limits import Limits
from engine.scoring import Scoring
from riddles.config.quantities import parse_network, parse_size, parse_zone, write_size
from riddles.problems import Invalid
from riddles.sentence import Sentence
from riddles.toml import Written, misplaced, read_document, validate

Language = Literal["fr", "en"]
FEATS: tuple[Feat, ...] = get_args(Feat)
LANGUAGES: tuple[Language, ...] = ("fr", "en")

Moment = Annotated[WeeklyTime, Written(WeeklyTime.parse, "mon 18:00")]
Days = Annotated[DateRange, Written(DateRange.parse, "2026-12-21..2027-01-03")]
Duration = Annotated[timedelta, Written(parse_duration, "36h", write_duration)]
Size = Annotated[int, Written(parse_size, "10 MiB", write_size)]
Zone = Annotated[ZoneInfo, Written(parse_zone, "Europe/Paris")]
Network = Annotated[IPv4Network | IPv6Network, Written(parse_network, "10.0.0.0/8", str)]
FilePath = Annotated[Path, Written(Path, "cookies.txt", str)]
Snowflake = Annotated[int, Field(ge=1, lt=2**63)]
"""Discord's number for a server, a channel, a role or a person."""


class Table(BaseModel):
    """A table of the file: known keys only, never changed after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WeekTable(Table):
    """The rhythm of a week; each moment is the first such one after the moment before it."""

    publish: Moment = Field(
        default=WeeklyTime.parse("mon 18:00"), description="When the riddle goes out."
    )
    hints: tuple[Moment, ...] = Field(
        default=(WeeklyTime.parse("wed 18:00"), WeeklyTime.parse("fri 18:00")),
        description="When the first, second, … hint becomes free for all.",
    )
    remind: Moment | None = Field(
        default=None, description="When the channel is reminded; optional."
    )
    close: Moment = Field(
        default=WeeklyTime.parse("sun 20:00"), description="From here answers are late."
    )
    reveal: Moment = Field(
        default=WeeklyTime.parse("sun 20:30"), description="When the solution is shown."
    )
    recap: Moment = Field(
        default=WeeklyTime.parse("sun 20:45"), description="When the week is summed up."
    )
    skip: tuple[Days, ...] = Field(default=(), description="Days on which nothing is published.")
    catch_up: Duration = Field(
        default=timedelta(hours=36), description="How late a publication may still go out."
    )

    def rhythm(self, zone: ZoneInfo) -> Rhythm:
        """The week as the calendar reckons with it."""
        return Rhythm(
            zone=zone,
            publish=self.publish,
            close=self.close,
            reveal=self.reveal,
            recap=self.recap,
            hints=self.hints,
            remind=self.remind,
            skip=self.skip,
            catch_up=self.catch_up,
        )

    @model_validator(mode="after")
    def _ends_before_the_next(self) -> Self:
        # Weekdays and times collide in every zone or in none, and this one needs no data.
        rhythm = self.rhythm(cast("ZoneInfo", UTC))
        overlap = rhythm.overlap()
        if overlap is None:
            return self
        bare = replace(rhythm, hints=(), remind=None)
        if bare.overlap():
            raise misplaced(overlap, "recap")
        for number, hint in enumerate(self.hints):
            if replace(bare, hints=self.hints[: number + 1]).overlap():
                raise misplaced(_out_of_order(hint), "hints", number)
        raise misplaced(_out_of_order(self.remind), "remind")


def _out_of_order(moment: WeeklyTime | None) -> Sentence:
    return Sentence(
        '"{moment}" comes after the next publication: each moment is the first one after the '
        "moment before it, so write those of a week in their order",
        moment=str(moment),
    )


class Server(Table):
    """One Discord server of the community."""

    guild: Snowflake = Field(description="The server's id.")
    channel: Snowflake = Field(description="Text, announcement or forum channel of the riddles.")
    staff_channel: Snowflake | None = Field(
        default=None, description="Where the program tells staff what needs them."
    )
    language: Language | None = Field(
        default=None, description="Of public messages here; unset: the community's."
    )
    animator_roles: tuple[Snowflake, ...] = Field(default=(), description="May queue and publish.")
    staff_roles: tuple[Snowflake, ...] = Field(default=(), description="May adjust, fulfil, draw.")
    ping_role: Snowflake | None = Field(default=None, description="The only role a riddle pings.")
    discussion: Literal["thread", "none"] = Field(
        default="thread", description="Whether a thread for talk opens under the riddle."
    )
    crosspost: bool = Field(
        default=True,
        description="In an announcement channel: whether riddles reach the servers that follow it.",
    )
    event: bool = Field(
        default=False, description="Whether each riddle stands in the server's calendar."
    )
    forum_tags: tuple[Snowflake, ...] = Field(
        default=(), max_length=5, description="In a forum channel: the tags of each riddle's post."
    )
    wrong_answers: bool = Field(
        default=True, description="Whether the reveal names the most frequent wrong answers."
    )
    upload_limit: Size | None = Field(
        default=None,
        ge=1,
        description="Largest file this server takes; unset: by its boost level.",
    )


class Season(Table):
    """Seasons are blocks of whole months, counted from January."""

    months: Literal[1, 2, 3, 4, 6, 12] = Field(
        default=3, description="Length of a season in months."
    )
    cup_best: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="The circles' cup compares the mean of so many best members of each circle.",
    )


class Staff(Table):
    """What one staff member may correct alone."""

    approve_above: int = Field(
        default=200,
        ge=0,
        description="Corrections and refunds of more points wait for a second staff member.",
    )
    approve_within: Duration = Field(
        default=timedelta(days=3), description="How long they wait for that."
    )


class MilestoneTable(Table):
    """A role for what a member has reached; one [[milestone]] for each role of each server."""

    guild: Snowflake = Field(description="The server whose role it is.")
    role: Snowflake = Field(description="The role; the bot's own must stand above it.")
    score: int | None = Field(default=None, ge=1, description="Points earned in all time.")
    season_score: int | None = Field(default=None, ge=1, description="Points earned this season.")
    streak: int | None = Field(default=None, ge=2, description="Riddles solved in a row.")
    solved: int | None = Field(default=None, ge=1, description="Riddles solved, or of a circle.")
    podium: int | None = Field(
        default=None, ge=1, le=10, description="The first so many of the last season."
    )
    circle: str | None = Field(default=None, description="With solved: riddles of this circle.")
    keep: bool = Field(default=False, description="Who reached it once holds the role for good.")

    @property
    def feat(self) -> Feat:
        """Which of the feats it asks for."""
        return next(feat for feat in FEATS if getattr(self, feat) is not None)

    @property
    def least(self) -> int:
        """How much of it."""
        return getattr(self, self.feat)

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        asked = [feat for feat in FEATS if getattr(self, feat) is not None]
        if len(asked) != 1:
            names = ", ".join(FEATS)
            says = Sentence("a milestone asks for exactly one of {names}", names=names)
            raise misplaced(says, *asked[1:2])
        if self.circle is not None and self.solved is None:
            says = Sentence("a circle belongs to solved, and to no other feat")
            raise misplaced(says, "circle")
        return self


class Draws(Table):
    """How prize draws are held."""

    witnesses: Duration = Field(
        default=timedelta(minutes=15), description="How long anybody may be a witness."
    )
    hash_time: Duration = Field(
        default=timedelta(minutes=5),
        description="About how long the slow hash takes on this machine; minutes, on purpose.",
    )


class MediaTable(Table):
    """How videos are fetched, and which are refused; docs/videos.md tells it."""

    cookies: FilePath | None = Field(
        default=None, description="A cookies.txt, for sites that ask visitors to sign in."
    )
    allow_private: tuple[Network, ...] = Field(
        default=(), description='Private networks that links may lead to, like "10.0.0.0/8".'
    )
    fetch_within: Duration = Field(
        default=timedelta(minutes=20), description="How long fetching one video may take."
    )
    largest: Size = Field(default=2 * 1024**3, ge=1, description="Largest video that is taken.")
    longest: Duration = Field(
        default=timedelta(minutes=30), description="Longest video that is taken."
    )


class Rewards(Table):
    """How rewards are handed over; what there is stands in content/rewards.toml."""

    deadline: Duration = Field(
        default=timedelta(days=14),
        description="How long a request waits for the staff before its points go back.",
    )


class Circle(Table):
    """A domain of the community, known by the role of its members."""

    id: str = Field(min_length=1, description="What `circle` in a riddle says.")
    name: str = Field(min_length=1, description="What members read.")
    role: Snowflake = Field(description="The role of those who belong to it.")


def _each_once(tables: tuple[Server, ...]) -> tuple[Server, ...]:
    seen: set[int] = set()
    for number, server in enumerate(tables):
        if server.guild in seen:
            says = Sentence("another [[server]] above has the same guild")
            raise misplaced(says, number, "guild")
        seen.add(server.guild)
    return tables


def _staff_apart(tables: tuple[Server, ...]) -> tuple[Server, ...]:
    public = {server.channel for server in tables}
    for number, server in enumerate(tables):
        if server.staff_channel in public:
            says = Sentence(
                "riddles go out in this channel, and everybody would read what is for the staff: "
                "name another channel, or delete the key"
            )
            raise misplaced(says, number, "staff_channel")
    return tables


def _circles_once(tables: tuple[Circle, ...]) -> tuple[Circle, ...]:
    seen: set[str] = set()
    for number, circle in enumerate(tables):
        if circle.id in seen:
            says = Sentence("another [[circle]] above has the same id")
            raise misplaced(says, number, "id")
        seen.add(circle.id)
    return tables


class Settings(Table):
    """Everything `scheduler.toml` says. Times in it are local to `timezone`."""

    timezone: Zone = Field(
        default=cast("Any", "Europe/Paris"),
        validate_default=True,  # Not every machine knows the zones.
        description="Zone of every time in this file.",
    )
    language: Language = Field(
        default="fr", description="Of public messages; members get their own."
    )
    week: WeekTable = Field(default_factory=WeekTable, description=WeekTable.__doc__)
    server: Annotated[
        tuple[Server, ...], AfterValidator(_each_once), AfterValidator(_staff_apart)
    ] = Field(
        min_length=1,
        description="The community's Discord servers, one [[server]] each.",
    )
    scoring: Scoring = Field(default_factory=Scoring, description="What a solve earns.")
    submissions: Limits = Field(default_factory=Limits, description="How often one may try.")
    season: Season = Field(default_factory=Season, description=Season.__doc__)
    staff: Staff = Field(default_factory=Staff, description=Staff.__doc__)
    milestone: tuple[MilestoneTable, ...] = Field(
        default=(), description="Roles for what members have reached, one [[milestone]] each."
    )
    draws: Draws = Field(default_factory=Draws, description=Draws.__doc__)
    rewards: Rewards = Field(default_factory=Rewards, description=Rewards.__doc__)
    media: MediaTable = Field(default_factory=MediaTable, description=MediaTable.__doc__)
    circle: Annotated[tuple[Circle, ...], AfterValidator(_circles_once)] = Field(
        default=(), description="The community's circles, one [[circle]] each."
    )

    @property
    def rhythm(self) -> Rhythm:
        """The week as the calendar reckons with it."""
        return self.week.rhythm(self.timezone)

    @property
    def languages(self) -> frozenset[Language]:
        """The languages that public messages are written in."""
        return frozenset(self.language_of(server) for server in self.server)

    def circle_named(self, circle: str | None) -> str | None:
        """How the circle of that id is called; one that is not configured is called by its id."""
        return next((one.name for one in self.circle if one.id == circle), circle)

    def language_of(self, server: Server) -> Language:
        """The language of public messages in that server."""
        return server.language or self.language


def load_settings(path: Path) -> Settings:
    """Read `scheduler.toml`.

    Raises:
        Invalid: it is missing or wrong; every problem at once.
    """
    settings = validate(Settings, read_document(path))
    if isinstance(settings, Settings):
        return settings
    raise Invalid(settings)

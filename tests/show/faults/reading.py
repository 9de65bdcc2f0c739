"""Reading a long show: what each server was told, against what it should have been told."""

from collections import Counter
from collections.abc import Iterator

from engine.standings import Line
from engine.storage.database import Reader
from riddles.rehearsal.discord import Message
from riddles.rehearsal.stage import House
from tests.show.faults.weeks import FORUM, NEWS, TEXT, Course

TOLD = ("publication", "hint-1", "hint-2", "remind", "reveal", "recap")
"""What each riddle means for a channel, in order."""
PODIUM = (30, 20, 10)


async def troubles(reader: Reader, course: Course) -> list[str]:
    """Everything that is missing, doubled or out of order."""
    rounds = [row["id"] for row in await reader.all("SELECT id FROM rounds ORDER BY id")]
    keys = {row["id"]: row["key"] for row in await reader.all("SELECT id, key FROM posts")}
    found = [
        f"{row['key']} is {row['state']}: {row['error']}"
        for row in await reader.all("SELECT * FROM posts WHERE state <> 'done'")
    ]
    seasons = await _seasons(reader)
    for guild in (TEXT, NEWS, FORUM):
        told = [keys[number] for number in _told(course.house, guild)]
        found += [
            f"{key} was told {times} times" for key, times in Counter(told).items() if times > 1
        ]
        riddles = [key for key in told if not key.startswith(("season_", "staff:"))]
        wanted = [f"{name}:{number}:{guild}" for number in rounds for name in TOLD]
        if riddles != wanted:
            found.append(f"server {guild}: {_first_difference(riddles, wanted)}")
        words = [key for key in told if key.startswith("season_")]
        found += [f"{key} was not told" for key in _words(seasons, guild) if key not in words]
    found += _around(course.house, rounds)
    return found


async def _seasons(reader: Reader) -> list[int]:
    """The seasons that are over and had a riddle."""
    rows = await reader.all(
        """
        SELECT id FROM seasons WHERE id <> 0 AND EXISTS (
            SELECT 1 FROM rounds WHERE opens_at >= starts_at AND opens_at < ends_at)
        AND EXISTS (SELECT 1 FROM rounds WHERE opens_at > ends_at + 7 * 86400000) ORDER BY id
        """
    )
    return [row["id"] for row in rows]


def _words(seasons: list[int], guild: int) -> list[str]:
    return [f"season_end:{one}:{guild}" for one in seasons]


def _told(house: House, guild: int) -> Iterator[int]:
    """The numbers of the posts in a server's channel, or in the posts of its forum, as read."""
    standin, channel = house.standin, guild + 1
    places = [channel, *(thread.id for thread in standin.threads(channel))]
    for place in places if guild == FORUM else places[:1]:
        for message in standin.messages(place):
            yield message.components[0]["id"]


def _around(house: House, rounds: list[int]) -> list[str]:
    """What belongs to the publications: threads, passing on, closing, events."""
    found: list[str] = []
    for guild in (TEXT, NEWS, FORUM):
        riddles = _riddles(house, guild)
        found += [f"{guild} has {len(riddles)} riddles"] if len(riddles) != len(rounds) else []
        found += [f"{m.text[:30]} in {guild} is open" for m in riddles if not _is_closed(m)]
        if guild == TEXT:
            threads = {thread.id for thread in house.standin.threads(TEXT + 1)}
            found += [f"{m.text[:30]} has no thread" for m in riddles if m.id not in threads]
        if guild == NEWS:
            found += [f"{m.text[:30]} was not passed on" for m in riddles if not m.crossposted]
    marks = Counter(event["description"].splitlines()[-1] for event in house.standin.events(TEXT))
    found += [f"{mark}: {times} events" for mark, times in marks.items() if times > 1]
    if len(marks) < len(rounds):
        found.append(f"{len(marks)} events for {len(rounds)} riddles")
    return found


def _riddles(house: House, guild: int) -> list[Message]:
    places = [guild + 1, *(thread.id for thread in house.standin.threads(guild + 1))]
    return [
        message
        for place in places
        for message in house.standin.messages(place)
        if any(file.filename.startswith("riddle-") for file in message.files)
    ]


def _is_closed(message: Message) -> bool:
    (button,) = [
        one for one in message.components if str(one.get("custom_id")).startswith("v1:open:")
    ]
    return bool(button.get("disabled"))


def _first_difference(told: list[str], wanted: list[str]) -> str:
    for number, (one, other) in enumerate(zip(told, wanted, strict=False)):
        if one != other:
            return f"told {told[number : number + 3]}, not {wanted[number : number + 3]}"
    return f"told {len(told)} things, not {len(wanted)}"


async def recomputed(reader: Reader) -> dict[int, int]:
    """Everybody's points, from the submissions alone."""
    rows = await reader.all(
        """
        SELECT round, account, min(max(at, opens_at)) AS at
        FROM submissions JOIN rounds ON rounds.id = round
        WHERE outcome = 'accept' AND practice = 0 AND at < closes_at
        GROUP BY round, account
        """
    )
    points: Counter[int] = Counter()
    for row in rows:
        before = sum(one["round"] == row["round"] and one["at"] < row["at"] for one in rows)
        points[row["account"]] += 100 + (PODIUM[before] if before < len(PODIUM) else 0)
    return dict(points)


def of(lines: list[Line]) -> dict[int, int]:
    """Points by account."""
    return {line.account: line.points for line in lines}

"""Boards in memory tell what the tables tell, after whatever happened, to whoever asks.

The reckoning that they are compared with knows rows and rules, and nothing of the engine.
"""

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine import seasons
from engine.books.audit import audit, rebuild
from engine.books.ledger import ERASED, HOUSE, Kind, Transfer, balance, post, post_all
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.people.presence import mark_gone, mark_here
from engine.standings import Boards, Own, Window, following, own, page
from engine.standings.board import Board
from engine.storage.database import Database, Reader, open_database, open_existing
from tests.audit import IN_A_SEASON, assert_books_fit
from tests.builders import MONDAY, SERVER, a_person, a_transfer

Result = TypeVar("Result")

NOW = to_ms(MONDAY)
ELSEWHERE_SERVER = SERVER + 1
SERVERS = [SERVER, ELSEWHERE_SERVER]
MEMBERS = range(1, 7)
CIRCLES = {1: "net", 2: "web", 3: "net"}
"""Of the riddles that went out."""
SEASONS = {1: (NOW, NOW + 4), 2: (NOW + 4, NOW + 8)}
WINDOWS = [
    Window(season=0),
    Window(season=1),
    Window(season=2),
    Window(span=(NOW + 2, NOW + 6)),
    Window(round=1),
    Window(round=2),
    Window(season=1, round=1),
    Window(season=0, circle="net"),
    Window(season=1, circle="web"),
    Window(span=(NOW + 2, NOW + 6), circle="net"),
]
SCOPES = [(window, server) for window in WINDOWS for server in (None, *SERVERS)]


# The reckoning.


async def reckon(
    reader: Reader, window: Window, server: int | None
) -> tuple[list[tuple[int, int, int]], dict[int, Own]]:
    """The lines of a board as (rank, account, points), and where each member stands."""
    tables = {
        name: await reader.all(f"SELECT * FROM {name}")  # noqa: S608 - tables of ours
        for name in (
            *("transfers", "accounts", "seasons", "rounds", "members", "sightings", "presences"),
        )
    }
    whose = {
        row["id"]: row["owner"] or row["id"]
        for row in tables["accounts"]
        if row["kind"] in ("member", "owed")
    }
    circles = {row["id"]: json.loads(row["rules"])["circle"] for row in tables["rounds"]}
    spans = {row["id"]: (row["starts_at"], row["ends_at"]) for row in tables["seasons"]}
    changes: dict[int, list[tuple[int, int]]] = {}
    for row in tables["transfers"]:
        if counts(row, window, spans, circles):
            for side, sign in (("source", -1), ("target", 1)):
                if row[side] in whose:
                    change = row["counts_at"], sign * row["points"]
                    changes.setdefault(whose[row[side]], []).append(change)
    scores = {account: sum(points for _, points in those) for account, those in changes.items()}
    here = shown(tables, server)
    order = sorted(
        (-points, reached(changes[account]), account)
        for account, points in scores.items()
        if points > 0 and account in here
    )
    above = [-points for points, _, _ in order]
    lines = [
        (1 + sum(other > -points for other in above), account, -points)
        for points, _, account in order
    ]
    places = {account: place for place, (_, account, _) in enumerate(lines, 1)}
    owns = {
        row["account"]: Own(
            points=scores.get(row["account"], 0),
            rank=1 + sum(other > scores[row["account"]] for other in above)
            if scores.get(row["account"], 0) > 0
            else None,
            members=len(lines),
            place=places.get(row["account"]),
        )
        for row in tables["members"]
    }
    return lines, owns


def counts(
    row: sqlite3.Row,
    window: Window,
    spans: dict[int, tuple[int, int]],
    circles: dict[int, str],
) -> bool:
    kinds = {*IN_A_SEASON}
    if window.season == 0 and window.round is None:
        kinds |= {"opening", "merge"}
    since, until = window.span or spans.get(0 if window.season is None else window.season, (0, 0))
    return (
        row["kind"] in kinds
        and since <= row["counts_at"] < until
        and window.round in (None, row["round"])
        and (window.circle is None or circles.get(row["round"]) == window.circle)
    )


def shown(tables: dict[str, list[sqlite3.Row]], server: int | None) -> set[int]:
    gone = {
        (row["server"], row["account"]) for row in tables["presences"] if row["gone_at"] is not None
    }
    hidden = {row["account"] for row in tables["members"] if row["hidden"]}
    known = {row["account"] for row in tables["members"]}
    return {
        row["account"]
        for row in tables["sightings"]
        if server in (None, row["server"])
        and (row["server"], row["account"]) not in gone
        and row["account"] in known - hidden
    }


def reached(changes: Sequence[tuple[int, int]]) -> int:
    """The first moment since which the score was never lower than in the end."""
    moments = [0, *sorted({at for at, _ in changes})]
    levels = [sum(points for at, points in changes if at <= moment) for moment in moments]
    return next(
        moment
        for place, moment in enumerate(moments)
        if all(level >= levels[-1] for level in levels[place:])
    )


# Any history.

Award = tuple[int, int, int, int | None, Kind, int]
AWARD = st.tuples(
    st.sampled_from(MEMBERS),
    st.sampled_from([10, 10, 20, 30]),
    st.integers(0, 8),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([Kind.AWARD, Kind.AWARD, Kind.BONUS, Kind.MERGE, Kind.RELEASE]),
    st.sampled_from(SERVERS),
)
"""Who, how much, when it counts, of which round, of which kind, seen where."""


class Community(RuleBasedStateMachine):
    """Members who earn, lose, hide, leave, come back and are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.path, self.books = self.run(self._open())
        self.boards = Boards(self.books)

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(doing)

    async def _open(self) -> tuple[Path, Database]:
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own in it
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=place))
        path = Path(folder) / "books.db"
        opening = open_database(path, kind="rehearsal", now=MONDAY)
        books = await self.stack.enter_async_context(opening)
        async with books.transaction() as tx:
            for number, circle in CIRCLES.items():
                await tx.execute(
                    """
                    INSERT INTO rounds (id, week, slug, rules, opens_at, hints_at, closes_at,
                                        reveals_at, recaps_at)
                    VALUES (?1, ?1, ?1, ?2, 0, '[]', 0, 0, 0)
                    """,
                    (number, json.dumps({"circle": circle})),
                )
        return path, books

    def teardown(self) -> None:
        self.run(self.boards.close())
        self.run(self.stack.aclose())
        self.runner.close()

    @initialize(awards=st.lists(AWARD, min_size=12, max_size=20))
    def some_play_already(self, awards: list[Award]) -> None:
        self.members_earn(awards)

    async def _meet(self, tx: Any, member: int, server: int = SERVER, at: int = NOW) -> int:
        return await meet_one(tx, a_person(member, server=server), at)

    @rule(awards=st.lists(AWARD, min_size=1, max_size=6))
    def members_earn(self, awards: list[Award]) -> None:
        async def earning() -> None:
            async with self.books.transaction() as tx:
                transfers: list[Transfer] = []
                for member, points, at, number, kind, server in awards:
                    account = await self._meet(tx, member, server)
                    facts = {"counts_at": NOW + at, "round": number, "kind": kind}
                    transfers.append(a_transfer(account, points, **facts))
                await post_all(tx, transfers)

        self.run(earning())

    @rule(
        member=st.sampled_from(MEMBERS),
        points=st.sampled_from([5, 10, 30]),
        at=st.integers(0, 8),
        number=st.sampled_from([None, 1, 2, 3]),
    )
    def a_member_loses(self, member: int, points: int, at: int, number: int | None) -> None:
        """What they have; the rest they owe."""

        async def losing() -> None:
            async with self.books.transaction() as tx:
                account = await self._meet(tx, member)
                facts = {"counts_at": NOW + at, "round": number, "kind": Kind.REVERSAL}
                have = min(await balance(tx, account), points)
                if have:
                    await post(tx, a_transfer(HOUSE, have, source=account, **facts))
                if points > have:
                    (owed,) = await tx.execute(
                        """
                        INSERT INTO accounts (id, kind, owner) VALUES (?1 - 1, 'owed', ?1)
                        ON CONFLICT DO UPDATE SET kind = kind RETURNING id
                        """,
                        (account,),
                    )
                    rest = a_transfer(HOUSE, points - have, source=owed["id"], **facts)
                    await post(tx, rest)

        self.run(losing())

    @rule(member=st.sampled_from(MEMBERS), hidden=st.booleans())
    def a_member_hides(self, member: int, *, hidden: bool) -> None:
        sql = "UPDATE members SET hidden = ? WHERE id = ?"
        self.run(self._write(sql, (hidden, a_person(member).id)))

    async def _write(self, sql: str, facts: Sequence[Any] = ()) -> None:
        async with self.books.transaction() as tx:
            await tx.execute(sql, facts)

    @rule(
        member=st.sampled_from(MEMBERS),
        server=st.sampled_from(SERVERS),
        gone=st.booleans(),
        at=st.integers(0, 9),
    )
    def discord_says_who_is_there(self, member: int, server: int, at: int, *, gone: bool) -> None:
        async def telling() -> None:
            async with self.books.transaction() as tx:
                account = await tx.value(
                    "SELECT account FROM members WHERE id = ?", (a_person(member).id,)
                )
                if account is not None:
                    await (mark_gone if gone else mark_here)(tx, server, account, NOW + at)

        self.run(telling())

    @rule(member=st.sampled_from(MEMBERS), server=st.sampled_from(SERVERS), at=st.integers(0, 9))
    def a_member_is_seen(self, member: int, server: int, at: int) -> None:
        async def seeing() -> None:
            async with self.books.transaction() as tx:
                await self._meet(tx, member, server, NOW + at)

        self.run(seeing())

    @rule(member=st.sampled_from(MEMBERS))
    def a_member_is_erased(self, member: int) -> None:
        async def erasing() -> int:
            async with self.books.transaction() as tx:
                account = await self._meet(tx, member)
                if have := await balance(tx, account):
                    out = a_transfer(ERASED, have, source=account, kind=Kind.ERASURE)
                    await post(tx, out)
                await tx.execute("DELETE FROM members WHERE account = ?", (account,))
                return account

        account = self.run(erasing())
        self.boards_tell_the_truth()
        self.run(self._write("DELETE FROM sightings WHERE account = ?", (account,)))

    @rule(member=st.sampled_from(MEMBERS), server=st.sampled_from(SERVERS))
    def a_name_is_forgotten(self, member: int, server: int) -> None:
        sql = """
            DELETE FROM sightings WHERE server = ?
            AND account IN (SELECT account FROM members WHERE id = ?)
        """
        self.run(self._write(sql, (server, a_person(member).id)))

    @rule(member=st.sampled_from(MEMBERS))
    def a_member_is_known_only_after_their_points(self, member: int) -> None:
        async def taking() -> list[tuple[Any, ...]]:
            async with self.books.transaction() as tx:
                rows = await tx.all("SELECT * FROM members WHERE id = ?", (a_person(member).id,))
                await tx.execute("DELETE FROM members WHERE id = ?", (a_person(member).id,))
                return [tuple(row) for row in rows]

        rows = self.run(taking())
        self.boards_tell_the_truth()
        for row in rows:
            self.run(self._write("INSERT INTO members VALUES (?, ?, ?, ?)", row))

    @rule(season=st.sampled_from([*SEASONS]))
    def a_season_opens_late(self, season: int) -> None:
        async def opening() -> None:
            async with self.books.transaction() as tx:
                if not await tx.value("SELECT count(*) FROM seasons WHERE id = ?", (season,)):
                    facts = (season, *SEASONS[season])
                    await tx.execute("INSERT INTO seasons VALUES (?, 's', ?, ?)", facts)
                    await seasons._count_what_came_first(tx, season)  # pyright: ignore[reportPrivateUsage] # a season of milliseconds

        self.run(opening())

    @rule(number=st.sampled_from([*CIRCLES]), circle=st.sampled_from(["net", "web"]))
    def an_erratum_moves_a_riddle_to_another_circle(self, number: int, circle: str) -> None:
        rules = json.dumps({"circle": circle})
        self.run(self._write("UPDATE rounds SET rules = ? WHERE id = ?", (rules, number)))

    @rule()
    def the_books_are_rebuilt_by_another_program(self) -> None:
        async def rebuilding() -> None:
            async with open_existing(self.path) as books, books.transaction() as tx:
                await rebuild_scores(tx)

        self.run(rebuilding())

    @rule()
    def the_program_starts_anew(self) -> None:
        self.run(self.boards.close())
        self.boards = Boards(self.books)

    @invariant()
    def boards_tell_the_truth(self) -> None:
        async def look() -> None:
            async with self.books.reading() as reader:
                await assert_books_fit(reader)
                for window, server in SCOPES:
                    lines, owns = await reckon(reader, window, server)
                    for account, expected in owns.items():
                        view = await self.boards.view(window, account, server=server)

                        assert view.own == expected
                        assert [(x.rank, x.account, x.points) for x in view.lines] == lines
                    slow = await page(reader, window, server=server)
                    assert [(x.rank, x.account, x.points) for x in slow] == lines
                    assert slow == await self.boards.page(window, server=server)

        self.run(look())

    @invariant()
    def the_slow_reckoning_tells_it_too(self) -> None:
        async def look() -> None:
            async with self.books.reading() as reader:
                for window in (Window(season=0), Window(span=(NOW + 2, NOW + 6))):
                    _, owns = await reckon(reader, window, SERVER)
                    for account, expected in owns.items():
                        assert await own(reader, window, account, server=SERVER) == expected

        self.run(look())


async def rebuild_scores(tx: Any) -> None:
    await rebuild(tx, await audit(tx))


# Hypothesis looks for short histories that break; dice make long ones that go everywhere.


@pytest.mark.parametrize("seed", range(6))
def test_a_long_history_by_the_dice_leaves_boards_that_tell_the_truth(seed: int) -> None:
    dice, community = random.Random(seed), Community()
    try:
        for _ in range(45):
            roll(dice, community)
            community.boards_tell_the_truth()
        community.the_slow_reckoning_tells_it_too()
    finally:
        community.teardown()


def roll(dice: random.Random, community: Community) -> None:
    """One thing that happens."""
    member, server, at = dice.choice(MEMBERS), dice.choice(SERVERS), dice.randrange(10)
    number = dice.choice([*CIRCLES])
    happenings: list[tuple[int, Callable[[], None]]] = [
        (6, lambda: community.members_earn([award(dice) for _ in range(dice.randrange(1, 9))])),
        (3, lambda: community.a_member_loses(member, dice.choice([5, 10, 30]), at, number)),
        (2, lambda: community.a_member_hides(member, hidden=dice.random() < 0.5)),
        (
            3,
            lambda: community.discord_says_who_is_there(
                member, server, at, gone=dice.random() < 0.6
            ),
        ),
        (3, lambda: community.a_member_is_seen(member, server, at)),
        (1, lambda: community.a_member_is_erased(member)),
        (1, lambda: community.a_name_is_forgotten(member, server)),
        (1, lambda: community.a_member_is_known_only_after_their_points(member)),
        (1, lambda: community.a_season_opens_late(dice.choice([*SEASONS]))),
        (
            1,
            lambda: community.an_erratum_moves_a_riddle_to_another_circle(
                number, dice.choice(["net", "web"])
            ),
        ),
        (1, community.the_books_are_rebuilt_by_another_program),
        (1, community.the_program_starts_anew),
    ]
    (happening,) = dice.choices(
        [happening for _, happening in happenings], [weight for weight, _ in happenings]
    )
    happening()


def award(dice: random.Random) -> Award:
    kinds = [Kind.AWARD, Kind.AWARD, Kind.BONUS, Kind.MERGE, Kind.RELEASE]
    return (
        dice.choice(MEMBERS),
        dice.choice([10, 10, 20, 30]),
        dice.randrange(9),
        dice.choice([None, 1, 2, 3]),
        dice.choice(kinds),
        dice.choice(SERVERS),
    )


usual = settings(
    # Making a failing history shorter takes minutes; it is printed as it was found.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

TestAnyHistory = Community.TestCase
TestAnyHistory.settings = settings(
    usual, max_examples=5, stateful_step_count=8, derandomize=True, database=None
)


@pytest.mark.long
class TestManyHistories(Community.TestCase):
    settings = settings(usual, max_examples=40, stateful_step_count=30)


# What no history shows.


async def a_crowd(database: Database, members: int, points: Sequence[int]) -> list[int]:
    """So many members; the nth has the nth of `points`, over and over."""
    async with database.transaction() as tx:
        accounts = [await meet_one(tx, a_person(n), NOW) for n in range(1, members + 1)]
        await post_all(
            tx,
            [
                a_transfer(account, points[n % len(points)], counts_at=NOW + n % 7)
                for n, account in enumerate(accounts)
            ],
        )
    return accounts


async def test_pages_show_everybody_exactly_once(database: Database) -> None:
    accounts = await a_crowd(database, 103, [10, 20, 20, 30])
    async with Boards(database) as boards:
        pages = [
            await boards.page(Window(season=0), server=SERVER, first=first, lines=10)
            for first in range(1, 120, 10)
        ]
        places = [
            (await boards.own(Window(season=0), account, server=SERVER)).place
            for account in accounts
        ]
    listed = [line.account for page in pages for line in page]

    assert sorted(listed) == sorted(accounts)
    assert [listed[(place or 0) - 1] for place in places] == accounts


async def test_a_thousand_updates_while_others_look(database: Database) -> None:
    accounts = await a_crowd(database, 50, [10])
    dice = random.Random(7)
    window = Window(season=0)
    async with Boards(database) as boards:

        async def update() -> None:
            for _ in range(100):
                awards = [
                    a_transfer(dice.choice(accounts), 5, counts_at=NOW + dice.randrange(9))
                    for _ in range(10)
                ]
                async with database.transaction() as tx:
                    await post_all(tx, awards)

        async def look() -> list[int]:
            seen: list[int] = []
            while not updating.done():
                view = await boards.view(window, accounts[0], server=None, lines=50)
                assert len(view.lines) == 50
                ranks = [1 + sum(b.points > a.points for b in view.lines) for a in view.lines]
                assert [line.rank for line in view.lines] == ranks
                assert view.lines[(view.own.place or 0) - 1].account == accounts[0]
                seen.append(sum(line.points for line in view.lines))
            return seen

        updating = asyncio.create_task(update())
        looks = await asyncio.gather(*(look() for _ in range(4)))
        await updating
        after = await boards.page(window, server=None, lines=50)
        async with database.reading() as reader:
            assert after == await page(reader, window, server=None, lines=50)

    assert all(seen == sorted(seen) for seen in looks)
    assert sum(line.points for line in after) == 50 * 10 + 1000 * 5


async def test_whoever_looks_sees_what_was_just_committed(database: Database) -> None:
    accounts = await a_crowd(database, 3, [10])
    async with Boards(database) as boards:
        for n in range(1, 40):
            async with database.transaction() as tx:
                await post(tx, a_transfer(accounts[0], 5, counts_at=NOW + n))
            own_ = await boards.own(Window(season=0), accounts[0], server=None)

            assert own_.points == 10 + 5 * n


async def test_a_board_that_missed_too_much_is_built_anew(database: Database) -> None:
    (account,) = await a_crowd(database, 1, [10])
    async with Boards(database) as boards:
        await boards.page(Window(season=0), server=None)
        async with database.transaction() as tx:
            await tx.execute("UPDATE members SET hidden = 1 WHERE account = ?", (account,))
            await tx.many("INSERT INTO board_changes (account) VALUES (?)", [(9,)] * 13_000)
            kept = await tx.value("SELECT count(*) FROM board_changes")

        assert kept < 12_000
        assert await boards.page(Window(season=0), server=None) == []


@pytest.mark.parametrize("transfers", [following.STEP * 5 // 2, following.FAR + 1])
async def test_a_board_that_is_far_behind_catches_up_or_starts_anew(
    database: Database, transfers: int
) -> None:
    accounts = await a_crowd(database, 7, [10])
    async with Boards(database) as boards:
        await boards.page(Window(season=0), server=None)
        async with database.transaction() as tx:
            await post_all(tx, [a_transfer(accounts[n % 5], 1) for n in range(transfers)])
        async with database.reading() as reader:
            truth = await page(reader, Window(season=0), server=None)

        assert await boards.page(Window(season=0), server=None) == truth


async def test_books_that_are_older_than_the_board_are_noticed(database: Database) -> None:
    (account,) = await a_crowd(database, 1, [10])
    scope = (Window(season=0), None)
    async with database.reading() as reader:
        followed = await following.build(scope, reader)
        followed.transfers += 1

        answer = await following.follow(scope, followed, partial(own_points, account), reader)
        assert isinstance(answer, following.Lost)


async def own_points(account: int, _: Reader, board: Board) -> int | None:
    return board.points(account)


async def test_boards_that_nobody_needs_are_forgotten_and_tell_the_truth_again(
    database: Database,
) -> None:
    (account, *_) = await a_crowd(database, 6, [10])
    for boards in (Boards(database, idle_s=0.0), Boards(database, most_members=7)):
        async with boards:
            for _ in range(3):
                for window in (Window(season=0), Window(span=(NOW, NOW + 100))):
                    mine = await boards.own(window, account, server=None)
                    assert mine.members == 6
            assert boards.kept == 1


async def test_one_who_gives_up_waiting_for_a_board_spoils_it_for_nobody(
    database: Database,
) -> None:
    await a_crowd(database, 5, [10])
    async with Boards(database) as boards:
        impatient = asyncio.create_task(boards.page(Window(season=0), server=None))
        patient = asyncio.create_task(boards.page(Window(season=0), server=None))
        await asyncio.sleep(0)
        impatient.cancel()

        assert len(await patient) == 5
        with pytest.raises(asyncio.CancelledError):
            await impatient


async def test_closing_gives_up_what_is_being_built(database: Database) -> None:
    await a_crowd(database, 5, [10])
    boards = Boards(database)
    waiting = asyncio.create_task(boards.page(Window(season=0), server=None))
    await asyncio.sleep(0)
    await boards.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_page_beyond_the_end_is_empty(database: Database) -> None:
    await a_crowd(database, 3, [10])
    async with Boards(database) as boards:
        assert await boards.page(Window(season=0), server=None, first=4) == []
        assert len(await boards.page(Window(season=0), server=None, first=-5)) == 3


@pytest.mark.parametrize(
    "facts", [{}, {"span": (1, 2), "season": 0}, {"span": (1, 2), "round": 1}, {"circle": "net"}]
)
def test_a_window_is_one_thing(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a season, a round or a span"):
        Window(**facts)

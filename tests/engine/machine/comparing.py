"""Both worlds compared, after each step and, in more depth, now and then."""

import hashlib
import json
from typing import Any

from engine.books.audit import audit
from engine.standings import Window, own, page
from engine.storage.transactions import Reader
from tests.audit import COLUMNS, assert_books_fit
from tests.engine.machine.community import Community
from tests.engine.machine.notebook import Life

FOR_EVER = (0, 1 << 62)


def compare(community: Community) -> None:
    """What must hold after each step."""
    community.read(lambda reader: _compare(community, reader))


def compare_in_depth(community: Community) -> None:
    """The audits: the engine's own, and the one that shares no code with it."""

    async def look(reader: Reader) -> None:
        found = await audit(reader)
        assert found.trouble is None
        assert found.rows == community.last_row
        await assert_books_fit(reader)

    community.read(look)


async def _compare(community: Community, reader: Reader) -> None:
    await _rows_are_chained(community, reader)
    await _points_are_where_they_should_be(community, reader)
    await _scores_are_what_was_earned(community, reader)
    await _solves_stand_with_their_own_moments(community, reader)
    await _promises_stand(community, reader)
    await _boards_are_in_order(community, reader)


async def _rows_are_chained(community: Community, reader: Reader) -> None:
    """Of the rows since the last look; those before can no longer change unseen."""
    rows = await reader.all(
        "SELECT * FROM transfers WHERE id > ? ORDER BY id", (community.last_row,)
    )
    for row in rows:
        facts: list[Any] = [row[name] for name in COLUMNS]
        facts = [fact.hex() if isinstance(fact, bytes) else fact for fact in facts]
        written = json.dumps(facts, separators=(",", ":")).encode()
        digest = hashlib.sha256(community.last_digest + written).digest()
        assert (row["id"], row["digest"]) == (community.last_row + 1, digest)
        community.last_row, community.last_digest = row["id"], digest


async def _points_are_where_they_should_be(community: Community, reader: Reader) -> None:
    rows = await reader.all("SELECT id, kind, owner, balance FROM accounts")
    notebook = community.notebook
    expected = {
        "house": notebook.house,
        "held": notebook.held,
        "spent": notebook.spent,
        "elsewhere": notebook.elsewhere,
        "erased": notebook.erased,
    }
    assert {row["kind"]: row["balance"] for row in rows if row["kind"] in expected} == expected
    balances = {row["id"]: row["balance"] for row in rows if row["kind"] == "member"}
    assert balances == {life.account: life.balance for life in notebook.lives}
    debts = {row["owner"]: -row["balance"] for row in rows if row["kind"] == "owed"}
    for life in notebook.lives:
        assert debts.get(life.account, 0) == life.debt, life
        assert not (life.erased and life.balance), life
    assert sum(row["balance"] for row in rows) == 0
    assert notebook.held == sum(one.reward.cost for one in community.shop.open) + sum(
        one.held for one in community.lotteries
    )


async def _scores_are_what_was_earned(community: Community, reader: Reader) -> None:
    rows = await reader.all("SELECT season, account, points, reached_at FROM scores")
    kept = {(row["season"], row["account"]): (row["points"], row["reached_at"]) for row in rows}
    for number, (start, end) in enumerate([FOR_EVER, *community.seasons]):
        for life in community.notebook.lives:
            expected = life.score(start, end, everything=number == 0)
            assert kept.pop((number, life.account), (0, 0)) == expected, (number, life)
    assert kept == {}


async def _solves_stand_with_their_own_moments(community: Community, reader: Reader) -> None:
    rows = await reader.all("SELECT round, account, at, ranked FROM solves")
    assert {(row["round"], row["account"]): (row["at"], bool(row["ranked"])) for row in rows} == {
        (riddle.id, life.account): (solve.at, solve.ranked)
        for riddle in community.riddles
        for life, solve in riddle.solves.items()
    }


async def _promises_stand(community: Community, reader: Reader) -> None:
    """Redemptions and tickets."""
    rows = await reader.all("SELECT id, account, reward, state FROM redemptions ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (one.id, one.life.account, one.reward.id, one.state) for one in community.shop.requests
    ]
    rows = await reader.all("SELECT draw, account, tickets, held FROM draw_entries")
    assert {(row["draw"], row["account"]): (row["tickets"], row["held"]) for row in rows} == {
        (one.id, life.account): (tickets, tickets * one.price if one.held else 0)
        for one in community.lotteries
        for life, tickets in one.tickets.items()
    }


async def _boards_are_in_order(community: Community, reader: Reader) -> None:
    for season, span in enumerate([FOR_EVER, *community.seasons[-1:]]):
        number = len(community.seasons) if season else 0
        on_it = [
            (life.score(*span, everything=number == 0), life)
            for life in community.notebook.lives
            if life.seen_at is not None
            and life.gone_at is None
            and not (life.hidden or life.erased)
        ]
        board = sorted(((score, life) for score, life in on_it if score[0] > 0), key=_place)
        ranks = {
            life.account: 1 + sum(other[0] > score[0] for other, _ in board)
            for score, life in board
        }
        lines = await page(reader, Window(season=number), server=None)
        assert [(line.account, line.points, line.rank) for line in lines] == [
            (life.account, score[0], ranks[life.account]) for score, life in board
        ]
        for score, life in board[-1:]:
            mine = await own(reader, Window(season=number), life.account, server=None)
            assert (mine.points, mine.rank, mine.place, mine.members) == (
                score[0],
                ranks[life.account],
                len(board),
                len(board),
            )


def _place(line: tuple[tuple[int, int], Life]) -> tuple[int, int, int]:
    (points, reached), life = line
    return -points, reached, life.account

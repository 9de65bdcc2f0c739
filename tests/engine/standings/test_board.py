"""A board in memory is a sorted list that never needs sorting."""

from hypothesis import given
from hypothesis import strategies as st

from engine.standings.board import Board

ACCOUNTS = st.integers(2**32, 2**63 - 1)
SCORES = st.dictionaries(
    ACCOUNTS, st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=0, max_size=30
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 29), st.integers(-2, 6), st.integers(0, 2**44)), max_size=30
)


def expected(scores: dict[int, tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Lines as (rank, account, points)."""
    order = sorted(scores, key=lambda account: (-scores[account][0], scores[account][1], account))
    points = [scores[account][0] for account in order]
    return [
        (1 + sum(other > own for other in points), account, own)
        for account, own in zip(order, points, strict=True)
    ]


@given(SCORES, CHANGES, st.integers(1, 4))
def test_it_tells_what_sorting_tells(
    scores: dict[int, tuple[int, int]], changes: list[tuple[int, int, int]], size: int
) -> None:
    board = Board()
    accounts = [*scores, 7]
    for start in range(0, len(accounts), 5):
        some = accounts[start : start + 5]
        board.fill((each, *scores[each]) for each in some if each in scores)
    for number, points, reached_at in changes:
        account = accounts[number % len(accounts)]
        board.put(account, points, reached_at)
        scores.pop(account, None)
        if points > 0:
            scores[account] = points, reached_at
    lines = expected(scores)
    pages = [board.page(first, size) for first in range(1, len(lines) + 1, size)]

    assert [line for page in pages for line in page] == lines
    assert len(board) == len(lines)
    for place, (rank, account, points) in enumerate(lines, 1):
        assert (board.place(account), board.points(account)) == (place, points)
        assert board.rank(points) == rank
    for points in range(1, 7):
        assert board.rank(points) == 1 + sum(own > points for _, _, own in lines)


def test_whoever_is_not_on_it_has_no_place() -> None:
    board = Board()
    board.drop(5)
    board.put(5, 0, 1)

    assert (len(board), board.place(5), board.points(5)) == (0, None, None)
    assert board.page(1, 10) == []

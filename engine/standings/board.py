"""A board in memory: members in the order of their points, and then of when they reached them.

A member is one whole number in which points, moment and account lie side by side, so the order
of the numbers is the order of the board. Places, ranks and pages are found by halving.
"""

from collections.abc import Iterable

from sortedcontainers import SortedList

ACCOUNT_BITS = 63
MOMENT_BITS = 45
_ACCOUNT = (1 << ACCOUNT_BITS) - 1
_LAST_MOMENT = (1 << MOMENT_BITS) - 1


class Board:
    """Who is on the board, and with how much; only points above zero bring one there."""

    def __init__(self) -> None:
        self._order: SortedList[int] = SortedList()
        self._keys: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._order)

    def fill(self, scores: Iterable[tuple[int, int, int]]) -> None:
        """Put members there who are not on the board yet, as (account, points, reached_at)."""
        keys = {
            account: _key(account, points, reached_at)
            for account, points, reached_at in scores
            if points > 0
        }
        self._keys |= keys
        self._order.update(keys.values())

    def put(self, account: int, points: int, reached_at: int) -> None:
        """Let a member have that score."""
        before = self._keys.get(account)
        after = _key(account, points, reached_at) if points > 0 else None
        if before == after:
            return
        if before is not None:
            self._order.remove(before)
        if after is None:
            del self._keys[account]
        else:
            self._keys[account] = after
            self._order.add(after)

    def drop(self, account: int) -> None:
        """Take a member off the board."""
        self.put(account, 0, 0)

    def points(self, account: int) -> int | None:
        """What a member has; None for somebody who is not on the board."""
        key = self._keys.get(account)
        return None if key is None else _points(key)

    def rank(self, points: int) -> int:
        """The rank of so many points, whoever has them."""
        return self._order.bisect_left(-points << (MOMENT_BITS + ACCOUNT_BITS)) + 1

    def place(self, account: int) -> int | None:
        """Which line is a member's, counted from 1; None for somebody who is not on the board."""
        key = self._keys.get(account)
        return None if key is None else self._order.bisect_left(key) + 1

    def page(self, first: int, lines: int) -> list[tuple[int, int, int]]:
        """Lines of the board from its `first`, counted from 1, as (rank, account, points)."""
        keys = list(self._order.islice(first - 1, first - 1 + lines))
        ranks = {points: self.rank(points) for points in {_points(key) for key in keys}}
        return [(ranks[_points(key)], key & _ACCOUNT, _points(key)) for key in keys]


def _key(account: int, points: int, reached_at: int) -> int:
    moment = min(max(reached_at, 0), _LAST_MOMENT)
    return (-points << MOMENT_BITS | moment) << ACCOUNT_BITS | account


def _points(key: int) -> int:
    return -(key >> (MOMENT_BITS + ACCOUNT_BITS))

"""Leaving: what is owed to Discord when a member is erased, written down with the erasure.

Their requests in the staff's channel name nobody any more, and ask for nothing.

Roles that follow the books are taken from whoever is in the books no more. Discord has to be told
from whom, so these posts, and nothing else, keep the id until it has heard; at most a week.
"""

from dataclasses import replace

from engine import posts
from engine.people.erasure import Erased, LeftRole, erase
from engine.posts import Owed
from engine.shop import request_queue
from engine.storage.database import Transaction
from riddles.shop.rewarding import restate
from riddles.week.owing import role_change

WAIT_MS = 7 * 86_400_000
"""How long a post may keep an erased member's id."""


async def forget(tx: Transaction, member: int, secret: bytes, now_ms: int) -> Erased | None:
    """Erase a member, for good, and owe Discord what follows; None for somebody never seen."""
    gone = await erase(tx, member, secret, now_ms)
    if gone is not None:
        waiting = await posts.open_about(tx, "role_take", gone.account)
        late = {LeftRole(post.server, post.facts["role"]) for post in waiting}
        for role in sorted(late.union(gone.roles)):
            await posts.owe(tx, [await _taking(tx, gone.account, member, role, now_ms)], now_ms)
        for number in await request_queue.naming(tx, gone.account):
            await restate(tx, number, now_ms, because=f":erased:{gone.account}")
    return gone


async def _taking(tx: Transaction, account: int, member: int, left: LeftRole, now_ms: int) -> Owed:
    change = role_change(
        f"erasure:{account}:{left.server}:{left.role}",
        server=left.server,
        account=account,
        role=left.role,
        give=False,
    )
    return replace(
        change,
        # Behind what the shop owes them, and behind nobody else's.
        lane=f"{change.lane}:{account}",
        facts={**change.facts, "member": member, "until": now_ms + WAIT_MS},
        # A milestone's role may be on its way to them at this moment.
        follows=await posts.under_way(tx, change.lane),
    )

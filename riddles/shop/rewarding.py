"""Rewarding: what follows from a redemption, for its member and for the staff, and its moments.

Each function works within the transaction that moves the redemption, so that the points, the
notice to the member and the words to the staff are written together or not at all.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from engine import posts
from engine.moments import from_ms, to_ms
from engine.people import notices
from engine.people.notices import Notice
from engine.posts import Owed
from engine.shop import codes, fulfilment, loans, request_queue
from engine.shop.redemptions import Redemption, State, get
from engine.storage.database import Transaction
from riddles.sentence import Sentence
from riddles.shop.promises import role_post
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

REMIND_BEFORE_MS = 2 * 86_400_000
"""How long before its deadline staff are told once more of a request."""


async def restate(tx: Transaction, number: int, now_ms: int, *, because: str = "") -> None:
    """Staff see in their channel how a request stands now: once after each step it takes.

    `because` names what else has changed about it.
    """
    last = await tx.value("SELECT max(id) FROM redemption_steps WHERE redemption = ?", (number,))
    rows = await tx.all(
        "SELECT server FROM posts WHERE kind = 'request' AND key BETWEEN ? AND ?",
        (f"request:{number}:", f"request:{number};"),
    )
    changes = [
        Owed(
            key=f"request_state:{last}{because}:{row['server']}",
            kind="request_state",
            lane=f"{row['server']}:staff",
            server=row["server"],
            facts={"redemption": number},
        )
        for row in rows
    ]
    await posts.owe(tx, changes, now_ms)


async def tell_member(tx: Transaction, one: Redemption, sentence: Sentence, now_ms: int) -> None:
    """A notice about a redemption; one for each step it takes."""
    last = await tx.value("SELECT max(id) FROM redemption_steps WHERE redemption = ?", (one.id,))
    notice = Notice(key=f"redemption:{one.id}:{last}", account=one.account, words=sentence.kept)
    await notices.owe(tx, [notice], now_ms)


async def role_given(tx: Transaction, number: int, now_ms: int, *, tried: bool = True) -> None:
    """Discord has given a role: its points are spent; if they went back meanwhile, it goes too.

    A role that nobody `tried` to give stays as it is: the member may have it from the staff.
    """
    if await fulfilment.given(tx, number, now_ms) is not None:
        return
    one = await get(tx, number)
    if one is None or one.state is not State.CANCELED or not tried:
        return
    if not await loans.is_still_lent(tx, one):
        await posts.owe(tx, [role_post(one, give=False)], now_ms)


async def role_refused(
    tx: Transaction, number: int, now_ms: int, *, tried_before: bool = False
) -> None:
    """Discord will not give a role, now or later: the points go back.

    Where it was `tried_before`, the role may have arrived unseen: then it goes too.
    """
    try:
        one = await fulfilment.cancel(tx, number, now_ms, step="refused")
    except fulfilment.AlreadySettled:
        return
    await tell_member(tx, one, _not_given(one), now_ms)
    if not tried_before:
        await take_what_is_left(tx, one, now_ms)
    elif not await loans.is_still_lent(tx, one):
        await posts.owe(tx, [role_post(one, give=False)], now_ms)


async def take_what_is_left(tx: Transaction, one: Redemption, now_ms: int) -> None:
    """A role that a loan left in place for `one`, which was canceled, goes after all."""
    if one.terms.kind == "role" and await loans.outlives_a_loan(tx, one):
        await posts.owe(tx, [role_post(one, give=False)], now_ms)


async def follow_refund(tx: Transaction, one: Redemption, why: str, now_ms: int) -> None:
    """What a refund brings about: the member reads `why`, a role goes, the request says so."""
    word = Sentence(
        "The staff gave you your {points} for “{reward}” back: {why}.",
        reward=dict(one.terms.name),
        why=why.rstrip("."),
        points=one.cost,
    )
    await tell_member(tx, one, word, now_ms)
    await take_refunded(tx, one, now_ms)
    await restate(tx, one.id, now_ms)


async def take_refunded(tx: Transaction, one: Redemption, now_ms: int) -> None:
    """A role that was paid back goes, unless the member has it by another redemption too."""
    if one.terms.kind == "role" and not await loans.is_still_lent(tx, one):
        await posts.owe(tx, [role_post(one, give=False)], now_ms)


def _not_given(one: Redemption) -> Sentence:
    return Sentence(
        "The role for “{reward}” could not be given. You have your {points} back.",
        reward=dict(one.terms.name),
        points=one.cost,
    )


class Rewarding:
    """What falls due with redemptions: neglected requests, roles that were lent."""

    def __init__(self, show: Show, wake_courier: Callable[[], None]) -> None:
        self._show = show
        self._wake_courier = wake_courier
        self._one_at_a_time = asyncio.Lock()
        self._reminded: set[int] = set()
        self._dry: set[str] = set()
        self._mistakes: set[str] = set()

    async def tick(self) -> None:
        """Do whatever is due and not done; harmless at any time, any number of times."""
        now = to_ms(self._show.clock.now())
        async with self._one_at_a_time:
            async with self._show.database.reading() as reader:
                next_ = await request_queue.next_moment(reader)
                soon = await request_queue.due_before(reader, now + REMIND_BEFORE_MS)
            if next_ is not None and next_ <= now:
                async with self._show.database.transaction() as tx:
                    await self._give_back(tx, now)
                    await self._end_roles(tx, now)
            if nearly_due := [one for one in soon if self._is_to_be_told(one, now)]:
                await self._remind(nearly_due, now)
            await self._tell_of_empty_pools(now)
            await self._tell_of_mistakes(now)
        self._wake_courier()

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due after now, and when."""
        now = to_ms(self._show.clock.now())
        async with self._show.database.reading() as reader:
            moment = await request_queue.next_moment(reader)
        # What is overdue could not be done: it is not asked for again and again.
        return None if moment is None or moment <= now else ("rewards", from_ms(moment))

    async def _give_back(self, tx: Transaction, now: int) -> None:
        for one in await fulfilment.cancel_neglected(tx, now):
            log.info("redemption %d was not kept in time: its points go back", one.id)
            facts = {"reward": dict(one.terms.name), "points": one.cost}
            if one.terms.kind == "role":
                sentence = _not_given(one)
                word = Sentence(
                    "The role for “{reward}” could not be given within a day (no. {number}): "
                    "{points} went back to the member.",
                    number=one.id,
                    **facts,
                )
                await take_what_is_left(tx, one, now)
            else:
                sentence = Sentence(
                    "Nobody could see to “{reward}” in time. You have your {points} back.", **facts
                )
                word = Sentence(
                    "Request no. {number} (“{reward}”) was not seen to in time: "
                    "{points} went back to the member.",
                    number=one.id,
                    **facts,
                )
            await tell_member(tx, one, sentence, now)
            await restate(tx, one.id, now)
            await posts.owe(tx, to_staff(self._show.settings, f"neglected:{one.id}", word), now)

    async def _end_roles(self, tx: Transaction, now: int) -> None:
        for one in await loans.end_roles(tx, now):
            await posts.owe(tx, [role_post(one, give=False)], now)
            sentence = Sentence("Your time with “{reward}” is over.", reward=dict(one.terms.name))
            await tell_member(tx, one, sentence, now)

    def _is_to_be_told(self, one: Redemption, now: int) -> bool:
        """Whether its deadline is near; what has to be quick is told once half the time is over."""
        deadline = one.deadline_at or now
        return one.id not in self._reminded and now < deadline <= 2 * now - one.at

    async def _remind(self, requests: Sequence[Redemption], now: int) -> None:
        """Tell staff of what is nearly due; each request once."""
        async with self._show.database.transaction() as tx:
            for one in requests:
                word = Sentence(
                    "Request no. {number} (“{reward}”) waits for you until {deadline_at}; "
                    "then its points go back.",
                    number=one.id,
                    reward=dict(one.terms.name),
                    deadline_at=one.deadline_at,
                )
                await posts.owe(tx, to_staff(self._show.settings, f"due:{one.id}", word), now)
        self._reminded |= {one.id for one in requests}

    async def _tell_of_mistakes(self, now: int) -> None:
        """Tell staff once of each mistake that keeps the catalogue from being used."""
        week = from_ms(now).strftime("%G-W%V")
        words = {
            f"rewards:{week}:{one.line}:{one.message}": Sentence(
                "{file}, line {line}: {why}. Until that is mended, the shop stays as it was.",
                file=one.path.name,
                line=str(one.line),
                why=one.message,
            )
            for one in self._show.shop.mistakes
        }
        if words.keys() - self._mistakes:
            async with self._show.database.transaction() as tx:
                for key, word in words.items():
                    await posts.owe(tx, to_staff(self._show.settings, key, word), now)
            self._mistakes |= words.keys()

    async def _tell_of_empty_pools(self, now: int) -> None:
        """Tell staff once of each pool of codes that has run dry, or cannot be opened."""
        shop = self._show.shop
        rewards = (await shop.catalogue()).rewards
        if not any(reward.kind == "code" for reward in rewards.values()):
            return
        async with self._show.database.reading() as reader:
            pools = await codes.pools(reader, shop.manner.secret)
        words: dict[str, Sentence] = {}
        for pool in pools:
            reward, loaded = rewards.get(pool.reward), pool.assigned + pool.saved
            key = f"pool:{pool.reward}:{loaded}:{pool.other_secret}"
            if reward is None or reward.kind != "code" or pool.free or key in self._dry:
                continue
            word = (
                Sentence(
                    "The codes of “{reward}” cannot be opened: RIDDLES_SECRET is missing, or "
                    "another one than when they were loaded.",
                    reward=dict(reward.name),
                )
                if pool.other_secret
                else Sentence(
                    "There are no codes left for “{reward}”: add some with `/fulfil codes`.",
                    reward=dict(reward.name),
                )
            )
            words[key] = word
        if words:
            async with self._show.database.transaction() as tx:
                for key, word in words.items():
                    await posts.owe(tx, to_staff(self._show.settings, key, word), now)
            self._dry |= words.keys()

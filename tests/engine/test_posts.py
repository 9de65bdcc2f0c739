"""What Discord is owed is recorded once, taken in hand by one, and made in order."""

from typing import Any

import pytest

from engine import posts
from engine.posts import Owed
from engine.storage.database import Database, Transaction


def owed(key: str, lane: str = "hall", **changes: object) -> Owed:
    return Owed(key=key, kind="staff", lane=lane, server=1, **changes)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # a test's shorthand


async def ready(tx: Transaction, now_ms: int = 0) -> list[str]:
    return [post.key for post in await posts.ready(tx, now_ms)]


async def claim(tx: Transaction, key: str) -> posts.Post:
    post = await posts.find(tx, key)
    assert post is not None
    claimed = await posts.claim(tx, post.id, 0)
    assert claimed is not None
    return claimed


async def test_what_is_owed_is_kept_as_it_was_told(database: Database) -> None:
    facts = {"sentence": "L'énigme n’est pas prête 🙈", "n": 2, "first": [1, 2]}
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a", facts=facts)], 5)
        post = await posts.find(tx, "a")

    assert post is not None
    assert post.facts == facts
    assert (post.state, post.owed_at, post.attempts) == ("pending", 5, 0)
    assert (post.channel, post.message, post.first_at) == (None, None, None)


async def test_what_is_owed_twice_is_owed_once(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a", facts={"n": 1}), owed("a", facts={"n": 2})], 5)
        await posts.owe(tx, [owed("a", facts={"n": 3})], 9)
        rows = await tx.all("SELECT facts, owed_at FROM posts")

    assert [tuple(row) for row in rows] == [('{"n":1}', 5)]


async def test_what_is_done_is_not_owed_again(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        post = await claim(tx, "a")
        await posts.confirm(tx, post.id, channel=7, message=8, now_ms=9)
        await posts.owe(tx, [owed("a")], 10)

        assert await ready(tx, 99) == []
        done = await posts.find(tx, "a")
    assert done is not None
    assert (done.state, done.channel, done.message) == ("done", 7, 8)


async def test_what_is_gone_is_owed_again_ahead_of_what_came_after_it(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a", facts={"n": 1, "channel": 7}), owed("b")], 0)
        post = await claim(tx, "a")
        await posts.confirm(tx, post.id, channel=7, message=8, now_ms=9)
        await posts.owe_again(tx, "a", {"channel": 70}, 10)

        assert await ready(tx, 10) == ["a"]
        again = await posts.find(tx, "a")
    assert again is not None
    assert again.facts == {"n": 1, "channel": 70}
    assert (again.state, again.owed_at, again.attempts) == ("pending", 10, 0)
    assert (again.channel, again.message, again.first_at) == (None, None, None)


async def test_what_is_under_way_or_given_up_is_not_owed_again(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a"), owed("b", lane="yard")], 0)
        await posts.fail(tx, (await claim(tx, "a")).id, error="no")
        await claim(tx, "b")
        for key in ("a", "b", "c"):
            await posts.owe_again(tx, key, {"n": 1}, 10)
        rows = await tx.all("SELECT state, facts FROM posts ORDER BY id")

    assert [tuple(row) for row in rows] == [("failed", "{}"), ("sending", "{}")]


async def test_what_waits_for_a_post_is_its_lane_and_what_follows_it(database: Database) -> None:
    async with database.transaction() as tx:
        others = [owed("d", lane="yard", follows="b"), owed("e", lane="yard", follows="c")]
        await posts.owe(tx, [owed("a"), owed("b"), owed("c"), *others], 0)
        found = {key: await posts.find(tx, key) for key in "abcd"}

        assert [await posts.behind(tx, post) for post in found.values() if post] == [2, 2, 1, 1]


async def test_a_post_is_taken_in_hand_by_one_only(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        post = await claim(tx, "a")

        assert (post.state, post.attempts, post.tried_before) == ("sending", 1, False)
        assert await posts.claim(tx, post.id, 0) is None
        assert await ready(tx) == []


async def test_posts_of_a_lane_happen_in_order(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a1", "a"), owed("b1", "b"), owed("a2", "a")], 0)
        assert await ready(tx) == ["a1", "b1"]

        first = await claim(tx, "a1")
        assert await ready(tx) == ["b1"]

        await posts.put_off(tx, first.id, error="?", next_ms=100)
        assert await ready(tx, 99) == ["b1"]
        assert await ready(tx, 100) == ["a1", "b1"]

        await claim(tx, "a1")
        await posts.confirm(tx, first.id, channel=None, message=None, now_ms=0)
        assert await ready(tx) == ["b1", "a2"]


async def test_a_post_that_cannot_be_made_holds_up_nobody(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a"), owed("b")], 0)
        post = await claim(tx, "a")
        await posts.fail(tx, post.id, error="no such channel")
        failed = await posts.find(tx, "a")

        assert await ready(tx) == ["b"]
        assert failed is not None
        assert (failed.state, failed.error) == ("failed", "no such channel")


async def test_a_post_that_a_dead_program_was_sending_is_sent_again_with_care(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a"), owed("b"), owed("c", "other")], 0)
        await claim(tx, "a")
        released = await posts.release_claims(tx, await posts.in_hand(tx))
        again = await claim(tx, "a")

        assert released == 1
        assert again.tried_before
        assert again.first_at == 0


async def test_a_failure_keeps_its_reason_until_it_is_done(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        post = await claim(tx, "a")
        await posts.put_off(tx, post.id, error="slow down", next_ms=50)
        later = await claim(tx, "a")
        await posts.confirm(tx, post.id, channel=1, message=2, now_ms=60)
        done = await posts.find(tx, "a")

    assert later.error == "slow down"
    assert done is not None
    assert done.error is None


@pytest.mark.parametrize("state", ["pending", "done", "failed"])
async def test_only_who_has_a_post_in_hand_can_say_what_became_of_it(
    database: Database, state: str
) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        done = 1 if state == "done" else None
        await tx.execute("UPDATE posts SET state = ?, done_at = ?", (state, done))
        await posts.confirm(tx, 1, channel=1, message=2, now_ms=3)
        await posts.put_off(tx, 1, error="x", next_ms=4)
        await posts.fail(tx, 1, error="x")
        post = await posts.find(tx, "a")

    assert post is not None
    assert (post.state, post.message, post.error) == (state, None, None)


async def test_the_next_try_is_when_something_may_be_sent(database: Database) -> None:
    async with database.transaction() as tx:
        assert await posts.next_try(tx) is None

        await posts.owe(tx, [owed("a")], 7)
        assert await posts.next_try(tx) == 7

        post = await claim(tx, "a")
        assert await posts.next_try(tx) is None

        await posts.put_off(tx, post.id, error="?", next_ms=100)
        assert await posts.next_try(tx) == 100


@pytest.mark.parametrize("first", ["put off", "in hand"])
async def test_a_post_that_waits_for_its_turn_is_not_the_next_try(
    database: Database, first: str
) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a"), owed("b")], 0)
        post = await claim(tx, "a")
        if first == "put off":
            await posts.put_off(tx, post.id, error="?", next_ms=60_000)

        assert await posts.next_try(tx) == (60_000 if first == "put off" else None)


async def test_a_key_that_was_never_owed_is_not_found(database: Database) -> None:
    async with database.reading() as reader:
        assert await posts.find(reader, "a") is None


async def test_a_post_waits_for_the_one_it_follows_in_another_lane(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("after", "b", follows="first"), owed("first", "a")], 0)
        assert await ready(tx) == ["first"]

        first = await claim(tx, "first")
        assert await ready(tx) == []
        assert await posts.next_try(tx) is None

        await posts.confirm(tx, first.id, channel=None, message=None, now_ms=1)
        assert await ready(tx) == ["after"]


async def test_a_post_no_longer_waits_for_one_that_was_given_up(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("after", "b", follows="first"), owed("first", "a")], 0)
        first = await claim(tx, "first")
        await posts.fail(tx, first.id, error="?")

        assert await ready(tx) == ["after"]


async def test_a_post_that_follows_nothing_there_is_goes_out(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("after", follows="never owed")], 0)

        assert await ready(tx) == ["after"]


async def test_a_claim_says_when_the_attempt_before_it_was(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        first = await posts.claim(tx, 1, 10)
        await posts.put_off(tx, 1, error="?", next_ms=20)
        second = await posts.claim(tx, 1, 20)

    assert first is not None
    assert second is not None
    assert (first.tried_at, second.tried_at) == (None, 10)


async def test_an_attempt_that_was_not_made_leaves_no_trace(database: Database) -> None:
    async with database.transaction() as tx:
        await posts.owe(tx, [owed("a")], 0)
        post = await posts.claim(tx, 1, 10)
        assert post is not None
        await posts.put_back(tx, post, next_ms=15)
        untried = await posts.find(tx, "a")
        assert await ready(tx, 14) == []

        again = await posts.claim(tx, 1, 20)
        assert again is not None
        await posts.put_off(tx, 1, error="?", next_ms=21)
        third = await posts.claim(tx, 1, 30)
        assert third is not None
        await posts.put_back(tx, third, next_ms=31)
        tried_once = await posts.find(tx, "a")

    assert untried is not None
    assert tried_once is not None
    assert (untried.attempts, untried.first_at, untried.tried_at) == (0, None, None)
    assert not again.tried_before
    assert (tried_once.attempts, tried_once.first_at, tried_once.tried_at) == (1, 20, 20)


class Ear:
    """Hears what is asked of the database, and knows nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    async def all(self, sql: str, parameters: Any = ()) -> list[Any]:
        self.asked.append((sql, parameters))
        return []

    async def value(self, sql: str, parameters: Any = ()) -> None:
        await self.all(sql, parameters)


async def test_what_is_done_is_never_looked_through(database: Database) -> None:
    """The show's whole past lies in the same table."""
    ear: Any = Ear()
    await posts.ready(ear, 0)
    await posts.next_try(ear)
    await posts.in_hand(ear)
    async with database.reading() as reader:
        plans = [await reader.all(f"EXPLAIN QUERY PLAN {sql}", given) for sql, given in ear.asked]
    steps = [row["detail"] for plan in plans for row in plan]

    assert len(plans) == 3
    assert [step for step in steps if "posts_open" in step]
    assert not [step for step in steps if step.startswith("SCAN") and "posts_open" not in step]

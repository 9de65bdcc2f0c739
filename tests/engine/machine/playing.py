"""The week of the show: riddles go out, answers arrive, places are given, verdicts are told."""

import asyncio
import itertools

from engine.calendar import Step as RoundStep
from engine.judging import parse_answer
from engine.moments import from_ms, to_ms
from engine.people import erasure
from engine.play import insiders, rounds
from engine.play.hints import state, take
from engine.play.rounds import Round, open_round, take_step
from engine.play.settlement import settled
from engine.play.submissions import Attempt, Reply
from engine.scoring import Scoring
from engine.seasons import ensure
from engine.storage.transactions import Transaction
from tests.builders import PARIS, a_rhythm, a_try, rules
from tests.engine.machine.community import MEMBERS, Community, Sent
from tests.engine.machine.notebook import Life
from tests.engine.machine.noted import ANSWERS, HOUR, MINUTE, SECOND, Policy, Said, Worth
from tests.engine.machine.riddles import Riddle
from tests.engine.machine.steps import Dice, step

KEY = parse_answer(
    {
        "accept": ["quicksort"],
        "reject": ["bogosort"],
        "near": [
            {"when": text, "say": {"fr": "Presque !", "en": "Nearly!"}}
            for text, outcome in ANSWERS.items()
            if outcome == "close"
        ],
    }
)
SKEW = 5 * MINUTE
LATER = (0, 1, SECOND, 5 * SECOND, 40 * SECOND, 3 * MINUTE)
"""Between two tries."""
_interactions = itertools.count(1)
"""What tells interactions of one millisecond apart; as Discord's ids do, they grow with time."""
PASSING = (1, 5 * SECOND, MINUTE, 40 * MINUTE, 9 * HOUR, 30 * HOUR)


def has_rounds(community: Community) -> bool:
    return bool(community.riddles)


def waits_to_settle(community: Community) -> bool:
    return any(one.closed and not one.settled for one in community.riddles)


def waits_for_its_reveal(community: Community) -> bool:
    return any(one.settled and not one.revealed for one in community.riddles)


@step(3)
def time_passes(community: Community, dice: Dice) -> None:
    community.now += dice.choice(PASSING)


@step(2)
def a_season_starts(community: Community, _: Dice) -> None:
    community.season_starts()
    community.write(lambda tx: ensure(tx, from_ms(community.now), PARIS, 3))


@step(12, lambda community: not community.is_open())
def a_riddle_goes_out(community: Community, dice: Dice) -> None:
    plan = a_rhythm().plan(community.week)
    community.now = max(community.now, to_ms(plan.publishes_at))
    policy = a_policy(dice)
    sealed, author = dice.random() < 0.4, dice.choice((*MEMBERS, 99))
    most_tries = dice.choice((None, None, 4))
    frozen = rules(
        value=policy.value,
        verdict="at_reveal" if sealed else "instant",
        answer=KEY,
        author_id=community.person(author).id,
        scoring=scoring(policy),
        limits={"most_tries": most_tries},
    )
    opens = min(community.now, to_ms(plan.closes_at))

    async def opening(tx: Transaction) -> Round:
        return await open_round(
            tx, plan=plan, slug=f"riddle-{community.week}", rules=frozen, now=from_ms(opens)
        )

    round_ = community.write(opening)
    community.rounds.append(round_)
    community.riddles.append(
        Riddle(
            id=round_.id,
            slug=round_.slug,
            sealed=sealed,
            policy=policy,
            author=author,
            opens=opens,
            planned=to_ms(plan.closes_at),
            closes=to_ms(plan.closes_at),
            hints_free=[to_ms(at) for at in plan.hints_at],
            before=list(community.riddles),
            notebook=community.notebook,
            most_tries=most_tries,
        )
    )
    for earlier in community.riddles[:-1]:
        earlier.since.append(community.riddles[-1])
    community.week = community.week.next()


def a_policy(dice: Dice) -> Policy:
    """Any way to score there is."""
    name = dice.choice(("fixed", "time", "solves"))
    value = dice.choice((100, 37))
    streak = dice.choice(((0, 0, 0), (10, 25, 0), (10, 20, 1), (7, 7, 2)))
    podium = dice.choice(((), (30, 20, 10), (5,)))
    return Policy(
        name=name,
        value=value,
        hint=value // 10,
        least=value if name == "fixed" else dice.choice((1, 20)),
        grace=dice.choice((0, 10 * MINUTE)) if name == "time" else 0,
        curve=dice.choice(("linear", "parabolic")) if name == "solves" else "",
        decay=dice.choice((2, 15)),
        podium=podium,
        podium_grace=dice.choice((0, 2 * MINUTE)) if podium else 0,
        bonus=streak[0],
        cap=streak[1],
        forgiven=streak[2],
    )


def scoring(policy: Policy) -> Scoring:
    """The same, as the settings say it."""
    return Scoring.model_validate(
        {
            "policy": policy.name,
            "minimum": None if policy.name == "fixed" else policy.least,
            "grace": policy.grace // SECOND if policy.name == "time" else None,
            "curve": policy.curve or None,
            "decay": policy.decay if policy.name == "solves" else None,
            "podium": policy.podium,
            "podium_grace": policy.podium_grace // SECOND if policy.podium else None,
            "streak": {"bonus": policy.bonus, "cap": policy.cap, "forgiven": policy.forgiven}
            if policy.bonus
            else None,
        }
    )


@step(30, has_rounds)
def answers_arrive(community: Community, dice: Dice) -> None:
    tries: list[Attempt] = []
    for _ in range(dice.randrange(1, 14)):
        number = dice.choice(MEMBERS)
        community.here(number)
        riddle = dice.choice(community.riddles[-3:]) if dice.random() < 0.2 else None
        stamp = a_stamp(community, riddle or community.riddles[-1], dice)
        tries.append(
            a_try(
                dice.choice(("quicksort", *ANSWERS)),
                interaction=stamp << 20 | next(_interactions),
                person=community.person(number),
                at=stamp,
                received_at=community.now,
                round=riddle.id if riddle else None,
            )
        )
    hand_in(community, tries, dice)


def a_stamp(community: Community, riddle: Riddle, dice: Dice) -> int:
    """Mostly now; some were long on their way, some come from before the opening."""
    community.now += dice.choice(LATER)
    lot = dice.random()
    if lot < (0.4 if riddle.closed else 0.75):
        return community.now
    if lot < 0.9:
        return dice.randrange(
            riddle.opens, max(min(community.now, riddle.closes), riddle.opens) + 1
        )
    return riddle.opens - dice.choice((1, SKEW, SKEW + 1, HOUR))


def hand_in(community: Community, tries: list[Attempt], dice: Dice) -> None:
    """Deliver tries from as many tasks, some of them twice; they share a commit."""
    in_order = sorted(tries, key=lambda one: (one.at, one.interaction))
    for one in in_order:
        community.saw(one.person.id - 10_000, in_order[-1].at)
    heard: dict[int, tuple[int | None, Said, Worth | None]] = {}
    solved: dict[Riddle, dict[Life, int]] = {}
    for one in in_order:
        riddle = meant(community, one)
        if riddle is None:
            heard[one.interaction] = (None, Said("no_round"), None)
            continue
        life = community.people[one.person.id - 10_000]
        riddle.touched.add(life)
        said, solve = riddle.hear(life, one.text, one.at, one.interaction)
        if solve is not None:
            solved.setdefault(riddle, {})[life] = one.interaction
        heard[one.interaction] = (riddle.id, said, None)
    for riddle in sorted(solved, key=lambda one: one.id):
        for life, worth in riddle.arrive(solved[riddle]).items():
            round_id, said, _ = heard[solved[riddle][life]]
            heard[solved[riddle][life]] = (round_id, said, None if said.sealed else worth)
    sent = dice.sample(tries, len(tries)) + dice.sample(tries, len(tries) // 3)

    async def deliver() -> list[Reply]:
        return await asyncio.gather(*(community.desk.submit(one) for one in sent))

    for one, reply in zip(sent, community.run(deliver()), strict=True):
        round_id, said, worth = heard[one.interaction]
        assert reply.round == round_id
        assert heard_in(reply) == said, (one, reply)
        total = None if reply.earned is None else reply.earned.total
        assert total == (None if worth is None else worth.total), (one, reply)
    community.sent += [
        Sent(one, heard[one.interaction][1])
        for one in tries
        if heard[one.interaction][0] is not None
    ]


def heard_in(reply: Reply) -> Said:
    return Said(
        str(reply.told),
        free_at=reply.free_at,
        sealed=reply.sealed,
        practice=reply.practice,
        replaced=reply.replaced,
    )


def meant(community: Community, attempt: Attempt) -> Riddle | None:
    """The riddle whose button was pressed, or the newest one at that moment."""
    if attempt.round is not None:
        return next(one for one in community.riddles if one.id == attempt.round)
    known = [one for one in community.riddles if one.opens - SKEW <= attempt.at]
    return known[-1] if known else None


@step(3, lambda community: bool(community.sent))
def an_answer_comes_again(community: Community, dice: Dice) -> None:
    one = dice.choice(community.sent)
    reply = community.run(community.desk.submit(one.attempt))
    again = heard_in(reply)
    again.replaced = one.said.replaced  # An earlier answer may have taken its place since.
    assert again == one.said


@step(6, has_rounds)
def a_hint_is_asked_for(community: Community, dice: Dice) -> None:
    riddle, number, n = (
        dice.choice(community.riddles[-2:]),
        dice.choice(MEMBERS),
        dice.randrange(1, 5),
    )
    life = community.here(number)
    readable = riddle.readable(life, community.now)
    if n <= 3 and n not in readable and readable >= set(range(1, n)):
        riddle.of(life).hints[n] = community.now
        readable.add(n)

    async def asking(tx: Transaction) -> tuple[int, ...]:
        round_ = await rounds.get(tx, riddle.id)
        after = await take(tx, round_, life.account, n, community.now)
        assert after == await state(tx, round_, life.account, community.now)
        return after.open

    assert community.write(asking) == tuple(sorted(readable))


@step(2, has_rounds)
def somebody_is_shown_the_answer(community: Community, dice: Dice) -> None:
    riddle, life = dice.choice(community.riddles[-2:]), community.here(dice.choice(MEMBERS))
    riddle.shown[life] = min(community.now, riddle.shown.get(life, community.now))
    community.write(lambda tx: insiders.mark(tx, riddle.slug, life.account, community.now))


@step(6, lambda community: community.is_open())
def the_riddle_is_closed(community: Community, dice: Dice) -> None:
    riddle = community.riddles[-1]
    if dice.random() < 0.7:
        community.now = max(community.now, riddle.closes)
    riddle.closes = max(min(riddle.closes, community.now), riddle.opens)
    riddle.closed = True
    take_round_step(community, riddle, RoundStep.CLOSE)


@step(6, waits_to_settle)
def the_riddle_is_settled(community: Community, dice: Dice) -> None:
    riddle = dice.choice([one for one in community.riddles if one.closed and not one.settled])
    before = {life: pay.booked for life, pay in riddle.pay.items()}
    riddle.settle()
    take_round_step(community, riddle, RoundStep.SETTLE)
    worth = riddle.worth()

    async def places(tx: Transaction) -> dict[int, int]:
        rows = await tx.all(
            "SELECT account, json_extract(settled, '$.place') AS place FROM solves WHERE round = ?",
            (riddle.id,),
        )
        return {row["account"]: row["place"] for row in rows if row["place"] is not None}

    assert community.write(places) == {
        life.account: one.place
        for life, one in worth.items()
        # Who was paid more than that keeps it, with what explains it.
        if not life.erased and one.total >= before.get(life, 0)
    }


@step(6, waits_for_its_reveal)
def the_riddle_is_revealed(community: Community, dice: Dice) -> None:
    riddle = dice.choice([one for one in community.riddles if one.settled and not one.revealed])
    riddle.revealed = True
    riddle.forgotten.clear()
    take_round_step(community, riddle, RoundStep.REVEAL)
    community.write(erasure.let_go)


def take_round_step(community: Community, riddle: Riddle, wanted: RoundStep) -> None:
    now = from_ms(community.now)

    async def taking(tx: Transaction) -> Round:
        after = await take_step(tx, riddle.id, wanted, due_at=now, now=now)
        if wanted is RoundStep.SETTLE:
            await settled(tx, after, community.now)
        return after

    after = community.write(taking)
    assert to_ms(after.closes_at) == riddle.closes
    assert after.is_open != riddle.closed

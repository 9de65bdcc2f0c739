"""Members hide, leave, and ask to be forgotten; some come back."""

from engine.people.erasure import Erased, erase
from engine.people.members import hide
from engine.people.presence import mark_gone
from engine.storage.transactions import Transaction
from tests.builders import SERVER
from tests.engine.machine.community import MEMBERS, SECRET, Community
from tests.engine.machine.steps import Dice, step


@step(2)
def a_member_hides_or_shows_themselves(community: Community, dice: Dice) -> None:
    life = community.here(dice.choice(MEMBERS))
    life.hidden = not life.hidden
    community.write(lambda tx: hide(tx, life.account, hidden=life.hidden))


@step(2)
def a_member_leaves_the_server(community: Community, dice: Dice) -> None:
    life = community.here(dice.choice(MEMBERS))
    if life.seen_at is not None and life.seen_at <= community.now:
        life.gone_at = community.now
    community.write(lambda tx: mark_gone(tx, SERVER, life.account, community.now))


@step(2, lambda community: bool(community.people))
def a_member_is_erased(community: Community, dice: Dice) -> None:
    number = dice.choice(sorted(community.people))
    life = community.people.pop(number)
    for riddle in community.riddles:
        if not riddle.revealed and riddle.concerns(life):
            riddle.forgotten.add(number)
    for lottery in community.lotteries:
        if lottery.state == "announced" and life in lottery.tickets:
            lottery.leave(life)
    for request in community.shop.open:
        if request.life is life:
            community.shop.cancel(request)
    points = life.balance
    community.notebook.bury(life)
    community.waiting = [one for one in community.waiting if one.concerns is not life]

    async def erasing(tx: Transaction) -> Erased | None:
        return await erase(tx, community.person(number).id, SECRET, community.now)

    erased = community.write(erasing)
    assert erased is not None
    assert (erased.account, erased.points) == (life.account, points)

"""The shop as its keeper would note it: who asked for what, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.shop.rewards import Reward
from tests.engine.machine.notebook import Life, Notebook
from tests.rewards import DAY_MS, a_code, a_reward, a_role

PATIENCE_MS = 14 * DAY_MS
"""How long a request waits for a person."""
REWARDS = (
    a_reward(id="plain", cost=30),
    a_reward(id="scarce", cost=20, stock=2),
    a_reward(id="once", cost=10, limit_ever=1, cooldown_ms=3 * DAY_MS),
    a_role(id="gold", cost=25),
    a_code(id="key", cost=40),
)
CODES = 3


@dataclass(eq=False)
class Request:
    """A reward that was granted."""

    id: int
    life: Life
    reward: Reward
    at: int
    deadline: int | None
    state: str = "unfulfilled"


@dataclass
class Shop:
    notebook: Notebook
    requests: list[Request] = field(default_factory=list[Request])

    def ask(self, life: Life, reward: Reward, at: int, now: int) -> Request | None:
        """Grant or refuse, one after the other."""
        alive = [one for one in self.requests if one.state != "canceled"]
        mine = [one for one in self.requests if one.life is life and one.reward.id == reward.id]
        sold = sum(one.reward.id == reward.id for one in alive)
        had = sum(one in alive for one in mine)
        stock = CODES if reward.kind == "code" else reward.stock
        if (
            (stock is not None and sold >= stock)
            or (reward.kind == "role" and had)
            or (reward.limit_ever is not None and had >= reward.limit_ever)
            or any(at < one.at + reward.cooldown_ms for one in mine)
            or life.balance < reward.cost
        ):
            return None
        patience = {"manual": PATIENCE_MS, "role": DAY_MS}.get(reward.kind)
        deadline = None if patience is None else now + patience
        one = Request(len(self.requests) + 1, life, reward, at, deadline)
        self.requests.append(one)
        self.notebook.hold(life, reward.cost)
        if reward.kind == "code":
            self.fulfil(one)
        return one

    def fulfil(self, one: Request) -> None:
        one.state = "fulfilled"
        self.notebook.spend(one.reward.cost)

    def cancel(self, one: Request) -> None:
        one.state = "canceled"
        self.notebook.release(one.life, one.reward.cost)

    def neglected(self, now: int) -> Sequence[Request]:
        """Requests that nobody saw to in time."""
        return [one for one in self.open if one.deadline is not None and one.deadline <= now]

    @property
    def open(self) -> list[Request]:
        return [one for one in self.requests if one.state == "unfulfilled"]

"""A draw as a guest at the table would note it: who is in, for how many tickets."""

from dataclasses import dataclass, field

from tests.engine.machine.notebook import Life, Notebook

MOST_EXTENSIONS = 3


@dataclass(eq=False)
class Lottery:
    """A draw whose tickets cost `price` points, at most `cap` of them each."""

    id: int
    price: int
    cap: int
    least_score: int
    notebook: Notebook
    freezes: int
    state: str = "announced"
    tickets: dict[Life, int] = field(default_factory=dict[Life, int])
    witnesses: set[Life] = field(default_factory=set[Life])
    window_ends: int = 0
    extended: int = 0

    def enter(self, life: Life, more: int) -> bool:
        """Take or give back tickets; whether the rules allow it."""
        have = self.tickets.get(life, 0)
        wanted = max(have + more, 0)
        cost = (wanted - have) * self.price
        everything, _ = life.score(0, 1 << 62, everything=True)
        if more > 0 and everything < self.least_score:
            return False
        if wanted > self.cap or life.balance < cost:
            return False
        if cost > 0:
            self.notebook.hold(life, cost)
        elif cost:
            self.notebook.release(life, -cost)
        self.tickets[life] = wanted
        if not wanted:
            del self.tickets[life]
        return True

    def leave(self, life: Life) -> None:
        self.notebook.release(life, self.tickets.pop(life) * self.price)

    def freeze(self) -> None:
        """Those who may not take part any more leave; with fewer than two it is put off."""
        for life in list(self.tickets):
            everything, _ = life.score(0, 1 << 62, everything=True)
            if everything < self.least_score:
                self.leave(life)
        if len(self.tickets) >= 2:
            self.state = "frozen"
        elif self.extended < MOST_EXTENSIONS:
            self.extended += 1
        else:
            self.cancel()

    def draw(self) -> None:
        self.state = "drawn"
        self.notebook.spend(self.price * sum(self.tickets.values()))

    def cancel(self) -> None:
        """Everybody has their points back; nobody's go where what they had went."""
        self.state = "cancelled"
        for life, tickets in self.tickets.items():
            if life.erased:
                self.notebook.forfeit(tickets * self.price)
            else:
                self.notebook.release(life, tickets * self.price)

    @property
    def held(self) -> int:
        waits = self.state in ("announced", "frozen", "sealed")
        return self.price * sum(self.tickets.values()) if waits else 0

"""Refusals of the engine: each carries its facts, so that whoever speaks to people can say them."""


class EngineError(Exception):
    """Root of everything the engine refuses."""


class Told(EngineError):  # noqa: N818
    """A refusal that is a sentence, with its facts apart: `Told("{path} is none", path=…)`."""

    def __init__(self, sentence: str, /, **facts: object) -> None:
        super().__init__(sentence.format_map(facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts


class DatabaseUnusable(Told):
    """The database cannot be opened; the sentence says why and what to do."""


class Misread(Told, ValueError):  # noqa: N818 - named for what the reader did
    """What a person wrote cannot be read; the sentence says what belongs there."""


class KeyReused(EngineError):  # noqa: N818
    """A transfer's key stands for a different transfer: a bug in the caller."""

    def __init__(self, key: str) -> None:
        super().__init__(f'the key "{key}" already stands for a different transfer')
        self.key = key


class InsufficientPoints(EngineError):  # noqa: N818
    """An account holds less than a transfer asks for."""

    def __init__(self, *, have: int, need: int) -> None:
        super().__init__(f"{need} points are needed and {have} are there")
        self.have = have
        self.need = need


class RoundExists(EngineError):  # noqa: N818
    """The week already has its round, or the riddle went out before."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} already has its round")
        self.what = what


class RoundStillOpen(EngineError):  # noqa: N818
    """Another round is open; at most one is."""

    def __init__(self, round_id: int) -> None:
        super().__init__(f"round {round_id} is still open")
        self.round_id = round_id


class StepRefused(EngineError):  # noqa: N818
    """A step cannot be taken now: it was taken before, or one before it was not."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


class EntryRefused(Told):
    """An answer cannot be accepted after the fact; the sentence says why."""


class ImportRefused(Told):
    """Points from elsewhere cannot be brought in or taken back so; the sentence says why."""


class CorrectionRefused(EngineError):  # noqa: N818
    """A correction cannot be booked.

    `why` is one of: `unknown` (there is no such transfer, batch or correction), `kind` (it is
    none that can be taken back), `nobody` (no member's points are in it), `done` (that was done
    before), `own` (whoever proposed it cannot approve it), `profit` (nor can whoever gains by it),
    `late` (nobody approved it in time),
    `dropped` (it was withdrawn), `open` (the round is still open).
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

"""A refusal: something a person asked for cannot be done, said in one sentence."""

from riddles.sentence import Sentence


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """What cannot be done, why, and what to do about it. Shown as it is; never a traceback.

    A sentence that may reach members keeps its facts apart, so that it can be said in their
    language: `Refusal("riddle no. {number} is open", number=3)`.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence.format_map(facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts

    @property
    def kept(self) -> Sentence:
        """The sentence, to be said later and to somebody else."""
        facts = {k: v if isinstance(v, int | Sentence) else str(v) for k, v in self.facts.items()}
        return Sentence(self.sentence, **facts)

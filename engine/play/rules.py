"""Rules: the frozen copy of everything by which a round is played and told, ready to judge with."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.judging import AnswerKey, Key, Verdict, judge, with_rulings
from engine.play.limits import Limits
from engine.scoring import Scoring

REMEMBERED_MAX = 300
"""Longer answers are judged anew each time: they are refused for their length at once."""


class Wording(BaseModel):
    """A riddle's words in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    hints: tuple[str, ...] = ()
    solution: str


class Rules(BaseModel):
    """The frozen copy of everything by which a round is played and told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    circle: str | None = None
    author: str | None = None
    author_id: int | None = None
    test_solvers: tuple[int, ...] = ()
    """Discord ids of those who solved it before it went out: they are not ranked on it."""
    difficulty: int
    value: int
    hint_cost: Decimal = Decimal("0.1")
    verdict: Literal["instant", "at_reveal"] = "instant"
    scoring: Scoring = Field(default_factory=Scoring)
    limits: Limits = Field(default_factory=Limits)
    text: Mapping[str, Wording]
    alt: Mapping[str, str] = Field(default_factory=dict)
    captions: Mapping[str, str] = Field(default_factory=dict)
    """What is seen and heard, as text, by language."""
    caption_files: Mapping[str, str] = Field(default_factory=dict)
    """The captions as WebVTT, by language."""
    link: str | None = None
    """Where the video is to be watched, if the post links to it instead of carrying it."""
    credit: str | None = None
    licence: str | None = None
    answer: AnswerKey

    def wording(self, lang: str) -> Wording:
        """The words in `lang`, or in the first language there is."""
        return self.text.get(lang) or next(iter(self.text.values()))


@lru_cache(maxsize=8)
def compiled(rules: str, rulings: str) -> tuple[Rules, Key, Callable[[str, str], Verdict]]:
    """Rules and rulings as the books keep them: read, their key, and the judge by it."""
    # They never change, and a burst of answers asks for the same round again and again.
    parsed = Rules.model_validate_json(rules)
    key = with_rulings(parsed.answer, json.loads(rulings))
    return parsed, key, _remembering(key)


def _remembering(key: Key) -> Callable[[str, str], Verdict]:
    """The judge with a memory: many members give the same few answers."""
    judged = partial(judge, key)
    known = lru_cache(maxsize=4096)(judged)

    def verdict(given: str, lang: str) -> Verdict:
        return (known if len(given) <= REMEMBERED_MAX else judged)(given, lang)

    return verdict

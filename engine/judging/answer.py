"""An answer as it reaches the rules: read in every way, what is refused already taken out."""

from dataclasses import dataclass, field

from engine.judging.forms import Form, answer_forms, readings
from engine.judging.refusals import Refusals


@dataclass(slots=True)
class Answer:
    """What was given, and the readings that are still in play."""

    raw: str
    """Trimmed; line breaks and signs as they were typed."""
    tidied: str
    lang: str
    texts: list[str] = field(default_factory=list[str])
    """The readings, capitals kept."""
    forms: list[Form] = field(default_factory=list[Form])
    refused: str | None = None
    """The `reject` entry that the answer is, markup and final marks aside."""
    refused_in_part: str | None = None
    """The `reject` entry that a further reading is; another reading may still be right."""


def read_answer(raw: str, tidied: str, lang: str, refusals: Refusals) -> Answer:
    """Read the answer in every way and take out the readings that a `reject` entry names."""
    answer = Answer(raw, tidied, lang, refused=refusals.rejects_signs(tidied))
    for reading in readings(tidied):
        plain, *shorter = answer_forms(reading.text)
        if entry := refusals.rejects(plain):
            answer.refused_in_part = entry
            if reading.as_given:
                answer.refused = answer.refused or entry
            continue
        answer.texts.append(reading.text)
        answer.forms.append(plain)
        for form in shorter:
            if entry := refusals.rejects(form):
                answer.refused_in_part = entry
            else:
                answer.forms.append(form)
    return answer

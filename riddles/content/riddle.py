"""A riddle as its author wrote it: the file `riddle.toml` of its folder.

The descriptions of the fields are also what editors show beside them, by way of the JSON Schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from engine.calendar import Week
from engine.judging import AnswerKey
from engine.scoring import Scoring
from riddles.config import LANGUAGES, Language
from riddles.media.captions import Cue, as_webvtt, verify_captions
from riddles.sentence import Sentence
from riddles.toml import Written, misplaced, mistake

ALT_LENGTH_MAX = 1024
"""Discord's limit for the description of a picture or video."""
LINK_LENGTH_MAX = 512
"""Discord's limit for the address behind a button."""


class _ByLanguage:
    """Lets editors complete the languages of a table."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core)
        inner = schema.pop("additionalProperties")
        schema.pop("propertyNames", None)
        return schema | {
            "properties": dict.fromkeys(LANGUAGES, inner),
            "additionalProperties": False,
        }


def _a_share(value: object) -> object:
    """Take the number as it is written: 0.1 is one tenth, not its nearest binary fraction."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, Decimal):
        return value
    raise PydanticCustomError("decimal_type", "number")


NO_BREAK_SPACES = str.maketrans("\u00a0\u202f", "  ")
"""French sets them before : ; ! and ?"""


def _one_line(value: str) -> str:
    if value != value.strip() or not value.translate(NO_BREAK_SPACES).isprintable():
        raise mistake("write it on one line, without spaces before or after it")
    return value


Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Share = Annotated[
    Decimal, BeforeValidator(_a_share), Field(ge=0, le=1), WithJsonSchema({"type": "number"})
]
PinnedWeek = Annotated[Week, Written(Week.parse, "2026-W48")]
Alt = Annotated[str, Field(min_length=1, max_length=ALT_LENGTH_MAX)]


class Table(BaseModel):
    """A table of the file: known keys only, never changed after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Video(Table):
    """The moving picture that carries the riddle: a file in the folder, or a link."""

    file: Line | None = Field(default=None, description="Name of the video in this folder.")
    url: Line | None = Field(default=None, description="Address of a video that may be shown.")
    mode: Literal["upload", "link"] = Field(
        default="upload",
        description='"link": the post shows the poster and links to the url. The linked page may '
        "name the answer: nobody hides its title.",
    )
    captions: Annotated[dict[Language, Line], _ByLanguage()] = Field(
        default={}, description="WebVTT files in this folder, by language."
    )
    captions_burn: Language | None = Field(
        default=None, description="Draw the captions of this language into the picture."
    )
    alt: Annotated[dict[Language, Alt], _ByLanguage()] = Field(
        default={},
        description="What is seen and heard, for who cannot; never the answer. 1024 characters.",
    )
    credit: Line | None = Field(default=None, description="Who made the video, as it is shown.")
    licence: Line | None = Field(default=None, description='Under which terms, like "CC BY 4.0".')

    @property
    def captions_to_burn(self) -> str | None:
        """The captions file that is drawn into the picture."""
        return self.captions[self.captions_burn] if self.captions_burn else None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise mistake('write either file = "…" or url = "…", and not both')
        if self.mode == "link" and self.url is None:
            says = Sentence('a post can only link to a video that has an url = "…"')
            raise misplaced(says, "mode")
        if self.mode == "link" and len(self.url or "") > LINK_LENGTH_MAX:
            says = Sentence("Discord links to {most} characters at most", most=LINK_LENGTH_MAX)
            raise misplaced(says, "url")
        if self.mode == "link" and self.captions_burn is not None:
            says = Sentence("nothing can be drawn into a video that is only linked to")
            raise misplaced(says, "mode")
        if self.captions_burn is not None and self.captions_burn not in self.captions:
            raise misplaced(Sentence("there are no captions in this language"), "captions_burn")
        return self


class Text(Table):
    """The words around the video, in one language."""

    prompt: str = Field(min_length=1, description="The question, as members read it.")
    hints: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        description="From where to look to almost the name; each comes free at its moment.",
    )
    solution: str = Field(
        min_length=1, description="Shown at the reveal: why it is this and not its neighbour."
    )


class RiddleFile(Table):
    """Everything `riddle.toml` says."""

    title: Line = Field(max_length=100, description="The heading, the same in every language.")
    circle: Line | None = Field(default=None, description="The circle it belongs to, by its id.")
    author: Line | None = Field(default=None, description="Shown as credit.")
    author_id: Annotated[int, Field(ge=1, lt=2**63)] | None = Field(
        default=None, description="Discord id of the author, who is left out of the ranking."
    )
    test_solvers: tuple[Annotated[int, Field(ge=1, lt=2**63)], ...] = Field(
        default=(),
        description="Discord ids of those who solved it for you; they are not ranked either.",
    )
    difficulty: int = Field(
        default=3,
        ge=1,
        le=5,
        description="1: a first-year student sees it. 2: a working developer sees it. "
        "3: after a hint. 4: look something up. 5: work it out.",
    )
    value: int = Field(default=100, ge=1, le=1_000_000, description="Points for solving it.")
    week: PinnedWeek | None = Field(
        default=None, description="Goes out in this week; without it, folders go out in name order."
    )
    reserve: bool = Field(
        default=False, description="Only used when nothing else is ready for a week."
    )
    verdict: Literal["instant", "at_reveal"] = Field(
        default="instant", description="Whether members learn at once if they are right."
    )
    scoring: Scoring | None = Field(
        default=None,
        description="What a solve earns, for this riddle only; else as in scheduler.toml.",
    )
    hint_cost: Share = Field(
        default=Decimal("0.1"), description="Share of the value that each hint taken early costs."
    )
    video: Video = Field(description=Video.__doc__)
    text: Annotated[dict[Language, Text], _ByLanguage()] = Field(
        min_length=1, description="The words by language: [text.fr], [text.en]."
    )
    answer: AnswerKey = Field(description="What counts as right; see `riddles check --answers`.")

    def text_in(self, language: Language) -> Text:
        """The words in that language, or in the first one there is."""
        return in_language(self.text, language)


def in_language(by_language: Mapping[Language, Any], language: Language) -> Any:  # noqa: ANN401 - the table's own type
    """The entry of that language, or the first one there is; None in an empty table."""
    return by_language.get(language) or next(iter(by_language.values()), None)


@dataclass(frozen=True, slots=True)
class Riddle:
    """A folder that could be read."""

    slug: str
    folder: Path
    file: RiddleFile

    def transcripts(self) -> dict[Language, str]:
        """What the captions say, by language: a line a caption, each with its moment.

        Raises:
            MediaRefusal: a captions file is missing or no captions file.
        """
        return {
            language: "\n".join(map(_spoken, cues)) for language, cues in self._captions().items()
        }

    def caption_files(self) -> dict[Language, str]:
        """The captions as WebVTT, by language.

        Raises:
            MediaRefusal: a captions file is missing or no captions file.
        """
        return {language: as_webvtt(cues) for language, cues in self._captions().items()}

    def _captions(self) -> dict[Language, tuple[Cue, ...]]:
        named = self.file.video.captions
        return {language: verify_captions(self.folder, name) for language, name in named.items()}


def _spoken(cue: Cue) -> str:
    minutes, seconds = divmod(int(cue.start_s), 60)
    return f"`{minutes}:{seconds:02}` {' '.join(cue.text.split())}"

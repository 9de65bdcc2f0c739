"""Hold a document against a model, and say everything that is wrong in plain words.

A message names the key, what stands there and what belongs there. Inside `[answer]` it never
repeats what is written: more people read errors than may know the answer.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from engine.errors import Misread
from riddles.problems import Problem
from riddles.sentence import Fact as Told
from riddles.sentence import Sentence
from riddles.toml.document import Document
from riddles.toml.lines import KeyPath
from riddles.toml.naming import SECRET, name_of, readable
from riddles.toml.phrases import Fact, kept, phrase
from riddles.toml.schema import known_keys

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], document: Document) -> Model | list[Problem]:
    """The document as the model, or every reason why it is not one."""
    try:
        # Strict, so that "100" is not quietly a number; a list in a file is a tuple ever after.
        return model.model_validate(_frozen(document.table), strict=True)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    problems = [_problem(model, document, error) for error in errors if not _echo(error)]
    return sorted(set(problems), key=lambda problem: problem.order)


def mistake(sentence: str, /, **facts: Told) -> PydanticCustomError:
    """An error of the value at hand: `{says}` for the library, its facts apart for us."""
    return PydanticCustomError("mistake", "{says}", {"says": Sentence(sentence, **facts)})


def misplaced(message: Sentence | Misread, *at: str | int) -> PydanticCustomError:
    """An error of a whole table that belongs to one key in it, named by its path from there."""
    return PydanticCustomError("misplaced", "{says}", {"says": message, "at": at})


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return {key: _frozen(inner) for key, inner in table.items()}
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in cast("list[object]", value))
    return value


def _echo(error: ErrorDetails) -> bool:
    """Whether a list counts as too short only because its entries have errors of their own."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]  # pyright: ignore[reportTypedDictNotRequiredAccess] - this kind has it


def _problem(model: type[BaseModel], document: Document, error: ErrorDetails) -> Problem:
    context = error.get("ctx", {})
    path, found = _find(document.table, error["loc"])
    if error["type"] == "misplaced":
        path = (*path, *context["at"])
    of_a_key = error["loc"][-1:] == ("[key]",)
    fact = Fact(
        kind=error["type"],
        name=name_of(model, document, path[:-1] if of_a_key else path),
        found=found,
        says=kept(context.get("says", error["msg"])),
        limits=context,
        secret=path[:1] == (SECRET,),
    )
    if error["type"] == "missing":
        return document.problem(path, _missing(model, document, path, str(error["loc"][-1])))
    if error["type"] == "extra_forbidden" or (of_a_key and error["type"] == "literal_error"):
        return document.problem(path, _unknown(model, document, path))
    return document.problem(path, phrase(fact))


def _find(table: Mapping[str, Any], location: KeyPath) -> tuple[KeyPath, object]:
    """The path in the file that an error means, and what stands there.

    Locations also name the branches of unions, which no file has: those are passed over.
    """
    path: KeyPath = ()
    value: Any = table
    for part in location:
        is_key = isinstance(value, dict) and part in value
        if is_key or (isinstance(value, list) and isinstance(part, int)):
            path, value = (*path, part), cast("Any", value)[part]
    return path, cast("object", value)


def _missing(model: type[BaseModel], document: Document, table: KeyPath, key: str) -> Sentence:
    name = name_of(model, document, table)
    if name:
        missing = Sentence('"{key}" is missing in {table}', key=key, table=name)
    else:
        missing = Sentence('"{key}" is missing', key=key)
    about = known_keys(model, document.table, table).get(key)
    return (
        Sentence("{missing}: {about}", missing=missing, about=Sentence(about)) if about else missing
    )


def _unknown(model: type[BaseModel], document: Document, path: KeyPath) -> Sentence:
    """Name an unknown key and the known one that it may have been meant to be."""
    table = path[:-1]
    known = known_keys(model, document.table, table)
    name, key = name_of(model, document, table), readable(path[-1])
    if path[0] == SECRET:
        wrong = Sentence("unknown key in {table}", table=name)
    elif name:
        wrong = Sentence('unknown key "{key}" in {table}', key=key, table=name)
    else:
        wrong = Sentence('unknown key "{key}"', key=key)
    if near := get_close_matches(str(path[-1]), known, n=1):
        return Sentence('{wrong}: did you mean "{near}"?', wrong=wrong, near=near[0])
    if not known:
        return wrong
    return Sentence("{wrong}: known here are {known}", wrong=wrong, known=", ".join(known))

"""The JSON Schema of a model: for editors, and to know which keys a table may have."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from riddles.toml.lines import KeyPath

Schema = Mapping[str, Any]


@cache
def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema that lets an editor complete and explain the file."""
    schema = _for_files(model.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _for_files(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Without what no file can say: TOML has no null, and a key is its own title."""
    if isinstance(node, list):
        return [_for_files(entry) for entry in cast("list[Any]", node) if entry != _NULL]
    if not isinstance(node, dict):
        return node
    schema = {
        key: _for_files(inner)
        for key, inner in cast("dict[str, Any]", node).items()
        if not (key == "title" and isinstance(inner, str))
        and not (key == "default" and inner is None)
    }
    if schema.get("type") == "array":
        # A limit set beside a validator of our own is taken for one of text.
        schema = {_OF_LISTS.get(key, key): inner for key, inner in schema.items()}
    branches = schema.get("anyOf", ())
    return schema if len(branches) != 1 else {**branches[0], **_without(schema, "anyOf")}


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: inner for name, inner in schema.items() if name != key}


_NULL = {"type": "null"}
_OF_LISTS = {"minLength": "minItems", "maxLength": "maxItems"}


def known_keys(model: type[BaseModel], document: Schema, path: KeyPath) -> dict[str, str]:
    """The keys that the table at `path` of a document may have, and what each is for."""
    root = json_schema(model)
    value: Any = document
    schemas = list(_branches(root, root, value))
    for part in path:
        value = value[part]
        inner = [_inner(schema, part) for schema in schemas]
        schemas = [found for schema in inner for found in _branches(root, schema, value)]
    return {
        key: described.get("description", "")
        for schema in schemas
        for key, described in schema.get("properties", {}).items()
    }


def _inner(schema: Schema, part: str | int) -> Schema:
    """The schema of one key or entry; empty where anything goes."""
    if isinstance(part, int):
        return schema.get("items") or {}
    return schema.get("properties", {}).get(part) or schema.get("additionalProperties") or {}


def _branches(root: Schema, schema: Schema, value: object) -> Iterator[Schema]:
    """The schemas that may describe `value`, references followed and unions opened."""
    if reference := schema.get("$ref"):
        schema = root["$defs"][reference.rsplit("/", 1)[1]]
    branches = schema.get("anyOf") or schema.get("oneOf") or ()
    if branches:
        for branch in branches:
            yield from _branches(root, branch, value)
    elif _same_kind(schema, value):
        yield schema


def _same_kind(schema: Schema, value: object) -> bool:
    """Whether a table is of the kind this branch of a union is for."""
    kind: Schema = schema.get("properties", {}).get("kind", {})
    if "const" not in kind or not isinstance(value, dict):
        return True
    return cast("dict[str, object]", value).get("kind", kind.get("default")) == kind["const"]

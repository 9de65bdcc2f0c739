"""Discord's own description of its API, as a judge over what the bot sends.

The description is not part of the project: the environment variable DISCORD_OPENAPI names it,
and tests that need it are skipped where it is not set.
"""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from riddles.rehearsal.discord import RecordedRequest

JSON = dict[str, Any]


# Keys the reference documents and the description leaves out; lightbulb sends it for groups.
_LEFT_OUT = {"ApplicationCommandUpdateRequest": {"nsfw": {"type": ["boolean", "null"]}}}


def validate(request: RecordedRequest) -> list[str]:
    """What Discord's description objects to in a request: unknown route, query or body."""
    operation = _operation(request.method, request.path)
    if operation is None:
        return [f"{request.method} {request.path}: Discord describes no such route"]
    described = {each["name"] for each in operation["parameters"]}
    faults = [f"query: {name} is unknown" for name in request.query if name not in described]
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return faults + (["body: none is described"] if request.json is not None else [])
    if request.json is None:
        return [*faults, "body: missing"] if operation["requestBody"].get("required") else faults
    validator = _validator(json.dumps(media["schema"], sort_keys=True), closed=True)
    return faults + _faults(validator, request.json)


def validate_response(request: RecordedRequest) -> list[str]:
    """What the description objects to in the stand-in's answer; errors are not looked at."""
    operation = _operation(request.method, request.path)
    if operation is None or request.status is None or request.response is None:
        return []
    described = operation["responses"].get(str(request.status))
    if described is None or "content" not in described:
        return []
    schema = described["content"]["application/json"]["schema"]
    validator = _validator(json.dumps(schema, sort_keys=True), closed=False)
    return _faults(validator, request.response)


@pytest.fixture(scope="session")
def discord_description() -> Callable[[RecordedRequest], list[str]]:
    """`validate`, where the description is at hand; elsewhere the test is skipped."""
    if "DISCORD_OPENAPI" not in os.environ:
        pytest.skip("DISCORD_OPENAPI does not name Discord's OpenAPI description")
    return validate


@cache
def _description() -> JSON:
    return json.loads(Path(os.environ["DISCORD_OPENAPI"]).read_text(encoding="utf-8"))


def _faults(validator: Draft202012Validator, value: object) -> list[str]:
    judge: Any = validator  # Its type stubs leave the errors' type open.
    return [text for error in judge.iter_errors(value) for text in _said(error)]


def _operation(method: str, path: str) -> JSON | None:
    parts = path.split("/")
    fitting = [
        (template.count("{"), template)
        for template in _description()["paths"]
        if _fits(template.split("/"), parts)
    ]
    for _, template in sorted(fitting):
        item = _description()["paths"][template]
        if method.lower() in item:
            operation: JSON = item[method.lower()]
            shared = item.get("parameters", []) + operation.get("parameters", [])
            return {**operation, "parameters": [p for p in shared if p.get("in") == "query"]}
    return None


def _fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        pattern.startswith("{") or pattern == part
        for pattern, part in zip(template, parts, strict=True)
    )


@cache
def _validator(schema: str, *, closed: bool) -> Draft202012Validator:
    components = _closed_components() if closed else _description()["components"]
    return Draft202012Validator({**json.loads(schema), "components": components})


@cache
def _closed_components() -> JSON:
    """The same schemas, refusing the keys they do not list: Discord ignores those in silence."""
    components = json.loads(json.dumps(_description()["components"]))
    # The reference says of ids: “can be sent as integers”, and hikari does so for new files.
    components["schemas"]["SnowflakeType"] = {
        "anyOf": [components["schemas"]["SnowflakeType"], {"type": "integer", "minimum": 0}]
    }
    for name, properties in _LEFT_OUT.items():
        components["schemas"][name]["properties"] |= properties
    extended = {ref for schema in components["schemas"].values() for ref in _bases(schema)}
    for name, schema in components["schemas"].items():
        if "properties" in schema and f"#/components/schemas/{name}" not in extended:
            schema.setdefault("additionalProperties", False)
    return components


def _bases(schema: JSON) -> Iterator[str]:
    for base in schema.get("allOf", ()):
        if "$ref" in base:
            yield base["$ref"]


def _said(error: ValidationError) -> Iterator[str]:
    """An error in words; of several shapes a value could have had, only the one it meant."""
    if error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for each in error.context:
            branches.setdefault(each.schema_path[0], []).append(each)
        meant = [branch for branch in branches.values() if not any(map(_other_kind, branch))]
        for branch in meant[:1]:
            for each in branch:
                yield from _said(each)
        if meant:
            return
    path = "/".join(str(step) for step in error.absolute_path) or "body"
    yield f"{path}: {error.message[:300]}"


def _other_kind(error: ValidationError) -> bool:
    """Whether a branch is out of the question: another `type`, or not even an object."""
    own = list(error.relative_path)
    return (own == ["type"] and error.validator == "enum") or (
        not own and error.validator == "type"
    )

"""Data for programs: JSON in UTF-8, whatever the terminal can show."""

import json
from typing import Any

import typer


def echo_json(data: Any, *, indent: int | None = None) -> None:  # noqa: ANN401 - whatever JSON holds
    """Print it; a sign that a terminal lacks would be written plainly, and break the JSON."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=indent).encode())

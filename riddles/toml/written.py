"""Values that a file writes as text and the program knows as something better."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from engine.errors import Misread

LENGTH_MAX = 60
"""No value is longer, and what `parse` repeats in its complaint has to be readable."""


@dataclass(frozen=True, slots=True)
class Written:
    """Annotates a field whose text is read by `parse`, which says in a ValueError what is wrong."""

    parse: Callable[[str], Any]
    example: str
    write: Callable[[Any], str] = str
    """The text that `parse` would read back."""

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def read(value: object) -> object:
            if isinstance(value, source) and not isinstance(value, bool):
                return value  # Built by the program, not read from a file.
            if not isinstance(value, str):
                raise PydanticCustomError("string_type", "text")
            try:
                if len(value) > LENGTH_MAX or not value.isprintable():
                    raise Misread(
                        'this is no such thing; write it like "{example}"', example=self.example
                    )
                return self.parse(value)
            except ValueError as error:
                raise PydanticCustomError("written", "{says}", {"says": error}) from None

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "examples": [self.example]}

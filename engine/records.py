"""Records: values that nobody changes, made by the thousand.

A frozen dataclass takes seven times as long to make as a plain one, and a burst of answers makes
five for each. The type checker refuses to change a record; at run time it is a plain dataclass.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A dataclass with keywords, slots and a hash."""
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)

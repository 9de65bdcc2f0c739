"""The words that judging knows: articles, lead-ins, units, months; one module of data each.

An answer counts in whichever language it was given, so every table is used for every answer.
A third language is one more module with one more `Language`, and its name in `ALL` below.
"""

from engine.judging.languages import english, french
from engine.judging.languages.language import Language

ALL: tuple[Language, ...] = (french.FRENCH, english.ENGLISH)

CODES: tuple[str, ...] = tuple(language.code for language in ALL)

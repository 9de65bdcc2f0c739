"""Several answers at once: the signs of a list of guesses. An explanation, never a judgement.

It is asked after every accept test and looks at the answer alone, so that its message does not
depend on whether one of the guesses is right.
"""

import re

from engine.judging import languages
from engine.judging.fold import fold
from engine.judging.markup import layers
from engine.judging.punctuation import without_final_marks

_EITHER = "|".join(sorted({word for each in languages.ALL for word in each.either}))
_SIGNS = re.compile(rf"\S\s+(?:{_EITHER})\s+\S|\S\s*\n\s*\S|\S\s*[;,/|]\s\s*\S", re.IGNORECASE)


def looks_like_several(tidied: str) -> bool:
    """Whether words are parted by “or”, a line break, or a sign of a list and a space."""
    inner = layers(without_final_marks(fold(tidied)))[-1]
    return _SIGNS.search(without_final_marks(inner)) is not None

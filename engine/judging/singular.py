"""Rule 3: a plural and its singular are the same word. French and English, by ending alone."""

from functools import lru_cache

LETTERS_MIN = 4
VOWELS = frozenset("aeiouy")

_ES_AFTER = ("sses", "shes", "ches", "xes")
_NO_PLURAL = ("ss", "us", "is", "os")


@lru_cache(maxsize=4096)
def singulars(word: str) -> tuple[str, ...]:  # noqa: PLR0911 - one return per ending
    """The singulars the word may stand for; the word itself where it is no plural.

    Several, because “classes” is the plural of “class” in English and of “classe” in French.
    """
    if len(word) < LETTERS_MIN or not word.isalpha() or VOWELS.isdisjoint(word):
        return (word,)
    if word.endswith(("eaux", "eux")):
        return (word[:-1],)
    if word.endswith("aux"):
        stem = word[:-2]
        return (stem + "l", stem + "u", stem + "il")  # signaux, noyaux, travaux
    if word.endswith(("ies", "ie")):
        stem = word[: word.rindex("ie")]
        return (stem + "ie", stem + "y")
    if word.endswith(_ES_AFTER):
        return (word[:-1], word[:-2])
    if word.endswith("s") and not word.endswith(_NO_PLURAL):
        return (word[:-1],)
    return (word,)

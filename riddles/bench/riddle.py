"""The riddle that every measurement plays, and who plays it."""

from engine.judging import parse_answer
from engine.play.rules import Rules, Wording

SERVER = 100_000_000_000_000_001
FIRST_MEMBER = 200_000_000_000_000_000
"""Discord ids of members count from here."""

RIGHT = ("quicksort", "Quick sort", "QuickSort !", "c'est quicksort", "the quicksort", "tri rapide")
WRONG = (
    *("merge sort", "bubblesort", "heap sort", "tri fusion", "tri à bulles", "insertion"),
    *("je ne sais pas", "un arbre binaire ?", "radix", "introsort", "la récursion", "42"),
)

RULES = Rules(
    title="What sorts here?",
    circle="net",
    difficulty=2,
    value=100,
    text={lang: Wording(prompt="?", hints=("one", "two"), solution="!") for lang in ("fr", "en")},
    answer=parse_answer(
        {
            "accept": ["quicksort", "tri rapide"],
            "reject": ["bogosort"],
            "near": [{"when": "a sort", "say": {"fr": "Lequel ?", "en": "Which one?"}}],
        }
    ),
)

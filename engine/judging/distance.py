"""Typing slips counted, behind one door: a letter wrong, missing, doubled, or two swapped."""

from rapidfuzz.distance import OSA


def slips(one: str, other: str, most: int) -> int:
    """The slips between two words; `most` + 1 stands for any number above `most`."""
    return OSA.distance(one, other, score_cutoff=most)

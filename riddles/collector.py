"""The collector of cyclic garbage, told not to look where nothing is to be found.

Left alone, Python looks through the young objects after each few hundred allocations, and now and
then through all there are, the libraries and their classes included. A burst of answers allocates
so much, and all of it in use, that this takes a sixth of its processor time.
"""

import gc

YOUNG = 50_000
"""Allocations between two looks at the young objects; about 20 MB at most wait for them."""


def settle() -> None:
    """Once everything is started: let what is there now stay for good, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)

"""The collector of cyclic garbage, told not to look where nothing is to be found.

Left alone, Python looks through the young objects after each few hundred allocations, and now and
then through all there are, the libraries and their classes included. A burst of answers allocates
so much, and all of it in use, that this takes a sixth of its processor time.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

YOUNG = 50_000
"""Allocations between two looks at the young objects; about 20 MB at most wait for them."""


@contextmanager
def settled() -> Generator[None, None, None]:
    """Once everything is started: let what is there stay where it is, and look less often."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

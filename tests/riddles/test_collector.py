"""The collector looks less often while the show runs, and as before once it has ended."""

import gc

from riddles.collector import YOUNG, settled


def test_what_was_there_at_the_start_is_looked_through_no_more() -> None:
    before = gc.get_threshold()
    with settled():
        frozen = gc.get_freeze_count()
        during = gc.get_threshold()

    assert frozen > 1000
    assert during[0] == YOUNG
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0

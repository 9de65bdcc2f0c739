"""A lock keeps everybody else out, though its file comes and goes."""

import sys
import threading
import time
from pathlib import Path

from riddles.media.lock import release, try_lock


def test_a_lock_is_held_by_one_at_a_time_and_leaves_no_file(tmp_path: Path) -> None:
    path, inside, most = tmp_path / "locks" / "one", [0], [0]

    def hammer() -> None:
        for _ in range(300):
            if (handle := try_lock(path)) is not None:
                inside[0] += 1
                time.sleep(0)  # Lets the others in, if anything does.
                most[0] = max(most[0], inside[0])
                inside[0] -= 1
                release(path, handle)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)

    assert (most, path.exists()) == ([1], False)


def test_a_lock_that_is_held_is_not_given_twice(tmp_path: Path) -> None:
    handle = try_lock(tmp_path / "one")
    assert handle is not None

    assert try_lock(tmp_path / "one") is None

    release(tmp_path / "one", handle)
    again = try_lock(tmp_path / "one")
    assert again is not None
    release(tmp_path / "one", again)

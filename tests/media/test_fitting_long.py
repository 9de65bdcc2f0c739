"""How well limits are filled, and how fast; the table goes to tests/.artifacts/fitting.txt."""

from pathlib import Path

import pytest

from riddles.media import Source, prepare
from tests.media.clips import Clips

MIB = 1024 * 1024
TABLE = Path(__file__).parents[1] / ".artifacts" / "fitting.txt"


@pytest.mark.long
@pytest.mark.parametrize("seconds", [30, 60, 120, 300])
@pytest.mark.parametrize("mebibytes", [10, 20, 50, 100])
async def test_a_limit_is_filled_and_never_passed(
    clips: Clips, tmp_path: Path, mebibytes: int, seconds: int
) -> None:
    video = clips(f"film{seconds}")

    made = await prepare(
        Source(folder=video.parent, file=video.name),
        limit=mebibytes * MIB,
        data=tmp_path,
        secrets=["Hourglass"],
    )

    share = made.size / (mebibytes * MIB)
    row = (
        f"{mebibytes:>4} MiB {seconds:>4} s  {made.way:<8} {made.width}x{made.height}"
        f"@{made.fps:.0f}  {share:7.2%}  {made.seconds_taken / seconds:5.2f} s per s\n"
    )
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("a") as table:
        table.write(row)
    assert share <= 1
    assert share >= 0.9 or made.way != "two-pass"

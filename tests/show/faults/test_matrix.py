"""Whatever breaks around an effect, it is there once, in order, and nothing is lost."""
import time
from collections.abc import Callable
from pathlib import Path
import shutil, sqlite3

from tests.show.faults.scene import ROWS, a_scene
from tests.show.faults.runs import run, weathers

Queue = Callable[..., Path]


async def test_x(tmp_path: Path, queue: Queue, finished: Path) -> None:
    queue("01-first"); queue("02-second")
    shutil.copytree(finished, tmp_path / "rehearsal-data" / "prepared")
    t = time.time()
    async with a_scene(tmp_path) as scene:
        print("played", time.time() - t)
        db = sqlite3.connect(tmp_path / "scene.db")
        for row in ROWS:
            print(row.name, db.execute("select id,key,state,message,error from posts where kind=? and server=?", (row.effect, row.guild)).fetchall())
        print(db.execute("select state,count(*) from posts group by 1").fetchall())
        n = 0
        for w in weathers(0.3):
            for forgotten in (False, True):
                n += 1
                t = time.time()
                got = await run(scene, {row: w for row in ROWS}, number=n, forgotten=forgotten)
                print(w.name, forgotten, round(time.time() - t, 1), [ (o.row.name, o.struck, o.times_seen, o.state, o.in_order) for o in got if not o.is_right])
        assert 0

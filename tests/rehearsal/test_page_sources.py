"""The page's own files: text stays text, nothing comes from elsewhere, both languages are whole."""

import json
import re
from pathlib import Path

from riddles import rehearsal

STATIC = Path(rehearsal.__file__).parent / "page" / "static"
SOURCES = {
    each.name: each.read_text(encoding="utf-8")
    for each in STATIC.iterdir()
    if each.suffix in (".js", ".css", ".html")
}


def test_no_text_becomes_markup_and_nothing_comes_from_elsewhere() -> None:
    everything = "".join(SOURCES.values())

    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", everything) == []
    assert re.findall(r"""(?:src|href)=["']?https?://|url\(""", everything) == []


def test_both_languages_say_everything_that_is_asked_for() -> None:
    texts = json.loads((STATIC / "texts.json").read_text(encoding="utf-8"))
    asked = {
        key
        for source in SOURCES.values()
        for key in re.findall(r"""(?:\bt\(|data-(?:text|label|placeholder)=)"([\w.]+)\"""", source)
    }

    assert texts["fr"].keys() == texts["en"].keys()
    assert all(texts["fr"].values())
    assert all(texts["en"].values())
    assert asked <= texts["fr"].keys()
    weekly = {"publish", "hint", "remind", "close", "settle", "reveal", "recap"}
    assert weekly | {"draw", "rewards"} == {
        key.removeprefix("moment.") for key in texts["en"] if key.startswith("moment.")
    }


def test_every_file_the_page_names_is_there() -> None:
    named = {
        name
        for source in SOURCES.values()
        for name in re.findall(r"""["'](?:\./|static/)([\w.-]+)["']""", source)
    }

    assert {"app.js", "texts.json", "mark.svg", "style.css"} <= named
    assert {name for name in named if not (STATIC / name).is_file()} == set()

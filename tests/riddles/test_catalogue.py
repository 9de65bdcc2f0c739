"""The catalogue: every mistake at once, with its line; one bad reward stops no other."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from engine.moments import to_ms
from engine.shop.rewards import Period, Restock, Reward, period
from engine.storage.database import Database
from riddles.config import Settings, load_settings
from riddles.content.catalogue import Catalogue, read_catalogue
from riddles.content.check import check, targets_of
from riddles.content.rewards import CatalogueFile, RewardFile
from riddles.shop.counter import Shop
from riddles.toml import json_schema
from tests.builders import MONDAY, PARIS

ROOT = Path(__file__).parent.parent.parent
SETTINGS = """
[[server]]
guild = 1
channel = 2
"""
TWO_SERVERS = SETTINGS + SETTINGS.replace("= 1", "= 11").replace("= 2", "= 12")
GOOD = """
[[reward]]
id = "good"
kind = "manual"
name = { fr = "Bon", en = "Good" }
cost = 10
"""


def settings(folder: Path, text: str = SETTINGS) -> Settings:
    path = folder / "scheduler.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def read(folder: Path, text: str, *, servers: str = SETTINGS) -> Catalogue:
    (folder / "rewards.toml").write_text(text, encoding="utf-8")
    return read_catalogue(folder, settings(folder, servers))


def complaints(catalogue: Catalogue) -> list[tuple[int, str]]:
    return [(problem.line, str(problem.message)) for problem in catalogue.problems]


def test_a_role_is_earned_or_bought_and_not_both(tmp_path: Path) -> None:
    earned = "[[milestone]]\nguild = {}\nrole = 5\nscore = 100\n"
    role = GOOD.replace('"manual"', '"role"') + "role = 5\n"
    same = read(tmp_path, role, servers=SETTINGS + earned.format(1))
    other = role + "server = 11\n"
    elsewhere = read(tmp_path, other, servers=TWO_SERVERS + earned.format(1))

    assert same.rewards == {}
    says = "this role is a [[milestone]] of scheduler.toml: it cannot be both earned and bought"
    assert complaints(same) == [(7, says)]
    assert list(elsewhere.rewards) == ["good"]


def test_the_sample_has_no_mistake_and_no_warning() -> None:
    catalogue = read_catalogue(ROOT / "content", load_settings(ROOT / "scheduler.toml"))

    assert catalogue.problems == ()
    assert {reward.kind for reward in catalogue.rewards.values()} == {"role", "manual", "code"}


def test_the_schema_describes_the_sample_and_the_documentation() -> None:
    schema = json_schema(CatalogueFile)
    sample = (ROOT / "content" / "rewards.toml").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "rewards.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]

    for text in (sample, example):
        jsonschema.validate(tomllib.loads(text), schema)


def test_every_key_is_documented() -> None:
    page = (ROOT / "docs" / "rewards.md").read_text(encoding="utf-8")
    keys = {field.alias or name for name, field in RewardFile.model_fields.items()}

    assert {key for key in keys if f"`{key}" not in page and f"{key} =" not in page} == set()


def test_everything_that_a_reward_can_say_is_read(tmp_path: Path) -> None:
    text = """
[[reward]]
id = "all"
kind = "role"
name = { fr = "Tout", en = "All" }
description = { fr = "Rien.", en = "Nothing." }
cost = 5
paused = true
stock = 3
restock = "14d"
limit = { season = 1, ever = 2 }
cooldown = "12h"
from = 2026-12-01
until = 2026-12-31T18:00:00
role = 7
lasts = "30d"
[reward.requires]
every = [{ score = 5 }]
at_least_one = [{ role = 9 }, { streak = 2 }]
none = [{ season_score = 1 }, { solved = 4 }]
"""
    catalogue = read(tmp_path, text)

    assert catalogue.problems == ()
    reward = catalogue.rewards["all"]
    assert reward.restock == Restock(every="days", days=14)
    assert (reward.limit_per_season, reward.limit_ever) == (1, 2)
    assert (reward.cooldown_ms, reward.lasts_ms) == (43_200_000, 30 * 86_400_000)
    assert reward.opens_at == to_ms(datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert reward.ends_at == to_ms(datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert reward.server == 1
    assert [one.what for one in reward.requires.asked] == [
        "score",
        "role",
        "streak",
        "season_score",
        "solved",
    ]


def test_every_mistake_is_told_at_once_and_the_others_can_be_had(tmp_path: Path) -> None:
    text = """title = "Shop"
[[reward]]
id = "Bad id"
kind = "gift"
name = { de = "Gut" }
cost = 0
[[reward]]
id = "twice"
kind = "manual"
name = { fr = "Deux" }
cost = 5
role = 3
deadline = "soon"
[[reward]]
id = "odd"
kind = "role"
name = { fr = "Un", en = "One" }
cost = 5
restock = "14d"
limit = { season = 3, ever = 2 }
from = 2026-12-02
until = 2026-12-01
server = 99
picture = "no.png"
"""
    catalogue = read(tmp_path, text + GOOD)

    assert list(catalogue.rewards) == ["good"]
    assert complaints(catalogue) == [
        (1, "only [[reward]] tables are known here"),
        (3, "id: an id is small letters, digits and hyphens, 32 characters at most"),
        (4, 'kind must be "role", "code", "manual" or "entry", not the text "gift"'),
        (5, 'unknown key "de" in name: known here are fr, en'),
        (6, "cost must be at least 1, not the number 0"),
        (13, 'deadline: "soon" is not a length of time; write it like "36h", "2d" or "90min"'),
        (14, '"role" is missing: kind = "role" needs it'),
        (19, "a restock needs a stock: stock = … says how many there are each time"),
        (20, "limit.season is more than limit.ever: nobody would get there"),
        (22, "until must be later than from"),
        (23, "this server is not in scheduler.toml: correct the id, or add a [[server]]"),
        (24, "no.png is not there, or no plain file: put it beside this one"),
    ]


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ('kind = "manual"\nrole = 3', 'role goes with kind = "role" only'),
        ('kind = "role"\nrole = 3\nconsent = { fr = "x", en = "x" }', "consent goes with kind"),
        ('kind = "code"\ndeadline = "3d"', "deadline goes with consent"),
        ('kind = "entry"', '"draw" is missing'),
        ('kind = "manual"\nrestock = "week"', "a restock needs a stock"),
        ('kind = "manual"\nstock = 2\nrestock = "3d"', "days are counted from the first one"),
        ('kind = "manual"\nrestock = "monthly"\nstock = 1', 'write "week", "season" or days'),
        ('kind = "manual"\nrestock = "36h"\nstock = 1', 'write "week", "season" or days'),
        ('kind = "manual"\nrequires = { every = [{ score = 1, solved = 1 }] }', "exactly one of"),
        ('kind = "manual"\nrequires = { every = [{}] }', "exactly one of"),
        ('kind = "manual"\npicture = "../x.png"', "a picture is a file beside this one"),
        ('kind = "manual"\npicture = "x.exe"', "a picture is a file beside this one"),
        ('kind = "manual"\npicture = "http://x/x.png"', "a picture is a file beside this one"),
        ('kind = "manual"\nfrom = "2026-12-01"', "write a date or a date with a time"),
        ('kind = "manual"\ndescription = {}', "write it in a language"),
        ('kind = "manual"\nstock = "3"', "stock must be a whole number"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path: Path, keys: str, complaint: str) -> None:
    text = f'[[reward]]\nid = "x"\nname = {{ fr = "X", en = "X" }}\ncost = 1\n{keys}\n'
    catalogue = read(tmp_path, text)

    assert catalogue.rewards == {}
    assert any(complaint in message for _, message in complaints(catalogue)), complaints(catalogue)


def test_an_id_is_used_once_and_the_first_one_stands(tmp_path: Path) -> None:
    catalogue = read(tmp_path, GOOD + GOOD.replace("= 10", "= 20"))

    assert catalogue.rewards["good"].cost == 10
    assert complaints(catalogue) == [(9, 'another reward above has the id "good"')]


def test_a_role_names_its_server_where_there_are_several(tmp_path: Path) -> None:
    text = GOOD.replace('"manual"', '"role"') + "role = 3\n"

    assert complaints(read(tmp_path, text, servers=TWO_SERVERS)) == [
        (2, '"server" is missing: the community has several, and a role belongs to one')
    ]
    assert read(tmp_path, text + "server = 11\n", servers=TWO_SERVERS).rewards["good"].server == 11


def test_a_missing_language_is_a_warning(tmp_path: Path) -> None:
    catalogue = read(tmp_path, GOOD.replace('fr = "Bon", ', ""))

    assert [problem.severity for problem in catalogue.problems] == ["warning"]
    assert list(catalogue.rewards) == ["good"]


@pytest.mark.parametrize("text", ["reward = 3", "[reward]\nid = 1", "[[reward", "reward = [3]"])
def test_a_file_that_is_no_catalogue_is_said_so_and_offers_nothing(
    tmp_path: Path, text: str
) -> None:
    catalogue = read(tmp_path, text)

    assert catalogue.rewards == {}
    assert catalogue.problems


def test_no_file_is_an_empty_shop(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path, settings(tmp_path)) == Catalogue()


def test_check_looks_at_the_catalogue_even_when_the_settings_are_broken(tmp_path: Path) -> None:
    (tmp_path / "scheduler.toml").write_text("nonsense = 1", encoding="utf-8")
    (tmp_path / "rewards.toml").write_text(GOOD.replace("= 10", "= 0"), encoding="utf-8")
    targets = targets_of(
        [tmp_path / "rewards.toml"], config=tmp_path / "scheduler.toml", content=tmp_path
    )
    report = check(
        targets, config=tmp_path / "scheduler.toml", content=tmp_path, now=MONDAY, published={}
    )

    assert [str(problem.message) for problem in report.errors] == [
        "cost must be at least 1, not the number 0"
    ]


async def test_the_shop_reads_the_catalogue_again_when_it_changes(
    tmp_path: Path, database: Database
) -> None:
    shop = Shop(tmp_path, settings(tmp_path), database, None)
    empty = (await shop.catalogue()).rewards
    (tmp_path / "rewards.toml").write_text(GOOD, encoding="utf-8")
    there = (await shop.catalogue()).rewards
    (tmp_path / "rewards.toml").write_text(GOOD.replace("= 10", "= 200"), encoding="utf-8")
    dearer = (await shop.catalogue()).rewards

    assert empty == {}
    assert (there["good"].cost, dearer["good"].cost) == (10, 200)


def a_stock(**restock: object) -> Reward:
    return Reward.model_validate(
        {
            "id": "x",
            "kind": "manual",
            "name": {"en": "x"},
            "cost": 1,
            "stock": 1,
            "opens_at": to_ms(datetime(2026, 3, 20, 23, tzinfo=UTC)),
            "restock": restock,
        }
    )


@pytest.mark.parametrize("restock", [{"every": "week"}, {"every": "days", "days": 10}])
def test_periods_follow_each_other_over_both_changes_of_summer_time(
    restock: dict[str, object],
) -> None:
    reward = a_stock(**restock)
    at = datetime(2026, 3, 20, 23, tzinfo=UTC)
    before: Period | None = None
    while at < datetime(2026, 11, 30, tzinfo=UTC):
        now = period(reward, to_ms(at), PARIS, Period())
        assert now.ends_at is not None
        assert now.starts_at <= to_ms(at) < now.ends_at
        if before is not None and now != before:
            assert now.starts_at == before.ends_at
        start = datetime.fromtimestamp(now.starts_at / 1000, PARIS)
        assert (start.hour, start.minute) == (0, 0)
        assert restock["every"] != "week" or start.weekday() == 0
        before, at = now, at + timedelta(minutes=37)


def test_a_seasons_stock_lasts_as_long_as_the_season() -> None:
    season = Period(5, 99)

    assert period(a_stock(every="season"), 7, PARIS, season) == season

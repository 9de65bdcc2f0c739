"""A mistake in rewards.toml keeps nobody from what they chose, and staff hear which it is."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from riddles.rehearsal.stage import House
from tests.show.conftest import StageSetter
from tests.show.rewards.conftest import CATALOGUE, STAFF, Counter

BROKEN = '[[reward]\nid = "sticker"'


@contextmanager
def away(folder: Path) -> Generator[None, None, None]:
    """The folder is out of reach."""
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    yield
    elsewhere.rename(folder)


def about_the_list(counter: Counter) -> list[str]:
    """What staff read of the file."""
    told = [message.text for message in counter.stage.standin.messages(STAFF)]
    return [text for text in told if "rewards.toml" in text]


async def test_a_file_that_cannot_be_read_leaves_the_shop_as_it_was(
    counter: Counter, shop_folder: Path
) -> None:
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="sticker")
    (shop_folder / "rewards.toml").write_text(BROKEN, encoding="utf-8")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    await counter.presses("ada", asked, button)
    shop = await counter.says("ada", "rewards list")

    assert await counter.balance("ada") == 40
    assert "### Autocollant" in shop.text


async def test_a_mistake_in_one_reward_takes_nothing_out_of_the_shop(
    counter: Counter, shop_folder: Path
) -> None:
    wrong = CATALOGUE.replace("cost = 60", "cost = 0")
    (shop_folder / "rewards.toml").write_text(wrong, encoding="utf-8")

    assert "### Autocollant\n-# 60 points" in (await counter.says("ada", "rewards list")).text


async def test_staff_hear_once_which_line_is_wrong(counter: Counter, shop_folder: Path) -> None:
    (shop_folder / "rewards.toml").write_text(BROKEN, encoding="utf-8")
    await counter.passes(minutes=1)
    await counter.passes(minutes=1)
    (told,) = about_the_list(counter)

    assert "rewards.toml, ligne 1" in told
    assert told.endswith("la boutique reste comme elle était.")
    assert str(shop_folder) not in told


async def test_a_mended_file_is_the_shop_again(counter: Counter, shop_folder: Path) -> None:
    (shop_folder / "rewards.toml").write_text(BROKEN, encoding="utf-8")
    await counter.says("ada", "rewards list")
    dearer = CATALOGUE.replace("cost = 60", "cost = 70")
    (shop_folder / "rewards.toml").write_text(dearer, encoding="utf-8")

    assert "### Autocollant\n-# 70 points" in (await counter.says("ada", "rewards list")).text


async def test_a_shop_that_starts_with_a_mistake_says_so_and_not_that_it_is_empty(
    shop_folder: Path, on_stage: StageSetter, house: House
) -> None:
    async with on_stage(house=house) as stage:
        (shop_folder / "rewards.toml").write_text(BROKEN, encoding="utf-8")
    async with on_stage(house=house) as stage:
        counter = Counter(stage)
        listed = await counter.says("ada", "rewards list")
        chosen = await counter.says("ada", "rewards redeem", reward="sticker")

        assert listed.text.startswith("⛔ La liste de la boutique doit être réparée")
        assert chosen.text == listed.text


async def test_content_that_is_out_of_reach_does_not_empty_the_shop(
    counter: Counter, shop_folder: Path
) -> None:
    before = await counter.says("ada", "rewards list")
    with away(shop_folder):
        after = await counter.says("ada", "rewards list")

    assert "### Autocollant" in before.text
    assert "### Autocollant" in after.text

"""Between choosing and spending the catalogue may change: what was agreed to is what is had."""

from contextlib import suppress
from pathlib import Path

import pytest

from riddles.rehearsal.discord import CannotDo, Reply, faults
from tests.show.rewards.conftest import CATALOGUE, LENT, Counter


def button(reply: Reply) -> str:
    """The one that confirms."""
    (one,) = [each for each in reply.buttons if each.startswith("v1:redeem:")]
    return one


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('lasts = "3d"', 'lasts = "1d"'),
        ('\nlasts = "3d"', ""),
        ("role = 556", "role = 559"),
        ('lasts = "3d"', 'lasts = "3d"\nconsent = { fr = "Avoir 16 ans.", en = "Be 16." }'),
    ],
    ids=["shorter", "for good", "another role", "a condition"],
)
async def test_what_is_given_in_another_way_since_is_not_had_for_the_old_promise(
    counter: Counter, shop_folder: Path, old: str, new: str
) -> None:
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="lent")
    changed = CATALOGUE.replace(old, new)
    if "consent" in new:
        changed = changed.replace('id = "lent"\nkind = "role"', 'id = "lent"\nkind = "manual"')
        changed = changed.replace("role = 556\nserver = 100000000000000001\n", "", 1)
        changed = changed.replace('lasts = "3d"\n', "", 1)
    (shop_folder / "rewards.toml").write_text(changed, encoding="utf-8")
    before = button(asked)
    refused = await counter.presses("ada", asked, before)
    again = await counter.says("ada", "rewards redeem", reward="lent")

    assert "a changé depuis que tu l’as regardée" in refused.text
    assert await counter.balance("ada") == 100
    assert LENT not in counter.roles("ada")
    assert button(again) != before


async def test_a_word_that_was_corrected_since_changes_nothing(
    counter: Counter, shop_folder: Path
) -> None:
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="lent")
    changed = CATALOGUE.replace("Rôle prêté", "Rôle d’un jour")
    (shop_folder / "rewards.toml").write_text(changed, encoding="utf-8")
    await counter.presses("ada", asked, button(asked))

    assert LENT in counter.roles("ada")


async def test_a_confirmation_of_before_the_last_version_is_as_good_as_any(
    counter: Counter,
) -> None:
    """A message that was sent before an update of the program has a shorter button."""
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="lent")
    shorter = button(asked).rsplit(":", 1)[0]
    for part in asked.components:
        if part.get("custom_id") == button(asked):
            part["custom_id"] = shorter
    await counter.presses("ada", asked, shorter)

    assert LENT in counter.roles("ada")


async def test_whoever_confirmed_before_a_reward_was_taken_out_hears_that_they_have_it(
    counter: Counter, shop_folder: Path
) -> None:
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="sticker")
    counter.stage.standin.faults.add("POST", "/callback", faults.status(500), times=99)
    with suppress(CannotDo):
        await counter.presses("ada", asked, button(asked))
    counter.stage.standin.faults.clear()
    (shop_folder / "rewards.toml").write_text("", encoding="utf-8")
    again = await counter.presses("ada", asked, button(asked))
    done = await counter.says("margaret", "fulfil done", requests="1")

    assert "n° 1" in again.text
    assert "🤷" not in again.text
    assert done.text.startswith("✅ n° 1")
    assert await counter.balance("ada") == 40

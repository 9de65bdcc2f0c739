"""The shop as members meet it: look, choose, confirm, have; each alone and in their language."""

import asyncio
from pathlib import Path

import pytest

from engine.moments import to_ms
from engine.people import bans
from riddles.discord import shop_roles
from riddles.rehearsal.discord import Reply, RoleSpec, faults
from riddles.rehearsal.stage import House
from tests.builders import MONDAY
from tests.show.conftest import StageSetter
from tests.show.rewards.conftest import CATALOGUE, CHANNEL, GOLD, GUILD, LENT, STAFF, Counter


async def test_the_shop_shows_prices_pictures_and_what_is_lacking(counter: Counter) -> None:
    await counter.endow(55, "ada")
    shop = await counter.says("ada", "rewards list")

    assert shop.ephemeral
    assert "Tu peux dépenser **55 points**." in shop.text
    assert "### Autocollant\n-# 60 points · il en reste 3\n🔒 Ça coûte 60 points" in shop.text
    assert "### Rôle prêté\n-# 30 points\n✅ Tu peux l’avoir." in shop.text
    assert "🔒 Ce sont des tickets pour un tirage" in shop.text
    assert [file.filename for file in shop.files] == ["sticker.png"]


async def test_what_is_sold_out_stands_last_and_is_no_choice(counter: Counter) -> None:
    await counter.fill("A-1")
    shop = await counter.says("ada", "rewards list")
    offered = chosen_from(shop)
    last = await counter.presses("ada", shop, "Suivants")
    english = await counter.presses("grace", await counter.says("grace", "rewards list"), "Next")

    assert offered == ["gold", "lent", "sticker", "key"]  # Tickets are had elsewhere.
    assert "### Film\n-# 40 points\n📭 C’est épuisé." in last.text
    assert chosen_from(last) == []
    assert "### Movie\n-# 40 points\n📭 It is sold out." in english.text


async def test_what_is_restocked_says_when(counter: Counter) -> None:
    await counter.endow(200, "ada", "linus", "hedy")
    for name in ("ada", "linus", "hedy"):
        await counter.has(name, "sticker")
    shop = await counter.says("radia", "rewards list")
    typed = await counter.stage.standin.autocomplete(
        counter.member("radia"), CHANNEL, "rewards redeem", "reward", {"reward": "autoc"}
    )

    assert chosen_from(shop) == ["gold", "lent"]
    assert (
        "### Autocollant\n-# 60 points\n📭 C’est épuisé. Il y en aura de nouveau à partir du <t:"
    ) in shop.text
    assert [one["name"] for one in typed.choices] == ["Autocollant · épuisé"]


async def test_to_whom_the_shop_is_closed_it_says_so_once_and_offers_nothing(
    counter: Counter,
) -> None:
    await counter.endow(200, "ada", "grace")
    now = to_ms(MONDAY)
    async with counter.stage.program.show.database.transaction() as tx:
        people = [(counter.member(name).id, "cheats") for name in ("ada", "grace")]
        await bans.impose(tx, people, origin="here", now_ms=now)
    french, english = [await counter.says(name, "rewards list") for name in ("ada", "grace")]

    assert french.text.count("🔒 La boutique t’est fermée. L’équipe peut te dire pourquoi.") == 1
    assert english.text.count("🔒 The shop is closed to you. The staff can tell you why.") == 1
    assert "✅" not in french.text + english.text
    assert chosen_from(french) == chosen_from(english) == []


def chosen_from(shop: Reply) -> list[str]:
    """What the menu of the shop offers."""
    return [option["value"] for one in shop.components for option in one.get("options", ())]


async def test_the_shop_has_pages(counter: Counter) -> None:
    shop = await counter.says("grace", "rewards list")
    second = await counter.presses("grace", shop, "Next")
    text = second.text
    first = await counter.presses("grace", second, "Previous")

    assert "Movie" in text
    assert "Golden role" not in text
    assert "Golden role" in first.text
    assert [file.filename for file in first.files] == ["sticker.png"]


async def test_nothing_is_spent_before_it_is_confirmed(counter: Counter) -> None:
    await counter.endow(100, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="gold")
    text, before = asked.text, await counter.balance("ada")
    kept = await counter.presses("ada", asked, "Garder mes points")

    assert text.startswith(
        "🎁 **Rôle doré** coûte **100 points**. Tu en as 100\u202f; il t’en restera 0."
    )
    assert (before, await counter.balance("ada")) == (100, 100)
    assert kept.text == "👌 Rien n’a été dépensé."


async def test_the_menu_of_the_shop_leads_to_the_same_confirmation(counter: Counter) -> None:
    await counter.endow(100, "ada")
    shop = await counter.says("ada", "rewards list")
    asked = await counter.presses("ada", shop, "v1:want", values=["sticker"])

    assert "coûte **60 points**" in asked.text
    assert "L’équipe s’en occupe d’ici 14 jours" in asked.text


async def test_a_role_is_given_once_and_paid_once(counter: Counter) -> None:
    await counter.endow(250, "ada")
    said = await counter.has("ada", "gold")
    mine = await counter.says("ada", "rewards mine")
    again = await counter.says("ada", "rewards redeem", reward="gold")

    assert said.text.startswith("✨ **Rôle doré** est en chemin.")
    assert GOLD in counter.roles("ada")
    assert await counter.balance("ada") == 150
    assert "remis" in mine.text
    assert (
        again.text
        == "⛔ Tu ne peux pas avoir **Rôle doré** maintenant\u00a0:\n- Tu as déjà ce rôle."
    )


async def test_one_confirmation_is_one_redemption_however_often_it_is_pressed(
    counter: Counter,
) -> None:
    await counter.endow(250, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="sticker")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    press = counter.stage.standin.press
    first, second = await asyncio.gather(
        press(counter.member("ada"), asked, button, deliver_twice=True),
        press(counter.member("ada"), asked, button),
    )

    assert first.text == second.text
    assert await counter.balance("ada") == 190


async def test_a_price_that_changed_meanwhile_is_not_paid(
    counter: Counter, shop_folder: Path
) -> None:
    await counter.endow(250, "ada")
    asked = await counter.says("ada", "rewards redeem", reward="sticker")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    dearer = CATALOGUE.replace("cost = 60", "cost = 90")
    (shop_folder / "rewards.toml").write_text(dearer, encoding="utf-8")
    said = await counter.presses("ada", asked, button)

    assert "ça coûte maintenant 90 points" in said.text
    assert await counter.balance("ada") == 250


async def test_a_reward_that_is_gone_is_said_so(counter: Counter, shop_folder: Path) -> None:
    await counter.endow(250, "grace")
    asked = await counter.says("grace", "rewards redeem", reward="sticker")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    (shop_folder / "rewards.toml").unlink()
    said = await counter.presses("grace", asked, button)
    shop = await counter.says("grace", "rewards list")

    assert said.text.startswith("🤷 There is no such reward any more.")
    assert shop.text == "🛍️ The shop is empty for now. Keep your points: they do not expire."


async def test_what_is_being_typed_is_completed_by_name_affordable_first(
    counter: Counter,
) -> None:
    await counter.endow(35, "ada")
    everything = await counter.stage.standin.autocomplete(
        counter.member("ada"), CHANNEL, "rewards redeem", "reward", {}
    )
    some = await counter.stage.standin.autocomplete(
        counter.member("grace"), CHANNEL, "rewards redeem", "reward", {"reward": "role"}
    )

    assert everything.choices[0] == {"name": "Rôle prêté · 30 points", "value": "lent"} | {
        key: everything.choices[0][key] for key in everything.choices[0].keys() - {"name", "value"}
    }
    assert [choice["value"] for choice in some.choices] == ["gold", "lent"]


async def test_a_code_is_shown_to_its_owner_until_it_is_saved(counter: Counter) -> None:
    await counter.endow(100, "ada", "grace")
    await counter.fill("AAAA-1111", "BBBB-2222")
    said = await counter.has("ada", "key")
    await counter.has("grace", "key")
    mine = await counter.presses("ada", said, "Voir mon code")
    first = mine.text
    again = await counter.says("ada", "rewards mine")
    others = await counter.says("grace", "rewards mine")
    saved = await counter.presses("ada", again, "v1:saved:1")
    later = await counter.says("ada", "rewards mine")

    mine_is, hers_is = ("AAAA-1111", "BBBB-2222") if "AAAA" in first else ("BBBB-2222", "AAAA-1111")
    assert all(each.ephemeral for each in (mine, again, others))
    assert mine_is in first
    assert hers_is not in first
    assert hers_is in others.text
    assert mine_is not in others.text
    assert mine_is not in saved.text + later.text
    assert "un code secret" in later.text


async def test_nobody_saves_the_code_of_another(counter: Counter) -> None:
    await counter.endow(100, "ada", "grace")
    await counter.fill("AAAA-1111", "BBBB-2222")
    await counter.has("ada", "key")
    await counter.has("grace", "key")
    mine = await counter.says("grace", "rewards mine")
    for component in mine.components:
        if component.get("custom_id") == "v1:saved:2":
            component["custom_id"] = "v1:saved:1"
    await counter.presses("grace", mine, "v1:saved:1")
    adas = await counter.says("ada", "rewards mine")

    assert "-1111" in adas.text or "-2222" in adas.text


async def test_a_role_on_loan_is_taken_back_and_lasts_longer_if_had_again(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2)
    await counter.has("ada", "lent")
    await counter.passes(days=2)
    still = LENT in counter.roles("ada")
    await counter.passes(days=2, minutes=1)
    told = await counter.says("ada", "points balance")

    assert still
    assert LENT not in counter.roles("ada")
    assert told.text.count("🔔 Ton temps avec «\u202fRôle prêté\u202f» est écoulé.") == 1
    assert await counter.balance("ada") == 40


@pytest.mark.parametrize(
    "trouble",
    [
        faults.status(403, 50013, "Missing Permissions"),
        faults.status(404, 10011, "Unknown Role"),
        faults.status(404, 10007, "Unknown Member"),
    ],
    ids=["hierarchy", "role deleted", "member left"],
)
async def test_a_role_that_discord_refuses_for_good_is_refunded(
    counter: Counter, trouble: faults.Action
) -> None:
    await counter.endow(100, "grace")
    counter.stage.standin.faults.add("PUT", "/roles/", trouble, times=99)
    await counter.has("grace", "gold")
    told = await counter.says("grace", "points balance")

    assert await counter.balance("grace") == 100
    assert told.text.startswith(
        "🔔 The role for “Golden role” could not be given. You have your 100 points back."
    )
    assert GOLD not in counter.roles("grace")
    told_staff = [m.text for m in counter.stage.standin.messages(STAFF) if "boutique" in m.text]
    assert len(told_staff) == (trouble.code != 10007)  # Who left is nobody's concern.


async def test_a_role_that_was_given_unseen_before_it_was_refused_is_not_refunded(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply())
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(403, 50013), times=99)
    await counter.has("ada", "gold")
    await counter.passes(minutes=5)

    assert GOLD in counter.roles("ada")
    assert await counter.balance("ada") == 0


async def test_a_role_comes_when_discord_is_back(counter: Counter) -> None:
    await counter.endow(100, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(503), times=3)
    await counter.has("ada", "gold")
    early = GOLD in counter.roles("ada")
    for _ in range(3):
        await counter.passes(minutes=5)

    assert not early
    assert GOLD in counter.roles("ada")
    assert await counter.balance("ada") == 0


async def test_staff_hear_at_the_start_of_roles_that_cannot_be_given(
    shop_folder: Path, on_stage: StageSetter, house: House
) -> None:
    gold = "[[reward]]" + CATALOGUE.split("[[reward]]")[1]
    high = gold.replace('"gold"', '"high"').replace("555", "557")
    (shop_folder / "rewards.toml").write_text(gold + high, encoding="utf-8")
    guild = house.standin.world.guilds[GUILD]
    guild.roles[557] = RoleSpec(id=557, name="high", position=99)
    async with on_stage(house=house) as stage:
        del guild.roles[GOLD]
        await shop_roles.look(stage.program.bot.rest, stage.program.show)
        await shop_roles.look(stage.program.bot.rest, stage.program.show)
        await stage.settle()
        told = [m.text for m in stage.standin.messages(STAFF) if "donne le rôle" in m.text]

    assert sorted(text.split(",")[0] for text in told) == [
        "🛠️ «\u202fRôle doré\u202f» donne le rôle 555",
        "🛠️ «\u202fRôle doré\u202f» donne le rôle <@&557>",
    ]


async def test_staff_hear_once_of_a_pool_that_ran_dry(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.fill("AAAA-1111")
    await counter.has("ada", "key")
    await counter.passes(minutes=1)
    await counter.passes(minutes=1)
    told = [m.text for m in counter.stage.standin.messages(STAFF) if "codes" in m.text]

    assert told == [
        (
            "🛠️ Il n’y a plus de codes pour «\u202fClé de jeu\u202f»\u00a0: "
            "ajoutes-en avec `/livraison codes`."
        )
    ]

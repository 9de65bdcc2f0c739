"""Every reason to refuse, as a member meets it in the shop: what is missing, in both languages."""

from pathlib import Path

import pytest

from engine.moments import to_ms
from engine.people import bans
from tests.show.rewards.conftest import CHANNEL, Counter

CATALOGUE = """
[[reward]]
id = "dear"
kind = "manual"
name = { fr = "Voyage", en = "Journey" }
cost = 1500
[[reward]]
id = "gone"
kind = "code"
name = { fr = "Clé", en = "Key" }
cost = 10
[[reward]]
id = "rests"
kind = "manual"
name = { fr = "Café", en = "Coffee" }
cost = 10
cooldown = "7d"
[[reward]]
id = "asks"
kind = "manual"
name = { fr = "Coupe", en = "Cup" }
cost = 10
requires = { every = [{ solved = 3 }] }
[[reward]]
id = "expired"
kind = "manual"
name = { fr = "Pull", en = "Jumper" }
cost = 10
until = 2025-01-01
[[reward]]
id = "closed"
kind = "manual"
name = { fr = "Livre", en = "Book" }
cost = 10
paused = true
"""
GOLDEN = {
    "dear": (
        "Voyage",
        "Ça coûte 1 500 points et tu en as 90 : il t’en manque 1 410.",
        "Journey",
        "It costs 1,500 points and you have 90: 1,410 to go.",
    ),
    "gone": ("Clé", "C’est épuisé.", "Key", "It is sold out."),
    "rests": (
        "Café",
        "Tu pourras avoir le prochain à partir du <t:{week}:f> (<t:{week}:R>).",
        "Coffee",
        "You can have the next one from <t:{week}:f> on (<t:{week}:R>).",
    ),
    "asks": (
        "Coupe",
        "Il te faut 3 énigmes résolues (toi : 0).",
        "Cup",
        "You need 3 solved riddles (you: 0).",
    ),
    "expired": (
        "Pull",
        "Ce n’est plus disponible depuis le <t:1735686000:f>.",
        "Jumper",
        "It could be had until <t:1735686000:f>.",
    ),
    "closed": (
        "Livre",
        "Ce n’est pas distribué pour le moment.",
        "Book",
        "It is not handed out for the time being.",
    ),
    "banned": (
        "Café",
        "La boutique t’est fermée. L’équipe peut te dire pourquoi.",
        "Coffee",
        "The shop is closed to you. The staff can tell you why.",
    ),
}


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.mkdir()
    (content / "rewards.toml").write_text(CATALOGUE, encoding="utf-8")
    return content


async def test_every_refusal_names_what_is_missing_in_french_and_in_english(
    counter: Counter,
) -> None:
    show, standin = counter.stage.program.show, counter.stage.standin
    ada = counter.member("ada")
    await counter.endow(100, "ada")
    await counter.has("ada", "rests")
    async with show.database.reading() as reader:
        asked_at = await reader.value("SELECT at FROM redemptions")
    week = (asked_at + 7 * 86_400_000) // 1000
    for case, (named, french, name, english) in GOLDEN.items():
        if case == "banned":
            async with show.database.transaction() as tx:
                now = to_ms(show.clock.now())
                await bans.impose(tx, [(ada.id, "cheats")], origin="here", now_ms=now)
        reward = {"reward": "rests" if case == "banned" else case}
        said = {
            locale: await standin.command(ada, CHANNEL, "rewards redeem", reward, locale=locale)
            for locale in ("fr", "en-GB")
        }
        in_french = said["fr"].text.replace("\u202f", " ").replace("\u00a0", " ")

        assert in_french.startswith(
            f"⛔ Tu ne peux pas avoir **{named}** maintenant :\n- {french.format(week=week)}"
        )
        assert said["en-GB"].text.startswith(
            f"⛔ You cannot have **{name}** now:\n- {english.format(week=week)}"
        )

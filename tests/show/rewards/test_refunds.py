"""What was handed over and was not right is paid back by staff: once, with a reason, in public."""

import pytest

from riddles.shop import leaving
from tests.show.rewards.conftest import GOLD, STAFF, Counter


def heard(counter: Counter) -> list[str]:
    """What staff were told of refunds."""
    texts = [message.text for message in counter.stage.standin.messages(STAFF)]
    return [text for text in texts if text.startswith("🧾")]


async def refunds(counter: Counter, number: int = 1, why: str = "déjà utilisé.") -> str:
    reply = await counter.says("margaret", "fulfil refund", request=number, why=why)
    final = await reply.final()
    await counter.stage.settle()
    return final.text


async def test_a_code_that_was_not_right_is_paid_back_once_and_the_member_reads_why(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.fill("AAAA-1111", "BBBB-2222")
    await counter.has("ada", "key")
    said = await refunds(counter)
    again = await refunds(counter)
    told = await counter.says("ada", "points balance")
    mine = await counter.says("ada", "rewards mine")
    shop = await counter.says("ada", "rewards list")

    assert said == "💸 n° 1\u00a0: **Clé de jeu** est remboursé, 50 points rendus"
    assert again == "⛔ Le n° 1 a déjà été remboursé."
    assert await counter.balance("ada") == 100
    assert told.text.startswith(
        "🔔 L’équipe t’a rendu tes 50 points pour «\u202fClé de jeu\u202f»\u00a0: déjà utilisé."
    )
    assert "remboursé par l’équipe, tes points sont rendus" in mine.text
    assert "-1111" in mine.text or "-2222" in mine.text
    assert "50 points · il en reste 1" in shop.text
    assert heard(counter) == [
        (
            "🧾 **Correction n° 1**\u00a0: n° 1 («\u202fClé de jeu\u202f») remboursé, "
            "**50 points** rendus\n"
            "> déjà utilisé.\n"
            "-# Inscrite par **Margaret**."
        )
    ]


async def test_a_role_that_was_paid_back_is_taken_and_can_be_had_again(counter: Counter) -> None:
    await counter.endow(250, "ada")
    await counter.has("ada", "gold")
    await refunds(counter)
    taken = GOLD not in counter.roles("ada")
    await counter.has("ada", "gold")

    assert taken
    assert GOLD in counter.roles("ada")
    assert await counter.balance("ada") == 150


async def test_the_request_in_the_staffs_channel_tells_of_its_refund(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    await counter.says("margaret", "fulfil done", requests="1")
    await refunds(counter, why="déchiré")
    (request,) = counter.requests

    assert "💸 Remboursé par <@" in request.text
    assert "> déchiré" in request.text
    assert not request.buttons


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        (
            "ada",
            "⛔ Le n° 1 n’a pas encore été remis\u00a0: annule-le plutôt.",
            "⛔ No. 1 was not handed over yet: cancel it instead.",
        ),
        (
            "margaret",
            "⛔ Le n° 1 est à toi\u00a0: quelqu’un d’autre doit le rembourser.",
            "⛔ No. 1 is your own: somebody else has to refund it.",
        ),
    ],
    ids=["waiting", "own"],
)
async def test_what_cannot_be_refunded_is_said_in_both_languages(
    counter: Counter, name: str, french: str, english: str
) -> None:
    await counter.endow(100, name)
    await counter.has(name, "sticker")
    if name == "margaret":
        await counter.says("margaret", "fulfil done", requests="1")
    host = counter.member("margaret")
    said: dict[str, str] = {}
    for locale in ("fr", "en-GB"):
        reply = await counter.stage.standin.command(
            host, STAFF, "fulfil refund", {"request": 1, "why": "x"}, locale=locale
        )
        said[locale] = (await reply.final()).text

    assert said == {"fr": french, "en-GB": english}


async def test_the_words_of_a_refund_leave_with_the_member(counter: Counter) -> None:
    await counter.endow(200, "ada")
    await counter.has("ada", "sticker")
    await counter.says("margaret", "fulfil done", requests="1")
    await refunds(counter, why="12 rue des Lilas : colis perdu")
    database = counter.stage.program.show.database

    async with database.transaction() as tx:
        await leaving.forget(tx, counter.member("ada").id, bytes(range(32)), 0)
    await database.scrub()

    files = [file for file in database.path.parent.glob(f"{database.path.name}*") if file.is_file()]
    assert not any(b"rue des Lilas" in file.read_bytes() for file in files)

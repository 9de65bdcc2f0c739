"""Staff see to requests: in their channel or from the queue, one person each, every step kept."""

import pytest

from engine.shop import request_queue
from riddles.discord.cases.fulfilment import read_numbers
from riddles.refusal import Refusal
from riddles.rehearsal.discord import MemberSpec, Message, Reply, aged
from tests.show.rewards.conftest import GUILD, STAFF, Counter


async def steps(counter: Counter, number: int = 1) -> list[tuple[str, bool, str | None]]:
    async with counter.stage.program.show.database.reading() as reader:
        return [
            (one.step, one.consent, one.note) for one in await request_queue.steps(reader, number)
        ]


async def fills_in(counter: Counter, form: Reply, note: str, name: str = "margaret") -> Reply:
    reply = await counter.stage.standin.submit(counter.member(name), form, {"note": note})
    await counter.stage.settle()
    return reply


def second_host(counter: Counter) -> MemberSpec:
    """Somebody else of the staff."""
    roles = counter.stage.standin.roles_of(GUILD, counter.stage.cast.host.id)
    person = MemberSpec(id=aged(counter.stage.clock, days=90, serial=800), name="joan", roles=roles)
    counter.stage.standin.join(GUILD, person)
    return person


async def test_a_request_stands_in_the_staffs_channel_until_it_is_seen_to(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    said = await counter.has("ada", "sticker")
    (request,) = counter.requests
    posted = request.text
    form = await counter.presses("margaret", request, "C’est remis")
    done = await fills_in(counter, form, "Envoyé, suivi n° 4711.")
    (request,) = counter.requests
    told = await counter.says("ada", "points balance")

    assert "La demande n° 1 pour **Autocollant** est chez l’équipe." in said.text
    assert posted.startswith("### 📬 Demande n° 1\u00a0: Autocollant\n<@")
    assert "pour 60 points." in posted
    assert done.text == "✅ n° 1\u00a0: **Autocollant** est remis"
    assert "✅ Remis par <@" in request.text
    assert "> Envoyé, suivi n° 4711." in request.text
    assert not request.buttons
    assert not request.pings.users
    assert told.text.startswith("🔔 «\u202fAutocollant\u202f» t’a été remis.")
    assert await steps(counter) == [
        ("requested", False, None),
        ("fulfilled", False, "Envoyé, suivi n° 4711."),
    ]


async def test_what_is_canceled_goes_back_and_the_member_reads_why(counter: Counter) -> None:
    await counter.endow(100, "grace")
    await counter.has("grace", "sticker")
    (request,) = counter.requests
    form = await counter.presses("margaret", request, "Annuler")
    done = await fills_in(counter, form, "none left.")
    told = await counter.says("grace", "points balance")
    again = await counter.presses("margaret", as_it_was(request), "v1:request:done:1")

    assert done.text == "↩️ n° 1\u00a0: annulé, 60 points rendus"
    assert told.text.startswith(
        "🔔 Your request for “Sticker” was canceled: none left. You have your 60 points back."
    )
    assert await counter.balance("grace") == 100
    assert again.text == "⛔ La demande n° 1 a déjà été annulée."


def as_it_was(request: Message) -> Message:
    """The message as somebody still has it on their screen, with its button."""
    button = {"type": 2, "id": 91, "style": 1, "label": "x", "custom_id": "v1:request:done:1"}
    request.payload["components"].append({"type": 1, "id": 90, "components": [button]})
    return request


async def test_a_neglected_request_is_refunded_at_its_deadline_and_everybody_is_told(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    await counter.passes(days=12, hours=1)
    reminded = list(counter.words)
    await counter.passes(days=1, hours=22)
    early = await counter.balance("ada")
    await counter.passes(hours=2)
    told = await counter.says("ada", "points balance")
    (request,) = counter.requests

    assert len(reminded) == 1
    assert "La demande n° 1 («\u202fAutocollant\u202f») t’attend jusqu’au <t:" in reminded[0]
    assert (early, await counter.balance("ada")) == (40, 100)
    assert told.text.startswith(
        "🔔 Personne n’a pu s’occuper de «\u202fAutocollant\u202f» à temps."
    )
    assert "⌛ Personne ne s’en est occupé à temps" in request.text
    assert len(counter.words) == 2
    assert "60 points ont été rendus au membre" in counter.words[1]


async def test_what_is_overdue_and_cannot_be_done_is_not_asked_for_again_and_again(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    rewarding, show = counter.stage.program.parts, counter.stage.program.show
    before = await rewarding.next_moment()
    async with show.database.transaction() as tx:
        await tx.execute("UPDATE redemptions SET deadline_at = at")
    overdue = await rewarding.next_moment()

    assert before is not None
    assert overdue is None or overdue[1] > show.clock.now()


async def test_the_queue_is_oldest_first_and_leads_to_each_request(counter: Counter) -> None:
    await counter.endow(200, "ada", "grace")
    await counter.has("ada", "sticker")
    await counter.has("grace", "sticker")
    queue = await counter.says("margaret", "fulfil list")
    text = queue.text
    one = await counter.presses("margaret", queue, "v1:request:look", values=["2"])
    form = await counter.presses("margaret", one, "v1:request:done:2")
    await fills_in(counter, form, "")
    rest = await counter.says("margaret", "fulfil list")

    assert queue.ephemeral
    assert text.startswith(
        "**2 demandes attendent, les plus anciennes d’abord**\n`1` **Autocollant**"
    )
    assert "demandé" in one.text
    assert rest.text.startswith("**1 demande attend")
    assert "`2`" not in rest.text


async def test_one_person_sees_to_a_request_and_another_may_take_it_over(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    joan, press = second_host(counter), counter.stage.standin.press
    mine = await counter.presses("margaret", counter.requests[0], "Je m’en occupe")
    claimed = counter.requests[0].text
    form = await press(joan, counter.requests[0], "v1:request:done:1")
    refused = await counter.stage.standin.submit(joan, form, {"note": "x"})
    over = await press(joan, refused, "Prendre la relève")
    form = await press(joan, counter.requests[0], "v1:request:done:1")
    done = await counter.stage.standin.submit(joan, form, {"note": "x"})

    assert mine.text == "🙋 Tu t’occupes de la demande n° 1."
    assert f"🙋 <@{counter.stage.cast.host.id}> s’en occupe." in claimed
    assert refused.text.startswith(
        f"🙋 <@{counter.stage.cast.host.id}> s’occupe de la demande n° 1."
    )
    assert over.text == "🙋 Tu t’occupes de la demande n° 1."
    assert done.text.startswith("✅")
    assert [step for step, *_ in await steps(counter)] == [
        "requested",
        "claimed",
        "claimed",
        "fulfilled",
    ]


async def test_who_took_it_on_can_give_it_back(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    await counter.presses("margaret", counter.requests[0], "Je m’en occupe")
    back = await counter.presses("margaret", counter.requests[0], "Finalement pas moi")

    assert back.text == "↩️ La demande n° 1 attend de nouveau quelqu’un."
    assert "Je m’en occupe" in counter.requests[0].buttons.values()


async def test_a_condition_is_ticked_before_the_code_is_given(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.fill("FILM-0001", reward="film")
    asked = await counter.says("ada", "rewards redeem", reward="film")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    confirmation = asked.text
    await counter.presses("ada", asked, button)
    waiting = await counter.says("ada", "rewards mine")
    (request,) = counter.requests
    condition = await counter.presses("margaret", request, "C’est remis")
    form = await counter.presses("margaret", condition, "J’ai vérifié\u00a0: c’est remis")
    await fills_in(counter, form, "")
    told = await counter.says("ada", "rewards mine")

    assert "☑️ L’équipe vérifiera d’abord ceci\u00a0: Avoir 16 ans." in confirmation
    assert "d’ici 3 jours" in confirmation
    assert "FILM" not in waiting.text
    assert "☑️ À vérifier à la remise\u00a0: Avoir 16 ans." in request.text
    assert condition.text.startswith("☑️ Avant de remettre la demande n° 1\u00a0: Avoir 16 ans.")
    assert told.text.startswith("🔔 Ton code pour «\u202fFilm\u202f» est arrivé")
    assert "FILM-0001" in told.text
    assert (await steps(counter))[-1] == ("fulfilled", True, None)
    assert all("FILM" not in each.text for each in counter.stage.standin.messages(STAFF))


async def test_many_are_handed_over_at_once_and_each_is_told_for_itself(counter: Counter) -> None:
    await counter.endow(200, "ada", "grace", "linus")
    await counter.fill("FILM-0001", reward="film")
    await counter.has("ada", "sticker")
    await counter.has("grace", "film")
    await counter.has("linus", "sticker")
    await counter.says("margaret", "fulfil cancel", requests="3", why="erreur")
    said = await counter.says("margaret", "fulfil done", requests="1-3, 9", note="au local")
    ticked = await counter.says("margaret", "fulfil done", requests="n°2", condition=True)

    assert said.text.split("\n") == [
        "✅ n° 1\u00a0: **Autocollant** est remis",
        "☑️ Avant de remettre la demande n° 2\u00a0: Avoir 16 ans.",
        "⛔ La demande n° 3 a déjà été annulée.",
        "⛔ Il n’y a pas de demande n° 9.",
    ]
    assert ticked.text == "✅ n° 2\u00a0: **Film** est remis"


async def test_numbers_that_are_none_are_refused_in_words(counter: Counter) -> None:
    said = await counter.says("margaret", "fulfil done", requests="1, trois")

    assert said.text.startswith("⛔ «\u202ftrois\u202f» n’est pas un numéro de demande")


def test_numbers_are_read_as_people_write_them() -> None:
    assert read_numbers(" 3, 4 7-9,n°2 no.4") == [3, 4, 7, 8, 9, 2]
    for wrong in ("", " , ", "x", "-1", "٣", "1-9999999", "1.5", "9" * 20, "1-30"):
        with pytest.raises(Refusal):
            read_numbers(wrong)


async def test_a_reason_of_blanks_is_none(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    said = await counter.says("margaret", "fulfil cancel", requests="1", why="  ")

    assert said.text == "⛔ Dis pourquoi\u00a0: le membre le lira."
    assert await counter.balance("ada") == 40


async def test_codes_are_added_by_form_and_never_repeated(counter: Counter) -> None:
    member = counter.stage.cast.host
    form = await counter.says("margaret", "fulfil codes", reward="key")
    submit = counter.stage.standin.submit
    first = await submit(member, form, {"codes": "AAAA-1\n\n  BBBB-2  \n"})
    form = await counter.says("margaret", "fulfil codes", reward="key")
    again = await submit(member, form, {"codes": "CCCC-3\nBBBB-2"})
    form = await counter.says("margaret", "fulfil codes", reward="key")
    twice = await submit(member, form, {"codes": "DDDD-4\nEEEE-5\nDDDD-4"})
    none = await counter.says("margaret", "fulfil codes", reward="sticker")

    assert first.text == "🔑 2 codes ajoutés pour **Clé de jeu**. 2 sont libres."
    assert again.text == "⛔ Ligne 2\u00a0: ce code a déjà été chargé\u202f; rien n’a été chargé."
    assert (
        twice.text == "⛔ Ligne 3\u00a0: le même code figure plus haut\u202f; rien n’a été chargé."
    )
    assert none.text == "⛔ Il n’y a pas de récompense «\u202fsticker\u202f» faite de codes."


async def test_members_can_neither_call_nor_press_what_is_the_staffs(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    (request,) = counter.requests
    with pytest.raises(Exception, match="hidden"):
        await counter.says("ada", "fulfil list")
    counter.stage.standin.world.channels[STAFF].visible_to = None
    for button in ("v1:request:take:1", "v1:request:done:1", "v1:request:cancel:1"):
        said = await counter.presses("ada", request, button)

        assert said.text == "⛔ Seule l’équipe peut faire cela."
    assert await counter.balance("ada") == 40


async def test_a_button_of_a_request_that_is_not_there_is_answered_in_words(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    (request,) = counter.requests
    for component in request.components:
        if component.get("custom_id") == "v1:request:take:1":
            component["custom_id"] = "v1:request:take:x"
    said = await counter.presses("margaret", request, "v1:request:take:x")

    assert said.text == "⛔ Il n’y a pas de demande n° 0."


async def test_the_staffs_message_survives_being_deleted(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "sticker")
    (request,) = counter.requests
    await counter.stage.program.bot.rest.delete_message(STAFF, request.id)
    said = await counter.says("margaret", "fulfil done", requests="1")
    await counter.passes(minutes=1)

    assert said.text.startswith("✅")
    assert counter.requests == []


async def test_a_short_deadline_is_told_once_half_the_time_is_over(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.fill("FILM-0001", reward="film")
    await counter.has("ada", "film")
    await counter.passes(days=1, hours=6)
    early = len(counter.words)
    await counter.passes(hours=7)
    await counter.passes(hours=1)

    assert early == 0
    assert len(counter.words) == 1

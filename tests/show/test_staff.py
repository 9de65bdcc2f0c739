"""What staff do with the books, pressed and typed: told to whom it concerns, and done once."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from riddles.config import Settings, load_settings
from riddles.rehearsal.discord import MemberSpec, Message, Permission, Reply, RoleSpec, aged
from riddles.rehearsal.stage import Stage
from tests.audit import assert_books_fit
from tests.show.conftest import SETTINGS, StageSetter, published

Queue = Callable[..., Path]
HOSTS, STAFF = 100_000_000_000_000_004, 100_000_000_000_000_006


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Hosts and staff are different people."""
    path = tmp_path / "scheduler.toml"
    staff = f"animator_roles = [100000000000000004]\nstaff_roles = [{STAFF}]"
    text = SETTINGS.replace("animator_roles = [100000000000000004]", staff)
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


@dataclass(frozen=True, slots=True)
class Office:
    """A stage with an open riddle, two of the staff, and short words for acting on it."""

    stage: Stage
    first: MemberSpec
    second: MemberSpec
    host: MemberSpec
    """Who hosts the show, and is not of the staff."""

    @property
    def channel(self) -> int:
        """The French server's channel."""
        return self.stage.program.show.settings.server[0].channel

    def member(self, name: str) -> MemberSpec:
        """One of the cast."""
        return next(each for each in self.stage.cast.members if each.name == name)

    async def says(self, name: str, command: str, **options: Any) -> Reply:
        """A member calls a command."""
        return await self.calls(self.member(name), command, **options)

    async def calls(self, who: MemberSpec, command: str, **options: Any) -> Reply:
        """Somebody calls a command, and waits for all that follows."""
        reply = await self.stage.standin.command(who, self.channel, command, options)
        return await self._settled(reply)

    async def presses(self, who: MemberSpec, message: Message | Reply, button: str) -> Reply:
        """Somebody presses a button, and waits for all that follows."""
        reply = await self.stage.standin.press(who, message, button)
        return await self._settled(reply)

    async def _settled(self, reply: Reply) -> Reply:
        await reply.final()
        await self.stage.program.bot.counter.drained(5)
        await self.stage.settle()
        return reply

    async def adjusts(self, name: str, points: int, *, reason: str = "parce que") -> Reply:
        """The first of the staff corrects a member's points."""
        member = self.member(name).id
        return await self.calls(
            self.first, "ledger adjust", member=member, points=points, reason=reason
        )

    def backstage(self) -> Sequence[Message]:
        """What the staff read in their channel about corrections."""
        channel = self.stage.program.show.settings.server[0].staff_channel
        assert channel is not None
        return [each for each in self.stage.standin.messages(channel) if "🧾" in each.text]

    def public(self, server: int = 0) -> list[str]:
        """What everybody reads in a server's channel."""
        channel = self.stage.program.show.settings.server[server].channel
        return [message.text for message in self.stage.standin.messages(channel)]

    async def balance(self, name: str) -> str:
        """What a member reads about their points."""
        return (await self.says(name, "points balance")).text


@pytest.fixture
async def office(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Office, None]:
    queue("01-first")
    async with published(on_stage) as stage:
        guild = stage.standin.world.guilds[stage.program.show.settings.server[0].guild]
        guild.roles[STAFF] = RoleSpec(id=STAFF, name="staff", permissions=Permission.MANAGE_GUILD)
        staff = [
            MemberSpec(
                id=aged(stage.clock, days=300, serial=serial),
                name=name.lower(),
                display_name=name,
                roles=roles,
                locale=locale,
            )
            for serial, name, locale, roles in (
                (97, "Ruth", "fr", frozenset({STAFF, HOSTS})),
                (98, "Barbara", "en-GB", frozenset({STAFF, HOSTS})),
                (96, "Frances", "fr", frozenset({HOSTS})),
            )
        ]
        for each in staff:
            stage.standin.join(guild.id, each)
        yield Office(stage, *staff)
        async with stage.program.show.database.reading() as reader:
            await assert_books_fit(reader)


# Giving and taking.


async def test_points_are_given_with_a_reason_that_the_member_reads(office: Office) -> None:
    reply = await office.adjusts("ada", 50, reason="  une   belle idée ")
    heard = await office.balance("ada")
    again = await office.balance("ada")
    history = await office.says("ada", "points history")

    assert reply.ephemeral
    assert reply.text == (
        "✅ **Correction n° 1**\N{NO-BREAK SPACE}: **50 points** pour **Ada**\n"
        "> une belle idée\n-# Inscrite par **Ruth**."
    )
    assert heard.startswith(
        "🔔 L’équipe t’a donné 50 points\N{NO-BREAK SPACE}: «\u202fune belle idée\u202f»\n\n💰"
    )
    assert again.startswith("💰")
    assert "**+50** → 50 · ajustement · une belle idée" in history.text
    assert [message.text[0] for message in office.backstage()] == ["🧾"]
    assert not office.backstage()[0].pings.users


async def test_the_notice_is_in_the_members_own_language(office: Office) -> None:
    await office.adjusts("grace", -50, reason="sorry")

    assert (await office.balance("grace")).startswith("🔔 The staff took 50 points back: “sorry”\n")


async def test_a_request_delivered_twice_is_booked_once(office: Office) -> None:
    options = {"member": office.member("ada").id, "points": 50, "reason": "x"}
    reply = await office.stage.standin.command(
        office.first, office.channel, "ledger adjust", options, deliver_twice=True
    )
    await reply.final()

    assert "**50 points**" in await office.balance("ada")


async def test_what_is_missing_is_said(office: Office) -> None:
    no_points = await office.adjusts("ada", 0)
    no_reason = await office.adjusts("ada", 5, reason="  ")

    assert "Dis combien de points" in no_points.text
    assert "a besoin d’une raison" in no_reason.text


# Two pairs of eyes.


async def test_a_large_correction_waits_in_the_staffs_channel(office: Office) -> None:
    proposed = await office.adjusts("ada", 500)
    before = await office.balance("ada")
    (waiting,) = office.backstage()
    asked = deepcopy(waiting)
    own = await office.presses(office.first, waiting, "Approuver")
    approved = await office.presses(office.second, waiting, "Approuver")
    again = await office.presses(office.second, asked, "Approuver")
    after = await office.balance("ada")

    assert proposed.text.startswith("🕓")
    assert "Quelqu’un d’autre doit l’approuver" in asked.text
    assert "approuvée par **Barbara**" in waiting.text
    assert not waiting.buttons
    assert "**0 point**" in before
    assert "quelqu’un d’autre doit l’approuver" in own.text
    assert approved.text.startswith("✅ **Correction no. 1**: **500 points** for ")
    assert "Proposed by **Ruth**, approved by **Barbara**." in approved.text
    assert again.text == approved.text
    assert "**500 points**" in after
    assert "approuvée par **Barbara**" in office.backstage()[-1].text
    assert not office.backstage()[-1].buttons


async def test_two_clicks_at_once_book_once(office: Office) -> None:
    await office.adjusts("ada", 500)
    (waiting,) = office.backstage()
    await asyncio.gather(
        *(office.presses(office.second, waiting, "v1:approve:1") for _ in range(3))
    )

    assert "**500 points**" in await office.balance("ada")
    assert len(office.backstage()) == 2


async def test_what_waits_is_listed_offered_and_approved_by_its_number(office: Office) -> None:
    await office.adjusts("ada", 500, reason="une longue histoire")
    await office.adjusts("linus", -300)
    listed = await office.calls(office.second, "ledger approve")
    offered = await office.stage.standin.autocomplete(
        office.second, office.channel, "ledger approve", "correction", {"correction": "longue"}
    )
    strangers = await office.stage.standin.autocomplete(
        office.host, office.channel, "ledger approve", "correction", {"correction": ""}
    )
    approved = await office.calls(office.second, "ledger approve", correction=2)
    dropped = await office.presses(office.second, listed, "Drop no. 1")
    late = await office.calls(office.second, "ledger approve", correction=1)
    nothing = await office.calls(office.second, "ledger approve")

    assert listed.text.count("🕓") == 2
    assert [(each["name"], each["value"]) for each in offered.choices] == [
        ("1 · +500 · une longue histoire", 1)
    ]
    assert strangers.choices == []
    assert "**300 points** taken from" in approved.text
    assert "dropped by **Barbara**" in dropped.text
    assert late.text == "⛔ Correction no. 1 was withdrawn."
    assert nothing.text == "Nothing waits for approval."


async def test_who_would_gain_by_a_reversal_is_told_to_find_somebody_else(office: Office) -> None:
    barbara = office.second
    adjust = {"member": barbara.id, "points": -500, "reason": "une erreur"}
    await office.calls(office.first, "ledger adjust", **adjust)
    await office.calls(barbara, "ledger approve", correction=1)
    await office.calls(office.first, "ledger reverse", transfer=1, reason="pas une erreur")
    said = {
        locale: await office.stage.standin.command(
            barbara, office.channel, "ledger approve", {"correction": 2}, locale=locale
        )
        for locale in ("fr", "en-GB")
    }
    for reply in said.values():
        await reply.final()

    assert {locale: reply.text for locale, reply in said.items()} == {
        "fr": (
            "⛔ La correction n° 2 te ferait gagner des points\u00a0: "
            "quelqu’un d’autre doit l’approuver."
        ),
        "en-GB": ("⛔ You would gain points by correction no. 2: somebody else has to approve it."),
    }


async def test_a_proposal_that_nobody_approved_is_over_after_three_days(office: Office) -> None:
    await office.adjusts("ada", 500)
    (waiting,) = office.backstage()
    await office.stage.move_to(office.stage.clock.now() + timedelta(days=3))
    reply = await office.presses(office.second, waiting, "Approuver")

    assert reply.text == "⛔ Nobody approved correction no. 1 in time: propose it again."


async def test_nobody_gives_themselves_points_alone(office: Office) -> None:
    reply = await office.calls(
        office.first, "ledger adjust", member=office.first.id, points=1, reason="moi"
    )

    assert reply.text.startswith("🕓")


# Taking back.


async def test_an_award_is_taken_back_by_the_number_in_the_statement(office: Office) -> None:
    await office.says("ada", "answer", text="quicksort")
    ada = office.member("ada").id
    statement = await office.calls(office.first, "ledger statement", member=ada)
    reply = await office.calls(office.first, "ledger reverse", transfer=1, reason="trop tôt")
    again = await office.calls(office.first, "ledger reverse", transfer=1, reason="encore")
    after = await office.calls(office.first, "ledger statement", member=ada)

    assert statement.text.startswith("📒 Relevé de points\u00a0: **Ada**\n`#1` <t:")
    assert "mouvement n° 1 annulé, **100 points** repris" in reply.text
    assert again.text == "⛔ Le mouvement n° 1 a déjà été repris."
    assert "**−100** → 0 · reprise, énigme n° 1" in after.text
    assert "(corrige le n° 1) · trop tôt" in after.text


async def test_a_batch_is_taken_back_by_its_name(office: Office) -> None:
    await office.adjusts("ada", 50)
    reply = await office.calls(office.first, "ledger reverse", batch="correction-1", reason="non")

    assert "lot correction\\-1 annulé, **50 points** en tout" in reply.text
    assert "**0 point**" in await office.balance("ada")


async def test_what_cannot_be_taken_back_is_said(office: Office) -> None:
    wishes: list[dict[str, Any]] = [
        {},
        {"transfer": 1, "batch": "x"},
        {"transfer": 77},
        {"batch": "noël"},
    ]
    replies = [
        (await office.calls(office.first, "ledger reverse", reason="x", **wish)).text
        for wish in wishes
    ]

    assert replies == [
        "⛔ Nomme un mouvement par son numéro, ou bien un lot.",
        "⛔ Nomme un mouvement par son numéro, ou bien un lot.",
        "⛔ Il n’y a pas de mouvement n° 77.",
        "⛔ Il n’y a pas de lot noël.",
    ]


# A round that counts for nobody.


async def test_a_voided_riddle_is_closed_first_and_told_in_every_language(office: Office) -> None:
    await office.says("ada", "answer", text="quicksort")
    reply = await office.calls(office.first, "ledger void", riddle=1, reason="Déjà vue *ailleurs*")
    heard = await office.balance("ada")
    practice = await office.says("linus", "answer", text="quicksort")
    explained = await office.says("ada", "points explain")
    again = await office.calls(office.first, "ledger void", riddle=1, reason="x")

    assert "énigme n° 1 nulle, **100 points** en tout" in reply.text
    assert "🔒 Fermée" in office.public()[0]
    assert office.public()[-1] == (
        "📢 L’énigme n° 1 est nulle\N{NO-BREAK SPACE}: «\u202fDéjà vue \\*ailleurs\\*\u202f». "
        "Les points qu’elle a rapportés sont repris, et aucune série n’en est rompue."
    )
    assert office.public(1)[-1].startswith("📢 Riddle no. 1 is void: “Déjà vue \\*ailleurs\\*”.")
    assert "Les 100 points qu’elle t’a rapportés sont repris" in heard
    assert "**0 point**" in heard
    assert "Entraînement" in practice.text
    assert "Cette énigme est nulle" in explained.text
    assert again.text == "⛔ L’énigme n° 1 est déjà nulle."


async def test_a_riddle_that_paid_much_is_voided_by_two(office: Office) -> None:
    for name in ("ada", "grace", "linus"):
        await office.says(name, "answer", text="quicksort")
    await office.calls(office.first, "ledger void", riddle=1, reason="x")
    still = await office.says("hedy", "riddle show")
    (waiting,) = office.backstage()
    await office.presses(office.second, waiting, "Approuver")

    assert "⏳ Ouverte" in still.text
    assert "🔒 Fermée" in office.public()[0]
    assert "**0 point**" in await office.balance("linus")


# An answer that counts after all.


async def test_an_answer_is_accepted_after_a_look_at_what_it_means(office: Office) -> None:
    refused = await office.says("ada", "answer", text="tri par pivot")
    offer = await office.calls(office.host, "animate accept", text="tri par pivot")
    meant = offer.text
    done = await office.presses(office.host, offer, "Accepter")
    again = await office.presses(office.host, offer, "v1:accept:1:0:tri par pivot")
    heard = await office.balance("ada")
    live = await office.says("linus", "answer", text="Le tri par pivot")
    idle = await office.calls(
        office.host, "animate accept", text="tri par pivot", riddle="01-first"
    )

    assert refused.text.startswith("❌")
    assert meant == (
        "⚖️ Si **tri par pivot** est accepté pour l’énigme n° 1\N{NO-BREAK SPACE}:\n"
        "- 1 membre de plus la résout\n- versement de 100 points\n"
        "-# Tu as regardé comment elle est jugée\N{NO-BREAK SPACE}: désormais, tu y es hors "
        "classement.\nAccepter"
    )
    assert done.text.startswith("✅ **tri par pivot** est accepté pour l’énigme n° 1")
    assert "personne d’autre ne la résout" in again.text
    assert heard.startswith(
        "🔔 Ta réponse à l’énigme n° 1 est finalement acceptée\N{NO-BREAK SPACE}: "
        "tu gagnes 100 points.\n"
    )
    assert "**100 points**" in heard
    assert live.text.startswith("✅ C’est ça")
    assert "déjà accepté" in idle.text
    assert not idle.buttons


async def test_a_host_cannot_accept_their_own_answer_nor_play_on(office: Office) -> None:
    await office.calls(office.host, "answer", text="tri par pivot")
    offer = await office.calls(office.host, "animate accept", text="tri par pivot")
    refused = await office.presses(office.host, offer, "Accepter")
    await office.stage.move_to(office.stage.clock.now() + timedelta(minutes=1))
    solved = await office.calls(office.host, "answer", text="quicksort")
    other = await office.calls(office.first, "animate accept", text="tri par pivot")
    done = await office.presses(office.first, other, "Accepter")

    assert refused.text.startswith("⛔ Tu y gagnerais toi-même des points")
    assert "hors classement" in solved.text
    assert "versement de 100 points" in done.text


async def test_an_entry_may_hold_any_sign(office: Office) -> None:
    await office.says("ada", "answer", text="std::sort")
    offer = await office.calls(office.host, "animate accept", text="std::sort", riddle="1")
    await office.presses(office.host, offer, "Accepter")

    assert "**100 points**" in await office.balance("ada")


async def test_what_cannot_be_accepted_is_said(office: Office) -> None:
    wishes = [
        {"text": "bogosort"},
        {"text": "x" * 71},
        {"text": "x", "riddle": "99"},
        {"text": "x", "riddle": "9" * 30},
        {"text": "x", "riddle": "nulle-part"},
    ]
    says = [
        "la clé de l’énigme refuse cette réponse",
        "70 caractères",
        "Il n’y a pas d’énigme n° 99.",
        "Aucune énigme nommée 999",
        "Aucune énigme nommée nulle-part",
    ]
    replies = [(await office.calls(office.host, "animate accept", **wish)).text for wish in wishes]

    assert [text for text, part in zip(replies, says, strict=True) if part not in text] == []


async def test_only_staff_may_take_points_back_by_it(office: Office) -> None:
    await office.says("ada", "answer", text="tri par pivot")
    offer = await office.calls(office.host, "animate accept", text="tri par pivot")
    message = offer.message
    assert message is not None
    for component in message.components:
        if component.get("custom_id") == "v1:accept:1:0:tri par pivot":
            component["custom_id"] = "v1:accept:1:1:tri par pivot"  # As if it were made up.
    reply = await office.presses(office.host, offer, "v1:accept:1:1:tri par pivot")

    assert reply.text == "⛔ Seule l’équipe peut faire cela."


# Looking.


async def test_an_award_is_explained_down_to_its_row(office: Office) -> None:
    offer = await office.says("ada", "hint")
    await office.presses(office.member("ada"), offer, "v1:take:1:1")
    await office.says("ada", "answer", text="quicksort")
    offered = await office.stage.standin.autocomplete(
        office.member("ada"), office.channel, "points explain", "riddle", {"riddle": "qui"}
    )
    reply = await office.says("ada", "points explain", riddle=1)
    async with office.stage.program.show.database.reading() as reader:
        digest = (await reader.value("SELECT digest FROM transfers")).hex()
    lines = reply.text.split("\n")

    assert [each["value"] for each in offered.choices] == [1]
    nbsp = "\N{NO-BREAK SPACE}"
    assert lines[0] == (f"🧮 L’**énigme n° 1{nbsp}: Qui trie ici ?** t’a rapporté **90 points**.")
    assert lines[2:4] == [
        "- +90 · la valeur de l’énigme, 100, moins 1 indice pris en avance à 10",
        "**Dans le registre**",
    ]
    assert lines[4].startswith("`#1` <t:")
    assert lines[4].endswith(f"**+90** résolu · `{digest[:12]}…`")
    assert lines[5].startswith("-# Barème «\u202ffixed\u202f», version 1.")


async def test_there_is_nothing_to_explain_before_the_first_solve(office: Office) -> None:
    reply = await office.says("ada", "points explain")
    other = await office.says("ada", "points explain", riddle=7)
    history = await office.says("ada", "points history")

    assert "il n’y a rien à expliquer" in reply.text
    assert other.text == "L’énigme n° 7 ne t’a pas rapporté de points."
    assert "Aucun point n’a encore bougé." in history.text


async def test_a_long_history_has_pages_in_both_directions(office: Office) -> None:
    for number in range(1, 24):
        await office.adjusts("ada", number)
    await office.balance("ada")
    await office.balance("ada")
    first = await office.says("ada", "points history")
    text = first.text
    second = await office.presses(office.member("ada"), first, "Plus anciens")
    third = await office.presses(office.member("ada"), second, "Plus anciens")
    oldest = third.text
    back = await office.presses(office.member("ada"), third, "Plus récents")
    middle = back.text
    newest = await office.presses(office.member("ada"), back, "Plus récents")

    assert [text.count("ajustement"), oldest.count("ajustement")] == [10, 3]
    assert "`#23`" in text
    assert "`#14`" in text
    assert "`#13`" in middle
    assert "`#4`" in middle
    assert "`#3`" in oldest
    assert "`#23`" in newest.text


async def test_the_books_are_proved_from_discord(office: Office) -> None:
    await office.says("ada", "answer", text="quicksort")
    reply = await office.calls(office.first, "ledger verify")
    async with office.stage.program.show.database.reading() as reader:
        digest = (await reader.value("SELECT digest FROM transfers")).hex()

    assert reply.text == (
        f"✅ 1 mouvement, et tout concorde. Dernière empreinte\N{NO-BREAK SPACE}:\n`{digest}`"
    )


async def test_books_that_were_changed_are_found_out(office: Office) -> None:
    await office.says("ada", "answer", text="quicksort")
    database = office.stage.program.show.database
    async with database.transaction() as tx:
        await tx.execute("UPDATE accounts SET balance = 7 WHERE balance = 100")
    reply = await office.calls(office.first, "ledger verify")
    async with database.transaction() as tx:
        await tx.execute("UPDATE accounts SET balance = 100 WHERE balance = 7")

    assert reply.text.startswith("🚨 Le registre ne concorde pas")


async def test_the_staffs_role_decides_on_every_call(office: Office) -> None:
    ada = office.member("ada").id
    calls: dict[str, dict[str, Any]] = {
        "adjust": {"member": ada, "points": 5, "reason": "x"},
        "reverse": {"transfer": 1, "reason": "x"},
        "void": {"riddle": 1, "reason": "x"},
        "approve": {},
        "statement": {"member": ada},
        "verify": {},
    }
    replies = {
        (await office.calls(office.host, f"ledger {command}", **options)).text
        for command, options in calls.items()
    }

    assert replies == {"⛔ Seule l’équipe peut faire cela."}


async def test_the_actor_is_logged_by_account_and_never_by_discord_id(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        await office.adjusts("ada", 500)
        (waiting,) = office.backstage()
        await office.presses(office.second, waiting, "Approuver")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    ids = [str(person.id) for person in (office.first, office.second, office.member("ada"))]

    assert "correction 1 (adjust) of account" in logged
    assert not [each for each in ids if each in logged]

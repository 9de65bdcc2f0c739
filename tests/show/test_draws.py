"""A draw as people live it: announced, entered, frozen, witnessed, drawn, checked, handed over."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.draws.published import verify
from engine.moments import to_ms
from engine.people.bans import impose
from riddles.config import Settings
from riddles.rehearsal.discord import MemberSpec, Message, Reply
from riddles.rehearsal.discord.components import FILE
from riddles.rehearsal.stage import House, Stage
from tests.builders import MONDAY, PARIS
from tests.show.conftest import StageSetter

Queue = Callable[..., Path]
SPACES = {ord(space): " " for space in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"}
PLAYERS = ("ada", "grace", "linus", "hedy", "radia")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The usual house, with a hash that takes no minutes."""
    draws = settings.draws.model_copy(update={"hash_time": timedelta(milliseconds=20)})
    return settings.model_copy(update={"draws": draws})


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage on which everybody has solved the first riddle, and short words to act."""

    stage: Stage

    @property
    def channel(self) -> int:
        return self.stage.program.show.settings.server[0].channel

    def member(self, name: str) -> MemberSpec:
        if name == "margaret":
            return self.stage.cast.host
        return next(each for each in self.stage.cast.members if each.name == name)

    async def says(self, name: str, command: str, /, **options: Any) -> Reply:
        reply = await self.stage.standin.command(self.member(name), self.channel, command, options)
        return await reply.final()

    async def presses(self, name: str, on: Message | Reply, button: str) -> Reply:
        return await self.stage.standin.press(self.member(name), on, button)

    async def hands_in(self, name: str, form: Reply, **fields: str) -> Reply:
        reply = await self.stage.standin.submit(self.member(name), form, fields)
        return await reply.final()

    async def look(self, sql: str) -> Any:
        row = await self.stage.program.show.database.look_one(sql)
        return None if row is None else row[0]

    async def passes(self, **span: float) -> None:
        await self.stage.move_to(self.stage.clock.now() + timedelta(**span))

    def post(self, beginning: str) -> Message:
        """The newest public message that begins so."""
        messages = self.stage.standin.messages(self.channel)
        return next(each for each in reversed(messages) if each.text.startswith(beginning))

    async def drawn(self) -> Message:
        """The result, once the slow hash is done."""
        for _ in range(200):
            await self.stage.settle()
            messages = self.stage.standin.messages(self.channel)
            if any(each.text.startswith("# 🏆") for each in messages):
                return self.post("# 🏆")
            await asyncio.sleep(0.05)
        raise AssertionError("nothing was drawn")


A_DRAW: dict[str, Any] = {
    "name": "noel",
    "title": "Noël / Christmas",
    "prizes": "Clavier / Keyboard; Autocollant / Sticker",
    "until": "2h",
    "tickets": "points",
    "price": 10,
    "most": 5,
}


async def announced(scene: Scene, **changes: Any) -> Message:
    reply = await scene.says("margaret", "lots create", **A_DRAW | changes)
    assert "annoncé" in reply.text, reply.text
    await scene.stage.settle()
    return scene.post("# 🎟️")


async def entered(scene: Scene) -> None:
    message = await announced(scene)
    for name in PLAYERS:
        odds = await scene.presses(name, message, "v1:draw-odds:1")
        await scene.presses(name, odds, "v1:draw-enter:1:1")


async def witnessed(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    message = scene.post("# 🧊")
    for name in PLAYERS:
        await scene.presses(name, message, "v1:draw-witness:1")
    await scene.passes(minutes=15, seconds=5)


def the_file(scene: Scene, message: Message) -> dict[str, Any]:
    """The file that the message carries."""
    (file,) = (one["file"] for one in message.components if one["type"] == FILE)
    stored = scene.stage.standin.file(int(file["attachment_id"]))
    assert stored is not None
    return json.loads(stored.path.read_text(encoding="utf-8"))


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        scene = Scene(stage)
        for name in PLAYERS:
            await scene.says(name, "answer", text="quicksort")
        yield scene


async def test_the_odds_are_shown_before_anything_is_spent(scene: Scene) -> None:
    odds = await scene.presses("ada", await announced(scene), "v1:draw-odds:1")
    balance = await scene.says("ada", "points balance")

    assert "un ticket te fait gagner à coup sûr" in odds.text
    assert "100 points" in balance.text


async def test_tickets_are_paid_and_given_back(scene: Scene) -> None:
    odds = await scene.presses("ada", await announced(scene), "v1:draw-odds:1")
    inside = await scene.presses("ada", odds, "v1:draw-enter:1:5")
    heard = inside.text
    poorer = await scene.says("ada", "points balance")
    await scene.presses("ada", inside, "v1:draw-leave:1")
    again = await scene.says("ada", "points balance")

    assert "Tu as 5 tickets" in heard
    assert "50 points" in poorer.text
    assert "100 points" in again.text


async def test_what_was_drawn_can_be_checked_from_the_published_file(scene: Scene) -> None:
    await witnessed(scene)
    result = await scene.drawn()
    published = verify(the_file(scene, result))
    frozen, transcript = scene.post("# 🧊"), scene.post("# 📜")

    assert len(published.winners) == 2
    assert published.frozen in frozen.text
    assert published.transcript in transcript.text
    assert int(frozen.id) in published.messages
    assert the_file(scene, transcript)["presses"] == published.presses


async def test_nothing_is_known_before_the_transcript_is_out(scene: Scene) -> None:
    await witnessed(scene)
    await scene.drawn()
    texts = [message.text[:3] for message in scene.stage.standin.messages(scene.channel)]

    assert texts.index("# 🧊") < texts.index("# 📜") < texts.index("# 🏆")


async def test_what_lacks_entries_is_told_once_and_then_kept_up_to_date(scene: Scene) -> None:
    announcement = await announced(scene)
    first = int(announcement.text.split("<t:")[1].split(":")[0])
    await scene.passes(days=2, hours=2)
    once = len(beginning(scene, "⏳"))
    await scene.passes(days=2, hours=2)
    closes = await scene.look("SELECT freezes_at / 1000 FROM draws")
    (told,) = beginning(scene, "⏳")

    assert once == 1
    assert closes >= first + 2 * 48 * 3600
    assert told.translate(SPACES) == (
        "⏳ Noël : trop peu de participations, les inscriptions restent ouvertes "
        f"jusqu’au <t:{closes}:F>."
    )
    assert f"<t:{closes}:F>" in scene.post("# 🎟️").text


def beginning(scene: Scene, sign: str) -> list[str]:
    """What was posted that begins so."""
    messages = scene.stage.standin.messages(scene.channel)
    return [message.text for message in messages if message.text.startswith(sign)]


async def test_what_lacks_witnesses_is_told_once_and_then_kept_up_to_date(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    for _ in range(3):
        await scene.passes(minutes=15, seconds=5)
    (told,) = beginning(scene, "👁️")
    ends = await scene.look("SELECT window_ends / 1000 FROM draws")

    assert f"<t:{ends}:T>" in told
    assert f"<t:{ends}:T>" in scene.post("# 🧊").text


async def test_a_prize_that_waits_to_be_claimed_stands_among_what_one_has(scene: Scene) -> None:
    await witnessed(scene)
    await scene.drawn()
    said = {name: await scene.says(name, "rewards mine") for name in PLAYERS}
    winners = [name for name in PLAYERS if "v1:draw-claim:1" in said[name].buttons]
    late = await scene.look("SELECT drawn_at / 1000 + 14 * 86400 FROM draw_winners")
    before = {name: said[name].text.translate(SPACES) for name in PLAYERS}
    await scene.presses(winners[0], said[winners[0]], "v1:draw-claim:1")
    claimed = await scene.says(winners[0], "rewards mine")
    waits = {
        "grace": "**What you have won**\n🎁 **{prize}** · Christmas\n-# waits for your word: press "
        f"“I am here” by <t:{late}:f> (<t:{late}:R>), or it passes on",
    }
    usual = (
        "**Ce que tu as gagné**\n🎁 **{prize}** · Noël\n-# t’attend : appuie sur « Je suis là » "
        f"avant le <t:{late}:f> (<t:{late}:R>), sinon le lot passe à quelqu’un d’autre"
    )

    assert len(winners) == 2
    for name in winners:
        prizes = ("Keyboard", "Sticker") if name == "grace" else ("Clavier", "Autocollant")
        words = waits.get(name, usual)
        assert any(words.format(prize=prize) in before[name] for prize in prizes)
    assert "v1:draw-claim:1" not in claimed.buttons
    assert "contactera" in claimed.text or "in touch" in claimed.text


async def test_a_draw_is_called_by_its_title_wherever_it_has_one(scene: Scene) -> None:
    created = await scene.says("margaret", "lots create", **A_DRAW)
    odds = await scene.says("ada", "draw odds")
    english = await scene.says("grace", "draw odds")
    checked = [await scene.says(name, "draw verify") for name in ("ada", "grace")]
    offered = [
        await scene.stage.standin.autocomplete(
            scene.member(name), scene.channel, "draw verify", "draw", {"draw": typed}
        )
        for name, typed in (("ada", "NOËL"), ("grace", "chri"))
    ]

    assert "Le tirage « Noël » est annoncé" in created.text.translate(SPACES)
    assert [each.text.split("\n")[0] for each in checked] == ["**🔎 Noël**", "**🔎 Christmas**"]
    assert not [each.text for each in checked if "noel" in each.text]
    assert [each.choices for each in offered] == [
        [{"name": "Noël (noel)", "value": "noel"}],
        [{"name": "Christmas (noel)", "value": "noel"}],
    ]
    assert "Personne ne participe encore." in odds.text
    assert "Nobody has entered yet." in english.text


async def test_too_few_witnesses_keep_the_window_open(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    await scene.presses("ada", scene.post("# 🧊"), "v1:draw-witness:1")
    await scene.passes(minutes=15, seconds=5)

    assert scene.post("👁️").text.startswith("👁️ Noël")


async def test_a_prize_is_handed_over_and_another_passes_on(scene: Scene) -> None:
    await witnessed(scene)
    result = await scene.drawn()
    claims = [await scene.presses(name, result, "v1:draw-claim:1") for name in PLAYERS]
    listed = await scene.says("margaret", "lots settle")
    listed = await scene.presses("margaret", listed, "v1:draw-done:1")
    form = await scene.presses("margaret", listed, "v1:draw-pass:2")
    listed = await scene.hands_in("margaret", form, note="has one already")
    await scene.stage.settle()

    assert sum("🎉" in claim.text for claim in claims) == 2
    assert "✅" in listed.text
    assert "➡️" in listed.text
    assert scene.post("➡️")


async def test_a_prize_is_taken_from_nobody_before_staff_say_why(scene: Scene) -> None:
    await witnessed(scene)
    await scene.drawn()
    listed = await scene.says("margaret", "lots settle")
    form = await scene.presses("margaret", listed, "v1:draw-pass:1")
    passed = "SELECT count(*) FROM draw_winners WHERE state = 'passed'"
    before = await scene.look(passed)
    await scene.hands_in("margaret", form, note="has one already")
    again = await scene.hands_in("margaret", form, note="has one already")

    assert form.kind == "modal"
    assert (before, await scene.look(passed)) == (0, 1)
    assert await scene.look("SELECT note FROM draw_winners WHERE id = 1") == "has one already"
    assert "déjà" in again.text


async def test_who_hides_from_boards_is_drawn_and_named_to_the_staff_alone(scene: Scene) -> None:
    for name in PLAYERS:
        await scene.presses(name, await scene.says(name, "mydata"), "v1:data-hide")
    await witnessed(scene)
    await scene.drawn()
    listed = await scene.says("margaret", "lots settle")
    form = await scene.presses("margaret", listed, "v1:draw-pass:1")
    await scene.hands_in("margaret", form, note="has one already")
    await scene.stage.settle()
    reference = await scene.look("SELECT substr(reference, 1, 8) FROM draw_winners WHERE id = 1")
    public = in_public(scene)

    assert sum(name in listed.text.lower() for name in PLAYERS) == 2
    assert not [name for name in PLAYERS if name in public]
    assert public.count(reference) == 4  # The result and the passing on, in both servers.


async def test_who_is_banned_after_the_freezing_is_not_named_in_public(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    for name in PLAYERS:
        await scene.presses(name, scene.post("# 🧊"), "v1:draw-witness:1")
    bans = [(scene.member(name).id, "A cheat.") for name in PLAYERS]
    async with scene.stage.program.show.database.transaction() as tx:
        await impose(tx, bans, origin="here", now_ms=to_ms(MONDAY))
    await scene.passes(minutes=15, seconds=5)
    await scene.drawn()

    assert not [name for name in PLAYERS if name in in_public(scene)]


def in_public(scene: Scene) -> str:
    """Everything that was posted in every server, in small letters."""
    return "".join(
        message.text.lower()
        for server in scene.stage.program.show.settings.server
        for message in scene.stage.standin.messages(server.channel)
        if message.text.startswith(("# 🏆", "➡️"))
    )


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "name": ({"name": "Noël !"}, "nom : « Noël ! »", "name: “Noël !”"),
    "title": ({"title": "Noël / "}, "titre : ", "title: “Noël / ” lacks"),
    "no prize": (
        {"prizes": "Clavier;; Souris"},
        "« Clavier;; Souris » ne nomme",
        "Souris” names no",
    ),
    "no piece": ({"prizes": "0 x Clavier"}, "récompenses : « 0 x Clavier »", "of each there are 1"),
    "long prize": ({"prizes": "x" * 81}, "80 caractères", "shorten it to 80"),
    "many prizes": ({"prizes": "a;" * 20 + "a"}, "21 sortes de lots", "21 kinds of prizes"),
    "until": ({"until": "bientôt"}, "fin : « bientôt »", "until: “bientôt” is not a moment"),
    "past": ({"until": "2020-01-01 10:00"}, "fin : « 2020-01-01 10:00 » est passé", "is past"),
    "no price": ({"price": 0}, "prix manque", "price is missing"),
    "price": ({"tickets": "member", "most": 0}, "prix : 10 ne vaut que", "price: 10 is for"),
    "most": ({"tickets": "member", "price": 0}, "maximum : 5 ne va pas", "most: 5 does not"),
    "since": ({"since": "2026-09-01"}, "depuis : « 2026-09-01 » ne vaut", "since: “2026-09-01” is"),
    "bad since": (
        {"tickets": "solve", "price": 0, "since": "hier"},
        "depuis : « hier » n’est pas une date",
        "since: “hier” is not a date",
    ),
    "late since": (
        {"tickets": "solve", "price": 0, "since": "2027-01-01"},
        "choisis une date plus tôt",
        "choose an earlier date",
    ),
}
"""Options that will not do, and what the refusal says in French and in English."""


async def test_what_cannot_be_announced_is_refused_by_option_value_and_remedy(
    scene: Scene,
) -> None:
    host, standin = scene.member("margaret"), scene.stage.standin
    strange: dict[str, list[str]] = {}
    for case, (changes, *expected) in WRONG.items():
        for locale, words in zip(("fr", "en-US"), expected, strict=True):
            reply = await standin.command(
                host, scene.channel, "lots create", A_DRAW | changes, locale=locale
            )
            text = (await reply.final()).text.translate(SPACES)
            if words.lower() not in text.lower():
                strange.setdefault(case, []).append(text)

    assert strange == {}
    assert await scene.look("SELECT count(*) FROM draws") == 0


@pytest.mark.parametrize(
    ("since", "state"), [("2026-11-23", "frozen"), ("2026-11-24", "announced")]
)
async def test_only_riddles_solved_since_that_date_make_tickets(
    scene: Scene, since: str, state: str
) -> None:
    options = {"tickets": "solve", "price": 0, "since": since, "until": "2d"}
    message = await announced(scene, **options)
    for name in PLAYERS:
        odds = await scene.presses(name, message, "v1:draw-odds:1")
        await scene.presses(name, odds, "v1:draw-enter:1:1")
    await scene.passes(days=2, seconds=1)
    heard = await scene.says("ada", "points balance")
    midnight = datetime.fromisoformat(since).replace(tzinfo=PARIS)

    assert f"depuis le <t:{midnight.timestamp():.0f}:f>" in message.text
    assert await scene.look("SELECT state FROM draws") == state
    assert ("les conditions du tirage" in heard.text) is (state == "announced")


async def test_a_draw_called_off_gives_every_point_back(scene: Scene) -> None:
    await entered(scene)
    await scene.says("margaret", "lots cancel", draw="noel", reason="Le clavier est cassé")
    await scene.stage.settle()
    balance = await scene.says("ada", "points balance")

    assert "Le clavier est cassé" in scene.post("🚫").text
    assert "100 points" in balance.text


async def test_only_staff_hold_draws(scene: Scene) -> None:
    with pytest.raises(Exception, match="lots"):
        await scene.says("ada", "lots settle")


async def test_a_restart_in_the_slow_hash_draws_once_and_the_same(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
        scene = Scene(stage)
        for name in PLAYERS:
            await scene.says(name, "answer", text="quicksort")
        await witnessed(scene)
    async with on_stage(house=house) as stage:
        result = await Scene(stage).drawn()
        published = verify(the_file(Scene(stage), result))
        texts = [each.text for each in stage.standin.messages(Scene(stage).channel)]

    assert sum(text.startswith("# 🏆") for text in texts) == 1
    assert len(published.winners) == 2


async def test_a_winner_who_left_is_passed_over_in_public(scene: Scene) -> None:
    await witnessed(scene)
    for name in PLAYERS:
        for server in scene.stage.program.show.settings.server:
            scene.stage.standin.leave(server.guild, scene.member(name).id)
    await scene.passes(days=2)
    await scene.drawn()
    for _ in range(100):
        await scene.stage.settle()
        if any(m.text.startswith("➡️") for m in scene.stage.standin.messages(scene.channel)):
            break
        await asyncio.sleep(0.05)

    assert "a quitté le serveur" in scene.post("➡️").text

"""What members and hosts read is true whenever they read it, and said as people say it."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.books.ledger import ALL_TIME
from engine.moments import to_ms
from engine.people import bans
from engine.play.outcomes import Outcome, SeasonTally
from engine.play.submissions import Reply as Verdict
from engine.play.submissions import Told
from engine.seasons import Season, window
from riddles.discord.locales import texts
from riddles.discord.views import answers, results, seasons
from riddles.rehearsal.discord import Reply
from tests.builders import MONDAY, PARIS
from tests.show.conftest import RIDDLE, StageSetter, published
from tests.show.test_hosts import hosts
from tests.show.test_members import Scene

Queue = Callable[..., Path]
AT = 1_800_000_000_000
SPACES = {ord(space): " " for space in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"}


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with published(on_stage) as stage:
        yield Scene(stage)


def lines(reply: Reply) -> list[str]:
    """What was said, line by line, with plain spaces."""
    return reply.text.translate(SPACES).split("\n")


# The next try.


def verdict(lang: str, told: Told, wait_s: int) -> str:
    said = answers.reply(texts(lang), Verdict(told=told, round=1, free_at=AT + 1000 * wait_s), AT)
    return said.translate(SPACES)


def test_a_pause_that_is_over_before_it_is_read_names_no_moment() -> None:
    assert verdict("fr", Told.REJECT, 5) == "❌ Ce n’est pas ça."
    assert verdict("en", Told.REJECT, 5) == "❌ That is not it."
    assert verdict("fr", Told.WAITING, 5) == (
        "⏳ Pas si vite ! Laisse passer quelques secondes entre deux essais. "
        "Celui-ci n’a pas compté."
    )
    assert verdict("en", Told.WAITING, 5) == (
        "⏳ Not so fast: leave a few seconds between two tries. This one was not counted."
    )


def test_a_longer_pause_is_told_in_words_that_stay_true_once_it_is_over() -> None:
    moment = "<t:1800000160:T> (<t:1800000160:R>)"

    assert verdict("fr", Told.REJECT, 160) == (
        f"❌ Ce n’est pas ça.\n-# Nouvel essai possible à partir de {moment}."
    )
    assert verdict("en", Told.REJECT, 160) == (
        "❌ That is not it.\n-# You can try again from <t:1800000160:T> on (<t:1800000160:R>)."
    )
    assert verdict("fr", Told.WAITING, 160) == (
        "⏳ Pas si vite ! Cet essai n’a pas compté.\n"
        f"-# Nouvel essai possible à partir de {moment}."
    )
    assert verdict("en", Told.WAITING, 160) == (
        "⏳ Not so fast: this one was not counted.\n"
        "-# You can try again from <t:1800000160:T> on (<t:1800000160:R>)."
    )


# Seasons.


@pytest.mark.parametrize(
    ("months", "french", "english"),
    [
        (1, "novembre 2026", "November 2026"),
        (2, "novembre–décembre 2026", "November–December 2026"),
        (3, "octobre–décembre 2026", "October–December 2026"),
        (4, "septembre–décembre 2026", "September–December 2026"),
        (6, "juillet–décembre 2026", "July–December 2026"),
        (12, "2026", "2026"),
    ],
)
def test_a_season_is_called_by_its_months(months: int, french: str, english: str) -> None:
    season = a_season(months)

    assert seasons.name(texts("fr"), season, PARIS) == french
    assert seasons.name(texts("en"), season, PARIS) == english
    # Who moves the community to another zone has not moved its seasons.
    assert seasons.name(texts("en"), season, UTC) == english


def a_season(months: int) -> Season:
    label, start, end = window(MONDAY, PARIS, months)
    return Season(7, label, to_ms(start), to_ms(end))


def test_a_season_that_grew_over_new_year_names_both_years() -> None:
    grown = Season(
        7,
        "2026-4",
        to_ms(datetime(2026, 11, 1, tzinfo=UTC)),
        to_ms(datetime(2027, 2, 1, tzinfo=UTC)),
    )

    assert seasons.name(texts("fr"), grown, UTC) == "novembre 2026 – janvier 2027"
    assert seasons.name(texts("en"), grown, UTC) == "November 2026 – January 2027"


def test_points_of_no_season_are_of_all_time() -> None:
    ever = Season(ALL_TIME, "all", 0, 2**63 - 1)

    assert seasons.title(texts("fr"), ever, PARIS) == "Depuis toujours"
    assert seasons.title(texts("en"), ever, PARIS) == "All time"


# Counts.


@pytest.mark.parametrize(
    ("tried", "solved", "french", "english"),
    [
        (
            3,
            0,
            "**3** membres ont essayé, personne n’a trouvé.",
            "**3** members tried, and nobody solved it.",
        ),
        (
            1,
            0,
            "**1** membre a essayé, personne n’a trouvé.",
            "**1** member tried, and nobody solved it.",
        ),
        (
            1,
            1,
            "**1** membre a essayé, et a trouvé.",
            "**1** member tried, and solved it.",
        ),
        (
            4,
            4,
            "**4** membres ont essayé, et tout le monde a trouvé.",
            "**4** members tried, and all solved it.",
        ),
        (
            4,
            1,
            "**4** membres ont essayé, **1** a trouvé.",
            "**4** members tried, **1** solved it.",
        ),
        (
            4,
            2,
            "**4** membres ont essayé, **2** ont trouvé.",
            "**4** members tried, **2** solved it.",
        ),
    ],
)
def test_how_many_found_it_is_a_sentence_for_any_number(
    tried: int, solved: int, french: str, english: str
) -> None:
    outcome = Outcome(tried, solved, (), ())

    assert results.how_many(texts("fr"), outcome) == french
    assert results.how_many(texts("en"), outcome) == english


@pytest.mark.parametrize(
    ("tally", "french", "english"),
    [
        (
            SeasonTally(0, 0, 0),
            "aucune énigme qui ait compté",
            "no riddle that counted",
        ),
        (
            SeasonTally(2, 0, 0),
            "**2** énigmes, et personne n’a essayé.",
            "**2** riddles, and nobody tried.",
        ),
        (
            SeasonTally(1, 1, 0),
            "**1** énigme · **1** membre a essayé · aucune bonne réponse",
            "**1** riddle · **1** member tried · no right answer",
        ),
    ],
)
def test_a_season_in_which_nobody_did_something_says_so(
    tally: SeasonTally, french: str, english: str
) -> None:
    for lang, said in (("fr", french), ("en", english)):
        told = seasons.end(texts(lang), a_season(3), PARIS, [], tally, post=1, digest="d")
        payload, _ = told.container.build()

        assert said in [part.get("content") for part in payload["components"]]


def test_a_server_without_standings_is_told_that_others_took_part() -> None:
    tally = SeasonTally(1, 4, 2)
    told = seasons.end(texts("fr"), a_season(3), PARIS, [], tally, post=1, digest="d", several=True)
    payload, _ = told.container.build()
    said = [str(part.get("content")).translate(SPACES) for part in payload["components"]]

    assert (
        "Sur tous les serveurs : **1** énigme · **4** membres ont essayé · **2** bonnes réponses"
    ) in said


# The riddle, after its time.


async def test_a_closed_riddle_says_when_its_solution_is_due(scene: Scene) -> None:
    await scene.passes(days=6, hours=2, minutes=1)
    french, english = [await scene.says(name, "riddle show") for name in ("ada", "grace")]

    assert (
        "🔒 Fermée depuis le <t:1795978800:F>. La solution est prévue le <t:1795980600:F>."
    ) in lines(french)
    assert "🔒 Closed since <t:1795978800:F>. The solution is due <t:1795980600:F>." in lines(
        english
    )


async def test_a_revealed_riddle_leads_to_its_solution(scene: Scene) -> None:
    await scene.passes(days=6, hours=3)
    french, english = [await scene.says(name, "riddle show") for name in ("ada", "grace")]
    solution = next(
        message
        for message in scene.stage.standin.messages(scene.channel)
        if message.text.startswith("# Solution")
    )
    guild = scene.stage.program.show.settings.server[0].guild
    link = f"https://discord.com/channels/{guild}/{scene.channel}/{solution.id}"

    assert lines(french)[-2:] == [
        f"💡 La solution : {link}",
        "-# Tu peux encore essayer avec `/répondre`, pour t’entraîner.",
    ]
    assert lines(english)[-2:] == [
        f"💡 The solution: {link}",
        "-# `/answer` still judges what you try, for practice.",
    ]


async def test_an_open_riddle_names_the_moment_at_which_it_closes(scene: Scene) -> None:
    reply = await scene.says("ada", "riddle show")

    assert lines(reply)[-1] == "⏳ Ouverte jusqu’au <t:1795978800:F> (<t:1795978800:R>)."


# Points.


async def test_who_has_no_points_is_led_to_the_riddle_that_is_open(scene: Scene) -> None:
    french, english = [await scene.says(name, "points balance") for name in ("ada", "grace")]
    guild = scene.stage.program.show.settings.server[0].guild
    link = f"https://discord.com/channels/{guild}/{scene.channel}/{scene.publication.id}"

    assert lines(french)[1] == (
        "Pas encore de points cette saison : l’énigme n° 1 est ouverte, c’est le moment de "
        f"commencer : {link}"
    )
    assert lines(english)[1] == (
        f"No score this season yet: riddle no. 1 is open, a good start: {link}"
    )


async def test_where_no_riddle_is_open_the_next_one_is_promised(scene: Scene) -> None:
    await scene.passes(days=6, hours=3)
    reply = await scene.says("ada", "points balance")

    assert "la prochaine énigme" in reply.text


# Who is on no board.


async def test_a_hidden_leader_reads_that_they_are_hidden_and_what_they_would_be(
    scene: Scene,
) -> None:
    for name in ("ada", "linus", "grace"):
        await scene.answers(name, "quicksort")
    for name in ("ada", "grace"):
        await scene.stage.standin.press(
            scene.member(name), await scene.says(name, "mydata"), "v1:data-hide"
        )
    boards = [await scene.says(name, "leaderboard") for name in ("ada", "grace")]
    balances = [await scene.says(name, "points balance") for name in ("ada", "grace")]

    assert lines(boards[0])[-1] == (
        "-# Tu as choisi de ne pas apparaître au classement ; `/mes-données` permet d’y revenir. "
        "Avec 100 points, tu serais au rang 1."
    )
    assert lines(boards[1])[-1] == (
        "-# You are hidden from boards. `/mydata` shows you again. "
        "With 100 points you would be rank 1."
    )
    assert lines(balances[0])[1:3] == [
        "🏆 Cette saison : **100 points**, ce qui te placerait au rang **1**.",
        "-# Tu as choisi de ne pas apparaître au classement ; `/mes-données` permet d’y revenir.",
    ]
    assert lines(balances[1])[1:3] == [
        "🏆 This season: **100 points**, which would be rank **1**.",
        "-# You are hidden from boards. `/mydata` shows you again.",
    ]


async def test_who_is_banned_reads_of_no_place_either(scene: Scene) -> None:
    show = scene.stage.program.show
    await scene.answers("ada", "quicksort")
    async with show.database.transaction() as tx:
        banned = [(scene.member("ada").id, "cheats")]
        await bans.impose(tx, banned, origin="here", now_ms=to_ms(show.clock.now()))
    board = await scene.says("ada", "leaderboard")
    french, english = [
        await scene.stage.standin.command(
            scene.member("ada"), scene.channel, "mydata", locale=locale
        )
        for locale in ("fr", "en-GB")
    ]

    assert lines(board)[-1] == (
        "-# Ton nom n’apparaît sur aucun classement. L’équipe peut te dire pourquoi. "
        "Avec 100 points, tu serais au rang 1."
    )
    assert "Ton nom n’apparaît sur aucun classement. L’équipe peut te dire pourquoi." in lines(
        french
    )
    assert "Boards do not show your name. The staff can tell you why." in lines(english)


# Closing by hand.


async def test_a_closing_is_asked_about_and_shows_what_follows(scene: Scene) -> None:
    await scene.answers("ada", "quicksort")
    asked = await hosts(scene.stage, "close")
    english = await scene.stage.standin.command(
        scene.stage.cast.host, scene.channel, "animate close", locale="en-GB"
    )
    async with scene.stage.program.show.database.reading() as reader:
        closed = await reader.value("SELECT count(*) FROM steps WHERE step = 'close'")

    assert closed == 0
    assert lines(asked) == [
        "🔒 Clore tout de suite l’énigme n° 1, **Qui trie ici ?**, au lieu du <t:1795978800:F> ?",
        "- **1** membre a essayé, et a trouvé.",
        "- Plus aucune réponse ne compte ensuite, et l’énigme ne peut pas être rouverte.",
        "- Une minute plus tard, les places sont attribuées et les bonus versés.",
        (
            "- La solution arrive toujours le <t:1795980600:F>, "
            "sauf si `/animer dévoiler` la montre avant."
        ),
        "-# Pour donner plus de temps, au contraire : `/animer prolonger`.",
        "Clore maintenant",
    ]
    assert lines(english) == [
        "🔒 Close riddle no. 1, **Qui trie ici ?**, now instead of <t:1795978800:F>?",
        "- **1** member tried, and solved it.",
        "- No answer counts from then on, and it cannot be opened again.",
        "- A minute later places are given, and bonuses booked.",
        "- The solution still comes <t:1795980600:F>, unless `/animate reveal` shows it before.",
        "-# To give more time instead: `/animate extend`.",
        "Close it now",
    ]


async def test_the_button_of_a_closing_closes_that_riddle_once(scene: Scene) -> None:
    asked = await hosts(scene.stage, "close")
    said = [
        await (await scene.stage.standin.press(scene.stage.cast.host, asked, "v1:close:1")).final()
        for _ in range(2)
    ]

    assert said[0].text.translate(SPACES) == "🔒 L’énigme n° 1 est fermée."
    assert "déjà fait" in said[1].text


async def test_a_member_who_forges_the_button_closes_nothing(scene: Scene) -> None:
    message = scene.publication
    for component in message.components:
        if component.get("custom_id") == "v1:open:1":
            component["custom_id"] = "v1:close:1"
    reply = await scene.stage.standin.press(scene.member("ada"), message, "v1:close:1")

    assert "animation" in reply.text


async def test_a_button_from_before_a_closing_closes_no_later_riddle(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        asked = await hosts(stage, "close")
        await stage.move_to(MONDAY + timedelta(weeks=1, minutes=1))
        reply = await (await stage.standin.press(stage.cast.host, asked, "v1:close:1")).final()
        async with stage.program.show.database.reading() as reader:
            open_ = await reader.value(
                "SELECT count(*) FROM rounds WHERE id = 2 AND id NOT IN "
                "(SELECT round FROM steps WHERE step = 'close')"
            )

        assert "déjà fait" in reply.text
        assert open_ == 1


# Rounds that keep their verdicts, and rounds that count for nobody.


@pytest.fixture
async def sealed(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first", text=RIDDLE.replace("value = 100", 'value = 100\nverdict = "at_reveal"'))
    async with published(on_stage) as stage:
        yield Scene(stage)


async def test_who_has_answered_a_sealed_riddle_reads_that_the_verdict_is_to_come(
    sealed: Scene,
) -> None:
    for name in ("ada", "grace"):
        await sealed.answers(name, "quicksort")
    riddles = [await sealed.says(name, "riddle show") for name in ("ada", "grace")]
    points = [await sealed.says(name, "points balance") for name in ("ada", "grace")]

    assert [lines(each)[-1] for each in riddles] == [
        "📨 Ta dernière réponse est retenue. Le verdict tombe avec la solution.",
        "📨 Your last answer stands. The verdict comes with the solution.",
    ]
    assert [lines(each)[1] for each in points] == [
        (
            "Pas encore de points cette saison : "
            "ta réponse à l’énigme n° 1 sera jugée avec la solution."
        ),
        "No score this season yet: your answer to riddle no. 1 is judged at the reveal.",
    ]


async def test_a_closing_tells_nothing_of_verdicts_that_are_sealed(sealed: Scene) -> None:
    for name in ("ada", "grace"):
        await sealed.answers(name, "quicksort")
    asked = await hosts(sealed.stage, "close")

    assert lines(asked)[1] == "- **2** membres ont répondu."
    assert "places" not in asked.text


async def test_a_void_riddle_is_revealed_without_places(scene: Scene) -> None:
    await scene.answers("ada", "quicksort")
    await hosts(scene.stage, "erratum", text_fr="Faux.", text_en="Wrong.", void=True)
    await scene.passes(days=6, hours=3)
    (solution,) = [
        message.text
        for message in scene.stage.standin.messages(scene.channel)
        if message.text.startswith("# Solution")
    ]
    shown = await scene.says("grace", "riddle show")

    assert solution.translate(SPACES).split("\n")[2] == (
        "Cette énigme est nulle : elle ne compte pour personne."
    )
    assert "plus rapides" not in solution
    assert "This riddle is void: it counts for nobody." in lines(shown)

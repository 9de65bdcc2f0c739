"""What a member can do: answer, read the riddle and its hints, see points.

Commands and buttons lead here alike. Each function is one use case: it asks the engine, and
turns the result into an answer for the caller alone.
"""

from engine import posts, seasons
from engine.books import ledger
from engine.calendar import Step
from engine.moments import to_ms
from engine.people.members import account_of, meet_one
from engine.people.personal import Absence, absence
from engine.play import errata, hints, rounds
from engine.play.rounds import Round
from engine.play.solves import has_solved
from engine.play.submissions import Attempt
from engine.standings import Window
from engine.storage.database import Reader
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Ask, Say
from riddles.discord.views import answers, members
from riddles.discord.views.members import Chance, Seen
from riddles.show import Show


async def submit(
    show: Show, caller: Caller, text: str, interaction: int, round_id: int | None
) -> Say:
    """Hand in an answer, to the round whose button was pressed or to the newest."""
    said = await show.desk.submit(
        Attempt(
            interaction=interaction,
            person=caller.person,
            lang=caller.texts.lang,
            text=text,
            at=caller.at_ms,
            received_at=to_ms(show.clock.now()),
            round=round_id,
            account_created_at=caller.account_created_ms,
            joined_at=caller.joined_ms,
        )
    )
    return Say(answers.reply(caller.texts, said, caller.at_ms))


async def open_form(show: Show, caller: Caller, round_id: int) -> Say | Ask:
    """The form behind the button; a word instead where there is nothing to answer."""
    async with show.database.reading() as reader:
        round_ = await _get(reader, round_id)
    t = caller.texts
    if round_ is None:
        return Say(t("This button belongs to a riddle that is not known here any more."))
    if caller.at_ms >= _closes_ms(round_) and not round_.has(Step.REVEAL):
        return Say(t("🔒 This riddle is closed. The solution comes with the reveal."))
    title, row = members.answer_form(t)
    return Ask(title, f"v1:answer:{round_id}", [row])


async def show_riddle(show: Show, caller: Caller) -> Say:
    """The newest riddle and where the caller stands with it."""
    t = caller.texts
    async with show.database.reading() as reader:
        round_ = await rounds.newest(reader)
        if round_ is None:
            return Say(t("🌙 There is no riddle to answer yet. The next one is on its way."))
        account = await account_of(reader, caller.person.id)
        link = await _link(reader, caller, "publication", round_.id)
        solution = await _link(reader, caller, "reveal", round_.id)
        row = await reader.one(
            """
            SELECT (SELECT count(*) FROM solves WHERE round = ?1 AND account = ?2) AS solved,
                   (SELECT count(*) FROM submissions
                    WHERE round = ?1 AND account = ?2 AND normal IS NOT NULL) AS tries,
                   (SELECT count(*) FROM hints_taken WHERE round = ?1 AND account = ?2) AS taken
            """,
            (round_.id, account),
        )
        corrections = await errata.of_round(reader, round_.id)
    solved, tries, taken = (0, 0, 0) if row is None else tuple(row)
    seen = Seen(
        open=round_.is_open and caller.at_ms < _closes_ms(round_),
        link=link,
        solution=solution,
        solved=bool(solved),
        tries=tries,
        taken=taken,
        corrected=corrections[-1].wording(t.lang) if corrections else None,
    )
    return Say(members.riddle(t, round_, seen))


async def show_hints(show: Show, caller: Caller, round_id: int | None = None) -> Say:
    """The hints the caller may read, and the price of the next."""
    async with show.database.reading() as reader:
        round_ = await (rounds.newest(reader) if round_id is None else _get(reader, round_id))
        if round_ is None:
            return _no_riddle(caller)
        account = await account_of(reader, caller.person.id)
        state = await hints.state(reader, round_, account, caller.at_ms)
        solved = await has_solved(reader, round_.id, account)
    text, buttons = members.hints(caller.texts, round_, state, solved=solved)
    return Say(text, buttons)


async def take_hint(show: Show, caller: Caller, round_id: int, n: int) -> Say:
    """Read a hint before it is free, at its price."""
    async with show.database.transaction() as tx:
        round_ = await _get(tx, round_id)
        if round_ is None:
            return _no_riddle(caller)
        account = await meet_one(tx, caller.person, caller.at_ms)
        solved = await has_solved(tx, round_.id, account)
        if solved or caller.at_ms >= _closes_ms(round_):
            state = await hints.state(tx, round_, account, caller.at_ms)
        else:
            state = await hints.take(tx, round_, account, n, caller.at_ms)
    text, buttons = members.hints(caller.texts, round_, state, solved=solved)
    return Say(text, buttons, replace=True)


async def show_captions(show: Show, caller: Caller, round_id: int) -> Say:
    """What is seen and heard in the video, as text."""
    async with show.database.reading() as reader:
        round_ = await _get(reader, round_id)
    if round_ is None or not round_.rules.captions:
        return _no_riddle(caller)
    captions = round_.rules.captions
    text = captions.get(caller.texts.lang) or next(iter(captions.values()))
    return Say(caller.texts("💬 **What is seen and heard**") + "\n" + text[:1900])


async def show_points(show: Show, caller: Caller) -> Say:
    """The caller's balance, score and rank."""

    async def find(reader: Reader) -> tuple[int | None, int, int, Absence, Chance | None]:
        account = await account_of(reader, caller.person.id)
        return (
            account,
            0 if account is None else await ledger.balance(reader, account),
            await seasons.current(reader, caller.at_ms),
            await absence(reader, caller.person.id),
            await _chance(reader, caller, account),
        )

    account, balance, season, missing, chance = await show.database.read(find)
    text = members.points(
        caller.texts,
        balance=balance,
        season=await show.boards.own(Window(season=season), account, server=None),
        all_time=await show.boards.own(Window(season=ledger.ALL_TIME), account, server=None),
        absence=missing,
        chance=chance,
    )
    return Say(text)


async def _chance(reader: Reader, caller: Caller, account: int | None) -> Chance | None:
    """The open riddle, unless the caller has solved it."""
    round_ = await rounds.newest(reader)
    if round_ is None or not round_.is_open or caller.at_ms >= _closes_ms(round_):
        return None
    if await has_solved(reader, round_.id, account):
        return None
    answered = round_.sealed and bool(
        await reader.value(
            "SELECT EXISTS (SELECT 1 FROM submissions WHERE round = ? AND account = ? "
            "AND normal IS NOT NULL)",
            (round_.id, account),
        )
    )
    link = await _link(reader, caller, "publication", round_.id)
    return Chance(round_.id, link, answered)


async def _link(reader: Reader, caller: Caller, kind: str, round_id: int) -> str | None:
    """The address of a round's message in the caller's server, if it is there."""
    post = await posts.find(reader, f"{kind}:{round_id}:{caller.server.guild}")
    if post is None or post.message is None:
        return None
    return f"https://discord.com/channels/{caller.server.guild}/{post.channel}/{post.message}"


async def _get(reader: Reader, round_id: int) -> Round | None:
    try:
        return await rounds.get(reader, round_id)
    except LookupError:
        return None


def _closes_ms(round_: Round) -> int:
    return to_ms(round_.closes_at)


def _no_riddle(caller: Caller) -> Say:
    return Say(caller.texts("🌙 There is no riddle to answer yet. The next one is on its way."))


async def _open(show: Show, caller: Caller, press: Press) -> Answer:
    return await open_form(show, caller, press.number(0))


async def _answer(show: Show, caller: Caller, press: Press) -> Answer:
    text = press.fields.get("answer", "")
    return await submit(show, caller, text, press.interaction, press.number(0))


async def _hints(show: Show, caller: Caller, press: Press) -> Answer:
    return await show_hints(show, caller, press.number(0))


async def _take(show: Show, caller: Caller, press: Press) -> Answer:
    return await take_hint(show, caller, press.number(0), press.number(1))


async def _captions(show: Show, caller: Caller, press: Press) -> Answer:
    return await show_captions(show, caller, press.number(0))


HANDLERS: dict[str, Handler] = {
    "open": _open,
    "answer": _answer,
    "hint": _hints,
    "take": _take,
    "captions": _captions,
}
"""Buttons and forms that lead here."""

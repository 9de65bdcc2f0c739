"""What members do about their own data: see it, take it away, hide, be forgotten."""

import json

import hikari

from engine import posts
from engine.moments import to_ms
from engine.people.erasure import let_go
from engine.people.members import account_of, hide, meet_one
from engine.people.personal import absence, collect, is_hidden
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Ask, Say
from riddles.discord.views import mydata as views
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.shop import leaving
from riddles.show import Show
from riddles.telling import to_staff


async def show_data(show: Show, caller: Caller, *, replace: bool = False) -> Say:
    """What is kept about the caller, and what they can do about it."""
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        data = None if account is None else await collect(reader, account)
        hidden = await is_hidden(reader, caller.person.id)
        missing = await absence(reader, caller.person.id)
    text, rows = views.overview(caller.texts, data, hidden=hidden, absence=missing)
    return Say(text, rows, replace=replace)


async def download(show: Show, caller: Caller) -> Say:
    """Everything about the caller as a file."""
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        data = {} if account is None else await collect(reader, account)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Say(
        caller.texts("📦 Everything that is kept about you. Moments are milliseconds since 1970."),
        files=[hikari.Bytes(text.encode(), "mydata.json")],
    )


async def set_hidden(show: Show, caller: Caller, *, hidden: bool) -> Say:
    """Take the caller off every board, or put them back."""
    async with show.database.transaction() as tx:
        account = await meet_one(tx, caller.person, caller.at_ms)
        await hide(tx, account, hidden=hidden)
    return await show_data(show, caller, replace=True)


async def ask_erasure(show: Show, caller: Caller) -> Say | Ask:
    """Ask once more before anybody is forgotten.

    Raises:
        Refusal: the operator has to do something first; staff are told.
    """
    if show.secret is None:
        sentence = Sentence(
            "{who} asked to be erased, and RIDDLES_SECRET is not set: set it, start the program "
            "again, and tell them",
            who=f"<@{caller.person.id}>",
        )
        async with show.database.transaction() as tx:
            owed = to_staff(show.settings, f"erase:{caller.at_ms}", sentence)
            await posts.owe(tx, owed, to_ms(show.clock.now()))
        raise Refusal("this cannot be done right now; the staff has been told and will see to it")
    title, row = views.erasure_form(caller.texts)
    return Ask(title, "v1:data-erased", [row])


async def forget(show: Show, caller: Caller, word: str) -> Say:
    """Forget the caller, for good."""
    t = caller.texts
    if word.strip().upper() not in views.ERASE_WORD.values() or show.secret is None:
        return Say(t("Nothing was erased: that was not the word."))
    secret, now = show.secret, to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        await let_go(tx)
        gone = await leaving.forget(tx, caller.person.id, secret, now)
    await show.database.scrub()
    if gone is None:
        return Say(t("🗂️ Nothing is kept about you here: you have not played yet."))
    return Say(views.erased(t, gone))


async def _file(show: Show, caller: Caller, _: Press) -> Answer:
    return await download(show, caller)


async def _hide(show: Show, caller: Caller, _: Press) -> Answer:
    return await set_hidden(show, caller, hidden=True)


async def _show(show: Show, caller: Caller, _: Press) -> Answer:
    return await set_hidden(show, caller, hidden=False)


async def _erase(show: Show, caller: Caller, _: Press) -> Answer:
    return await ask_erasure(show, caller)


async def _erased(show: Show, caller: Caller, press: Press) -> Answer:
    return await forget(show, caller, press.fields.get("word", ""))


HANDLERS: dict[str, Handler] = {
    "data-file": _file,
    "data-hide": _hide,
    "data-show": _show,
    "data-erase": _erase,
    "data-erased": _erased,
}
"""Buttons and forms that lead here."""

"""Replies: what a caller is shown, alone, and how it arrives whatever breaks on the way.

A refusal becomes a sentence, a failure of ours is logged and admitted. Discord waits three seconds
for the first answer: within them a lost connection is tried again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import hikari
from hikari.api import special_endpoints

from engine.moments import to_ms
from engine.people import notices
from engine.storage.transactions import is_outage
from riddles.discord.caller import Interaction, Unwelcome, language_of
from riddles.discord.speech import retold, spoken
from riddles.refusal import Refusal
from riddles.show import Show

log = logging.getLogger(__name__)

DEADLINE_S = 2.6
"""Discord gives three seconds; the rest is for the way there."""

LONGEST = 2000
"""Characters of a message."""

STATUS_EVERY_S = 3.0
"""Discord allows five edits in five seconds, and the answer is one of them."""

UNKNOWN_INTERACTION, ALREADY_ANSWERED = 10062, 40060


@dataclass(frozen=True, slots=True)
class Say:
    """A message for the caller alone."""

    content: str | None = None
    components: Sequence[special_endpoints.ComponentBuilder] = ()
    replace: bool = False
    """Change the message whose button was pressed, where it is the caller's own."""
    files: Sequence[hikari.Resourceish] = ()
    """To attach; a message that is changed takes none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A form to fill in."""

    title: str
    custom_id: str
    components: Sequence[special_endpoints.ComponentBuilder]


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that takes its time: "is thinking …" at once, the message when it is ready.

    Until then the caller reads every few seconds what `status` says, where it says anything.
    """

    work: Callable[[], Awaitable[Say]]
    status: Callable[[], str | None] = lambda: None


Answer = Say | Ask | Later


@dataclass(frozen=True, slots=True)
class _Notified:
    """A message with what the caller was still to be told above it."""

    say: Say
    told: tuple[int, ...] = ()
    """The notices that it tells."""


async def _notified(show: Show, interaction: Interaction, say: Say) -> _Notified:
    """The message, with as many notices above it as there is room for; the rest waits."""
    if say.content is None:
        return _Notified(say)
    member = int(interaction.user.id)
    waiting = show.database.peek(lambda reader: notices.waiting(reader, member))
    if waiting is None:
        waiting = await show.database.read(lambda reader: notices.waiting(reader, member))
    t = language_of(show, interaction)
    room = LONGEST - len(say.content) - 1
    lines: list[str] = []
    told: list[int] = []
    for notice in waiting:
        line = f"🔔 {retold(notice.words, t)}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
        told.append(notice.id)
    if not told:
        return _Notified(say)
    return _Notified(replace(say, content="\n".join([*lines, "", say.content])), tuple(told))


async def _arrived(show: Show, notified: _Notified) -> None:
    """Discord has the message: what it told need not be told again."""
    if notified.told:
        now = to_ms(show.clock.now())
        await show.database.write(lambda tx: notices.told(tx, notified.told, now))


def explained(show: Show, interaction: Interaction, error: Exception) -> Say:
    """A refusal in the caller's language; anything else is our failure, logged and admitted."""
    t = language_of(show, interaction)
    match error:
        case Unwelcome():
            return Say(f"⛔ {error}")
        case Refusal():
            return Say(f"⛔ {spoken(error.kept, t)}")
        case _:
            if is_outage(error):
                log.error("an interaction failed: the books cannot be written (%s)", error)
            else:
                log.error("an interaction failed", exc_info=error)
            return Say(
                t("💥 Something went wrong on our side. Nothing was lost; try again in a moment.")
            )


async def deliver(show: Show, interaction: Interaction, answer: Answer) -> None:
    """Give the first answer, and whatever is to follow it."""
    match answer:
        case Say():
            notified = await _notified(show, interaction, answer)
            if await _insist(lambda: _say(interaction, notified.say)):
                await _arrived(show, notified)
        case Ask():
            if isinstance(interaction, hikari.ModalInteraction):
                raise TypeError("Discord shows no form in answer to a form")
            await _insist(
                lambda: interaction.create_modal_response(
                    answer.title, answer.custom_id, components=answer.components
                )
            )
        case Later():
            await announce(interaction)
            await _finish(show, interaction, answer)


async def deliver_late(show: Show, interaction: Interaction, answer: Answer) -> None:
    """Deliver what was announced."""
    match answer:
        case Say():
            await _fill_in(show, interaction, answer)
        case Ask():
            t = language_of(show, interaction)
            sorry = Say(t("⏳ That took too long to open a form. Try again in a moment."))
            await _fill_in(show, interaction, sorry)
        case Later():
            await _finish(show, interaction, answer)


async def announce(interaction: Interaction) -> bool:
    """Say that an answer is coming; whether Discord has heard it."""
    return await _insist(
        lambda: interaction.create_initial_response(
            hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=hikari.MessageFlag.EPHEMERAL
        )
    )


async def _finish(show: Show, interaction: Interaction, later: Later) -> None:
    done = asyncio.Event()
    telling = asyncio.create_task(_tell_status(interaction, later, done))
    try:
        said = await later.work()
    except Exception as error:  # noqa: BLE001 - as above
        said = explained(show, interaction, error)
    finally:
        done.set()
        # An edit that is still on its way must not arrive after the answer.
        await asyncio.gather(telling, return_exceptions=True)
    await _fill_in(show, interaction, said)


async def _fill_in(show: Show, interaction: Interaction, said: Say) -> None:
    """Put the answer where it was announced."""
    notified = await _notified(show, interaction, said)
    said = notified.say
    # An edit may be repeated, and the caller sees "is thinking …" until one arrives.
    for pause in (0.5, 2.0, 5.0, 15.0, 0.0):
        try:
            # With no content the status goes away, as it does below what has none of its own.
            content = None if said.content is None else _content(said)
            await interaction.edit_initial_response(
                content, components=said.components, attachments=said.files or hikari.UNDEFINED
            )
        except (hikari.NotFoundError, hikari.BadRequestError):
            raise
        except (hikari.HTTPError, TimeoutError):
            if not pause:
                raise
            await asyncio.sleep(pause)
        else:
            await _arrived(show, notified)
            return


async def _tell_status(interaction: Interaction, later: Later, done: asyncio.Event) -> None:
    """Show the status until the work is done; one that is lost is no matter."""
    shown = None
    while not done.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), STATUS_EVERY_S)
            return
        if (line := later.status()) not in (None, shown):
            shown = line
            with contextlib.suppress(hikari.HTTPError, TimeoutError):
                await interaction.edit_initial_response(line)


def _content(say: Say) -> hikari.UndefinedOr[str]:
    if say.content is None:
        return hikari.UNDEFINED
    return say.content if len(say.content) <= LONGEST else say.content[: LONGEST - 1] + "…"


async def _say(interaction: Interaction, say: Say) -> None:
    content = _content(say)
    if say.replace and isinstance(interaction, hikari.ComponentInteraction):
        await interaction.create_initial_response(
            hikari.ResponseType.MESSAGE_UPDATE, content, components=say.components
        )
    else:
        await interaction.create_initial_response(
            hikari.ResponseType.MESSAGE_CREATE,
            content,
            components=say.components,
            attachments=say.files or hikari.UNDEFINED,
            flags=hikari.MessageFlag.EPHEMERAL,
        )


async def _insist(send: Callable[[], Awaitable[object]]) -> bool:
    """Send the first answer; again after a lost connection, as long as Discord would wait.

    The library's own retries are off, because they repeat unseen. That an answer is already
    there, or comes too late, is no error: the first attempt arrived, or nothing can. Returns
    whether the answer has arrived.
    """
    deadline = asyncio.get_running_loop().time() + DEADLINE_S
    for pause in (0.1, 0.3, 0.6, 0.0):
        try:
            await asyncio.wait_for(send(), deadline - asyncio.get_running_loop().time())
        except (hikari.NotFoundError, hikari.BadRequestError) as error:
            if error.code in (UNKNOWN_INTERACTION, ALREADY_ANSWERED):
                return error.code == ALREADY_ANSWERED
            raise
        except (hikari.HTTPError, TimeoutError):
            if not pause or asyncio.get_running_loop().time() + pause > deadline:
                raise
            await asyncio.sleep(pause)
        else:
            return True
    return False

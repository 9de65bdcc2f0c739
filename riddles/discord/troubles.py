"""Troubles: why a post did not get through, when to try again, and what staff can do.

Where a person has to act, the wait grows to an hour: asking seldom keeps the bot from being
banned. Where only time helps, it is asked for again soon.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hikari

from engine.posts import Post
from riddles.config import Server
from riddles.refusal import Refusal
from riddles.sentence import Counted, Sentence

log = logging.getLogger(__name__)

BACK_OFF_MS = (1_000, 2_000, 5_000, 15_000, 60_000, 300_000)
REFUSED_BACK_OFF_MS = (60_000, 300_000, 900_000, 3_600_000)
"""Where permission or a channel is missing, a person has to act: ask seldom."""
AFTERTHOUGHTS = ("close", "edit", "request_state", "reward_role")
"""What touches a message that is there already: nothing else waits for its permission. And what
was paid for: its points go back at once."""
FOR_STAFF = ("staff", "request", "request_state", "correction")
"""What stands in the staff's channel."""
ATTEMPTS_TO_TELL = 4
"""Staff are told of what only time can mend after so many."""
AT_ONCE = 1
DAY_MS = 86_400_000
TOO_LARGE = 413
UNKNOWN_CHANNEL, UNKNOWN_ROLE = 10003, 10011
CHANNEL = re.compile(r"/channels/(\d+)")
"""What an address says of the channel or thread it belongs to."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt failed, and when the next makes sense."""

    why: Sentence
    wait_ms: int
    final: bool = False
    """It can never be made."""
    tell_after: int = ATTEMPTS_TO_TELL
    """Attempts after which staff are told."""
    topic: str | None = None
    """What staff are told of once, if not of each post."""


def told(post: Post, trouble: Trouble, *, behind: int = 0) -> Sentence:
    """What staff are told; `behind` is how many posts wait until this one is made."""
    what = name_of(post)
    if trouble.final:
        return Sentence("{what} had to be given up: {why}", what=what, why=trouble.why)
    word = Sentence("{what} does not get through yet: {why}", what=what, why=trouble.why)
    if not behind:
        return word
    return Counted(
        "{word} {count} more post waits for it.",
        "{word} {count} more posts wait for it.",
        behind,
        word=word,
    )


def told_as(post: Post, trouble: Trouble, now_ms: int) -> str:
    """The key by which it is told once: what stays stuck is told of again every week."""
    about = f"stuck:{trouble.topic or post.id}"
    weeks = (now_ms - post.owed_at) // (7 * DAY_MS)
    if trouble.topic or trouble.final or weeks < 1:
        return about
    return f"{about}:{weeks}"


def diagnose(post: Post, server: Server | None, error: Exception) -> Trouble:  # noqa: C901, PLR0911 - a line each
    """What went wrong, and how long to wait."""
    step = post.attempts - 1
    soon = BACK_OFF_MS[min(step, len(BACK_OFF_MS) - 1)]
    seldom = REFUSED_BACK_OFF_MS[min(step, len(REFUSED_BACK_OFF_MS) - 1)]
    match error:
        case Refusal():
            return Trouble(Sentence("the video is not there: {why}", why=error.kept), seldom)
        case FileNotFoundError():
            return Trouble(
                Sentence("a file is gone that was there: {why}", why=_file(error)), seldom
            )
        case hikari.ForbiddenError():
            final = post.kind in AFTERTHOUGHTS
            return Trouble(_refused(post, server, error), seldom, final, AT_ONCE, _once(post))
        case hikari.NotFoundError() if error.code == UNKNOWN_ROLE:
            return _role_gone(post)
        case hikari.NotFoundError():
            return Trouble(_lost(post, server, error), seldom, tell_after=AT_ONCE)
        case hikari.UnauthorizedError():
            return Trouble(Sentence("Discord no longer accepts the bot's token."), seldom)
        case hikari.ClientHTTPResponseError() if error.status == TOO_LARGE:
            return Trouble(
                Sentence("the video is larger than this server takes: lower its upload_limit."),
                seldom,
                tell_after=AT_ONCE,
            )
        case hikari.BadRequestError():
            why = f"{error.message} {error.errors or ''}".strip()
            return Trouble(Sentence("Discord does not accept it ({why}).", why=why), 0, final=True)
        case hikari.RateLimitTooLongError():
            wait = min(max(int(error.retry_after * 1000), soon), REFUSED_BACK_OFF_MS[-1])
            return Trouble(Sentence("Discord asks to wait."), wait)
        case hikari.HTTPError() | TimeoutError() | OSError():
            return Trouble(
                Sentence("Discord cannot be reached ({error}).", error=type(error).__name__), soon
            )
        case _:
            log.error("post %d failed", post.id, exc_info=error)
            return Trouble(
                Sentence("it failed on our side ({error}).", error=type(error).__name__), soon
            )


def _file(error: FileNotFoundError) -> str:
    """Its name: where files lie on the computer is nobody's business."""
    return Path(str(error.filename or "")).name


def _refused(post: Post, server: Server | None, error: hikari.ForbiddenError) -> Sentence:
    remedy = REMEDIES.get(post.kind)
    return Sentence(
        "Discord refuses it ({reason}). {remedy}",
        reason=error.message,
        remedy=remedy(post) if remedy else _speaking(_place(post, server, error)),
    )


def _place(post: Post, server: Server | None, error: hikari.ClientHTTPResponseError) -> int | None:
    """Where it was to be done: the channel or thread that was asked for."""
    if asked := CHANNEL.search(error.url):
        return int(asked[1])
    return server and (server.staff_channel if post.kind in FOR_STAFF else server.channel)


def _speaking(channel: int | None) -> Sentence:
    return Sentence(
        "In {channel} the bot needs View Channel, Send Messages, Send Messages in Threads, "
        "Attach Files and Read Message History.",
        channel=f"<#{channel}>",
    )


def _lost(post: Post, server: Server | None, error: hikari.NotFoundError) -> Sentence:
    if error.code == UNKNOWN_CHANNEL and server is not None:
        channel = _place(post, server, error)
        if channel not in (server.channel, server.staff_channel):
            return Sentence("the thread {channel} is gone.", channel=str(channel))
        return Sentence(
            "the channel {channel} is gone: name another in scheduler.toml.", channel=str(channel)
        )
    return Sentence("Discord does not find what it needs ({reason}).", reason=error.message)


def _once(post: Post) -> str | None:
    """A role above the bot's own is told of once a day, however many are to lose it."""
    if post.kind != "role_take":
        return None
    return f"role:{post.server}:{post.facts.get('role', 0)}:{post.owed_at // DAY_MS}"


def _role_gone(post: Post) -> Trouble:
    role = post.facts.get("role", 0)
    why = Sentence("the role {role} is gone from this server.", role=str(role))
    return Trouble(why, 0, final=True, topic=f"role:{post.server}:{role}")


def _hierarchy(post: Post) -> Sentence:
    return Sentence(
        "Put the bot's own role above {role} (Server Settings > Roles) and allow it Manage Roles.",
        role=f"<@&{post.facts.get('role', 0)}>",
    )


REMEDIES: dict[str, Callable[[Post], Sentence]] = {
    "thread": lambda _: Sentence("Allow the bot Create Public Threads in the channel."),
    "event": lambda _: Sentence("Allow the bot's role Create Events in the server."),
    "role_give": _hierarchy,
    "role_take": _hierarchy,
    "reward_role": _hierarchy,
}
"""What staff can do where Discord refuses, by kind; for all others, the channel's permissions."""


def name_of(post: Post) -> Sentence:
    """The post, as staff call it."""
    name = NAMES.get(post.kind)
    return name(post.round or 0) if name else Sentence("post {key}", key=post.key)


NAMES: dict[str, Callable[[int], Sentence]] = {
    "publication": lambda n: Sentence("The publication of riddle no. {number}", number=n),
    "moved": lambda n: Sentence("Riddle no. {number} in its new channel", number=n),
    "crosspost": lambda n: Sentence("Passing on riddle no. {number} to followers", number=n),
    "thread": lambda n: Sentence("The thread of riddle no. {number}", number=n),
    "event": lambda _: Sentence("The event in the server's calendar"),
    "hint": lambda n: Sentence("A hint for riddle no. {number}", number=n),
    "remind": lambda n: Sentence("The reminder of riddle no. {number}", number=n),
    "mention": lambda n: Sentence("The reminder of riddle no. {number}", number=n),
    "close": lambda n: Sentence("The closing of riddle no. {number}", number=n),
    "reveal": lambda n: Sentence("The solution of riddle no. {number}", number=n),
    "recap": lambda n: Sentence("The recap of riddle no. {number}", number=n),
    "season_start": lambda _: Sentence("The start of the season"),
    "season_end": lambda _: Sentence("The end of the season"),
    "edit": lambda n: Sentence("A change to riddle no. {number}", number=n),
    "erratum": lambda n: Sentence("A correction to riddle no. {number}", number=n),
    "extension": lambda n: Sentence("The new closing of riddle no. {number}", number=n),
    "announcement": lambda _: Sentence("A word to everybody"),
    "draw": lambda _: Sentence("A word about a prize draw"),
    "correction": lambda _: Sentence("A correction of points"),
    "role_give": lambda _: Sentence("A role to be given"),
    "role_take": lambda _: Sentence("A role to be taken back"),
    "reward_role": lambda _: Sentence("A role from the shop (its points went back)"),
    "request": lambda _: Sentence("A request for a reward"),
    "request_state": lambda _: Sentence("How a request for a reward stands"),
}
"""By kind, what a post of a round (0: of none) is called."""

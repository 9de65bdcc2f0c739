"""What went wrong with a link, in the animator's words and with what to do about it.

Whatever the trouble, one way out always works: a video.mp4 in the folder.
"""

import re
from collections.abc import Sequence
from typing import cast

from riddles.media.guard import Guard
from riddles.media.leaks import spells
from riddles.media.refusal import Kind, MediaRefusal
from riddles.media.ytdlp_age import UPDATE

INSTEAD = "or put a video.mp4 into the folder instead"
MISSING = {404, 410}
TOO_MANY = 429
ASKS_WHO = {401, 403, TOO_MANY, 451}
LONGEST_DETAIL = 160

BY_TEXT = (
    (("confirm you", "not a bot", "cookies", "login required", "private video", "sign in"),
     "asks visitors to sign in: pass cookies of an account that may see the video", Kind.LINK),
    (("live event", "premieres in", "is offline"),
     "shows it live only: link to the recording", Kind.LINK),
    (("drm",), "protects this video against copying: choose another", Kind.LINK),
    (("geo", "in your country", "not available from your location"),
     "does not show this video in this server's country: choose another", Kind.LINK),
    (("redirect loop", "too many redirects"),
     "sends the visitor round in circles: correct the link", Kind.LINK),
    (("no space left",), "sent more than the disk holds: free some space", Kind.SPACE),
    (("no connection adapters", "unsafe url"),
     "leads away from the web: correct the link", Kind.LINK),
    (("unsupported url",), "shows no video on that page: link to the video itself", Kind.LINK),
    (("live hls", "live stream"), "streams live: link to the recording", Kind.LINK),
    (("timed out", "timeout"), "did not answer in time: try again later", Kind.NETWORK),
    (("name or service not known", "failed to resolve", "name resolution", "no address"),
     "cannot be found on the internet: correct the link, or try again later", Kind.NETWORK),
    (("refused",), "refuses connections: try again later", Kind.NETWORK),
    (("fragment", "more expected", "incompleteread", "connection", "did not get any data"),
     "broke off the transfer: try again later", Kind.NETWORK),
)  # fmt: skip
"""What the message contains, what the site did, and what sort of trouble that is."""


def explain(error: Exception, host: str, guard: Guard, secrets: Sequence[str]) -> MediaRefusal:
    """The refusal for whatever yt-dlp raised; never with a title in it that names the answer."""
    if guard.refused:
        did = f"leads to {guard.refused[-1]}, which is not on the public internet: correct the link"
        return _refusal(host, did, Kind.LINK)
    if isinstance(error, PermissionError):
        return _refusal(host, "sends its video in a way that is not supported: choose another")
    status, text = _status(error), _text(error)
    return (
        _refusal(host, f"has no such video (HTTP {status}): correct the link")
        if status in MISSING
        else _by_text(host, text.lower())
        or _by_status(host, status)
        or _unknown(host, text, secrets)
    )


def _by_text(host: str, text: str) -> MediaRefusal | None:
    for words, did, kind in BY_TEXT:
        if any(word in text for word in words):
            return _refusal(host, did, kind)
    return None


def _by_status(host: str, status: int) -> MediaRefusal | None:
    if status in ASKS_WHO:
        kind = Kind.NETWORK if status == TOO_MANY else Kind.LINK
        return _refusal(host, f"turns us away (HTTP {status}): {UPDATE}, pass cookies", kind)
    if status:
        return _refusal(host, f"answers HTTP {status}: try again later", Kind.NETWORK)
    return None


def _unknown(host: str, text: str, secrets: Sequence[str]) -> MediaRefusal:
    detail = "" if spells(text, secrets) else f" ({text[:LONGEST_DETAIL]})"
    return _refusal(host, f"could not be understood{detail}: {UPDATE}")


def _refusal(host: str, did: str, kind: Kind = Kind.LINK) -> MediaRefusal:
    return MediaRefusal(f"the linked site {host} {did}, {INSTEAD}", kind)


def _status(error: BaseException) -> int:
    """The HTTP status at the root of it, if there was one."""
    for cause in _causes(error):
        status = getattr(cause, "status", None)
        if isinstance(status, int):
            return status
    # A fragment's own error ends in words only.
    found = re.search(r"HTTP Error (\d{3})", _text(error))
    return int(found[1]) if found else 0


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in causes:
        causes.append(at)
        # yt-dlp keeps what it caught in `exc_info`, or `cause`, depending on the layer.
        wrapped = cast("tuple[object, ...] | None", getattr(at, "exc_info", None))
        inner: object = wrapped[1] if wrapped else getattr(at, "cause", None)
        at = inner if isinstance(inner, BaseException) else at.__cause__
    return causes


def _text(error: BaseException) -> str:
    words = " / ".join(str(cause) for cause in _causes(error)).replace("ERROR: ", "")
    # The appeal to report a bug to yt-dlp is not meant for animators.
    return " ".join(words.split("; please report this")[0].split())

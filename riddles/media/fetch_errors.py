"""What went wrong with a link, in the animator's words and with what to do about it.

Whatever the trouble, one way out always works: a video.mp4 in the folder.
"""

import re
from collections.abc import Sequence
from typing import cast

from riddles.media.guard import Guard
from riddles.media.leaks import spells
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

MISSING = {404, 410}
TOO_MANY = 429
ASKS_WHO = {401, 403, TOO_MANY, 451}
LONGEST_DETAIL = 160

BY_TEXT = (
    (("confirm you", "not a bot", "cookies", "login required", "private video", "sign in"),
     Sentence("asks visitors to sign in: pass cookies of an account that may see the video"),
     Kind.LINK),
    (("live event", "premieres in", "is offline"),
     Sentence("shows it live only: link to the recording"), Kind.LINK),
    (("drm",), Sentence("protects this video against copying: choose another"), Kind.LINK),
    (("geo", "in your country", "not available from your location"),
     Sentence("does not show this video in this server's country: choose another"), Kind.LINK),
    (("redirect loop", "too many redirects"),
     Sentence("sends the visitor round in circles: correct the link"), Kind.LINK),
    (("no space left",),
     Sentence("sent more than the disk holds: free some space"), Kind.SPACE),
    (("no connection adapters", "unsafe url"),
     Sentence("leads away from the web: correct the link"), Kind.LINK),
    (("unsupported url",),
     Sentence("shows no video on that page: link to the video itself"), Kind.LINK),
    (("live hls", "live stream"), Sentence("streams live: link to the recording"), Kind.LINK),
    (("timed out", "timeout"), Sentence("did not answer in time: try again later"), Kind.NETWORK),
    (("name or service not known", "failed to resolve", "name resolution", "no address"),
     Sentence("cannot be found on the internet: correct the link, or try again later"),
     Kind.NETWORK),
    (("refused",), Sentence("refuses connections: try again later"), Kind.NETWORK),
    (("fragment", "more expected", "incompleteread", "connection", "did not get any data"),
     Sentence("broke off the transfer: try again later"), Kind.NETWORK),
)  # fmt: skip
"""What the message contains, what the site did, and what sort of trouble that is."""
PATHS = re.compile(r"(?<![\w:/.])/[^\s'\"]+")
"""Where something lies on this computer."""


def explain(error: Exception, host: str, guard: Guard, secrets: Sequence[str]) -> MediaRefusal:
    """The refusal for whatever yt-dlp raised; never with a title in it that names the answer."""
    if guard.refused:
        did = Sentence(
            "leads to {address}, which is not on the public internet: correct the link",
            address=guard.refused[-1],
        )
        return _refusal(host, did)
    if isinstance(error, PermissionError):
        did = Sentence("sends its video in a way that is not supported: choose another")
        return _refusal(host, did)
    status, text = _status(error), _text(error)
    if status in MISSING:
        did = Sentence("has no such video (HTTP {status}): correct the link", status=str(status))
        return _refusal(host, did)
    return _by_text(host, text.lower()) or _by_status(host, status) or _unknown(host, text, secrets)


def _by_text(host: str, text: str) -> MediaRefusal | None:
    for words, did, kind in BY_TEXT:
        if any(word in text for word in words):
            return _refusal(host, did, kind)
    return None


def _by_status(host: str, status: int) -> MediaRefusal | None:
    code = str(status)
    if status in ASKS_WHO:
        kind = Kind.NETWORK if status == TOO_MANY else Kind.LINK
        did = Sentence("turns us away (HTTP {status}): update yt-dlp, pass cookies", status=code)
        return _refusal(host, did, kind)
    if status:
        did = Sentence("answers HTTP {status}: try again later", status=code)
        return _refusal(host, did, Kind.NETWORK)
    return None


def _unknown(host: str, text: str, secrets: Sequence[str]) -> MediaRefusal:
    if spells(text, secrets):
        return _refusal(host, Sentence("could not be understood: update yt-dlp"))
    why = PATHS.sub("…", text)[:LONGEST_DETAIL]
    return _refusal(host, Sentence("could not be understood ({why}): update yt-dlp", why=why))


def _refusal(host: str, did: Sentence, kind: Kind = Kind.LINK) -> MediaRefusal:
    return MediaRefusal(
        "the linked site {host} {did}, or put a video.mp4 into the folder instead",
        kind,
        host=host,
        did=did,
    )


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

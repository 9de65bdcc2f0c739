"""Why a video cannot be used, in one sentence with its remedy, and what kind of trouble it is."""

from enum import StrEnum

from riddles.refusal import Refusal
from riddles.sentence import Sentence


class Kind(StrEnum):
    """What sort of trouble it is, for callers that act on it; people read the sentence."""

    FILE = "file"
    """The file's name, place or nature: an animator has to change the folder."""
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    TOO_SHORT = "too_short"
    TOO_BIG = "too_big"
    """Longer, larger or faster than any limit allows, whatever the server."""
    TOO_LONG = "too_long"
    """Does not fit this upload limit; a link to it still can be posted."""
    CAPTIONS = "captions"
    LEAK = "leak"
    LINK = "link"
    """The address will not do: wrong, private, live, gone, or the site asks who we are."""
    NETWORK = "network"
    """Nothing wrong here that time may not mend."""
    SPACE = "space"
    WORKER = "worker"
    """The worker stopped without an answer."""


class MediaRefusal(Refusal):
    """A video, link or captions file that cannot be used, and what to do about it.

    Hosts read it on Discord: it names files and folders, never where they lie on the computer.
    """

    def __init__(self, sentence: str, kind: Kind, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.kind = kind

    @classmethod
    def of(cls, sentence: Sentence, kind: Kind) -> "MediaRefusal":
        """What a worker refused."""
        return MediaRefusal(sentence.text, kind, **sentence.facts)

    @property
    def may_pass(self) -> bool:
        """Whether trying again later, with nothing changed, can help."""
        return self.kind in {Kind.NETWORK, Kind.SPACE, Kind.WORKER}

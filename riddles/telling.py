"""Telling: words to the staff or to everybody, owed to each server that is to read them."""

from collections.abc import Mapping, Sequence

from engine.posts import Owed
from riddles.config import Settings
from riddles.sentence import Sentence


def to_staff(
    settings: Settings,
    key: str,
    sentence: Sentence,
    *,
    buttons: Sequence[Mapping[str, str]] = (),
    only: int | None = None,
) -> list[Owed]:
    """The posts that tell staff, in every server or in the `only` one; told once per `key`.

    A button is `{"id": "v1:…", "label": English}`.
    """
    facts = sentence.kept | ({"buttons": list(buttons)} if buttons else {})
    return [
        Owed(
            key=f"staff:{key}:{server.guild}",
            kind="staff",
            lane=f"{server.guild}:staff",
            server=server.guild,
            facts=facts,
        )
        for server in settings.server
        if server.staff_channel is not None and only in (None, server.guild)
    ]


def to_channels(
    settings: Settings, key: str, sentence: Sentence, *, round_id: int | None = None
) -> list[Owed]:
    """The posts that tell everybody, in every server's channel; told once per `key`.

    They come after whatever the channel was owed before, the round's publication for one.
    """
    return [
        Owed(
            key=f"announcement:{key}:{server.guild}",
            kind="announcement",
            lane=f"{server.guild}:channel",
            server=server.guild,
            round=round_id,
            facts=sentence.kept,
        )
        for server in settings.server
    ]

"""Telling: words to the staff, owed to each server that has a channel for them."""

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

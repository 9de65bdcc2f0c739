"""Videos and pictures in messages: some are uploaded, others a message has already."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import hikari
from hikari import impl
from hikari.files import AsyncReader, Resource, WebResource


def upload(
    path: Path, name: str, alt: str | None, *, spoiler: bool = False
) -> impl.MediaGalleryItemBuilder:
    """A file to upload with the message, under a name that says nothing."""
    return impl.MediaGalleryItemBuilder(
        media=hikari.File(path, filename=name, spoiler=spoiler),
        description=alt or hikari.UNDEFINED,
        spoiler=spoiler,
    )


def drawn(data: bytes, name: str, alt: str) -> impl.MediaGalleryItemBuilder:
    """A picture that was made for this message."""
    return impl.MediaGalleryItemBuilder(
        media=hikari.Bytes(data, name, mimetype="image/png"), description=alt
    )


def kept(name: str, alt: str | None) -> impl.MediaGalleryItemBuilder:
    """A file that the message to be edited carries already."""
    return _KeptItem(media=_Attached(name), description=alt or hikari.UNDEFINED)


def file(text: str, name: str) -> impl.FileComponentBuilder:
    """A text file to upload with the message."""
    return impl.FileComponentBuilder(file=hikari.Bytes(text, name, mimetype="text/vtt"))


def kept_file(name: str) -> impl.FileComponentBuilder:
    """A text file that the message to be edited carries already."""
    return _KeptFile(file=_Attached(name))


def gallery(item: impl.MediaGalleryItemBuilder) -> impl.MediaGalleryComponentBuilder:
    """One video."""
    return impl.MediaGalleryComponentBuilder(items=[item])


class _Attached(WebResource):
    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def filename(self) -> str:
        return self._name

    @property
    def url(self) -> str:
        return f"attachment://{self._name}"


class _KeptFile(impl.FileComponentBuilder):
    def build(self) -> tuple[MutableMapping[str, Any], Sequence[Resource[AsyncReader]]]:
        payload, _ = super().build()
        return payload, ()  # As for pictures below.


class _KeptItem(impl.MediaGalleryItemBuilder):
    def build(self) -> tuple[MutableMapping[str, Any], Sequence[Resource[AsyncReader]]]:
        # With any resource at all, even one that is not uploaded, the library sends an empty
        # list of attachments, and Discord would drop the video from the message.
        payload, _ = super().build()
        return payload, ()

"""Reading a request's body: JSON, or a form whose files go straight to disk."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

from riddles.rehearsal.discord.errors import JSON, ApiError
from riddles.rehearsal.discord.files import Upload, content_type_of, safe_name

_CHUNK = 256 * 1024


@dataclass(slots=True)
class Body:
    """What a request carried."""

    json: Any = None
    multipart: bool = False
    uploads: list[Upload] = field(default_factory=list[Upload])


async def read(request: web.Request, folder: Path) -> Body:
    """The body, its files written below `folder`.

    Raises:
        ApiError: it is not the JSON it says it is.
    """
    if request.content_type.startswith("multipart/"):
        return await _read_form(request, folder)
    raw = await request.read()
    return Body(json=_parse(raw) if raw else None)


async def _read_form(request: web.Request, folder: Path) -> Body:
    body = Body(multipart=True)
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name = part.name or ""
        if name == "payload_json":
            body.json = _parse(bytes(await part.read(decode=True)))
        elif name.startswith("files["):
            number = int(name.removeprefix("files[").removesuffix("]"))
            body.uploads.append(await _store(part, number, folder))
    return body


async def _store(part: BodyPartReader, number: int, folder: Path) -> Upload:
    filename = safe_name(part.filename or "file")
    size = 0
    # A local disk: handing each chunk to a thread would cost more than it frees.
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-", delete=False) as file:
        while chunk := await part.read_chunk(_CHUNK):
            size += len(chunk)
            file.write(chunk)
    content_type = content_type_of(filename, part.headers.get("Content-Type"))
    return Upload(number, filename, content_type, size, Path(file.name))


def _parse(raw: bytes) -> JSON | list[Any]:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None

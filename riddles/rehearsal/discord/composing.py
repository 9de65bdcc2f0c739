"""From a request's body to a stored message: checked, numbered, its files attached."""

import copy
from dataclasses import dataclass
from typing import Any

from riddles.rehearsal.discord import components, mentions, wire
from riddles.rehearsal.discord.errors import JSON, ApiError, FormErrors
from riddles.rehearsal.discord.files import StoredFile, Upload
from riddles.rehearsal.discord.messages import EPHEMERAL, V2, Message, Pings, texts
from riddles.rehearsal.discord.world import Channel, World

_MOST_CONTENT = 2000
_MOST_EMBEDS = 10
_MOST_EMBED_TEXT = 6000
_MOST_FILES = 10
_SETTABLE = (1 << 2) | EPHEMERAL | (1 << 12) | V2
_ATTACHMENT = "attachment://"


@dataclass(frozen=True, slots=True)
class Draft:
    """A body and its files, and how large a file may be."""

    form: JSON
    uploads: list[Upload]
    upload_limit: int


def compose(world: World, channel: Channel, draft: Draft) -> Message:
    """A new message by the bot, not yet in its channel.

    Raises:
        ApiError: Discord would not take it.
    """
    form = draft.form
    flags = int(form.get("flags") or 0) & _SETTABLE
    _check(form, flags)
    message_id = world.mint()
    files = _attach(world, channel, draft)
    content = str(form.get("content") or "")
    embeds = [{"type": "rich", **embed} for embed in copy.deepcopy(form.get("embeds") or [])]
    tree: list[JSON] = copy.deepcopy(form.get("components") or [])
    if not (content or embeds or tree or files):
        raise ApiError(400, 50006, "Cannot send an empty message")
    components.number(tree)
    components.complete(tree)
    _show_files(world, tree, embeds, files)
    payload = wire.message(world, channel, message_id)
    payload |= {"content": content, "embeds": embeds, "components": tree, "flags": flags}
    payload["attachments"] = _loose(files, tree, embeds)
    message = Message(message_id, channel.id, payload, files=files)
    message.pings = mentions.resolve(channel, message.text, form.get("allowed_mentions"))
    _note_mentions(world, message)
    return message


def revise(world: World, channel: Channel, message: Message, draft: Draft) -> None:
    """Change what the body names; everything else stays.

    Raises:
        ApiError: Discord would not take it; nothing is changed then.
    """
    form, old = draft.form, message.payload
    flags = old["flags"] | (int(form.get("flags") or 0) & _SETTABLE & ~EPHEMERAL)
    after = {
        key: form[key] if key in form else old[key] for key in ("content", "embeds", "components")
    }
    checked: JSON = {**form, **after} | ({} if "components" in form else {"components": []})
    _check(checked, flags)
    files = _attach(world, channel, draft, kept=message.files)
    content = str(after["content"] or "")
    embeds = [{"type": "rich", **embed} for embed in copy.deepcopy(after["embeds"] or [])]
    tree: list[JSON] = copy.deepcopy(after["components"] or [])
    if not (content or embeds or tree or files):
        raise ApiError(400, 50006, "Cannot send an empty message")
    components.number(tree)
    components.complete(tree)
    _show_files(world, tree, embeds, files)
    message.files = files
    old |= {"content": content, "embeds": embeds, "components": tree, "flags": flags}
    old["attachments"] = _loose(files, tree, embeds)
    old["edited_timestamp"] = wire.timestamp(world.clock.now())
    world.changed("edit", message.channel_id, message)


def _check(form: JSON, flags: int) -> None:
    faults = FormErrors()
    v2 = bool(flags & V2)
    if v2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if form.get(key):
                faults.add(
                    (key,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    else:
        faults.length(("content",), form.get("content") or "", 0, _MOST_CONTENT)
        _check_embeds(faults, form.get("embeds") or [])
    components.check_message(faults, form.get("components") or [], v2=v2)
    mentions.check(faults, form.get("allowed_mentions"))
    faults.check()


def _check_embeds(faults: FormErrors, embeds: list[JSON]) -> None:
    if len(embeds) > _MOST_EMBEDS:
        faults.add(("embeds",), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        path = ("embeds", index)
        faults.length((*path, "title"), embed.get("title") or "", 0, 256)
        faults.length((*path, "description"), embed.get("description") or "", 0, 4096)
        for number, field in enumerate(embed.get("fields") or ()):
            faults.length((*path, "fields", number, "name"), field.get("name"), 1, 256)
            faults.length((*path, "fields", number, "value"), field.get("value"), 1, 1024)
    if sum(len(text) for text in texts({"embeds": embeds})) > _MOST_EMBED_TEXT:
        faults.add(
            ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"
        )


def _attach(
    world: World, channel: Channel, draft: Draft, kept: list[StoredFile] | None = None
) -> list[StoredFile]:
    if any(upload.size > draft.upload_limit for upload in draft.uploads):
        raise ApiError(413, 40005, "Request entity too large")
    described: list[JSON] = draft.form.get("attachments") or []
    by_id = {str(each.get("id")): each for each in described}
    if "attachments" in draft.form:
        files = [file for file in kept or () if str(file.id) in by_id]
    else:
        files = list(kept or ())
    for upload in draft.uploads:
        said = by_id.get(str(upload.number), {})
        file_id = world.mint()
        filename = said.get("filename") or upload.filename
        stored = StoredFile(
            file_id,
            filename,
            upload.content_type,
            upload.size,
            upload.path,
            f"{world.base_url}/attachments/{channel.id}/{file_id}/{filename}",
            said.get("description"),
        )
        world.files[file_id] = stored
        files.append(stored)
    if len(files) > _MOST_FILES:
        raise ApiError(400, 30015, "Maximum number of attachments in a message reached (10)")
    return files


def _media(tree: list[JSON], embeds: list[JSON]) -> list[JSON]:
    found: list[JSON] = []
    for component in components.walk(tree):
        found += [item["media"] for item in component.get("items") or ()]
        found += [component[key] for key in ("media", "file") if key in component]
    for embed in embeds:
        found += [embed[key] for key in ("image", "thumbnail", "video") if embed.get(key)]
    return found


def _show_files(
    world: World, tree: list[JSON], embeds: list[JSON], files: list[StoredFile]
) -> None:
    faults = FormErrors()
    by_name = {file.filename: file for file in files}
    by_url = {file.url: file for file in world.files.values()} if _media(tree, embeds) else {}
    for media in _media(tree, embeds):
        url = str(media.get("url") or "")
        if url.startswith(_ATTACHMENT):
            file = by_name.get(url.removeprefix(_ATTACHMENT))
            if file is None:
                faults.add(
                    ("components",), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", url
                )
                continue
            media.update(file.as_media())
        elif file := by_url.get(url):
            media.update(file.as_media())
        else:
            media.setdefault("proxy_url", url)
    faults.check()


def _loose(files: list[StoredFile], tree: list[JSON], embeds: list[JSON]) -> list[JSON]:
    """Files no component or embed shows; Discord lists only those as attachments."""
    shown: set[Any] = {media.get("attachment_id") for media in _media(tree, embeds)}
    return [file.as_attachment() for file in files if str(file.id) not in shown]


def _note_mentions(world: World, message: Message) -> None:
    pings: Pings = message.pings
    if not pings:
        return
    message.payload["mention_roles"] = [str(role) for role in sorted(pings.roles)]
    message.payload["mention_everyone"] = pings.everyone
    message.payload["mentions"] = [
        wire.user(world.users[user]) for user in sorted(pings.users) if user in world.users
    ]

"""What the person at the keyboard does as a member: call, complete, press, submit."""

import base64
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from riddles.rehearsal.discord import CannotDo, Reply, StandIn
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import safe_name
from riddles.rehearsal.discord.options import Value

_MOST_MODALS = 200
_ATTACHMENT = 11


class Acts:
    """Acts of members, and the modals that are open on some screen."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._modals: OrderedDict[int, Reply] = OrderedDict()
        self._uploads = tempfile.TemporaryDirectory(prefix="riddles-page-")

    def close(self) -> None:
        """Remove the files that were given as options."""
        self._uploads.cleanup()

    async def handle(self, request: web.Request) -> web.Response:
        """Do what `/act/<act>` asks for; what Discord would not allow is answered in words."""
        body: JSON = await request.json()
        acts = {
            "command": self._call,
            "autocomplete": self._complete,
            "press": self._press,
            "submit": self._submit,
        }
        act = acts.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        try:
            reply = await act(int(body["member"]), body)
        except CannotDo as refusal:
            return web.json_response({"kind": "refused", "why": str(refusal)})
        if reply.modal is not None:
            self._modals[reply.interaction_id] = reply
            if len(self._modals) > _MOST_MODALS:
                self._modals.popitem(last=False)
        return web.json_response(
            {
                "kind": reply.kind,
                "id": str(reply.interaction_id),
                "modal": reply.modal,
                "choices": reply.choices,
            }
        )

    async def _call(self, member: int, body: JSON) -> Reply:
        given = self._given(body["options"])
        return await self._standin.command(member, int(body["channel"]), body["path"], given)

    async def _complete(self, member: int, body: JSON) -> Reply:
        given = self._given(body["options"])
        channel, focused = int(body["channel"]), body["focused"]
        return await self._standin.autocomplete(member, channel, body["path"], focused, given)

    async def _press(self, member: int, body: JSON) -> Reply:
        channel = self._standin.world.channels[int(body["channel"])]
        message = channel.messages.get(int(body["message"]))
        if message is None:
            raise CannotDo("that message is gone")
        values: list[str] = body.get("values") or []
        return await self._standin.press(member, message, body["custom_id"], values=values)

    async def _submit(self, member: int, body: JSON) -> Reply:
        modal = self._modals.get(int(body["modal"]))
        if modal is None:
            raise CannotDo("that dialog is no longer open")
        return await self._standin.submit(member, modal, body["fields"])

    def _given(self, options: Mapping[str, JSON]) -> dict[str, Value]:
        """Options as the page sends them: a value each, files with their bytes."""
        return {name: self._value(option) for name, option in options.items()}

    def _value(self, option: JSON) -> Value:
        if option["type"] != _ATTACHMENT:
            return option["value"]
        folder = Path(tempfile.mkdtemp(dir=self._uploads.name))
        path = folder / safe_name(str(option["filename"]))
        path.write_bytes(base64.b64decode(option["value"]))
        return path

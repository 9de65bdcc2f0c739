"""The environment: where Discord is, and the two secrets, which no file and no log ever holds."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from riddles.refusal import Refusal
from riddles.sentence import Sentence

DISCORD_API = "https://discord.com/api/v10"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says; printing it shows no secret."""

    api_url: str = DISCORD_API
    token: str | None = field(default=None, repr=False)
    secret: bytes | None = field(default=None, repr=False)

    def require_token(self) -> str:
        """The bot's token.

        Raises:
            Refusal: there is none.
        """
        if self.token is None:
            raise Refusal(
                "DISCORD_TOKEN is not set: put the bot's token in this environment variable "
                "(discord.com/developers, your application, Bot, Reset Token); "
                "`riddles rehearse` runs without one"
            )
        return self.token

    def require_secret(self) -> bytes:
        """The 32 bytes that codes and erasure derive from.

        Raises:
            Refusal: there are none.
        """
        if self.secret is None:
            raise Refusal("RIDDLES_SECRET is not set: {make_one}", make_one=MAKE_ONE)
        return self.secret


MAKE_ONE = Sentence(
    "make one with: "
    'python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())" '
    "and keep it as long as the database"
)


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Read what concerns Discord and secrets; an empty variable counts as unset.

    Raises:
        Refusal: a variable is malformed; the sentence names it and never its value.
    """
    token = variables.get("DISCORD_TOKEN", "").strip() or None
    if token is not None and (any(map(str.isspace, token)) or not token.isprintable()):
        raise Refusal(
            "DISCORD_TOKEN holds spaces or line breaks: "
            'put only the token there, without "Bot" before it'
        )
    return Environment(
        api_url=_api_url(variables.get("DISCORD_API_URL", "").strip() or DISCORD_API),
        token=token,
        secret=_secret(variables.get("RIDDLES_SECRET", "").strip()),
    )


def _api_url(text: str) -> str:
    try:
        url = urlsplit(text)
        usable = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise Refusal(
            "DISCORD_API_URL is not a web address: write it like {address}", address=DISCORD_API
        )
    return text.rstrip("/")


def _secret(text: str) -> bytes | None:
    if not text:
        return None
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("RIDDLES_SECRET is not base64: {make_one}", make_one=MAKE_ONE) from None
    if len(secret) != SECRET_BYTES:
        raise Refusal(
            "RIDDLES_SECRET holds {count} bytes and must hold {needed}: {make_one}",
            count=len(secret),
            needed=SECRET_BYTES,
            make_one=MAKE_ONE,
        )
    return secret

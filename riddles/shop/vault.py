"""The vault: secret codes, sealed with the operator's secret and opened for their owner alone.

AES-256-GCM by the library `cryptography`. A seal vouches for the reward and for the code's own
number, so that a sealed code moved to another row, or to another reward, can no longer be opened.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.shop.codes import SealedCode
from riddles.refusal import Refusal

NONCE_BYTES = 12
NAME_BYTES = 8


class Vault:
    """Seals and opens codes. The keys derive from the secret; printing a vault shows nothing."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derived(secret, b"codes: seal"))
        self._marking = _derived(secret, b"codes: fingerprint")
        self.name = _derived(secret, b"codes: name")[:NAME_BYTES]
        """Tells one secret from another, and says nothing about either."""

    def seal(self, reward: str, code: str) -> SealedCode:
        """The code as it may be kept."""
        number = secrets.randbits(62)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, code.encode(), _vouched_for(reward, number))
        return SealedCode(
            id=number,
            reward=reward,
            sealed=nonce + sealed,
            secret=self.name,
            fingerprint=hmac.digest(self._marking, code.encode(), "sha256"),
        )

    def open(self, sealed: SealedCode) -> str:
        """The code.

        Raises:
            Refusal: it was sealed with another secret, or tampered with.
        """
        nonce, text = sealed.sealed[:NONCE_BYTES], sealed.sealed[NONCE_BYTES:]
        try:
            code = self._cipher.decrypt(nonce, text, _vouched_for(sealed.reward, sealed.id))
        except InvalidTag:
            raise Refusal(
                "this code cannot be opened: RIDDLES_SECRET is not the one it was loaded with"
            ) from None
        return code.decode()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, b"weekly-riddles " + purpose, hashlib.sha256)


def _vouched_for(reward: str, number: int) -> bytes:
    return f"{number}:{reward}".encode()

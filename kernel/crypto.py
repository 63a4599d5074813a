"""Secrets at rest: encrypted under the newest key, readable under older ones, bound to their place.

The place (tenant, channel, …) lies inside the sealed text, since Fernet authenticates no extra data:
a sealed token copied into another tenant's row does not open.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(Exception):
    """Not sealed by our keys, or sealed for another place."""


class Vault:
    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: newest first, any text of at least 32 characters each."""
        self._fernet = MultiFernet([Fernet(_derive(k)) for k in keys])

    def seal(self, secret: str, place: str) -> str:
        return self._fernet.encrypt(msgspec.json.encode([place, secret])).decode()

    def open(self, sealed: str, place: str) -> str:
        try:
            found, secret = msgspec.json.decode(self._fernet.decrypt(sealed.encode()), type=tuple[str, str])
        except (InvalidToken, msgspec.MsgspecError) as error:
            raise SealBroken("the secret cannot be read with these keys") from error
        if found != place:
            raise SealBroken("the secret belongs elsewhere")
        return secret

    def rotate(self, sealed: str) -> str:
        """The same secret under the newest key."""
        return self._fernet.rotate(sealed.encode()).decode()


def _derive(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())

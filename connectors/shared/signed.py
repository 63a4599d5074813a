"""`signed_request` of Meta's deauthorise and data deletion callbacks: proven, then read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

LIMIT = 8_192


class SignedRequest(msgspec.Struct, frozen=True):
    """`user_id` is app-scoped: somebody who logged in to our app, never a customer on a channel."""

    user_id: str
    issued_at: int = 0
    algorithm: str = ""


def read_signed_request(value: str, secrets: Sequence[str]) -> SignedRequest | None:
    """None unless one of `secrets` signed it, with HMAC-SHA256 over the encoded payload as received."""
    signature, dot, payload = value.partition(".")
    if not dot or len(value) > LIMIT or not value.isascii():
        return None
    given = _decode(signature)
    expected = [_digest(secret, payload) for secret in secrets if secret]
    if given is None or not any([hmac.compare_digest(given, one) for one in expected]):
        return None
    try:
        request = msgspec.json.decode(_decode(payload) or b"", type=SignedRequest, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return request if request.algorithm.upper() == "HMAC-SHA256" else None


def _digest(secret: str, payload: str) -> bytes:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None

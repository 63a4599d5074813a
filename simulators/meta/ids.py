"""Identifiers shaped like Meta's: opaque, long, and numeric ones beyond 2**53 so that floats lose them."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import re

_serial = itertools.count(1)

# Enough of the world for simulated customers.
_COUNTRIES = {
    "351": "PT", "595": "PY", "598": "UY", "591": "BO", "593": "EC", "55": "BR", "54": "AR", "56": "CL", "57": "CO",
    "52": "MX", "51": "PE", "58": "VE", "34": "ES", "44": "GB", "49": "DE", "33": "FR", "39": "IT", "1": "US",
}  # fmt: skip
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _unique() -> bytes:
    return os.urandom(6) + next(_serial).to_bytes(6, "big")


def wamid(user: str, outbound: bool) -> str:
    name = user.encode()[:60]
    head = (
        bytes([0x1C, 0x18, len(name)])
        + name
        + (b"\x15\x02\x00\x11\x18\x18" if outbound else b"\x15\x02\x00\x12\x18\x18")
    )
    return "wamid." + base64.b64encode(head + _unique().hex().upper().encode() + b"\x00").decode()


def messenger_mid() -> str:
    return "m_" + base64.urlsafe_b64encode(_unique() + os.urandom(36)).decode().rstrip("=")


def instagram_mid() -> str:
    body = b"ig_item_v2:" + _unique().hex().encode() + b":" + os.urandom(48).hex().encode()
    return base64.b64encode(body).decode().replace("=", "ZD")


def numeric() -> str:
    """A 17-digit id: always above 2**53."""
    return str(10**16 * (2 + os.urandom(1)[0] % 7) + int.from_bytes(_unique()[2:9], "big") % 10**16)


def trace() -> str:
    return "A" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def is_bsuid(user: str) -> bool:
    return _BSUID.fullmatch(user) is not None


def country(phone: str) -> str:
    known = _COUNTRIES
    return known.get(phone[:3]) or known.get(phone[:2]) or known.get(phone[:1]) or "ZZ"


def bsuid(phone: str, portfolio: str) -> str:
    """The business-scoped id of a phone: stable, different for each portfolio."""
    value = int.from_bytes(hashlib.blake2b(f"{portfolio}:{phone}".encode(), digest_size=12).digest(), "big")
    digits = ""
    for _ in range(16):
        value, index = divmod(value, 62)
        digits += _BASE62[index]
    return f"{country(phone)}.{digits}"

"""Identifiers that sort by time (UUIDv7, RFC 9562 §5.7)."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id(ms: int | None = None) -> UUID:
    """A UUIDv7. `ms`: milliseconds since the epoch, now when left out."""
    stamp = time.time_ns() // 1_000_000 if ms is None else ms
    rand = int.from_bytes(os.urandom(10))
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | ((rand >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (rand & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)

"""Reading the live log: numbered events of one tenant, in commit order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import text

from kernel.db import Tx

HEAD = text("SELECT head FROM live_head WHERE tenant_id = :tenant")
AFTER = text(
    "SELECT id, type, data, at FROM live_event WHERE tenant_id = :tenant AND id > :after "
    "ORDER BY id LIMIT :limit"
)
OLDEST = text("SELECT min(id) FROM live_event WHERE tenant_id = :tenant")
PURGE = text("DELETE FROM live_event WHERE tenant_id = :tenant AND at < :before")


class LiveEvent(msgspec.Struct, frozen=True):
    id: int
    type: str
    data: Any
    at: datetime


async def head(tx: Tx) -> int:
    """The newest number. Read it first in a snapshot: what comes later is folded in by the client."""
    return int(await tx.scalar(HEAD, {"tenant": tx.tenant_id}) or 0)


async def after(tx: Tx, cursor: int, limit: int = 500) -> list[LiveEvent]:
    rows = await tx.all(AFTER, {"tenant": tx.tenant_id, "after": cursor, "limit": limit})
    return [LiveEvent(r.id, r.type, r.data, r.at) for r in rows]


async def reaches(tx: Tx, cursor: int) -> bool:
    """Does the log still hold everything after this cursor?"""
    now = await head(tx)
    if cursor >= now:
        return cursor == now
    oldest = await tx.scalar(OLDEST, {"tenant": tx.tenant_id})
    return oldest is not None and oldest <= cursor + 1


async def purge(tx: Tx, keep: timedelta) -> int:
    return await tx.run(PURGE, {"tenant": tx.tenant_id, "before": tx.now - keep})

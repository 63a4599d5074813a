"""Queries on what became of messages that were sent, and on whether the bot may still say what waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from kernel import jsons
from kernel.db import Rows, Tx
from router.store import RETURNING

LOCK_FATES = text(
    "SELECT id, status, provider_id, failure FROM message WHERE id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY id FOR NO KEY UPDATE"
)
SAVE_FATES = text(
    "UPDATE message SET status = n.status, provider_id = n.provider_id, failure = n.failure::jsonb "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:provider_ids AS text[]), "
    "CAST(:failures AS text[])) AS n(id, status, provider_id, failure) WHERE message.id = n.id " + RETURNING
)
EPOCHS = text(
    "SELECT m.id, c.epoch FROM message m JOIN conversation c ON c.tenant_id = m.tenant_id "
    "AND c.id = m.conversation_id WHERE m.id = ANY(CAST(:ids AS uuid[]))"
)


class Fate(msgspec.Struct, eq=True):
    """What became of a message that was sent."""

    id: UUID
    status: Any
    provider_id: str | None
    failure: dict[str, str] | None


async def lock_fates(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Fate]:
    rows = await tx.all(LOCK_FATES, {"ids": sorted(ids)})
    return {r.id: Fate(r.id, r.status, r.provider_id, r.failure) for r in rows}


async def save_fates(tx: Tx, fates: Sequence[Fate]) -> Rows:
    """The messages as they are now."""
    row = {
        "ids": [fate.id for fate in fates],
        "statuses": [fate.status for fate in fates],
        "provider_ids": [fate.provider_id for fate in fates],
        "failures": [jsons.dumps(fate.failure) if fate.failure else None for fate in fates],
    }
    return await tx.all(SAVE_FATES, row)


async def epochs(tx: Tx, ids: Collection[UUID]) -> dict[UUID, int]:
    """By message: the epoch of its conversation now."""
    return {r.id: r.epoch for r in await tx.all(EPOCHS, {"ids": list(ids)})}

"""Queries on what the bot answered and remembers: recorded turns and trackers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import jsons
from kernel.db import Tx

MEMORY = text(
    "SELECT (SELECT data FROM tracker WHERE conversation_id = :conversation) AS tracker, "
    "EXISTS (SELECT FROM turn WHERE message_id = :message) AS answered"
)
# The answer and what the bot remembers, in one statement; no tracker leaves the one we have.
KEEP_TURN = text(
    "WITH kept AS (INSERT INTO tracker (tenant_id, conversation_id, data, updated_at) "
    "SELECT :tenant, :conversation, CAST(:tracker AS jsonb), :now WHERE CAST(:tracker AS jsonb) IS NOT NULL "
    "ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET data = EXCLUDED.data, updated_at = EXCLUDED.updated_at) "
    "INSERT INTO turn (tenant_id, message_id, conversation_id, epoch, answers, controls, nlu, model, at) VALUES "
    "(:tenant, :message, :conversation, :epoch, CAST(:answers AS jsonb), CAST(:controls AS jsonb), "
    "CAST(:nlu AS jsonb), :model, :now)"
)
FORGET_TRACKER = text("DELETE FROM tracker WHERE conversation_id = :conversation")


async def memory(tx: Tx, conversation_id: UUID, message_id: UUID) -> tuple[Any, bool]:
    """What the bot remembers of the conversation, and whether it has answered this message."""
    row = await tx.one(MEMORY, {"conversation": conversation_id, "message": message_id})
    assert row is not None
    return row.tracker, row.answered


async def keep_turn(tx: Tx, row: dict[str, Any], tracker: Any) -> None:
    packed = {n: jsons.dumps(row[n]) for n in ("answers", "controls", "nlu")}
    kept = {"tracker": None if tracker is None else jsons.dumps(tracker)}
    await tx.run(KEEP_TURN, {"tenant": tx.tenant_id, "now": tx.now, **row, **packed, **kept})


async def forget_tracker(tx: Tx, conversation_id: UUID) -> None:
    await tx.run(FORGET_TRACKER, {"conversation": conversation_id})

"""Every query of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text

from connectors.outbox.rules import OutboxRow
from kernel import jsons, lanes
from kernel.db import Row, Tx

FIELDS = tuple(field.name for field in msgspec.structs.fields(OutboxRow))
COLUMNS = ", ".join(f"o.{name}" for name in FIELDS)

ADD = text(
    "INSERT INTO outbox (tenant_id, id, lane, lane_seq, channel_id, channel, account, user_key, phone, native, "
    "origin, purpose, message_id, epoch, client_id, hold_id, human, not_before, expires_at, priority, created_at) "
    "SELECT :tenant, n.id, :lane, n.seq, :channel_id, :channel, :account, :user, :phone, n.native::jsonb, "
    ":origin, :purpose, :message_id, :epoch, :client_id, :hold_id, :human, :not_before, :expires_at, :priority, "
    ":now FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS bigint[]), CAST(:natives AS text[])) "
    "AS n(id, seq, native)"
)
CHOSEN = (
    "tenant_id = :tenant AND state = 'queued' AND (CAST(:lane AS text) IS NULL OR lane = :lane) "
    "AND (CAST(:message_ids AS uuid[]) IS NULL OR message_id = ANY(CAST(:message_ids AS uuid[]))) "
    "AND (CAST(:origin AS text) IS NULL OR origin = :origin)"
)
LANES_TO_CANCEL = text(f"SELECT DISTINCT lane FROM outbox WHERE {CHOSEN}")
CANCEL = text(
    "UPDATE outbox SET state = 'failed', error_kind = 'cancelled', error_code = :reason "
    f"WHERE {CHOSEN} AND lane = ANY(CAST(:lanes AS text[])) RETURNING {', '.join(FIELDS)}"
)
UNPARK = text(
    "UPDATE lane SET ready_at = :now WHERE tenant_id = :tenant AND kind = 'out' AND ready_at > :now "
    "AND (CAST(:prefix AS text) IS NULL OR starts_with(lane, :prefix))"
)
# With what the gate asks about it: its channel, and when the customer's window was opened.
FRONT = text(
    f"SELECT {COLUMNS}, c.state AS channel_state, c.token_sealed, (SELECT max(w.opened_at) "
    "FROM customer_window w WHERE w.tenant_id = :tenant AND w.channel_id = o.channel_id "
    "AND w.user_key IN (o.user_key, o.phone)) AS opened_at "
    "FROM unnest(CAST(:lanes AS text[])) AS l(lane) CROSS JOIN LATERAL "
    "(SELECT * FROM outbox WHERE tenant_id = :tenant AND lane = l.lane "
    "AND state IN ('queued','sending','unknown') ORDER BY lane_seq LIMIT 1) o "
    "LEFT JOIN channel_account c ON c.tenant_id = o.tenant_id AND c.id = o.channel_id"
)
LOCKED = text(
    f"SELECT {COLUMNS} FROM outbox o WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY id FOR UPDATE"
)
SAVE = text(
    "UPDATE outbox o SET state = n.state, attempts = n.attempts, provider_id = n.provider_id, "
    "call_at = n.call_at, sent_at = n.sent_at, not_before = n.not_before, error_kind = n.error_kind, "
    "error_code = n.error_code, error_detail = n.error_detail, delivered_state = n.delivered_state "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:attempts AS bigint[]), "
    "CAST(:provider_ids AS text[]), CAST(:calls AS timestamptz[]), CAST(:sents AS timestamptz[]), "
    "CAST(:not_befores AS timestamptz[]), CAST(:kinds AS text[]), CAST(:codes AS text[]), "
    "CAST(:details AS text[]), CAST(:delivered AS text[])) AS n(id, state, attempts, provider_id, call_at, "
    "sent_at, not_before, error_kind, error_code, error_detail, delivered_state) "
    "WHERE o.tenant_id = :tenant AND o.id = n.id"
)
FIND = text(
    "SELECT id, provider_id, lane, state FROM outbox WHERE tenant_id = :tenant AND channel_id = :channel AND "
    "(provider_id = ANY(CAST(:provider_ids AS text[])) OR id = ANY(CAST(:ids AS uuid[])))"
)
UNREAD = text(
    # By the time of the call: Meta's time of a message lies between it and the answer. A second is
    # granted for clocks that differ.
    "SELECT id, lane, state FROM outbox WHERE tenant_id = :tenant AND channel_id = :channel "
    "AND user_key = :user AND (delivered_state IN ('sent','delivered') OR state = 'sending') "
    "AND call_at <= CAST(:until AS timestamptz) + interval '1 second'"
)
IN_THE_AIR = text(
    f"SELECT {COLUMNS} FROM outbox o WHERE tenant_id = :tenant AND lane = :lane "
    "AND state IN ('sending','unknown') ORDER BY lane_seq"
)
PURGE = text(
    "DELETE FROM outbox WHERE tenant_id = :tenant AND created_at < :before "
    "AND state NOT IN ('queued','sending','unknown')"
)
ROW = text(f"SELECT {COLUMNS} FROM outbox o WHERE tenant_id = :tenant AND id = :id")


class Front(NamedTuple):
    """The row at the head of a lane, its channel, and when the customer last opened the window."""

    row: OutboxRow
    channel_state: str | None
    token_sealed: str
    opened_at: datetime | None


async def add(tx: Tx, shared: dict[str, Any], rows: Sequence[tuple[UUID, int, Any]]) -> None:
    """`shared`: the columns that all rows have in common; `rows`: id, lane sequence, native."""
    values = {
        "ids": [id_ for id_, _, _ in rows],
        "seqs": [seq for _, seq, _ in rows],
        "natives": [jsons.dumps(native) for _, _, native in rows],
    }
    await tx.run(ADD, {**shared, **values, "tenant": tx.tenant_id, "now": tx.now})


async def cancel(
    tx: Tx, reason: str, *, lane: str | None, message_ids: Sequence[UUID] | None, origin: str | None
) -> list[OutboxRow]:
    """Locks the lanes first, as everyone does who changes an open row."""
    row: dict[str, Any] = {
        "tenant": tx.tenant_id,
        "lane": lane,
        "message_ids": list(message_ids) if message_ids is not None else None,
        "origin": origin,
    }
    found = [r.lane for r in await tx.all(LANES_TO_CANCEL, row)]
    await touch(tx, found)
    return [_row(r) for r in await tx.all(CANCEL, {**row, "reason": reason, "lanes": found})]


async def touch(tx: Tx, names: Iterable[str]) -> None:
    """Locks these lanes in order and has them looked at soon; takes no number."""
    await lanes.push_many(tx, {(tx.tenant_id, name): 0 for name in names})


async def unpark(tx: Tx, prefix: str | None) -> int:
    return await tx.run(UNPARK, {"tenant": tx.tenant_id, "now": tx.now, "prefix": prefix})


async def front(tx: Tx, names: Sequence[str]) -> dict[str, Front]:
    """The oldest unfinished row of each lane; lanes without one are missing."""
    rows = await tx.all(FRONT, {"tenant": tx.tenant_id, "lanes": list(names)})
    return {r.lane: Front(_row(r), r.channel_state, r.token_sealed or "", r.opened_at) for r in rows}


async def locked(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, OutboxRow]:
    if not ids:
        return {}
    rows = await tx.all(LOCKED, {"tenant": tx.tenant_id, "ids": sorted(ids)})
    return {r.id: _row(r) for r in rows}


async def save(tx: Tx, rows: Sequence[OutboxRow]) -> None:
    if not rows:
        return
    values = {
        "tenant": tx.tenant_id,
        "ids": [r.id for r in rows],
        "states": [r.state for r in rows],
        "attempts": [r.attempts for r in rows],
        "provider_ids": [r.provider_id for r in rows],
        "calls": [r.call_at for r in rows],
        "sents": [r.sent_at for r in rows],
        "not_befores": [r.not_before for r in rows],
        "kinds": [r.error_kind for r in rows],
        "codes": [r.error_code for r in rows],
        "details": [r.error_detail for r in rows],
        "delivered": [r.delivered_state for r in rows],
    }
    await tx.run(SAVE, values)


async def find(tx: Tx, channel_id: UUID, provider_ids: Sequence[str], ids: Sequence[UUID]) -> Sequence[Row]:
    row = {
        "tenant": tx.tenant_id,
        "channel": channel_id,
        "provider_ids": list(provider_ids),
        "ids": list(ids),
    }
    return await tx.all(FIND, row)


async def unread(tx: Tx, channel_id: UUID, user: str, until: datetime) -> Sequence[Row]:
    row = {"tenant": tx.tenant_id, "channel": channel_id, "user": user, "until": until}
    return await tx.all(UNREAD, row)


async def in_the_air(tx: Tx, lane: str) -> list[OutboxRow]:
    """Rows that were called and not settled yet."""
    return [_row(r) for r in await tx.all(IN_THE_AIR, {"tenant": tx.tenant_id, "lane": lane})]


async def row(tx: Tx, id_: UUID) -> OutboxRow | None:
    found = await tx.one(ROW, {"tenant": tx.tenant_id, "id": id_})
    return _row(found) if found is not None else None


async def purge(tx: Tx, before: datetime) -> int:
    return await tx.run(PURGE, {"tenant": tx.tenant_id, "before": before})


def _row(r: Row) -> OutboxRow:
    return OutboxRow(**{name: getattr(r, name) for name in FIELDS})

"""Every query on raw webhook bodies: stored, split into inbox events, kept apart where they belong to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text

from connectors.events import Event
from kernel.db import Tx

STORE_BODIES = (  # asyncpg: the hot path
    "WITH stored AS (INSERT INTO webhook_body (channel, hash, body, received_at) "
    "SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::timestamptz[]) "
    "ON CONFLICT (hash) DO NOTHING RETURNING id) INSERT INTO webhook_new (body_id) SELECT id FROM stored"
)
SPLIT_LOCK = text("SELECT pg_try_advisory_xact_lock(7310252)")
NEW_BODIES = text(
    "SELECT id, channel, body, received_at FROM (SELECT n.*, sum(octet_length(body)) OVER (ORDER BY id) "
    "- octet_length(body) AS before FROM (SELECT b.id, b.channel, b.body, b.received_at FROM "
    "(SELECT body_id FROM webhook_new ORDER BY body_id LIMIT :limit) w "
    "JOIN webhook_body b ON b.id = w.body_id) n) b WHERE before < :bytes ORDER BY id"
)
DROP_BODIES = text("DELETE FROM webhook_new WHERE body_id = ANY(CAST(:ids AS bigint[]))")
MARK_UNREADABLE = text(
    "UPDATE webhook_body b SET problem = m.problem FROM unnest(CAST(:ids AS bigint[]), "
    "CAST(:problems AS text[])) AS m(id, problem) WHERE b.id = m.id"
)
ACCOUNTS = text(
    "SELECT tenant_id, id, kind, external_id, parent_id FROM channel_account WHERE state <> 'disconnected' "
    "AND (external_id = ANY(CAST(:ids AS text[])) OR parent_id = ANY(CAST(:ids AS text[]))) ORDER BY id"
)
# What is in the inbox already is left as it is; what is new waits in its lane.
ADD_EVENTS = text(
    "WITH added AS (INSERT INTO inbox_event (tenant_id, id, channel_id, channel, key, lane, lane_seq, kind, at, "
    "received_at, data) SELECT n.tenant_id, n.id, n.channel_id, n.channel, n.key, n.lane, n.lane_seq, "
    "n.kind, n.at, n.received_at, n.data::jsonb FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), "
    "CAST(:channel_ids AS uuid[]), CAST(:channels AS text[]), CAST(:keys AS text[]), CAST(:lanes AS text[]), "
    "CAST(:seqs AS bigint[]), CAST(:kinds AS text[]), CAST(:ats AS timestamptz[]), "
    "CAST(:received AS timestamptz[]), CAST(:data AS text[])) AS n(tenant_id, id, channel_id, channel, key, "
    "lane, lane_seq, kind, at, received_at, data) ON CONFLICT (tenant_id, channel_id, key) DO NOTHING "
    "RETURNING tenant_id, lane, lane_seq, id) "
    "INSERT INTO inbox_waiting (tenant_id, lane, lane_seq, event_id) "
    "SELECT tenant_id, lane, lane_seq, id FROM added"
)
ADD_ORPHANS = text(
    "INSERT INTO webhook_orphan (id, channel, account, key, reason, raw, at) SELECT * FROM "
    "unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:accounts AS text[]), "
    "CAST(:keys AS text[]), CAST(:reasons AS text[]), CAST(:raws AS bytea[]), CAST(:ats AS timestamptz[])) "
    "ON CONFLICT (channel, account, key) DO NOTHING"
)
PURGE_BODIES = text(
    "DELETE FROM webhook_body b WHERE received_at < :before "
    "AND NOT EXISTS (SELECT FROM webhook_new w WHERE w.body_id = b.id)"
)
PURGE_ORPHANS = text("DELETE FROM webhook_orphan WHERE at < :before")


class Body(msgspec.Struct, frozen=True):
    id: int
    channel: str
    body: bytes
    received_at: datetime


class Account(msgspec.Struct, frozen=True):
    tenant_id: UUID
    id: UUID
    kind: str
    external_id: str
    parent_id: str | None


class Entry(msgspec.Struct):
    """An event about to enter the inbox of a tenant."""

    tenant_id: UUID
    channel_id: UUID
    lane: str
    event: Event
    received_at: datetime
    data: str


class Orphan(msgspec.Struct, frozen=True):
    channel: str
    account: str
    key: str
    reason: str
    raw: bytes


async def store_bodies(pool: asyncpg.Pool[Any], columns: Sequence[Any], timeout: float) -> int:
    """The hot path, on asyncpg alone: channels, hashes, bodies, times; how many bodies were new."""
    status = await pool.execute(STORE_BODIES, *columns, timeout=timeout)
    return int(str(status).rsplit(" ", 1)[1])


# --- splitter (dispatch) ---------------------------------------------------------------------


async def lock_splitter(tx: Tx) -> bool:
    return bool(await tx.scalar(SPLIT_LOCK))


async def new_bodies(tx: Tx, limit: int, size: int) -> list[Body]:
    rows = await tx.all(NEW_BODIES, {"limit": limit, "bytes": size})
    return [Body(r.id, r.channel, bytes(r.body), r.received_at) for r in rows]


async def drop_bodies(tx: Tx, problems: Mapping[int, str | None]) -> None:
    """These are split; `problems` says of each why it could not be read, or None."""
    bad = {id_: problem for id_, problem in problems.items() if problem is not None}
    if bad:
        await tx.run(MARK_UNREADABLE, {"ids": list(bad), "problems": list(bad.values())})
    await tx.run(DROP_BODIES, {"ids": list(problems)})


async def accounts(tx: Tx, ids: Iterable[str]) -> list[Account]:
    rows = await tx.all(ACCOUNTS, {"ids": sorted(ids)})
    return [Account(r.tenant_id, r.id, r.kind, r.external_id, r.parent_id) for r in rows]


async def add_events(tx: Tx, numbered: Sequence[tuple[Entry, UUID, int]]) -> int:
    """The number of those that were new."""
    entries = [entry for entry, _, _ in numbered]
    row: dict[str, list[Any]] = {
        "tenants": [e.tenant_id for e in entries],
        "ids": [id_ for _, id_, _ in numbered],
        "channel_ids": [e.channel_id for e in entries],
        "channels": [e.event.channel for e in entries],
        "keys": [e.event.key for e in entries],
        "lanes": [e.lane for e in entries],
        "seqs": [seq for _, _, seq in numbered],
        "kinds": [e.event.kind for e in entries],
        "ats": [e.event.at for e in entries],
        "received": [e.received_at for e in entries],
        "data": [e.data for e in entries],
    }
    return await tx.run(ADD_EVENTS, row)


async def add_orphans(tx: Tx, orphans: Sequence[Orphan], ids: Sequence[UUID]) -> None:
    row: dict[str, list[Any]] = {
        "ids": list(ids),
        "channels": [o.channel for o in orphans],
        "accounts": [o.account for o in orphans],
        "keys": [o.key for o in orphans],
        "reasons": [o.reason for o in orphans],
        "raws": [o.raw for o in orphans],
        "ats": [tx.now] * len(orphans),
    }
    await tx.run(ADD_ORPHANS, row)


async def purge_raw(tx: Tx, bodies_before: datetime, orphans_before: datetime) -> int:
    removed = await tx.run(PURGE_BODIES, {"before": bodies_before})
    return removed + await tx.run(PURGE_ORPHANS, {"before": orphans_before})

"""Every query of the inbox: raw bodies, orphans, events, customer windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text

from connectors.events import Event
from kernel.db import Row, Tx
from kernel.lanes import Claim

STORE_BODIES = (  # asyncpg: the hot path
    "INSERT INTO webhook_body (channel, hash, body, received_at) "
    "SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::timestamptz[]) "
    "ON CONFLICT (hash) DO NOTHING"
)
SPLIT_LOCK = text("SELECT pg_try_advisory_xact_lock(7310252)")
NEW_BODIES = text(
    "SELECT id, channel, body, received_at FROM (SELECT n.*, sum(octet_length(body)) OVER (ORDER BY id) "
    "- octet_length(body) AS before FROM (SELECT id, channel, body, received_at FROM webhook_body "
    "WHERE state = 'new' ORDER BY id LIMIT :limit) n) b WHERE before < :bytes ORDER BY id"
)
MARK_BODIES = text(
    "UPDATE webhook_body b SET state = m.state, problem = m.problem FROM "
    "unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:problems AS text[])) "
    "AS m(id, state, problem) WHERE b.id = m.id"
)
ACCOUNTS = text(
    "SELECT tenant_id, id, kind, external_id, parent_id FROM channel_account WHERE state <> 'disconnected' "
    "AND (external_id = ANY(CAST(:ids AS text[])) OR parent_id = ANY(CAST(:ids AS text[]))) ORDER BY id"
)
KNOWN_KEYS = text(
    "SELECT e.channel_id, e.key FROM unnest(CAST(:tenants AS uuid[]), CAST(:channels AS uuid[]), "
    "CAST(:keys AS text[])) AS n(tenant_id, channel_id, key) JOIN inbox_event e "
    "ON e.tenant_id = n.tenant_id AND e.channel_id = n.channel_id AND e.key = n.key"
)
ADD_EVENTS = text(
    "INSERT INTO inbox_event (tenant_id, id, channel_id, channel, key, lane, lane_seq, kind, at, "
    "received_at, data) SELECT n.tenant_id, n.id, n.channel_id, n.channel, n.key, n.lane, n.lane_seq, "
    "n.kind, n.at, n.received_at, n.data::jsonb FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), "
    "CAST(:channel_ids AS uuid[]), CAST(:channels AS text[]), CAST(:keys AS text[]), CAST(:lanes AS text[]), "
    "CAST(:seqs AS bigint[]), CAST(:kinds AS text[]), CAST(:ats AS timestamptz[]), "
    "CAST(:received AS timestamptz[]), CAST(:data AS text[])) AS n(tenant_id, id, channel_id, channel, key, "
    "lane, lane_seq, kind, at, received_at, data)"
)
ADD_ORPHANS = text(
    "INSERT INTO webhook_orphan (id, channel, account, key, reason, raw, at) SELECT * FROM "
    "unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:accounts AS text[]), "
    "CAST(:keys AS text[]), CAST(:reasons AS text[]), CAST(:raws AS bytea[]), CAST(:ats AS timestamptz[])) "
    "ON CONFLICT (channel, account, key) DO NOTHING"
)
READY_MANY = text(
    "SELECT e.id, e.lane, e.lane_seq, e.attempts, e.not_before, e.received_at, e.data::text AS data "
    "FROM unnest(CAST(:lanes AS text[])) AS l(lane) CROSS JOIN LATERAL (SELECT * FROM inbox_event "
    "WHERE tenant_id = :tenant AND lane = l.lane AND state = 'ready' ORDER BY lane_seq LIMIT :limit) e "
    "ORDER BY l.lane, e.lane_seq"
)
READY_NOW = text(
    "SELECT id, lane, lane_seq, attempts, not_before, received_at, data::text AS data FROM inbox_event "
    "WHERE tenant_id = :tenant AND lane = :lane AND state = 'ready' "
    "AND (not_before IS NULL OR not_before <= :now) ORDER BY lane_seq LIMIT :limit"
)
# The places, not only the ids: a plan from when little waited would look at all that waits, for each one.
DONE = text(
    "UPDATE inbox_event SET state = 'done', not_before = NULL, error = NULL "
    "WHERE tenant_id = :tenant AND state = 'ready' AND lane = ANY(CAST(:lanes AS text[])) "
    "AND lane_seq = ANY(CAST(:seqs AS bigint[])) AND id = ANY(CAST(:ids AS uuid[]))"
)
# One event whose lane is locked: done, and its lane given back if nothing else waits there.
FINISH = text(
    "WITH done AS (UPDATE inbox_event SET state = 'done', not_before = NULL, error = NULL WHERE tenant_id = :tenant "
    "AND state = 'ready' AND lane = :lane AND lane_seq = :seq AND id = :id RETURNING id), "
    "free AS (UPDATE lane SET lease_until = NULL, ready_at = NULL, priority = 0 WHERE tenant_id = :tenant "
    "AND lane = :lane AND EXISTS (SELECT FROM done) AND NOT EXISTS (SELECT FROM inbox_event WHERE "
    "tenant_id = :tenant AND lane = :lane AND state = 'ready' AND id <> :id) RETURNING lane) "
    "SELECT EXISTS (SELECT FROM done) AS done, EXISTS (SELECT FROM free) AS free"
)
REOPEN = text(
    "UPDATE inbox_event SET state = 'ready', attempts = 0, not_before = NULL, error = NULL "
    "WHERE tenant_id = :tenant AND channel_id = :channel AND key = :key AND state = 'done' RETURNING lane"
)
FAILED = text(
    "UPDATE inbox_event SET attempts = attempts + 1, not_before = :not_before, error = :error, state = :state "
    "WHERE tenant_id = :tenant AND id = :id AND state = 'ready'"
)
POSTPONE = text(
    "UPDATE inbox_event SET not_before = :not_before WHERE tenant_id = :tenant "
    "AND id = ANY(CAST(:ids AS uuid[])) AND state = 'ready'"
)
NEXT_OF_ALL = text(
    "SELECT min(COALESCE(not_before, :now)) AS due FROM inbox_event WHERE tenant_id = :tenant "
    "AND lane = :lane AND state = 'ready'"
)
DEAD = text(
    "SELECT id, channel_id, channel, key, lane, kind, at, received_at, attempts, error FROM inbox_event "
    "WHERE tenant_id = :tenant AND state = 'dead' ORDER BY received_at DESC LIMIT :limit"
)
REPLAY = text(
    "UPDATE inbox_event SET state = 'ready', attempts = 0, not_before = NULL, error = NULL "
    "WHERE tenant_id = :tenant AND id = :id AND state = 'dead' RETURNING lane"
)
PURGE_BODIES = text("DELETE FROM webhook_body WHERE state <> 'new' AND received_at < :before")
PURGE_ORPHANS = text("DELETE FROM webhook_orphan WHERE at < :before")
PURGE_EVENTS = text(
    "DELETE FROM inbox_event WHERE tenant_id = :tenant AND state = 'done' AND received_at < :before"
)

_event = msgspec.json.Decoder(Event).decode


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


class Stored(msgspec.Struct, frozen=True):
    """An event that waits to be worked."""

    id: UUID
    lane: str
    seq: int
    attempts: int
    not_before: datetime | None
    received_at: datetime
    data: str

    def event(self) -> Event:
        return _event(self.data)


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


async def mark_bodies(tx: Tx, marks: Sequence[tuple[int, str, str | None]]) -> None:
    ids, states, problems = zip(*marks, strict=True)
    await tx.run(MARK_BODIES, {"ids": list(ids), "states": list(states), "problems": list(problems)})


async def accounts(tx: Tx, ids: Iterable[str]) -> list[Account]:
    rows = await tx.all(ACCOUNTS, {"ids": sorted(ids)})
    return [Account(r.tenant_id, r.id, r.kind, r.external_id, r.parent_id) for r in rows]


async def known_keys(tx: Tx, entries: Sequence[Entry]) -> set[tuple[UUID, str]]:
    row = {
        "tenants": [e.tenant_id for e in entries],
        "channels": [e.channel_id for e in entries],
        "keys": [e.event.key for e in entries],
    }
    return {(r.channel_id, r.key) for r in await tx.all(KNOWN_KEYS, row)}


async def add_events(tx: Tx, numbered: Sequence[tuple[Entry, UUID, int]]) -> None:
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
    await tx.run(ADD_EVENTS, row)


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


# --- workers (one tenant) --------------------------------------------------------------------


async def ready_many(tx: Tx, lanes: Sequence[str], limit: int) -> dict[str, list[Stored]]:
    """The oldest events of each lane in order, also those that must wait."""
    found: dict[str, list[Stored]] = {}
    for r in await tx.all(READY_MANY, {"tenant": tx.tenant_id, "lanes": list(lanes), "limit": limit}):
        found.setdefault(r.lane, []).append(_stored(r))
    return found


async def ready_now(tx: Tx, lane: str, limit: int) -> list[Stored]:
    """Events of a lane that need not wait; order does not matter there."""
    row = {"tenant": tx.tenant_id, "lane": lane, "limit": limit, "now": tx.now}
    return [_stored(r) for r in await tx.all(READY_NOW, row)]


async def done(tx: Tx, events: Sequence[Stored]) -> int:
    if not events:
        return 0
    lanes, seqs = sorted({event.lane for event in events}), sorted({event.seq for event in events})
    row = {"tenant": tx.tenant_id, "lanes": lanes, "seqs": seqs, "ids": [event.id for event in events]}
    return await tx.run(DONE, row)


async def finish(tx: Tx, event: Stored) -> tuple[bool, bool]:
    """Call while holding the lane. Was the event still to be done, and has the lane been given back?"""
    row = {"tenant": tx.tenant_id, "lane": event.lane, "seq": event.seq, "id": event.id}
    found = await tx.one(FINISH, row)
    assert found is not None
    return found.done, found.free


async def failed(tx: Tx, event_id: UUID, error: str, retry_in: timedelta | None) -> None:
    """`retry_in` None: no more tries."""
    row = {
        "tenant": tx.tenant_id,
        "id": event_id,
        "error": error,
        "state": "dead" if retry_in is None else "ready",
        "not_before": None if retry_in is None else tx.now + retry_in,
    }
    await tx.run(FAILED, row)


async def postpone(tx: Tx, ids: Sequence[UUID], until: datetime) -> None:
    await tx.run(POSTPONE, {"tenant": tx.tenant_id, "ids": list(ids), "not_before": until})


async def next_due(tx: Tx, claim: Claim) -> datetime | None:
    """When a lane without order has something to do again; look only while holding it."""
    row = {"tenant": tx.tenant_id, "lane": claim.lane, "now": tx.now}
    due: datetime | None = await tx.scalar(NEXT_OF_ALL, row)
    return due


async def dead(tx: Tx, limit: int) -> Sequence[Row]:
    return await tx.all(DEAD, {"tenant": tx.tenant_id, "limit": limit})


async def replay(tx: Tx, event_id: UUID) -> str | None:
    """Back into its lane, at its old place; the lane's name, None when there is no such dead event."""
    lane: str | None = await tx.scalar(REPLAY, {"tenant": tx.tenant_id, "id": event_id})
    return lane


async def purge_raw(tx: Tx, bodies_before: datetime, orphans_before: datetime) -> int:
    removed = await tx.run(PURGE_BODIES, {"before": bodies_before})
    return removed + await tx.run(PURGE_ORPHANS, {"before": orphans_before})


async def purge_events(tx: Tx, before: datetime) -> int:
    return await tx.run(PURGE_EVENTS, {"tenant": tx.tenant_id, "before": before})


def _stored(r: Row) -> Stored:
    return Stored(r.id, r.lane, r.lane_seq, r.attempts, r.not_before, r.received_at, r.data)


async def reopen(tx: Tx, channel_id: UUID, key: str) -> str | None:
    """The lane of the event that is ready again."""
    lane: str | None = await tx.scalar(REOPEN, {"tenant": tx.tenant_id, "channel": channel_id, "key": key})
    return lane

"""Every query of the inbox: customers' events and delivery news that wait in their lanes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import text

from connectors.events import Event
from kernel.db import Row, Tx
from kernel.lanes import Claim

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
PURGE_EVENTS = text(
    "DELETE FROM inbox_event WHERE tenant_id = :tenant AND state = 'done' AND received_at < :before"
)

_event = msgspec.json.Decoder(Event).decode


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


async def purge_events(tx: Tx, before: datetime) -> int:
    return await tx.run(PURGE_EVENTS, {"tenant": tx.tenant_id, "before": before})


def _stored(r: Row) -> Stored:
    return Stored(r.id, r.lane, r.lane_seq, r.attempts, r.not_before, r.received_at, r.data)


async def reopen(tx: Tx, channel_id: UUID, key: str) -> str | None:
    """The lane of the event that is ready again."""
    lane: str | None = await tx.scalar(REOPEN, {"tenant": tx.tenant_id, "channel": channel_id, "key": key})
    return lane

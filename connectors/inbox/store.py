"""Every query of the inbox: customers' events and delivery news that wait in their lanes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from connectors.events import Event
from kernel.db import Row, Tx
from kernel.lanes import Claim

# In the order of Stored's fields.
STORED = "e.id, w.lane, w.lane_seq, w.attempts, w.not_before, e.received_at, e.data::text AS data"
READY_MANY = text(
    f"SELECT {STORED} FROM unnest(CAST(:lanes AS text[])) AS l(lane) CROSS JOIN LATERAL "
    "(SELECT * FROM inbox_waiting WHERE tenant_id = :tenant AND lane = l.lane AND state = 'ready' "
    "ORDER BY lane_seq LIMIT :limit) w JOIN inbox_event e ON e.tenant_id = w.tenant_id AND e.id = w.event_id "
    "ORDER BY w.lane, w.lane_seq"
)
READY_NOW = text(
    f"SELECT {STORED} FROM (SELECT * FROM inbox_waiting WHERE tenant_id = :tenant AND lane = :lane "
    "AND state = 'ready' AND (not_before IS NULL OR not_before <= :now) ORDER BY lane_seq LIMIT :limit) w "
    "JOIN inbox_event e ON e.tenant_id = w.tenant_id AND e.id = w.event_id ORDER BY w.lane_seq"
)
PLACES = "unnest(CAST(:lanes AS text[]), CAST(:seqs AS bigint[])) AS p(lane, lane_seq)"
DONE = text(
    f"DELETE FROM inbox_waiting w USING {PLACES} WHERE w.tenant_id = :tenant AND w.lane = p.lane "
    "AND w.lane_seq = p.lane_seq AND w.state = 'ready'"
)
DONE_BETWEEN = text(
    "DELETE FROM inbox_waiting w USING unnest(CAST(:lanes AS text[]), CAST(:firsts AS bigint[]), "
    "CAST(:lasts AS bigint[])) AS p(lane, first, last) WHERE w.tenant_id = :tenant AND w.lane = p.lane "
    "AND w.lane_seq BETWEEN p.first AND p.last AND w.state = 'ready'"
)
# One event whose lane is locked: done, and its lane given back if nothing else waits there.
FINISH = text(
    "WITH done AS (DELETE FROM inbox_waiting WHERE tenant_id = :tenant AND lane = :lane AND lane_seq = :seq "
    "AND state = 'ready' RETURNING event_id), "
    "free AS (UPDATE lane SET lease_until = NULL, ready_at = NULL, priority = 0 WHERE tenant_id = :tenant "
    "AND lane = :lane AND EXISTS (SELECT FROM done) AND NOT EXISTS (SELECT FROM inbox_waiting WHERE "
    "tenant_id = :tenant AND lane = :lane AND state = 'ready' AND lane_seq <> :seq) RETURNING lane) "
    "SELECT EXISTS (SELECT FROM done) AS done, EXISTS (SELECT FROM free) AS free"
)
KEPT = text(
    "SELECT id, lane FROM inbox_event e WHERE tenant_id = :tenant AND channel_id = :channel AND key = :key "
    "AND NOT EXISTS (SELECT FROM inbox_waiting w WHERE w.tenant_id = :tenant AND w.lane = e.lane "
    "AND w.event_id = e.id)"
)
WAIT_AGAIN = text(
    "INSERT INTO inbox_waiting (tenant_id, lane, lane_seq, event_id) SELECT :tenant, :lane, :seq, :id "
    "WHERE NOT EXISTS (SELECT FROM inbox_waiting WHERE tenant_id = :tenant AND lane = :lane AND event_id = :id)"
)
FAILED = text(
    "UPDATE inbox_waiting SET attempts = attempts + 1, not_before = :not_before, error = :error, state = :state "
    "WHERE tenant_id = :tenant AND lane = :lane AND lane_seq = :seq AND state = 'ready'"
)
POSTPONE = text(
    f"UPDATE inbox_waiting w SET not_before = :not_before FROM {PLACES} WHERE w.tenant_id = :tenant "
    "AND w.lane = p.lane AND w.lane_seq = p.lane_seq AND w.state = 'ready'"
)
NEXT_OF_ALL = text(
    "SELECT min(COALESCE(not_before, :now)) AS due FROM inbox_waiting WHERE tenant_id = :tenant "
    "AND lane = :lane AND state = 'ready'"
)
DEAD = text(
    "SELECT e.id, e.channel_id, e.channel, e.key, e.lane, e.kind, e.at, e.received_at, w.attempts, w.error "
    "FROM inbox_waiting w JOIN inbox_event e ON e.tenant_id = w.tenant_id AND e.id = w.event_id "
    "WHERE w.tenant_id = :tenant AND w.state = 'dead' ORDER BY e.received_at DESC LIMIT :limit"
)
REPLAY = text(
    "DELETE FROM inbox_waiting WHERE tenant_id = :tenant AND event_id = :id AND state = 'dead' RETURNING lane"
)
PURGE_EVENTS = text(
    "DELETE FROM inbox_event e WHERE tenant_id = :tenant AND received_at < :before AND NOT EXISTS "
    "(SELECT FROM inbox_waiting w WHERE w.tenant_id = :tenant AND w.lane = e.lane AND w.event_id = e.id)"
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
        stored = Stored(*r)
        found.setdefault(stored.lane, []).append(stored)
    return found


async def ready_now(tx: Tx, lane: str, limit: int) -> list[Stored]:
    """Events of a lane that need not wait; order does not matter there."""
    row = {"tenant": tx.tenant_id, "lane": lane, "limit": limit, "now": tx.now}
    return [Stored(*r) for r in await tx.all(READY_NOW, row)]


async def done(tx: Tx, events: Sequence[Stored]) -> int:
    return await tx.run(DONE, {"tenant": tx.tenant_id, **_places(events)}) if events else 0


async def done_between(tx: Tx, runs: Sequence[Sequence[Stored]]) -> None:
    """Of each lane a run of events in order, all of which are done that are not dead."""
    if runs:
        row = {
            "lanes": [run[0].lane for run in runs],
            "firsts": [run[0].seq for run in runs],
            "lasts": [run[-1].seq for run in runs],
        }
        await tx.run(DONE_BETWEEN, {"tenant": tx.tenant_id, **row})


async def finish(tx: Tx, event: Stored) -> tuple[bool, bool]:
    """Call while holding the lane. Was the event still to be done, and has the lane been given back?"""
    row = {"tenant": tx.tenant_id, "lane": event.lane, "seq": event.seq}
    found = await tx.one(FINISH, row)
    assert found is not None
    return found.done, found.free


async def failed(tx: Tx, event: Stored, error: str, retry_in: timedelta | None) -> None:
    """`retry_in` None: no more tries."""
    row = {
        "tenant": tx.tenant_id,
        "lane": event.lane,
        "seq": event.seq,
        "error": error,
        "state": "dead" if retry_in is None else "ready",
        "not_before": None if retry_in is None else tx.now + retry_in,
    }
    await tx.run(FAILED, row)


async def postpone(tx: Tx, events: Sequence[Stored], until: datetime) -> None:
    if events:
        await tx.run(POSTPONE, {"tenant": tx.tenant_id, "not_before": until, **_places(events)})


async def next_due(tx: Tx, claim: Claim) -> datetime | None:
    """When a lane without order has something to do again; look only while holding it."""
    row = {"tenant": tx.tenant_id, "lane": claim.lane, "now": tx.now}
    due: datetime | None = await tx.scalar(NEXT_OF_ALL, row)
    return due


async def dead(tx: Tx, limit: int) -> Sequence[Row]:
    return await tx.all(DEAD, {"tenant": tx.tenant_id, "limit": limit})


async def replay(tx: Tx, event_id: UUID) -> str | None:
    """Takes a dead event from its place; the lane's name, None when there is no such dead event."""
    lane: str | None = await tx.scalar(REPLAY, {"tenant": tx.tenant_id, "id": event_id})
    return lane


async def purge_events(tx: Tx, before: datetime) -> int:
    return await tx.run(PURGE_EVENTS, {"tenant": tx.tenant_id, "before": before})


async def kept(tx: Tx, channel_id: UUID, key: str) -> Row | None:
    """A handled event's id and lane."""
    return await tx.one(KEPT, {"tenant": tx.tenant_id, "channel": channel_id, "key": key})


async def wait_again(tx: Tx, event_id: UUID, lane: str, seq: int) -> None:
    await tx.run(WAIT_AGAIN, {"tenant": tx.tenant_id, "id": event_id, "lane": lane, "seq": seq})


def _places(events: Sequence[Stored]) -> dict[str, list[Any]]:
    return {"lanes": [event.lane for event in events], "seqs": [event.seq for event in events]}

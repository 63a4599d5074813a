"""Lanes: ordered work, one worker at a time each, different lanes in parallel.

The rules that make it safe: a writer takes sequence numbers and sets the lane ready by updating
the lane row in its own transaction; claiming, leasing and the fencing token are committed columns;
who records work locks the row and checks the token first; release recomputes readiness under that
same lock, so that a writer who commits later always finds the lane unready and sets it ready again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import text

from kernel.db import Tx
from kernel.errors import Conflict

PUSH = text(
    "INSERT INTO lane AS l (tenant_id, lane, kind, next_seq, priority, ready_at) "
    "SELECT p.tenant_id, p.lane, split_part(p.lane, ':', 1), 1 + p.n, :priority, :at "
    "FROM unnest(CAST(:tenants AS uuid[]), CAST(:lanes AS text[]), CAST(:counts AS bigint[])) "
    "AS p(tenant_id, lane, n) ORDER BY p.tenant_id, p.lane "
    "ON CONFLICT (tenant_id, lane) DO UPDATE SET next_seq = l.next_seq + EXCLUDED.next_seq - 1, "
    "ready_at = LEAST(l.ready_at, EXCLUDED.ready_at), priority = GREATEST(l.priority, EXCLUDED.priority) "
    "RETURNING l.tenant_id, l.lane, l.next_seq"
)
# A lost claim is no loss (whatever follows from it commits later, and so keeps it), so nobody waits for the
# disk. That a token is never given out twice, even if the server crashes in between, is why it is a time.
CLAIM = text(
    "WITH lazily AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS off), "
    "due AS (SELECT tenant_id, lane FROM lane WHERE kind = :kind AND ready_at <= :now "
    "AND (lease_until IS NULL OR lease_until < :now) ORDER BY priority DESC, ready_at "
    "LIMIT :limit FOR UPDATE SKIP LOCKED) "
    "UPDATE lane l SET lease_until = :until, token = GREATEST(l.token + 1, :stamp) FROM due, lazily "
    "WHERE lazily.off = 'off' AND l.tenant_id = due.tenant_id AND l.lane = due.lane "
    "RETURNING l.tenant_id, l.lane, l.token"
)
LOCK = text("SELECT token FROM lane WHERE tenant_id = :tenant AND lane = :lane FOR UPDATE")
RELEASE = text(
    "UPDATE lane SET lease_until = NULL, ready_at = :ready_at, priority = :priority "
    "WHERE tenant_id = :tenant AND lane = :lane"
)
EXTEND = text(
    "UPDATE lane SET lease_until = :until WHERE tenant_id = :tenant AND lane = :lane AND token = :token "
    "AND lease_until IS NOT NULL"  # not one that has just been given back
)
# Locks lanes in their order and tells who still holds which.
LOCK_MANY = text(
    "SELECT lane, token FROM lane WHERE tenant_id = :tenant AND lane = ANY(CAST(:lanes AS text[])) "
    "ORDER BY lane FOR UPDATE"
)
RELEASE_MANY = text(
    "UPDATE lane l SET lease_until = NULL, ready_at = r.ready_at, priority = r.priority FROM "
    "unnest(CAST(:lanes AS text[]), CAST(:readies AS timestamptz[]), CAST(:priorities AS bigint[])) "
    "AS r(lane, ready_at, priority) WHERE l.tenant_id = :tenant AND l.lane = r.lane"
)
EXTEND_MANY = text(
    "UPDATE lane SET lease_until = :until WHERE tenant_id = :tenant AND lane = ANY(CAST(:lanes AS text[]))"
)
NEXT_DUE = text("SELECT min(ready_at) FROM lane WHERE kind = :kind AND ready_at IS NOT NULL")


class Claim(msgspec.Struct, frozen=True):
    """The right to work one lane until the lease ends, proven by `token`."""

    tenant_id: UUID
    lane: str
    token: int


class LaneLost(Conflict):
    """The lease ran out and another worker holds the lane: drop the work, leave no trace."""

    code = "lane_lost"


def kind_of(lane: str) -> str:
    """The first word of its name: which workers it is for."""
    return lane.partition(":")[0]


async def push(tx: Tx, lane: str, n: int = 1, *, at: datetime | None = None, priority: int = 0) -> int:
    """Takes `n` sequence numbers on one lane of the transaction's tenant; returns the first."""
    numbers = await push_many(tx, {(tx.tenant_id, lane): n}, at=at, priority=priority)
    return numbers[tx.tenant_id, lane]


async def push_many(
    tx: Tx,
    counts: Mapping[tuple[UUID, str], int],
    *,
    at: datetime | None = None,
    priority: int = 0,
) -> dict[tuple[UUID, str], int]:
    """First sequence number per lane. Lanes are locked in sorted order, so writers cannot deadlock."""
    if not counts:
        return {}
    keys = sorted(counts)
    rows = await tx.all(
        PUSH,
        {
            "priority": priority,
            "at": at or tx.now,
            "tenants": [k[0] for k in keys],
            "lanes": [k[1] for k in keys],
            "counts": [counts[k] for k in keys],
        },
    )
    for kind in {kind_of(lane) for _, lane in keys}:
        tx.wake(f"lane:{kind}")
    return {(r.tenant_id, r.lane): r.next_seq - counts[r.tenant_id, r.lane] for r in rows}


async def claim(tx: Tx, kind: str, *, limit: int, lease: timedelta) -> list[Claim]:
    """Takes up to `limit` due lanes (dispatch role). The caller commits before it works."""
    row = {
        "kind": kind,
        "now": tx.now,
        "until": tx.now + lease,
        "limit": limit,
        "stamp": time.time_ns() // 1000,
    }
    return [Claim(r.tenant_id, r.lane, r.token) for r in await tx.all(CLAIM, row)]


async def hold(tx: Tx, claim: Claim) -> None:
    """Locks the lane for this transaction and proves that it is still ours; else LaneLost."""
    token = await tx.scalar(LOCK, {"tenant": claim.tenant_id, "lane": claim.lane})
    if token != claim.token:
        raise LaneLost(f"lane {claim.lane} was taken over")


async def extend(tx: Tx, claim: Claim, lease: timedelta) -> None:
    """Asks for more time; LaneLost when the lane is no longer ours."""
    row = {"tenant": claim.tenant_id, "lane": claim.lane, "token": claim.token, "until": tx.now + lease}
    if await tx.run(EXTEND, row) == 0:
        raise LaneLost(f"lane {claim.lane} was taken over")


async def release(tx: Tx, claim: Claim, ready_at: datetime | None, *, priority: int = 0) -> None:
    """Ends the lease. `ready_at`: when the next item is due, None when nothing is left.

    Call after `hold` in the same transaction, having looked for items left after `hold`.
    """
    row = {"tenant": claim.tenant_id, "lane": claim.lane, "ready_at": ready_at, "priority": priority}
    await tx.run(RELEASE, row)
    if ready_at is not None and ready_at <= tx.now:
        tx.wake(f"lane:{kind_of(claim.lane)}")


# --- many lanes of one tenant at once --------------------------------------------------------


async def hold_many(tx: Tx, claims: Sequence[Claim]) -> set[str]:
    """Locks the lanes; returns those that are still ours."""
    tokens = {claim.lane: claim.token for claim in claims}
    rows = await tx.all(LOCK_MANY, {"tenant": tx.tenant_id, "lanes": sorted(tokens)})
    return {r.lane for r in rows if tokens[r.lane] == r.token}


async def release_many(tx: Tx, ready: Mapping[str, tuple[datetime | None, int]]) -> None:
    """Ends the leases of held lanes: when each is due again, and its priority."""
    if not ready:
        return
    row = {
        "tenant": tx.tenant_id,
        "lanes": list(ready),
        "readies": [at for at, _ in ready.values()],
        "priorities": [priority for _, priority in ready.values()],
    }
    await tx.run(RELEASE_MANY, row)
    for kind in {kind_of(lane) for lane, (at, _) in ready.items() if at is not None and at <= tx.now}:
        tx.wake(f"lane:{kind}")


async def extend_many(tx: Tx, names: Sequence[str], until: datetime) -> None:
    """Of lanes that this transaction holds."""
    if names:
        await tx.run(EXTEND_MANY, {"tenant": tx.tenant_id, "lanes": list(names), "until": until})


async def next_due(tx: Tx, kind: str) -> datetime | None:
    due: datetime | None = await tx.scalar(NEXT_DUE, {"kind": kind})
    return due

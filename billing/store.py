"""Every query of billing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from kernel.db import Row, Tx
from kernel.ids import new_id

PLANS = text(
    "SELECT id, code, version, name, currency, price_minor, active FROM plan WHERE active "
    "ORDER BY price_minor, code"
)
PLAN = text("SELECT id, code, version, name, currency, price_minor, active FROM plan WHERE id = :id")
NEWEST = text("SELECT id FROM plan WHERE code = :code AND active ORDER BY version DESC LIMIT 1")
LIMITS = text(
    "SELECT plan_id, key, value FROM entitlement WHERE kind = 'limit' AND plan_id = ANY(CAST(:plans AS uuid[]))"
)
COLUMNS = "plan_id, state, reason, anchor_day, period_start, period_end, changed_at, revision"
SUBSCRIPTION = text(f"SELECT {COLUMNS} FROM subscription WHERE tenant_id = :tenant")
LOCKED = text(f"SELECT {COLUMNS} FROM subscription WHERE tenant_id = :tenant FOR UPDATE")
STATE = text("SELECT state FROM subscription WHERE tenant_id = :tenant")
ALLOWED = (
    "SELECT s.state, (e.key IS NULL) AS unknown, e.value FROM subscription s "
    "LEFT JOIN entitlement e ON e.plan_id = s.plan_id AND e.key = :key AND e.kind = 'limit' "
    "WHERE s.tenant_id = :tenant"
)
HELD = text(f"{ALLOWED} FOR SHARE OF s")
SEEN = text(
    "SELECT (e.key IS NULL) AS unknown, e.value, COALESCE((SELECT u.used FROM usage_counter u WHERE "
    "u.tenant_id = :tenant AND u.key = :key), 0) AS used FROM subscription s "
    "LEFT JOIN entitlement e ON e.plan_id = s.plan_id AND e.key = :key AND e.kind = 'limit' "
    "WHERE s.tenant_id = :tenant"
)
START = text(
    "INSERT INTO subscription "
    "(tenant_id, plan_id, state, anchor_day, period_start, period_end, changed_at, revision) "
    "VALUES (:tenant, :plan, 'active', :anchor, :start, :end, :start, 1) ON CONFLICT DO NOTHING"
)
SET_STATE = text(
    "UPDATE subscription SET state = :state, reason = :reason, changed_at = :now, revision = revision + 1 "
    "WHERE tenant_id = :tenant RETURNING revision"
)
SET_PLAN = text(
    "UPDATE subscription SET plan_id = :plan, changed_at = :now, revision = revision + 1 "
    "WHERE tenant_id = :tenant RETURNING revision"
)
REMEMBER = text(
    "INSERT INTO subscription_change (tenant_id, id, kind, before, after, reason, revision, at) "
    "VALUES (:tenant, :id, :kind, :before, :after, :reason, :revision, :at)"
)
COUNTERS = text("SELECT key, used FROM usage_counter WHERE tenant_id = :tenant")
OPEN_COUNTERS = text(
    "INSERT INTO usage_counter (tenant_id, key, used) SELECT :tenant, k, 0 "
    "FROM unnest(CAST(:keys AS text[])) AS k ON CONFLICT DO NOTHING"
)
TAKE = text(
    "UPDATE usage_counter SET used = used + :n "
    "WHERE tenant_id = :tenant AND key = :key AND used + :n <= :limit RETURNING used"
)
ADD = text(
    "INSERT INTO usage_counter AS u (tenant_id, key, used) VALUES (:tenant, :key, :n) "
    "ON CONFLICT (tenant_id, key) DO UPDATE SET used = u.used + :n RETURNING used"
)
GIVE_BACK = text(
    "UPDATE usage_counter SET used = GREATEST(used - :n, 0) WHERE tenant_id = :tenant AND key = :key"
)


async def plans(tx: Tx) -> Sequence[Row]:
    return await tx.all(PLANS)


async def plan(tx: Tx, plan_id: UUID) -> Row | None:
    return await tx.one(PLAN, {"id": plan_id})


async def newest_plan(tx: Tx, code: str) -> UUID | None:
    found: UUID | None = await tx.scalar(NEWEST, {"code": code})
    return found


async def limits(tx: Tx, plans: Sequence[UUID]) -> dict[UUID, dict[str, int | None]]:
    found: dict[UUID, dict[str, int | None]] = {plan: {} for plan in plans}
    for row in await tx.all(LIMITS, {"plans": list(plans)}):
        found[row.plan_id][row.key] = row.value
    return found


async def subscription(tx: Tx, *, lock: bool = False) -> Row | None:
    return await tx.one(LOCKED if lock else SUBSCRIPTION, {"tenant": tx.tenant_id})


async def state(tx: Tx) -> str | None:
    found: str | None = await tx.scalar(STATE, {"tenant": tx.tenant_id})
    return found


async def held(tx: Tx, key: str) -> Row | None:
    """State of the subscription and its limit for the key; neither changes before we commit."""
    return await tx.one(HELD, {"tenant": tx.tenant_id, "key": key})


async def seen(tx: Tx, key: str) -> Row | None:
    """The plan's limit for the key and what is in use, as they are at the moment."""
    return await tx.one(SEEN, {"tenant": tx.tenant_id, "key": key})


async def start(tx: Tx, plan: UUID, anchor: int, begin: datetime, end: datetime) -> bool:
    row = {"tenant": tx.tenant_id, "plan": plan, "anchor": anchor, "start": begin, "end": end}
    return await tx.run(START, row) == 1


async def set_state(tx: Tx, state: str, reason: str | None) -> int:
    row = {"tenant": tx.tenant_id, "state": state, "reason": reason, "now": tx.now}
    return int(await tx.scalar(SET_STATE, row))


async def set_plan(tx: Tx, plan: UUID) -> int:
    return int(await tx.scalar(SET_PLAN, {"tenant": tx.tenant_id, "plan": plan, "now": tx.now}))


async def remember(
    tx: Tx, kind: str, before: str | None, after: str, reason: str | None, revision: int
) -> None:
    row = {"tenant": tx.tenant_id, "id": new_id(), "kind": kind, "before": before, "after": after}
    await tx.run(REMEMBER, row | {"reason": reason, "revision": revision, "at": tx.now})


async def counters(tx: Tx) -> dict[str, int]:
    return {row.key: row.used for row in await tx.all(COUNTERS, {"tenant": tx.tenant_id})}


async def open_counters(tx: Tx, keys: Sequence[str]) -> None:
    await tx.run(OPEN_COUNTERS, {"tenant": tx.tenant_id, "keys": list(keys)})


async def take(tx: Tx, key: str, n: int, limit: int) -> bool:
    """Counts up unless the limit would be passed; false then."""
    row = {"tenant": tx.tenant_id, "key": key, "n": n, "limit": limit}
    return await tx.scalar(TAKE, row) is not None


async def add(tx: Tx, key: str, n: int) -> int:
    return int(await tx.scalar(ADD, {"tenant": tx.tenant_id, "key": key, "n": n}))


async def give_back(tx: Tx, key: str, n: int) -> None:
    await tx.run(GIVE_BACK, {"tenant": tx.tenant_id, "key": key, "n": n})

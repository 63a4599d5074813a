"""The verbs of billing: start, move and change a subscription; count what a plan limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from billing import rules, store
from billing.errors import NotSubscribed, PlanLimit, PlanTooSmall, Suspended, WrongMove
from billing.schemas import (
    BillingOverview,
    Limit,
    LimitKey,
    Money,
    Plan,
    Plans,
    Subscription,
    SubscriptionState,
    Usage,
)
from kernel import jobs
from kernel.db import Row, Tx
from kernel.errors import NotFound

STATE_CHANGED = "billing.state_changed"


async def start_subscription(
    tx: Tx, plan_code: str = "profissional", now: datetime | None = None
) -> SubscriptionState:
    """The tenant's subscription to the newest version of a plan; the one it already has, if any."""
    begin = now or tx.now
    plan = await store.newest_plan(tx, plan_code)
    if plan is None:
        raise NotFound(f"there is no plan {plan_code}", field="plan_code")
    await store.open_counters(tx, rules.LIMIT_KEYS)
    if await store.start(tx, plan, begin.day, begin, rules.month_after(begin, begin.day)):
        await store.remember(tx, "start", None, str(plan), None, 1)
        tx.live("subscription.changed", {"state": "active"})
    return await state(tx)


async def state(tx: Tx) -> SubscriptionState:
    found = await store.state(tx)
    if found is None:
        raise NotSubscribed()
    return cast(SubscriptionState, found)


async def require_active(tx: Tx) -> None:
    """Refuses a suspended tenant; one that is merely late goes on."""
    if not rules.may_send(await state(tx)):
        raise Suspended()


async def set_state(tx: Tx, state: SubscriptionState, reason: str | None = None) -> None:
    """Moves the subscription; its own state again changes nothing."""
    row = await _locked(tx)
    if row.state == state:
        return
    if not rules.may_move(row.state, state):
        raise WrongMove(row.state, state)
    why = None if state == "active" else reason
    revision = await store.set_state(tx, state, why)
    await store.remember(tx, "state", row.state, state, reason, revision)
    tx.live("subscription.changed", {"state": state})
    await jobs.enqueue(tx, STATE_CHANGED, {"state": state})  # what others do about it is joined in app/


async def reserve(tx: Tx, key: str, n: int = 1) -> None:
    """Counts `n` more of something the plan limits, or refuses: in the transaction that makes them."""
    await _raise_counters(tx)
    found = await store.held(tx, key)
    if found is None:
        raise NotSubscribed()
    if not rules.may_send(found.state):
        raise Suspended()
    limit = 0 if found.unknown else found.value
    if limit is None:
        await store.add(tx, key, n)
    elif not await store.take(tx, key, n, limit):
        raise PlanLimit(key, limit)


async def release_usage(tx: Tx, key: str, n: int = 1) -> None:
    await _raise_counters(tx)
    await store.give_back(tx, key, n)


async def count_over(tx: Tx, key: str, n: int = 1) -> bool:
    """Counts `n` more without refusing; true when the plan includes fewer than there now are.

    The counter is raised by the transaction's last statements, so that a thousand new customers do not wait
    for each other: at the limit two who come at once may both count as within it.
    """
    counted = _counted(tx)
    counted[key] += n
    found = await store.seen(tx, key)
    if found is None or found.unknown:
        return True
    return not rules.fits(found.used + counted[key], 0, found.value)


def _counted(tx: Tx) -> Counter[str]:
    """By key: what this transaction adds to the counters when it ends."""
    counted: Counter[str] | None = tx.extra.get("usage")
    if counted is None:
        counted = tx.extra["usage"] = Counter()
        tx.at_end(_raise_counters)
    return counted


async def _raise_counters(tx: Tx) -> None:
    counted: Counter[str] = tx.extra.get("usage", Counter())
    for key in sorted(counted):
        await store.add(tx, key, counted.pop(key))


async def plans(tx: Tx) -> Plans:
    rows = await store.plans(tx)
    limits = await store.limits(tx, [row.id for row in rows])
    return Plans([_plan(row, limits[row.id]) for row in rows])


async def overview(tx: Tx) -> BillingOverview:
    row = await store.subscription(tx)
    if row is None:
        raise NotSubscribed()
    plan = await _plan_row(tx, row.plan_id)
    limits = (await store.limits(tx, [plan.id]))[plan.id]
    used = await store.counters(tx)
    usage = [Usage(_key(key), used.get(key, 0), limits.get(key, 0)) for key in rules.LIMIT_KEYS]
    start, end = rules.period_at(row.period_start, row.period_end, row.anchor_day, tx.now)
    return BillingOverview(
        Subscription(row.state, row.reason, _plan(plan, limits), start, end, row.changed_at), usage
    )


async def change_plan(tx: Tx, plan_id: UUID) -> BillingOverview:
    """From now on the other plan, unless more is in use than it holds."""
    row = await _locked(tx)
    plan = await _plan_row(tx, plan_id)
    if not plan.active and plan.id != row.plan_id:
        raise NotFound("there is no such plan", field="plan_id")
    if plan.id != row.plan_id:
        await _require_room(tx, plan.id)
        revision = await store.set_plan(tx, plan.id)
        await store.remember(tx, "plan", str(row.plan_id), str(plan.id), None, revision)
        tx.live("subscription.changed", {"state": row.state})
    return await overview(tx)


async def _require_room(tx: Tx, plan_id: UUID) -> None:
    limits = (await store.limits(tx, [plan_id]))[plan_id]
    if over := rules.beyond(await store.counters(tx), limits):
        raise PlanTooSmall(*over)


async def _locked(tx: Tx) -> Row:
    row = await store.subscription(tx, lock=True)
    if row is None:
        raise NotSubscribed()
    return row


async def _plan_row(tx: Tx, plan_id: UUID) -> Row:
    row = await store.plan(tx, plan_id)
    if row is None:
        raise NotFound("there is no such plan", field="plan_id")
    return row


def _plan(row: Row, limits: Mapping[str, int | None]) -> Plan:
    held = [Limit(_key(key), limits[key]) for key in rules.LIMIT_KEYS if key in limits]
    return Plan(row.id, row.code, row.version, row.name, Money(row.price_minor, row.currency), held)


def _key(key: str) -> LimitKey:
    return cast(LimitKey, key)

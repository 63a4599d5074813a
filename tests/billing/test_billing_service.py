from __future__ import annotations

import asyncio

import pytest
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import text

from billing import service
from billing.errors import NotSubscribed, PlanLimit, PlanTooSmall, Suspended, WrongMove
from billing.plans import PLANS
from kernel import live
from kernel.errors import NotFound
from kernel.ids import new_id

ESSENCIAL, PROFISSIONAL, _ = (plan.id for plan in PLANS)


async def used(db, tenant, key):
    async with db.tenant(tenant) as tx:
        return {u.key: u.used for u in (await service.overview(tx)).usage}[key]


async def suspend(tx):
    await service.set_state(tx, "past_due", "payment_failed")
    await service.set_state(tx, "suspended", "payment_failed")


async def test_without_a_subscription_nothing_is_allowed(db):
    async with db.tenant(new_id()) as tx:
        for verb in (service.state, service.require_active, service.overview):
            with pytest.raises(NotSubscribed):
                await verb(tx)
        with pytest.raises(NotSubscribed):
            await service.reserve(tx, "agents")


async def test_an_unknown_plan_cannot_be_started(db):
    async with db.tenant(new_id()) as tx:
        with pytest.raises(NotFound):
            await service.start_subscription(tx, "gratis")


async def test_reserving_beyond_the_limit_is_refused_and_counts_nothing(db, shop):
    async with db.tenant(shop) as tx:
        await service.reserve(tx, "agents", 2)
        with pytest.raises(PlanLimit) as refusal:
            await service.reserve(tx, "agents", 2)
        await service.reserve(tx, "agents")
    assert refusal.value.params == {"key": "agents", "limit": 3}
    assert await used(db, shop, "agents") == 3


async def test_a_key_that_the_plan_does_not_know_is_refused(db, shop):
    async with db.tenant(shop) as tx:
        with pytest.raises(PlanLimit):
            await service.reserve(tx, "rockets")


async def test_twenty_at_once_get_only_what_the_plan_holds(db, shop):
    async def one():
        async with db.tenant(shop) as tx:
            await service.reserve(tx, "agents")

    results = await asyncio.gather(*(one() for _ in range(20)), return_exceptions=True)
    assert sum(r is None for r in results) == 3
    assert sum(isinstance(r, PlanLimit) for r in results) == 17
    assert await used(db, shop, "agents") == 3


async def test_a_smaller_plan_and_reservations_at_once_never_leave_more_than_it_holds(db):
    for _ in range(5):
        tenant = new_id()
        async with db.tenant(tenant) as tx:
            await service.start_subscription(tx, "profissional")
            await service.reserve(tx, "agents", 3)

        async def grow(tenant=tenant):
            async with db.tenant(tenant) as tx:
                await service.reserve(tx, "agents")

        async def shrink(tenant=tenant):
            async with db.tenant(tenant) as tx:
                await service.change_plan(tx, ESSENCIAL)

        await asyncio.gather(grow(), shrink(), grow(), return_exceptions=True)
        async with db.tenant(tenant) as tx:
            view = await service.overview(tx)
        agents = view.usage[0]
        assert agents.limit is not None
        assert agents.used <= agents.limit


async def test_released_places_can_be_taken_again_and_never_go_below_none(db, shop):
    async with db.tenant(shop) as tx:
        await service.reserve(tx, "channels", 2)
        await service.release_usage(tx, "channels")
        await service.reserve(tx, "channels")
        await service.release_usage(tx, "channels", 99)
    assert await used(db, shop, "channels") == 0


async def test_counting_over_the_limit_is_told_but_not_refused(db, shop):
    async with db.tenant(shop) as tx:
        assert await service.count_over(tx, "contacts", 1000) is False
        assert await service.count_over(tx, "contacts") is True
        with pytest.raises(PlanLimit):
            await service.reserve(tx, "contacts")
    assert await used(db, shop, "contacts") == 1001


async def test_an_impossible_move_is_refused(db, shop):
    async with db.tenant(shop) as tx:
        await service.set_state(tx, "suspended", "manual")
        with pytest.raises(WrongMove):
            await service.set_state(tx, "past_due", "manual")


async def test_a_suspended_tenant_may_neither_send_nor_grow_until_it_is_active_again(db, shop):
    async with db.tenant(shop) as tx:
        await suspend(tx)
        with pytest.raises(Suspended):
            await service.require_active(tx)
        with pytest.raises(Suspended):
            await service.reserve(tx, "agents")
        await service.count_over(tx, "contacts")
        assert (await service.overview(tx)).subscription.reason == "payment_failed"
        await service.set_state(tx, "active")
        await service.require_active(tx)
        assert (await service.overview(tx)).subscription.reason is None


async def test_a_move_is_told_live_and_as_a_job_once(db, shop):
    async with db.tenant(shop) as tx:
        since = await live.head(tx)
        await service.set_state(tx, "past_due", "payment_failed")
        await service.set_state(tx, "past_due", "payment_failed")
    async with db.tenant(shop) as tx:
        events = await live.after(tx, since)
    assert [(e.type, e.data) for e in events] == [("subscription.changed", {"state": "past_due"})]
    async with db.dispatch() as tx:
        query = text("SELECT payload FROM job WHERE tenant_id = :tenant AND topic = :topic")
        found = await tx.all(query, {"tenant": shop, "topic": service.STATE_CHANGED})
    assert [row.payload for row in found] == [{"state": "past_due"}]


async def test_history_cannot_be_rewritten(db, shop):
    for statement in ("UPDATE subscription_change SET reason = 'x'", "DELETE FROM subscription_change"):
        with pytest.raises(InsufficientPrivilegeError, match="permission denied"):
            async with db.tenant(shop) as tx:
                await tx.run(text(statement))


async def test_a_plan_smaller_than_the_use_is_refused(db, shop):
    async with db.tenant(shop) as tx:
        await service.change_plan(tx, PROFISSIONAL)
        await service.reserve(tx, "agents", 4)
        with pytest.raises(PlanTooSmall) as refusal:
            await service.change_plan(tx, ESSENCIAL)
        assert refusal.value.params == {"key": "agents", "used": 4, "limit": 3}
        with pytest.raises(NotFound):
            await service.change_plan(tx, new_id())
        await service.release_usage(tx, "agents")
        view = await service.change_plan(tx, ESSENCIAL)
    assert view.subscription.plan.code == "essencial"


async def test_starting_twice_keeps_the_first_subscription(db, shop):
    async with db.tenant(shop) as tx:
        await service.start_subscription(tx, "empresa")
        view = await service.overview(tx)
    assert view.subscription.plan.code == "essencial"
    assert view.subscription.period_start <= tx.now < view.subscription.period_end


async def test_a_stranger_sees_and_moves_nothing(db, shop, stranger):
    async with db.tenant(stranger) as tx:
        await service.reserve(tx, "agents", 3)
        await suspend(tx)
    async with db.tenant(shop) as tx:
        assert await service.state(tx) == "active"
    assert await used(db, shop, "agents") == 0


async def test_plans_are_offered_cheapest_first(db, shop):
    async with db.tenant(shop) as tx:
        offer = (await service.plans(tx)).items
    assert [p.code for p in offer] == ["essencial", "profissional", "empresa"]
    assert [(limit.key, limit.value) for limit in offer[0].limits] == [
        ("agents", 3),
        ("channels", 2),
        ("contacts", 1000),
    ]

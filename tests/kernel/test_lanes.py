"""Lanes: order within, parallel across, and no work recorded by who lost the lane."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kernel import lanes
from kernel.db import Database
from kernel.ids import new_id
from kernel.lanes import LaneLost

LEASE = timedelta(seconds=60)


async def claim(db: Database, kind: str, limit: int = 10) -> list[lanes.Claim]:
    async with db.dispatch() as tx:
        return await lanes.claim(tx, kind, limit=limit, lease=LEASE)


async def push(db: Database, tenant: UUID, kind: str, lane: str, n: int = 1) -> int:
    async with db.tenant(tenant) as tx:
        return await lanes.push(tx, lane, n)


def kind_of_its_own() -> str:
    return f"k{new_id().hex}"


async def test_a_lane_is_not_claimed_twice(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    assert len(await claim(db, kind)) == 1
    assert await claim(db, kind) == []


async def test_numbers_are_gapless_over_writers_at_once(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    firsts = await asyncio.gather(*(push(db, tenant, kind, f"{kind}:a", 3) for _ in range(10)))
    assert sorted(firsts) == list(range(1, 31, 3))


async def test_who_lost_the_lane_records_nothing(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    [old] = await claim(db, kind)
    async with db.dispatch() as tx:
        tx.now += 2 * LEASE
        [new] = await lanes.claim(tx, kind, limit=1, lease=LEASE)
    assert new.token > old.token
    with pytest.raises(LaneLost):
        async with db.tenant(tenant) as tx:
            await lanes.hold(tx, old)
    async with db.tenant(tenant) as tx:
        await lanes.hold(tx, new)


async def test_extending_a_lost_lease_is_refused(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    [mine] = await claim(db, kind)
    stale = lanes.Claim(mine.tenant_id, mine.lane, mine.token - 1)
    with pytest.raises(LaneLost):
        async with db.dispatch() as tx:
            await lanes.extend(tx, stale, LEASE)


async def test_another_tenants_lane_is_not_there(db: Database, tenant: UUID, stranger: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    [mine] = await claim(db, kind)
    with pytest.raises(LaneLost):
        async with db.tenant(stranger) as tx:
            await lanes.hold(tx, mine)


async def test_what_is_pushed_during_work_is_found_after_release(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    [mine] = await claim(db, kind)
    holding, go_on = asyncio.Event(), asyncio.Event()

    async def worker() -> None:
        async with db.tenant(tenant) as tx:
            await lanes.hold(tx, mine)
            holding.set()
            await go_on.wait()
            await lanes.release(tx, mine, None)

    async def writer() -> None:
        await holding.wait()
        pushing = asyncio.create_task(push(db, tenant, kind, f"{kind}:a"))
        await asyncio.sleep(0.05)
        go_on.set()
        await pushing

    await asyncio.gather(worker(), writer())
    assert len(await claim(db, kind)) == 1


async def test_a_lane_due_later_waits(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    await push(db, tenant, kind, f"{kind}:a")
    [mine] = await claim(db, kind)
    async with db.tenant(tenant) as tx:
        await lanes.hold(tx, mine)
        await lanes.release(tx, mine, tx.now + timedelta(minutes=5))
    assert await claim(db, kind) == []
    async with db.dispatch() as tx:
        tx.now += timedelta(minutes=6)
        assert len(await lanes.claim(tx, kind, limit=1, lease=LEASE)) == 1


async def test_greater_priority_goes_first(db: Database, tenant: UUID) -> None:
    kind = kind_of_its_own()
    for name, priority in (("low", 0), ("high", 9)):
        async with db.tenant(tenant) as tx:
            await lanes.push(tx, f"{kind}:{name}", priority=priority)
    [first] = await claim(db, kind, limit=1)
    assert first.lane.endswith("high")

"""Many lanes share a transaction; what befalls one of them does not befall the others."""

from __future__ import annotations

import asyncio

from connectors.inbox.loads import Loader
from connectors.inbox.worker import InboxWorker, LaneWork
from connectors.keeper import LEASE
from kernel import lanes
from kernel.lanes import LaneLost
from tests.connectors.bodies import wa_message, wa_messages
from tests.connectors.world import World

CUSTOMERS = [f"55119555{n:05d}" for n in range(12)]


async def all_write(world: World, times: int) -> None:
    for n in range(times):
        messages = [wa_message(f"wamid.{phone}.{n}", at=world.clock.now, phone=phone) for phone in CUSTOMERS]
        await world.customer_writes(wa_messages(*messages))


async def states(world: World) -> set[str]:
    return {state for state, _ in (await world.events()).values()}


async def test_events_without_effects_are_done_all_the_same(world: World) -> None:
    heard: dict[str, list[str]] = {}

    async def handle(work: LaneWork) -> None:
        heard.setdefault(work.claim.lane, []).append(work.event.key)

    await all_write(world, 30)  # more than one load takes
    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    assert await worker.once() == 30 * len(CUSTOMERS)
    assert await worker.once() == 0
    assert await states(world) == {"done"}
    assert sorted(len(keys) for keys in heard.values()) == [30] * len(CUSTOMERS)
    for keys in heard.values():
        assert keys == sorted(keys, key=lambda key: int(key.rsplit(".", 1)[1]))


async def test_a_failing_event_leaves_those_before_it_done(world: World) -> None:
    async def handle(work: LaneWork) -> None:
        if work.event.key.endswith(".3"):
            raise RuntimeError("the router fell")

    await all_write(world, 5)
    await InboxWorker(world.db, world.db.wakes, handle, settler=world.settler).once()
    left = {key.rsplit(".", 1)[1] for key, (state, _) in (await world.events()).items() if state == "ready"}
    assert left == {"3", "4"}


async def test_who_lost_one_lane_keeps_the_others(world: World) -> None:
    await all_write(world, 1)
    loader = Loader(world.db)
    async with world.db.dispatch() as tx:
        claims = await lanes.claim(tx, "in", limit=100, lease=LEASE)
    world.clock.forward(minutes=2)
    async with world.db.dispatch() as tx:
        (lost,) = await lanes.claim(tx, "in", limit=1, lease=LEASE)
    answers = await asyncio.gather(
        *(loader.next(claim, [], last=False) for claim in claims), return_exceptions=True
    )
    by_lane = dict(zip([claim.lane for claim in claims], answers, strict=True))
    assert isinstance(by_lane.pop(lost.lane), LaneLost)
    assert len(by_lane) == len(CUSTOMERS) - 1
    for answer in by_lane.values():
        assert not isinstance(answer, BaseException)
        assert len(answer.events) == 1

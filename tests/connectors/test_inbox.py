"""The way in: order, retries, windows, what is handed to the router and what is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from connectors import service
from connectors.inbox import service as inbox
from connectors.inbox.worker import ATTEMPTS, InboxWorker, LaneWork
from kernel.lanes import LaneLost
from tests.connectors.bodies import PHONE, item, messaging, wa_message, wa_messages, wa_value
from tests.connectors.world import World


async def write(world: World, *ids: str, phone: str = PHONE) -> None:
    at = world.clock.now
    body = wa_messages(
        *(wa_message(id_, at=at + timedelta(seconds=n), phone=phone) for n, id_ in enumerate(ids))
    )
    await world.customer_writes(body)


def keys(world: World) -> list[str]:
    return [event.key for event in world.handled]


async def event_states(world: World) -> dict[str, str]:
    return {key: state for key, (state, _) in (await world.events()).items()}


async def test_an_event_is_handed_over_once(world: World) -> None:
    await write(world, "wamid.1")
    assert await world.inbox.once() == 1
    assert await world.inbox.once() == 0
    assert keys(world) == ["wamid.1"]
    assert await event_states(world) == {"wamid.1": "done"}


async def test_a_failing_event_holds_back_only_its_own_customer(world: World) -> None:
    async def handle(work: LaneWork) -> None:
        if work.event.key == "wamid.bad":
            raise RuntimeError("the router fell")
        await world.handle(work)

    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    await write(world, "wamid.bad", "wamid.after")
    await write(world, "wamid.other", phone="5511900000001")
    await worker.once()
    assert keys(world) == ["wamid.other"]
    assert (await event_states(world))["wamid.after"] == "ready"
    assert await worker.once() == 0  # waits for its time


async def test_a_failing_event_is_tried_again_and_the_order_is_kept(world: World) -> None:
    failures = 2

    async def handle(work: LaneWork) -> None:
        nonlocal failures
        if work.event.key == "wamid.1" and failures:
            failures -= 1
            raise RuntimeError("not yet")
        await world.handle(work)

    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    await write(world, "wamid.1", "wamid.2")
    for _ in range(3):
        await worker.once()
        world.clock.forward(minutes=1)
    assert keys(world) == ["wamid.1", "wamid.2"]


async def test_after_eight_tries_an_event_is_dead_and_the_lane_goes_on(world: World) -> None:
    async def handle(work: LaneWork) -> None:
        if work.event.key == "wamid.1":
            raise RuntimeError("never")
        await world.handle(work)

    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    await write(world, "wamid.1", "wamid.2")
    for _ in range(ATTEMPTS):
        await worker.once()
        world.clock.forward(minutes=20)
    assert await event_states(world) == {"wamid.1": "dead", "wamid.2": "done"}
    async with world.db.tenant(world.tenant) as tx:
        (letter,) = await inbox.dead_events(tx)
    assert letter.error == "RuntimeError: never"


async def test_a_dead_event_can_be_replayed(world: World) -> None:
    await write(world, "wamid.1")
    await world.sql("UPDATE inbox_waiting SET state = 'dead'")
    await world.inbox.once()
    async with world.db.tenant(world.tenant) as tx:
        assert not await inbox.replay(tx, world.tenant)
        (letter,) = await inbox.dead_events(tx)
        assert await inbox.replay(tx, letter.id)
    await world.inbox.once()
    assert keys(world) == ["wamid.1"]


async def test_an_event_that_cannot_be_read_any_more_does_not_stop_the_lane(world: World) -> None:
    await write(world, "wamid.1", "wamid.2")
    await world.sql("UPDATE inbox_event SET data = '{}' WHERE key = 'wamid.1'")
    for _ in range(ATTEMPTS):
        await world.inbox.once()
        world.clock.forward(minutes=20)
    assert keys(world) == ["wamid.2"]


async def test_who_lost_the_lane_leaves_no_trace(world: World) -> None:
    """The lease runs out while the handler works: another one takes over, the first must not record."""
    other = InboxWorker(world.db, world.db.wakes, world.handle, settler=world.settler)
    lost = []

    async def slow(work: LaneWork) -> None:
        world.clock.forward(minutes=2)
        await other.once()
        with pytest.raises(LaneLost) as caught:
            await world.handle(work)
        lost.append(caught.value)
        raise caught.value

    await write(world, "wamid.1")
    worker = InboxWorker(world.db, world.db.wakes, slow, settler=world.settler)
    await worker.once()
    assert keys(world) == ["wamid.1"]
    assert len(lost) == 1


async def test_a_handler_whose_transaction_fails_is_tried_again(world: World) -> None:
    """`done` was called, but what it belonged to did not commit."""
    first = True

    async def handle(work: LaneWork) -> None:
        nonlocal first
        async with world.db.tenant(work.claim.tenant_id) as tx:
            await work.done(tx)
            if first:
                first = False
                raise RuntimeError("rolled back")
        world.handled.append(work.event)

    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    await write(world, "wamid.1")
    await worker.once()
    assert await event_states(world) == {"wamid.1": "ready"}
    world.clock.forward(minutes=1)
    await worker.once()
    assert keys(world) == ["wamid.1"]


async def test_many_customers_are_worked_side_by_side(world: World) -> None:
    """All handlers meet: with one after the other this would never end."""
    people = 5
    meeting = asyncio.Barrier(people)

    async def handle(work: LaneWork) -> None:
        await meeting.wait()
        await world.handle(work)

    worker = InboxWorker(world.db, world.db.wakes, handle, settler=world.settler)
    for n in range(people):
        await write(world, f"wamid.{n}", phone=f"551190000000{n}")
    async with asyncio.timeout(10):
        assert await worker.once() == people


async def test_a_worker_runs_until_it_is_told_to_stop(world: World) -> None:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in (world.splitter, world.inbox, world.statuses)]
    await world.receive("whatsapp", wa_messages(wa_message("wamid.1", at=world.clock.now)))
    async with asyncio.timeout(10):
        while not world.handled:
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(*tasks)
    assert keys(world) == ["wamid.1"]


# --- windows ---------------------------------------------------------------------------------


async def window(world: World, user: str = PHONE) -> timedelta | None:
    async with world.db.tenant(world.tenant) as tx:
        opened = await service.window(tx, world.refs["whatsapp"].id, user)
    return None if opened is None else world.clock.now - opened


async def test_what_others_did_opens_no_window(world: World) -> None:
    at = world.clock.now
    echo = {"from": "15550100001", "to": PHONE, "id": "wamid.E", "timestamp": str(int(at.timestamp())),
            "type": "text", "text": {"body": "do celular da loja"}}  # fmt: skip
    await world.customer_writes(wa_value({"message_echoes": [echo]}))
    await world.inbox.once()
    assert keys(world) == ["wamid.E"]
    assert await window(world) is None


async def test_a_message_opens_the_window_from_its_own_time(world: World) -> None:
    world.clock.forward(hours=-3)
    body = wa_messages(wa_message("wamid.1", at=world.clock.now))
    world.clock.forward(hours=3)
    await world.customer_writes(body)
    await world.inbox.once()
    assert await window(world) == timedelta(hours=3)


async def test_an_older_message_that_comes_late_does_not_shorten_the_window(world: World) -> None:
    await write(world, "wamid.1")
    await world.customer_writes(wa_messages(wa_message("wamid.0", at=world.clock.now - timedelta(hours=9))))
    await world.inbox.once()
    assert await window(world) == timedelta(0)


async def test_a_time_in_the_future_opens_the_window_from_now(world: World) -> None:
    await world.customer_writes(wa_messages(wa_message("wamid.1", at=world.clock.now + timedelta(days=9))))
    await world.inbox.once()
    assert await window(world) == timedelta(0)


async def test_the_window_is_known_by_phone_and_by_scoped_id(world: World) -> None:
    message = {**wa_message("wamid.1", at=world.clock.now), "from_user_id": "BR.abc123"}
    await world.customer_writes(wa_messages(message))
    await world.inbox.once()
    assert await window(world) == await window(world, "BR.abc123") == timedelta(0)


async def test_a_sign_of_life_is_noted_on_the_channel(world: World) -> None:
    await write(world, "wamid.1")
    await world.inbox.once()
    (row,) = await world.sql("SELECT last_inbound_at FROM channel_account WHERE kind = 'whatsapp'")
    assert row["last_inbound_at"] == world.clock.now


# --- echoes ----------------------------------------------------------------------------------


async def test_an_echo_of_somebody_elses_is_handed_over(world: World) -> None:
    echo = item(
        "messenger", "71", world.clock.now, ours=True,
        message={"mid": "m_inbox", "is_echo": True, "app_id": 263902037430900, "text": "da caixa de entrada"},
    )  # fmt: skip
    await world.customer_writes(messaging("messenger", echo), channel="messenger")
    await world.inbox.once()
    assert [event.kind for event in world.handled] == ["echo"]


async def test_an_echo_of_our_own_is_not(world: World) -> None:
    await world.window("messenger", "71")
    (id_,) = await world.say("messenger", user="71")
    await world.delivery.once()
    row = await world.row(id_)
    echo = item(
        "messenger", "71", world.clock.now, ours=True,
        message={"mid": row["provider_id"], "is_echo": True, "text": "Olá"},
    )  # fmt: skip
    await world.customer_writes(messaging("messenger", echo), channel="messenger")
    await world.inbox.once()
    assert world.handled == []
    assert set((await event_states(world)).values()) == {"done"}

"""Jobs of the connectors: read marks and typing, and the broom."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.jobs import KEEP_KEYS, KEEP_OUTBOX, SWEEP, handlers
from connectors.outbox import service as outbox
from kernel import jobs
from tests.connectors.bodies import wa_message, wa_messages
from tests.connectors.world import World


async def run_jobs(world: World) -> None:
    table = handlers(world.graph, world.vault)
    while True:
        async with world.db.dispatch() as tx:
            claimed = await jobs.claim(tx, sorted(table), limit=10, lease=timedelta(minutes=1))
        if not claimed:
            return
        for job in claimed:
            await jobs.run_one(world.db, job, table[job.topic])


async def job_states(world: World) -> set[str]:
    return {row["state"] for row in await world.sql("SELECT state FROM job")}


async def test_a_read_mark_that_fails_is_not_tried_again(world: World) -> None:
    world.meta.script = [httpx.ConnectError("down")]
    async with world.db.tenant(world.tenant) as tx:
        await outbox.signal(tx, world.refs["whatsapp"], "5511", "wamid.1", "read")
    await run_jobs(world)
    assert (len(world.meta.calls), await job_states(world)) == (1, {"done"})


@pytest.mark.parametrize(("kind", "typing"), [("read", False), ("typing", True)])
async def test_whatsapp_is_told_that_we_read_and_type(world: World, kind: str, typing: bool) -> None:
    async with world.db.tenant(world.tenant) as tx:
        await outbox.signal(tx, world.refs["whatsapp"], "5511", "wamid.1", kind)  # type: ignore[arg-type]  # one of the two kinds
    await run_jobs(world)
    ((method, path, body),) = world.meta.calls
    assert (method, path) == ("POST", "/v26.0/500000000000202/messages")
    assert (body["status"], body["message_id"]) == ("read", "wamid.1")
    assert ("typing_indicator" in body) is typing


async def test_messenger_is_told_by_sender_actions(world: World) -> None:
    async with world.db.tenant(world.tenant) as tx:
        await outbox.signal(tx, world.refs["messenger"], "71", "m_1", "typing")
    await run_jobs(world)
    assert "typing_on" in [body["sender_action"] for _, _, body in world.meta.calls]


async def test_the_broom_takes_what_is_old_and_done_and_nothing_else(world: World) -> None:
    await world.window()
    (old,) = await world.say()
    await world.delivery.once()
    await world.customer_writes(
        wa_messages(wa_message("wamid.1", at=world.clock.now)),
        wa_messages(wa_message("wamid.2", at=world.clock.now, phone="55119"), account="1"),
    )
    await world.inbox.once()
    (waiting,) = await world.say(not_before=world.clock.now + timedelta(days=365))
    await sweep(world)
    assert (await world.count("webhook_body"), await world.count("inbox_event")) == (2, 1)

    world.clock.now += KEEP_KEYS + timedelta(days=1)
    await world.receive("whatsapp", b"new and not split")
    await sweep(world)
    assert (await world.count("webhook_body"), await world.count("inbox_event")) == (1, 0)
    assert (await world.count("webhook_orphan"), await world.count("outbox")) == (1, 2)

    world.clock.now += KEEP_OUTBOX
    await sweep(world)
    assert await world.count("webhook_orphan") == 0
    assert [row["id"] for row in await world.sql("SELECT id FROM outbox")] == [waiting]
    assert old != waiting


async def sweep(world: World) -> None:
    async with world.db.dispatch() as tx:
        await jobs.enqueue(tx, SWEEP, {})
    await run_jobs(world)
    assert await job_states(world) == {"done"}

"""The way out: what each answer of Meta's does to a row, and crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from connectors.outbox.rules import Outcome
from kernel.db import Tx
from tests.connectors.bodies import wa_status
from tests.connectors.fake_meta import refusal
from tests.connectors.world import TEMPLATE, TEXT, World

LOST = httpx.ReadTimeout("no answer")
NO_ROUTE = httpx.ConnectError("refused")


async def deliver(world: World, *, minutes: float = 0, times: int = 1) -> None:
    for _ in range(times):
        world.clock.forward(minutes=minutes)
        await world.delivery.once()


# --- answers ---------------------------------------------------------------------------------


async def test_an_accepted_message_is_sent_and_told(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    await deliver(world)
    row = await world.row(id_)
    assert (row["state"], row["provider_id"], row["attempts"]) == ("sent", "wamid.OUT1", 1)
    assert world.upstairs.states(id_) == ["sent"]
    method, path, body = world.meta.calls[0]
    assert (method, path) == ("POST", "/v26.0/500000000000202/messages")
    assert body["biz_opaque_callback_data"] == str(id_)


@pytest.mark.parametrize(
    ("code", "kind"), [(131047, "window"), (131026, "recipient"), (132001, "template"), (131050, "consent")]
)
async def test_what_meta_refuses_for_good_fails_at_once(world: World, code: int, kind: str) -> None:
    await world.window()
    world.meta.script = [refusal(code)]
    (id_,) = await world.say()
    await deliver(world, minutes=1, times=3)
    row = await world.row(id_)
    assert (row["state"], row["error_kind"], len(world.meta.calls)) == ("failed", kind, 1)


async def test_a_closed_window_that_meta_tells_of_is_believed(world: World) -> None:
    await world.window()
    world.meta.script = [refusal(131047)]
    await world.say()
    (after,) = await world.say()
    await deliver(world)
    assert (await world.row(after))["error_code"] == "window_closed"
    assert len(world.meta.calls) == 1


async def test_too_fast_is_tried_again_after_the_time_that_meta_asks_for(world: World) -> None:
    await world.window()
    world.meta.script = [refusal(130429, retry_after="120")]
    (id_,) = await world.say()
    await deliver(world)
    await deliver(world, minutes=1)
    assert len(world.meta.calls) == 1
    await deliver(world, minutes=1.1)
    assert await world.state(id_) == "sent"


async def test_too_much_for_one_customer_waits_ever_longer_for_that_one_only(world: World) -> None:
    await world.window()
    await world.window(user="5511900000001")
    world.meta.rule = lambda body: refusal(131056) if body["to"] == "+5511955550123" else None
    (pair,) = await world.say()
    (other,) = await world.say(user="5511900000001")
    start, waits = world.clock.now, []
    await deliver(world)
    while await world.state(pair) == "queued":
        due = (await world.row(pair))["not_before"]
        waits.append((due - world.clock.now).total_seconds())
        world.clock.now = due
        await world.delivery.once()
    assert waits == [4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0]
    assert await world.state(other) == "sent"
    assert world.clock.now - start < timedelta(hours=2)


async def test_a_connection_that_was_refused_is_tried_again(world: World) -> None:
    await world.window()
    world.meta.script = [NO_ROUTE, NO_ROUTE]
    (id_,) = await world.say()
    await deliver(world, minutes=1, times=3)
    assert (await world.state(id_), world.meta.references) == ("sent", {str(id_): 1})


async def test_what_cannot_be_delivered_for_a_day_expires(world: World) -> None:
    world.meta.rule = lambda body: NO_ROUTE
    (id_,) = await world.say(natives=[TEMPLATE])
    await deliver(world)
    await deliver(world, minutes=25 * 60)
    assert await world.state(id_) == "expired"


async def test_a_bad_token_stops_the_channel_and_a_good_answer_starts_it(world: World) -> None:
    people = [f"551190000000{n}" for n in range(5)]
    for user in people:
        await world.window(user=user)
        await world.say(user=user)
    world.meta.rule = lambda body: refusal(190, 463, status=401)
    await deliver(world)
    stopped_after = len(world.meta.calls)
    await deliver(world, minutes=0.5, times=1)
    assert len(world.meta.calls) == stopped_after
    (channel,) = await world.sql("SELECT state, problem FROM channel_account WHERE kind = 'whatsapp'")
    assert (channel["state"], channel["problem"]) == ("needs_attention", "auth: error 190")
    world.meta.rule = lambda body: None
    await deliver(world, minutes=2, times=3)
    assert len(world.meta.accepted) == 5
    (channel,) = await world.sql("SELECT state, problem FROM channel_account WHERE kind = 'whatsapp'")
    assert (channel["state"], channel["problem"]) == ("connected", None)


async def test_a_token_copied_from_another_place_does_not_open(world: World) -> None:
    await world.window()
    await world.sql(
        "UPDATE channel_account SET token_sealed = "
        "(SELECT token_sealed FROM channel_account WHERE kind = 'messenger') WHERE kind = 'whatsapp'"
    )
    (id_,) = await world.say()
    await deliver(world)
    assert ((await world.row(id_))["error_code"], world.meta.calls) == ("seal", [])


# --- no answer -------------------------------------------------------------------------------


@pytest.mark.parametrize("silence", [LOST, httpx.Response(502), refusal(131000, status=500), refusal(2)])
async def test_silence_makes_a_row_unknown_and_never_sends_it_again(
    world: World, silence: httpx.Response | Exception
) -> None:
    await world.window()
    world.meta.script = [silence]
    unknown, after = await world.say(natives=[TEXT["whatsapp"]] * 2)
    await deliver(world)
    assert (await world.state(unknown), await world.state(after)) == ("unknown", "queued")
    await deliver(world, minutes=1)
    assert await world.state(after) == "queued"  # the lane is held
    await deliver(world, minutes=1)
    assert (await world.state(unknown), await world.state(after)) == ("unconfirmed", "sent")
    assert world.upstairs.states(unknown) == ["unknown", "unconfirmed"]
    assert world.meta.references[str(unknown)] <= 1
    assert len(world.meta.calls) == 2


async def test_a_status_with_our_reference_settles_it_and_frees_the_lane(world: World) -> None:
    await world.window()
    world.meta.script = [LOST]
    unknown, after = await world.say(natives=[TEXT["whatsapp"]] * 2)
    await deliver(world)
    await world.news(wa_status("wamid.X", "delivered", at=world.clock.now, reference=str(unknown)))
    row = await world.row(unknown)
    assert (row["state"], row["provider_id"], row["delivered_state"]) == ("sent", "wamid.X", "delivered")
    await deliver(world)
    assert await world.state(after) == "sent"


@pytest.mark.parametrize("before", [True, False])
async def test_after_a_crash_in_the_call_the_message_is_not_sent_again(world: World, before: bool) -> None:
    await world.window()
    (id_,) = await world.say()
    world.meta.gate_before = before
    await world.crash_in_call()
    assert await world.state(id_) == "sending"
    await deliver(world)
    assert await world.state(id_) == "unknown"
    await deliver(world, minutes=2)
    assert await world.state(id_) == "unconfirmed"
    assert len(world.meta.calls) == 1


async def test_an_answer_that_comes_after_the_lease_still_counts(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    world.meta.gate = asyncio.Event()
    slow = asyncio.create_task(world.delivery.once())
    await world.meta.arrived.wait()
    world.clock.forward(seconds=61)
    await world.new_delivery().once()
    assert await world.state(id_) == "unknown"
    world.meta.gate.set()
    await slow
    assert await world.state(id_) == "sent"
    assert world.upstairs.states(id_) == ["unknown", "sent"]


async def test_a_fault_of_a_hook_spoils_only_its_own_lane(world: World) -> None:
    await world.window()
    await world.window(user="5511900000001")
    (bad,) = await world.say()
    (good,) = await world.say(user="5511900000001")
    healthy = world.upstairs.hooks()

    async def outcomes(tx: Tx, told: Sequence[Outcome]) -> None:
        if bad in [each.outbox_id for each in told]:
            raise RuntimeError("the router fell")

    hooks = type(healthy)(healthy.may_send, healthy.consent_out, healthy.epochs, outcomes)
    world.delivery.hooks = hooks
    await world.delivery.once()
    assert (await world.state(good), await world.state(bad)) == ("sent", "sending")
    world.delivery.hooks = healthy
    await deliver(world, minutes=1.1)
    assert await world.state(bad) == "unknown"
    assert world.meta.references[str(bad)] == 1


async def test_delivery_runs_until_it_is_told_to_stop(world: World) -> None:
    await world.window()
    stop = asyncio.Event()
    running = asyncio.create_task(world.delivery.run(stop))
    ids = [(await world.say(message_id=uuid4()))[0] for _ in range(3)]
    async with asyncio.timeout(10):
        while len(world.meta.accepted) < 3:
            await asyncio.sleep(0.01)
        stop.set()
        await running
    assert [await world.state(id_) for id_ in ids] == ["sent"] * 3

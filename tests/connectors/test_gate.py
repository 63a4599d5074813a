"""The way out: who may send what at the moment it goes, and in which order."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.outbox import service as outbox
from tests.connectors.fake_meta import refusal
from tests.connectors.world import TEMPLATE, TEXT, World

LOST = httpx.ReadTimeout("no answer")
NO_ROUTE = httpx.ConnectError("refused")


async def deliver(world: World, *, minutes: float = 0, times: int = 1) -> None:
    for _ in range(times):
        world.clock.forward(minutes=minutes)
        await world.delivery.once()


# --- the gate --------------------------------------------------------------------------------


async def test_nothing_goes_to_a_suspended_tenant_and_all_of_it_when_it_is_back(world: World) -> None:
    await world.window()
    world.upstairs.sending = False
    (id_,) = await world.say()
    await deliver(world, minutes=2, times=3)
    assert world.meta.accepted == []
    assert await world.state(id_) == "queued"
    world.upstairs.sending = True
    async with world.db.tenant(world.tenant) as tx:
        await outbox.unpark(tx)
    await world.delivery.once()
    assert await world.state(id_) == "sent"


async def test_what_waited_a_day_for_a_suspended_tenant_expires(world: World) -> None:
    await world.window()
    world.upstairs.sending = False
    (id_,) = await world.say()
    await deliver(world, minutes=24 * 60 + 1)
    assert await world.state(id_) == "expired"
    assert world.upstairs.states(id_) == ["expired"]


async def test_the_bot_does_not_speak_after_its_epoch(world: World) -> None:
    await world.window()
    (late,) = await world.say(origin="bot", epoch=1)
    (current,) = await world.say(origin="bot", epoch=2)
    world.upstairs.epoch = 2
    await deliver(world)
    row = await world.row(late)
    assert (row["state"], row["error_kind"]) == ("failed", "superseded")
    assert world.meta.references == {str(current): 1}


async def test_marketing_is_not_sent_to_who_opted_out_after_it_was_queued(world: World) -> None:
    (id_,) = await world.say(natives=[TEMPLATE], origin="campaign", purpose="marketing")
    message_id = (await world.row(id_))["message_id"]
    world.upstairs.opted_out.add(message_id)
    await deliver(world)
    assert ((await world.row(id_))["error_kind"], world.meta.accepted) == ("consent", [])


async def test_marketing_without_a_message_to_ask_consent_by_is_a_fault(world: World) -> None:
    with pytest.raises(ValueError, match="consent"):
        await world.say(origin="campaign", purpose="marketing", message_id=None)


async def test_what_is_past_its_time_expires_unsent(world: World) -> None:
    await world.window()
    (id_,) = await world.say(expires_at=world.clock.now + timedelta(minutes=5))
    await deliver(world, minutes=6)
    assert (await world.state(id_), world.meta.accepted) == ("expired", [])


async def test_what_is_for_later_waits(world: World) -> None:
    await world.window()
    (id_,) = await world.say(not_before=world.clock.now + timedelta(minutes=5))
    await deliver(world)
    assert await world.state(id_) == "queued"
    await deliver(world, minutes=5)
    assert await world.state(id_) == "sent"


async def test_outside_the_window_only_a_template_goes(world: World) -> None:
    await world.window(ago=24)
    text, template = await world.say(natives=[TEXT["whatsapp"], TEMPLATE])
    await deliver(world)
    assert (await world.row(text))["error_code"] == "window_closed"
    assert await world.state(template) == "sent"


async def test_an_agent_answers_within_seven_days_under_the_tag_for_people(world: World) -> None:
    await world.window("messenger", "71", ago=100)
    (bot,) = await world.say("messenger", user="71", origin="bot")
    (agent,) = await world.say("messenger", user="71", human=True)
    await deliver(world)
    assert (await world.row(bot))["error_kind"] == "window"
    assert await world.state(agent) == "sent"
    assert world.meta.accepted[0]["tag"] == "HUMAN_AGENT"


async def test_a_disconnected_channel_sends_nothing(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    await world.sql("UPDATE channel_account SET state = 'disconnected', token_sealed = ''")
    await deliver(world)
    assert ((await world.row(id_))["error_code"], world.meta.accepted) == ("disconnected", [])


async def test_what_is_cancelled_before_its_call_is_not_sent(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    message_id = (await world.row(id_))["message_id"]
    async with world.db.tenant(world.tenant) as tx:
        (outcome,) = await outbox.cancel_queued(tx, "handoff", message_ids=[message_id])
    await deliver(world)
    assert (outcome.outbox_id, outcome.state, world.meta.accepted) == (id_, "failed", [])


# --- order -----------------------------------------------------------------------------------


async def test_one_customers_messages_arrive_in_order_and_others_beside_them(world: World) -> None:
    people = [f"551190000000{n}" for n in range(4)]
    for user in people:
        await world.window(user=user)
    expected = {user: [str((await world.say(user=user))[0]) for _ in range(3)] for user in people}
    await deliver(world)
    got: dict[str, list[str]] = {user: [] for user in people}
    for body in world.meta.accepted:
        got[body["to"].removeprefix("+")].append(body["biz_opaque_callback_data"])
    assert got == expected


async def test_a_message_that_waits_holds_back_the_next_one(world: World) -> None:
    await world.window()
    world.meta.script = [refusal(130429)]
    first, second = await world.say(natives=[TEXT["whatsapp"]] * 2)
    await deliver(world)
    assert (await world.state(first), await world.state(second)) == ("queued", "queued")
    await deliver(world, minutes=1)
    assert list(world.meta.references) == [str(first), str(second)]

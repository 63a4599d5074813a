"""Delivery news: only forwards, in whatever order it comes, and sometimes before the answer."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from connectors.rules import merge_delivery
from tests.connectors.bodies import item, messaging, wa_status, wa_value
from tests.connectors.world import TEXT, World


async def sent(world: World) -> UUID:
    await world.window()
    (id_,) = await world.say()
    await world.delivery.once()
    return id_


async def delivered_state(world: World, id_: UUID) -> str | None:
    state: str | None = (await world.row(id_))["delivered_state"]
    return state


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
async def test_in_any_order_the_furthest_state_stays(world: World, order: tuple[str, ...]) -> None:
    id_ = await sent(world)
    for state in order:
        await world.news(wa_status("wamid.OUT1", state, at=world.clock.now))
    assert await delivered_state(world, id_) == "read"
    told = world.upstairs.states(id_)
    ranks = [["sent", "delivered", "read"].index(state) for state in told]
    assert ranks == sorted(set(ranks))


async def test_the_same_status_twice_is_told_once(world: World) -> None:
    id_ = await sent(world)
    news = wa_status("wamid.OUT1", "delivered", at=world.clock.now)
    await world.news(news)
    await world.news(news, {"garbage": 1})
    assert world.upstairs.states(id_) == ["sent", "delivered"]


async def test_a_late_refusal_is_told_with_its_class_and_closes_the_window(world: World) -> None:
    id_ = await sent(world)
    errors = [{"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 h"}}]
    await world.news(wa_status("wamid.OUT1", "failed", at=world.clock.now, errors=errors))
    last = world.upstairs.outcomes[-1]
    assert (last.outbox_id, last.state, last.error_kind, last.error_code) == (
        id_,
        "failed",
        "window",
        "131047",
    )
    (after,) = await world.say()
    await world.delivery.once()
    assert (await world.row(after))["error_code"] == "window_closed"


async def test_failed_is_final_unless_the_message_arrived_after_all(world: World) -> None:
    id_ = await sent(world)
    for state in ("failed", "sent", "delivered", "failed"):
        await world.news(wa_status("wamid.OUT1", state, at=world.clock.now))
        world.clock.forward(seconds=1)
    assert await delivered_state(world, id_) == "delivered"
    assert world.upstairs.states(id_) == ["sent", "failed", "delivered"]


@pytest.mark.parametrize(
    ("known", "news", "after"),
    [
        (None, "sent", "sent"),
        (None, "read", "read"),
        ("sent", "sent", None),
        ("read", "delivered", None),
        ("delivered", "failed", None),
        ("sent", "failed", "failed"),
        ("failed", "failed", None),
        ("failed", "sent", None),
        ("failed", "read", "read"),
        ("sent", "deleted", None),
    ],
)
def test_states_only_move_forward(known: str | None, news: str, after: str | None) -> None:
    assert merge_delivery(known, news) == after


async def test_a_status_that_overtakes_the_answer_settles_the_row(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    world.meta.gate = asyncio.Event()
    calling = asyncio.create_task(world.delivery.once())
    await world.meta.arrived.wait()
    await world.news(wa_status("wamid.OUT1", "delivered", at=world.clock.now, reference=str(id_)))
    assert await world.state(id_) == "sent"
    world.meta.gate.set()
    await calling
    row = await world.row(id_)
    assert (row["state"], row["delivered_state"], row["provider_id"]) == ("sent", "delivered", "wamid.OUT1")
    assert world.upstairs.states(id_) == ["delivered"]


async def test_a_status_of_a_message_not_known_yet_waits_for_it(world: World) -> None:
    await world.window()
    (id_,) = await world.say()
    await world.news(wa_status("wamid.OUT1", "read", at=world.clock.now))
    await world.delivery.once()
    assert await delivered_state(world, id_) == "sent"
    world.clock.forward(seconds=6)
    await world.statuses.once()
    assert await delivered_state(world, id_) == "read"


async def test_a_status_of_somebody_elses_message_is_let_go_after_two_minutes(world: World) -> None:
    await world.news(wa_status("wamid.FOREIGN", "read", at=world.clock.now, reference="job:77"))
    assert list((await world.events()).values()) == [("ready", 0)]
    for _ in range(30):
        world.clock.forward(seconds=6)
        await world.statuses.once()
    assert list((await world.events()).values()) == [("done", 0)]


async def test_a_reference_to_another_tenants_row_settles_nothing(world: World) -> None:
    stranger = UUID(int=world.tenant.int + 1)
    other = await world.attach(stranger, "whatsapp", "888888888888888", None)
    id_ = await sent(world)
    body = wa_value({"statuses": [wa_status("w", "read", at=world.clock.now, reference=str(id_))]},
                    account=other.external_id)  # fmt: skip
    await world.customer_writes(body)
    await world.statuses.once()
    assert await delivered_state(world, id_) == "sent"


async def test_a_watermark_marks_all_that_was_sent_until_then(world: World) -> None:
    await world.window("messenger", "71")
    early = await world.say("messenger", [TEXT["messenger"]] * 2, user="71")
    await world.delivery.once()
    mark = world.clock.now + timedelta(seconds=1)
    world.clock.forward(minutes=1)
    (late,) = await world.say("messenger", user="71")
    await world.delivery.once()
    read = item("messenger", "71", world.clock.now, read={"watermark": round(mark.timestamp() * 1000)})
    await world.news(read, channel="messenger")
    assert [await delivered_state(world, id_) for id_ in [*early, late]] == ["read", "read", "sent"]


async def test_our_echo_settles_a_row_without_an_answer(world: World) -> None:
    await world.window("messenger", "71")
    world.meta.script = [httpx.ReadTimeout("lost")]
    (id_,) = await world.say("messenger", user="71")
    await world.delivery.once()
    echo = {"mid": "m_9", "is_echo": True, "app_id": 900, "metadata": str(id_), "text": "Olá"}
    await world.news(item("messenger", "71", world.clock.now, ours=True, message=echo), channel="messenger")
    row = await world.row(id_)
    assert (row["state"], row["provider_id"]) == ("sent", "m_9")
    assert world.handled == []


# --- Instagram: echoes without a reference -------------------------------------------------------


async def instagram_echo(world: World, text: str, *, mid: str = "ig_1", **shift: float) -> None:
    at = world.clock.now + timedelta(**shift)
    echo = item("instagram", "77", at, ours=True, message={"mid": mid, "is_echo": True, "text": text})
    await world.customer_writes(messaging("instagram", echo), channel="instagram")
    await world.inbox.once()


async def unknown_on_instagram(world: World) -> UUID:
    await world.window("instagram", "77")
    world.meta.script = [httpx.ReadTimeout("lost")]
    (id_,) = await world.say("instagram", user="77")
    await world.delivery.once()
    return id_


async def test_an_echo_of_other_words_settles_nothing_on_instagram(world: World) -> None:
    id_ = await unknown_on_instagram(world)
    await instagram_echo(world, "outra coisa")
    assert await world.state(id_) == "unknown"
    assert len(world.handled) == 1


async def test_an_echo_from_before_the_call_settles_nothing_on_instagram(world: World) -> None:
    id_ = await unknown_on_instagram(world)
    await instagram_echo(world, "Olá", minutes=-5)
    assert await world.state(id_) == "unknown"


async def test_an_echo_of_the_same_words_settles_a_row_on_instagram(world: World) -> None:
    id_ = await unknown_on_instagram(world)
    await instagram_echo(world, "Olá", seconds=1)
    row = await world.row(id_)
    assert (row["state"], row["provider_id"]) == ("sent", "ig_1")
    assert world.handled == []


async def test_without_an_echo_it_is_unconfirmed_on_instagram(world: World) -> None:
    id_ = await unknown_on_instagram(world)
    world.clock.forward(minutes=2)
    await world.delivery.once()
    assert await world.state(id_) == "unconfirmed"


async def test_an_echo_that_overtakes_the_answer_waits_for_it_on_instagram(world: World) -> None:
    await world.window("instagram", "77")
    (id_,) = await world.say("instagram", user="77")
    world.meta.gate = asyncio.Event()
    calling = asyncio.create_task(world.delivery.once())
    await world.meta.arrived.wait()
    await instagram_echo(world, "Olá", mid="wamid.OUT1")
    assert world.handled == []
    world.meta.gate.set()
    await calling
    world.clock.forward(seconds=6)
    await world.inbox.once()
    assert (world.handled, await world.state(id_)) == ([], "sent")


# --- news of the account -------------------------------------------------------------------------


async def account_news(world: World, event: str) -> None:
    change = {"field": "account_update", "value": {"event": event}}
    body = {"object": "whatsapp_business_account"}
    body |= {"entry": [{"id": "400000000000101", "time": 1790000000, "changes": [change]}]}  # type: ignore[dict-item]  # JSON of mixed values
    await world.customer_writes(httpx.Request("POST", "https://x", json=body).content)
    await world.statuses.once()


@pytest.mark.parametrize(
    ("event", "state"), [("PARTNER_REMOVED", "needs_attention"), ("PARTNER_ADDED", "connected")]
)
async def test_the_loss_of_an_account_shows_on_its_channel(world: World, event: str, state: str) -> None:
    await account_news(world, event)
    (row,) = await world.sql("SELECT state FROM channel_account WHERE kind = 'whatsapp'")
    assert row["state"] == state


async def test_one_status_that_cannot_be_applied_does_not_stop_the_others(world: World) -> None:
    id_ = await sent(world)
    good = wa_status("wamid.OUT1", "delivered", at=world.clock.now)
    await world.customer_writes(
        wa_value({"statuses": [wa_status("wamid.BAD", "read", at=world.clock.now), good]})
    )
    await world.sql("UPDATE inbox_event SET data = '{}' WHERE key LIKE '%BAD%'")
    await world.statuses.once()
    assert await delivered_state(world, id_) == "delivered"
    assert sorted(attempts for _, attempts in (await world.events()).values()) == [0, 1]

"""Delivery as Meta does it: signed over its own bytes, in order, again after failure."""

from __future__ import annotations

import asyncio
import json

from tests.simulators.conftest import ANA, BIA, INSTAGRAM, NUMBER, PAGE, WABA, Meta


async def test_nothing_is_delivered_for_an_account_that_is_not_subscribed(meta: Meta):
    await meta.register("whatsapp", "500000000000999", waba_id="499", token="T-other", subscribed=False)
    await meta.says("whatsapp", "500000000000999", ANA, text="oi")
    await meta.drained()
    assert meta.receiver.bodies == []
    assert (await meta.get("/_sim/deliveries"))["unsubscribed"] == 1


async def test_subscribing_the_waba_lets_webhooks_out(meta: Meta):
    await meta.register("whatsapp", "500000000000999", waba_id="499", token="T-other", subscribed=False)
    answer = await meta.client.post("/v26.0/499/subscribed_apps?access_token=T-other")
    assert answer.json() == {"success": True}
    await meta.says("whatsapp", "500000000000999", ANA, text="oi")
    await meta.drained()
    assert meta.receiver.whatsapp("messages")[0]["text"]["body"] == "oi"
    listed = await meta.get("/v26.0/499/subscribed_apps", access_token="T-other")
    assert listed["data"][0]["whatsapp_business_api_data"]["id"]


async def test_the_signature_is_over_bytes_with_lowercase_escapes(meta: Meta):
    await meta.ana(text="ação 😀 a/b", name="José")
    await meta.drained()
    body = meta.receiver.bodies[0]
    assert meta.receiver.signed()
    assert rb"a\u00e7\u00e3o \ud83d\ude00" in body
    assert body.isascii()
    assert json.dumps(json.loads(body), ensure_ascii=False).encode() != body
    assert meta.receiver.whatsapp("messages")[0]["text"]["body"] == "ação 😀 a/b"


async def test_slashes_are_escaped_now_and_then(meta: Meta):
    for n in range(20):
        await meta.ana(text=f"{n}/x")
        await meta.drained()
    escaped = sum(rb"\/x" in body for body in meta.receiver.bodies)
    assert 0 < escaped < 20
    assert [m["text"]["body"] for m in meta.receiver.whatsapp("messages")] == [f"{n}/x" for n in range(20)]


async def test_the_whatsapp_envelope_names_number_waba_and_person(meta: Meta):
    await meta.ana(text="oi", name="Ana")
    await meta.drained()
    entry = meta.receiver.json[0]["entry"][0]
    value = entry["changes"][0]["value"]
    assert entry["id"] == WABA
    assert value["metadata"] == {"display_phone_number": "551140000001", "phone_number_id": NUMBER}
    assert value["contacts"][0]["wa_id"] == ANA
    assert value["contacts"][0]["profile"] == {"name": "Ana"}
    assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"]
    assert value["messages"][0]["from_user_id"].startswith("BR.")
    assert isinstance(value["messages"][0]["timestamp"], str)


async def test_a_person_without_phone_comes_by_business_scoped_id_only(meta: Meta):
    await meta.says("whatsapp", NUMBER, "BR.abc123", text="oi", name="Ana", username="ana.teste")
    await meta.drained()
    value = meta.receiver.json[0]["entry"][0]["changes"][0]["value"]
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert value["contacts"][0]["profile"]["username"] == "ana.teste"


async def test_failures_are_retried_until_the_receiver_takes_them_and_order_holds(meta: Meta):
    meta.receiver.fail = 4
    for n in range(5):
        await meta.ana(text=str(n))
    await meta.drained()
    assert [m["text"]["body"] for m in meta.receiver.whatsapp("messages")] == list("01234")
    counts = await meta.get("/_sim/deliveries")
    assert counts["refused"] == 4


async def test_a_slow_receiver_gets_the_same_body_again(meta: Meta):
    await meta.faults(webhook_timeout_ms=50)
    meta.receiver.slow = 0.2
    await meta.ana(text="oi")
    while not meta.receiver.bodies:
        await asyncio.sleep(0.005)
    meta.receiver.slow = 0
    await meta.drained()
    assert len(meta.receiver.bodies) >= 2
    assert len(set(meta.receiver.bodies)) == 1


async def test_each_customer_keeps_order_while_many_write_at_once(meta: Meta):
    async def write(user: str) -> None:
        for n in range(15):
            await meta.says("whatsapp", NUMBER, user, text=str(n))

    users = [f"55119555502{n:02}" for n in range(12)]
    meta.receiver.slow = 0.003
    await asyncio.gather(*(write(user) for user in users))
    await meta.drained()
    arrived = meta.receiver.whatsapp("messages")
    for user in users:
        assert [m["text"]["body"] for m in arrived if m["from"] == user] == [str(n) for n in range(15)]


async def test_what_queues_together_is_delivered_together(meta: Meta):
    await meta.faults(webhook_concurrency=1)
    meta.receiver.slow = 0.1
    for n in range(10):
        await meta.says("messenger", PAGE, f"7100000000000{n:04}", text=str(n))
    await meta.drained()
    assert len(meta.receiver.bodies) < 10
    assert max(len(body["entry"][0]["messaging"]) for body in meta.receiver.json) > 1
    assert {i["message"]["text"] for i in meta.receiver.messaging("message")} == set("0123456789")


async def test_duplicates_carry_the_very_same_bytes(meta: Meta):
    await meta.faults(duplicate_webhooks=True)
    await meta.ana(text="oi")
    await meta.drained()
    assert len(meta.receiver.bodies) == 2
    assert meta.receiver.bodies[0] == meta.receiver.bodies[1]
    assert meta.receiver.signed()


async def test_shuffling_breaks_the_order_and_loses_nothing(meta: Meta):
    await meta.faults(shuffle_webhooks=True, shuffle_spread_ms=60)
    for n in range(30):
        await meta.ana(text=str(n))
    await meta.drained()
    arrived = [int(m["text"]["body"]) for m in meta.receiver.whatsapp("messages")]
    assert sorted(arrived) == list(range(30))
    assert arrived != list(range(30))


async def test_dropping_is_chosen_by_the_seed(meta: Meta):
    async def run(seed: int) -> list[str]:
        await meta.client.post("/_sim/reset", json={"keep_accounts": True})
        await meta.faults(seed=seed, drop_webhook_rate=0.5)
        meta.receiver.forget()
        for n in range(24):
            await meta.ana(text=str(n))
        await meta.drained()
        return [m["text"]["body"] for m in meta.receiver.whatsapp("messages")]

    first = await run(7)
    assert 4 < len(first) < 20
    assert await run(7) == first
    assert await run(8) != first


async def test_instagram_comes_in_three_shapes_and_in_a_list(meta: Meta):
    for envelope in ("changes", "flat", "list"):
        await meta.faults(envelope=envelope)
        await meta.says("instagram", INSTAGRAM, BIA, text=envelope)
        await meta.drained()
    changes, flat, listed = meta.receiver.json
    assert changes["entry"][0]["changes"][0]["value"]["message"]["text"] == "changes"
    assert flat["entry"][0]["field"] == "messages"
    assert flat["entry"][0]["value"]["message"]["text"] == "flat"
    assert listed[0]["entry"][0]["messaging"][0]["message"]["text"] == "list"


async def test_a_page_hears_only_the_fields_it_subscribed(meta: Meta):
    await meta.client.post(
        f"/v26.0/{PAGE}/subscribed_apps?subscribed_fields=messages&access_token=T-messenger"
    )
    await meta.says("messenger", PAGE, BIA, text="oi")
    await meta.page("messenger")
    await meta.drained()
    assert len(meta.receiver.bodies) == 1


async def test_an_hour_of_failures_takes_the_subscription_away(meta: Meta):
    await meta.faults(unsubscribe_after_s=0.05)
    meta.receiver.fail = 1000
    await meta.says("messenger", PAGE, BIA, text="oi")
    await meta.drained()
    accounts = await meta.get("/_sim/accounts")
    assert {a["kind"]: a["subscribed"] for a in accounts}["messenger"] is False


async def test_the_handshake_needs_the_right_token(meta: Meta):
    wrong = await meta.client.post("/_sim/verify", json={"channel": "whatsapp", "verify_token": "wrong"})
    right = await meta.client.post("/_sim/verify", json={"channel": "whatsapp", "verify_token": "right"})
    assert wrong.json() == {"verified": False}
    assert right.json() == {"verified": True}

"""The control end points: the judge's records, the planted faults, files, tokens and the phone's stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.simulators.conftest import ANA, BIA, INSTAGRAM, NUMBER, PAGE, SECRET, Meta


async def test_registering_twice_changes_nothing(meta: Meta):
    again = await meta.register("whatsapp", NUMBER, phone="+55 11 4000-0001")
    assert again.status_code == 200
    assert len(await meta.get("/_sim/accounts")) == 3
    await meta.ana(text="oi")
    await meta.register("whatsapp", NUMBER, token="T-new")
    assert len(await meta.get(f"/_sim/thread/whatsapp/{NUMBER}/{ANA}")) == 1
    assert (await meta.whatsapp()).status_code == 401


async def test_sent_messages_are_listed_in_order_with_their_bodies(meta: Meta):
    await meta.ana(text="oi")
    for n in range(5):
        await meta.whatsapp(text={"body": str(n)}, biz_opaque_callback_data=f"job:{n}")
    sent = await meta.get("/_sim/sent", to=f"+{ANA}")
    assert [m["body"]["text"]["body"] for m in sent] == list("01234")
    assert {(m["channel"], m["account"], m["to"]) for m in sent} == {("whatsapp", NUMBER, ANA)}
    assert len({m["message_id"] for m in sent}) == 5
    later = await meta.get("/_sim/sent", after=sent[2]["seq"])
    assert [m["reference"] for m in later] == ["job:3", "job:4"]


async def test_the_tally_counts_what_was_sent_twice(meta: Meta):
    await meta.ana(text="oi")
    for reference in ("a", "b", "b"):
        await meta.whatsapp(biz_opaque_callback_data=reference)
    tally = (await meta.get("/_sim/tally"))[f"whatsapp/{NUMBER}"]
    assert tally["doubled"] == {"b": 2}
    assert (tally["accepted"], tally["users"]) == (3, 1)


async def test_refusals_are_planted_by_seed_whatever_the_interleaving(meta: Meta):
    users = [f"55119555503{n:02}" for n in range(30)]

    async def run(seed: int, order: list[str]) -> set[str]:
        await meta.client.post("/_sim/reset", json={"keep_accounts": True})
        await meta.faults(seed=seed, error_code=131000, error_rate=0.4, throughput_per_s=0)
        answers = await asyncio.gather(*(meta.whatsapp(to=f"+{user}") for user in order))
        return {user for user, answer in zip(order, answers, strict=True) if answer.status_code == 500}

    first = await run(3, users)
    assert 3 < len(first) < 25
    assert await run(3, users[::-1]) == first
    assert await run(4, users) != first


async def test_a_refused_message_may_have_been_sent_all_the_same(meta: Meta):
    await meta.ana(text="oi")
    await meta.faults(error_code=131000, error_after_accept=True)
    assert (await meta.whatsapp(biz_opaque_callback_data="job:1")).status_code == 500
    await meta.drained()
    assert len(await meta.get("/_sim/sent", to=ANA)) == 1
    assert meta.receiver.whatsapp("statuses")[0]["biz_opaque_callback_data"] == "job:1"
    await meta.faults(error_after_accept=False)
    assert (await meta.whatsapp()).status_code == 500
    assert len(await meta.get("/_sim/sent", to=ANA)) == 1


async def test_silence_after_accepting_cuts_the_connection(meta: Meta):
    await meta.ana(text="oi")
    await meta.faults(timeout_after_accept_rate=1, timeout_ms=50)
    with pytest.raises(httpx.TransportError):
        await meta.whatsapp()
    assert len(await meta.get("/_sim/sent", to=ANA)) == 1


async def test_an_answer_may_be_no_json_at_all(meta: Meta):
    await meta.faults(http_status=502)
    answer = await meta.whatsapp()
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_faults_of_one_account_leave_the_others_alone(meta: Meta):
    await meta.faults(account=NUMBER, error_code=190)
    await meta.says("messenger", PAGE, BIA, text="oi")
    assert (await meta.whatsapp()).status_code == 401
    assert (await meta.page("messenger")).status_code == 200
    shown = await meta.faults(account=NUMBER, error_code=None)
    assert shown["accounts"][NUMBER]["error_code"] is None
    assert (await meta.whatsapp()).status_code == 200


async def test_latency_delays_the_answer(meta: Meta):
    await meta.faults(latency_ms=120)
    began = asyncio.get_running_loop().time()
    await meta.whatsapp()
    assert asyncio.get_running_loop().time() - began >= 0.12


async def test_files_go_up_and_come_down_with_the_token_only(meta: Meta):
    files = {"file": ("a.png", b"\x89PNG...", "image/png")}
    url = f"/v26.0/{NUMBER}/media?access_token=T-whatsapp"
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    wrong = await meta.client.post(url, data=form | {"type": "image/gif"}, files=files)
    assert wrong.status_code == 400
    media = (await meta.client.post(url, data=form, files=files)).json()["id"]
    found = await meta.get(f"/v26.0/{media}", access_token="T-whatsapp")
    assert (await meta.client.get(found["url"])).status_code == 401
    headers = {"Authorization": "Bearer T-whatsapp"}
    got = await meta.client.get(found["url"], headers=headers)
    assert (got.content, got.headers["content-type"]) == (b"\x89PNG...", "image/png")
    await meta.client.post("/_sim/clock", json={"advance_s": 301})
    assert (await meta.client.get(found["url"], headers=headers)).status_code == 404
    assert (await meta.whatsapp(type="image", image={"id": media})).status_code == 200
    await meta.client.delete(f"/v26.0/{media}", headers=headers)
    assert (await meta.client.get(f"/v26.0/{media}", headers=headers)).status_code == 400


async def test_a_customers_photo_can_be_fetched(meta: Meta):
    await meta.ana(media={"kind": "image", "caption": "olha"})
    await meta.says("messenger", PAGE, BIA, media={"kind": "document"})
    await meta.drained()
    image = meta.receiver.whatsapp("messages")[0]["image"]
    found = await meta.get(f"/v26.0/{image['id']}", access_token="T-whatsapp")
    assert (image["caption"], found["mime_type"]) == ("olha", "image/png")
    attachment = meta.receiver.messaging("message")[0]["message"]["attachments"][0]
    path = attachment["payload"]["url"].partition("/attachments/")[2]
    assert (await meta.client.get(f"/attachments/{path}")).content.startswith(b"%PDF")


async def test_tokens_are_looked_into_with_the_app_token(meta: Meta):
    app_token = f"100000000000001|{SECRET}"
    good = await meta.get("/v26.0/debug_token", input_token="T-whatsapp", access_token=app_token)
    bad = await meta.get("/debug_token", input_token="nobody", access_token=app_token)
    assert good["data"]["is_valid"] is True
    assert "whatsapp_business_messaging" in good["data"]["scopes"]
    assert bad["data"]["is_valid"] is False
    assert (await meta.client.get("/v26.0/debug_token?input_token=T-whatsapp")).status_code == 401


async def test_a_token_dies_unless_it_is_refreshed(meta: Meta):
    await meta.register("instagram", INSTAGRAM, page_id="610000000000002", token_life_s=100)
    await meta.client.post("/_sim/clock", json={"advance_s": 60})
    renewed = await meta.get(
        "/refresh_access_token", grant_type="ig_refresh_token", access_token="T-instagram"
    )
    assert renewed["expires_in"] == 60 * 86_400
    await meta.client.post("/_sim/clock", json={"advance_s": 86_400})
    assert (await meta.get("/v26.0/me", access_token="T-instagram"))["user_id"] == INSTAGRAM
    await meta.client.post("/_sim/clock", json={"advance_s": 60 * 86_400})
    dead = (await meta.client.get("/v26.0/me?access_token=T-instagram")).json()["error"]
    assert (dead["code"], dead["error_subcode"]) == (190, 463)


async def test_any_body_can_be_posted_rightly_or_wrongly_signed(meta: Meta):
    body = {"object": "instagram", "entry": [{"id": "0", "messaging": []}]}
    good = await meta.client.post("/_sim/webhooks", json={"channel": "instagram", "body": body})
    assert (good.json(), meta.receiver.json, meta.receiver.signed()) == ({"status": 200}, [body], True)
    await meta.client.post(
        "/_sim/webhooks", json={"channel": "instagram", "body": body, "signature": "sha256=00"}
    )
    assert meta.receiver.signatures[-1] == "sha256=00"


async def test_an_attachment_is_uploaded_once_and_sent_by_id(meta: Meta):
    await meta.says("messenger", PAGE, BIA, text="oi")
    held = {"message": {"attachment": {"type": "image", "payload": {"url": "https://x.example/a.png"}}}}
    url = f"/v26.0/{PAGE}/message_attachments?access_token=T-messenger"
    known = (await meta.client.post(url, json=held)).json()["attachment_id"]

    async def send(attachment_id: str) -> httpx.Response:
        payload = {"attachment_id": attachment_id}
        return await meta.page("messenger", {"attachment": {"type": "image", "payload": payload}})

    assert (await send(known)).status_code == 200
    assert (await send("1")).json()["error"]["error_subcode"] == 2018047


async def test_the_stream_starts_with_the_thread_and_goes_on_with_news(meta: Meta):
    await meta.ana(text="oi")
    async with meta.client.stream("GET", f"/_sim/stream/whatsapp/{NUMBER}/{ANA}") as stream:
        lines = stream.aiter_lines()

        async def note() -> tuple[str, Any]:
            kind = (await anext(lines)).removeprefix("event: ")
            data = json.loads((await anext(lines)).removeprefix("data: "))
            await anext(lines)
            return kind, data

        kind, thread = await note()
        assert (kind, [m["body"]["text"] for m in thread]) == ("snapshot", ["oi"])
        await meta.whatsapp(text={"body": "Olá"})
        kind, message = await note()
        assert (kind, message["direction"], message["body"]["text"]["body"]) == ("message", "in", "Olá")
        assert await note() == ("status", {"message_id": message["message_id"], "status": "sent"})


async def test_history_is_bounded_per_customer(meta: Meta):
    for n in range(125):
        await meta.ana(text=str(n))
    thread = await meta.get(f"/_sim/thread/whatsapp/{NUMBER}/{ANA}")
    assert (len(thread), thread[-1]["body"]["text"]) == (120, "124")

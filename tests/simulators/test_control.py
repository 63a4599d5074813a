"""The control end points: the judge's records, the planted faults, files, tokens and the phone's stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.simulators.conftest import ANA, BIA, NUMBER, PAGE, SECRET, Meta


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
    for n in range(310):
        await meta.ana(text=str(n))
    thread = await meta.get(f"/_sim/thread/whatsapp/{NUMBER}/{ANA}")
    assert (len(thread), thread[-1]["body"]["text"]) == (300, "309")

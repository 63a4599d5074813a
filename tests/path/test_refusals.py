"""What does not fit is refused in words that name the field; what is well signed is never refused."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from connectors.meta import sign
from kernel.db import Database
from tests.path.house import ACCOUNTS, SECRET, VERIFY, House, Shop

NUMBER = ACCOUNTS["whatsapp"]["account_id"]
WABA = ACCOUNTS["whatsapp"]["waba_id"]
CHANNELS = ["whatsapp", "messenger", "instagram"]


def wa_message(mid: str, body: str, user: str = "5511988880001", at: int | None = None) -> dict[str, Any]:
    return {
        "from": user,
        "from_user_id": f"BR.{user}",
        "id": mid,
        "timestamp": str(at or int(time.time())),
        "type": "text",
        "text": {"body": body},
    }


def wa_body(*messages: Any, number: str = NUMBER) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number},
        "messages": list(messages),
    }
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change]}]}
    ).encode()


async def post(house: House, body: bytes, channel: str = "whatsapp", **headers: str) -> httpx.Response:
    given = headers or {"x-hub-signature-256": sign(body, SECRET)}
    async with httpx.AsyncClient(base_url=house.base, timeout=20) as meta:
        return await meta.post(f"/webhooks/{channel}", content=body, headers=given)


async def bodies(db: Database) -> int:
    async with db.dispatch() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM webhook_body")))


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_challenge_is_echoed_only_for_the_right_token(house: House, channel: str) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "8721", "hub.verify_token": "wrong"}
    async with httpx.AsyncClient(base_url=house.base) as meta:
        assert (await meta.get(f"/webhooks/{channel}", params=query)).status_code == 403
        assert (await meta.get(f"/webhooks/{channel}")).status_code == 403
        good = await meta.get(f"/webhooks/{channel}", params={**query, "hub.verify_token": VERIFY})
        assert (good.status_code, good.text) == (200, "8721")


def bad_signatures(body: bytes) -> list[dict[str, str]]:
    right = sign(body, SECRET)
    sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    md5 = hmac.new(SECRET.encode(), body, hashlib.md5).hexdigest()
    return [
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": right.removeprefix("sha256=")},
        {"x-hub-signature-256": right.upper()},
        {"x-hub-signature-256": right[:-1]},
        {"x-hub-signature-256": sign(body, "another secret")},
        {"x-hub-signature-256": sign(body + b" ", SECRET)},
        {"x-hub-signature-256": f"sha1={sha1}"},
        {"x-hub-signature-256": f"md5={md5}"},
        {"x-hub-signature": f"sha1={sha1}"},
        {"x-other": "1"},
    ]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_body_without_a_right_signature_is_refused_and_not_stored(house: House, channel: str) -> None:
    body = wa_body(wa_message(f"wamid.{uuid4().hex}", "oi"))
    before = await bodies(house.db)
    for headers in bad_signatures(body):
        assert (await post(house, body, channel, **headers)).status_code == 401, headers
    assert await bodies(house.db) == before
    assert (await post(house, body, channel)).status_code == 200
    assert await bodies(house.db) == before + 1


async def test_an_unknown_channel_and_a_huge_body_are_refused(house: House) -> None:
    assert (await post(house, b"{}", "telegram")).status_code == 404
    huge = b'{"a":"' + b"x" * (4 * 1024 * 1024) + b'"}'
    assert (await post(house, huge)).status_code == 413


async def test_what_is_signed_but_not_understood_is_stored_and_acknowledged(shop: Shop) -> None:
    mark = uuid4().hex
    odd = [
        b"not json " + mark.encode(),
        b"\xff\xfe" + mark.encode(),
        json.dumps([mark]).encode(),
        json.dumps({"object": "something_else", "entry": [{"id": mark}]}).encode(),
        json.dumps({"object": "whatsapp_business_account", "entry": mark}).encode(),
        wa_body(wa_message(f"wamid.{mark}", "oi"), number="999999999999999"),
        wa_body(
            {"id": f"wamid.u{mark}", "from": "5511988880002", "timestamp": "1790000000", "type": "hologram"}
        ),
    ]
    before = await bodies(shop.house.db)
    for body in odd:
        assert (await post(shop.house, body)).status_code == 200, body[:60]
    assert await bodies(shop.house.db) == before + len(odd)
    await shop.house.settle()
    async with shop.house.db.dispatch() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM webhook_new")) == 0
        assert await tx.scalar(text("SELECT count(*) FROM webhook_body WHERE problem IS NOT NULL")) >= 2


async def test_one_broken_entry_among_three_blocks_nobody(shop: Shop) -> None:
    mark = uuid4().hex
    good = [wa_message(f"wamid.{mark}{n}", f"bom {n}", user=f"55119777700{n}0") for n in range(2)]
    body = json.loads(wa_body(good[0]))
    broken = {"id": WABA, "changes": [{"field": "messages", "value": {"messages": 7, "metadata": []}}]}
    body["entry"] += [broken, json.loads(wa_body(good[1]))["entry"][0]]
    assert (await post(shop.house, json.dumps(body).encode())).status_code == 200
    await shop.house.settle()
    assert await shop.house.texts("5511977770000") == ["Você disse: bom 0"]
    assert await shop.house.texts("5511977770010") == ["Você disse: bom 1"]


async def test_eight_senders_repeat_and_shuffle_and_each_message_is_answered_once_in_order(
    shop: Shop,
) -> None:
    users = [f"551196666000{n}" for n in range(4)]
    say = [(u, n) for u in users for n in range(5)]
    mark = uuid4().hex[:8]
    copies = [
        wa_body(wa_message(f"wamid.{mark}{u}{n}", f"m{n}", user=u, at=int(time.time()) - 60 + n))
        for u, n in say
    ]
    queue = copies * 3
    random.Random(7).shuffle(queue)

    async def sender(part: list[bytes]) -> None:
        for body in part:
            assert (await post(shop.house, body)).status_code == 200

    await asyncio.gather(*(sender(queue[n::8]) for n in range(8)))
    await shop.house.settle()
    for user in users:
        answers = Counter(await shop.house.texts(user))
        assert answers == {f"Você disse: m{n}": 1 for n in range(5)}
    by_phone = {c["contact"]["phone"]: c["id"] for c in await shop.conversations()}
    for user in users:
        thread = await shop.thread(by_phone[f"+{user}"] if f"+{user}" in by_phone else by_phone[user])
        shown = [m["text"] for m in thread if m["direction"] == "in"]
        assert shown == [f"m{n}" for n in range(5)], "shown by provider time, whatever the arrival"


async def test_bad_input_to_the_api_names_the_field(shop: Shop) -> None:
    await shop.house.says("whatsapp", "5511955550777", text="oi")
    [found] = await shop.conversations()
    one = f"/api/conversations/{found['id']}"
    for body, field in [
        ({"client_id": "no", "text": "x"}, "client_id"),
        ({"client_id": str(uuid4())}, "text"),
        ({"client_id": str(uuid4()), "text": ""}, "text"),
        ({"client_id": str(uuid4()), "text": 5}, "text"),
        ({"client_id": str(uuid4()), "text": "x", "colour": "red"}, "colour"),
        ({"client_id": str(uuid4()), "text": "x" * 10_001}, "text"),
    ]:
        answer = await shop.agent.post(f"{one}/messages", json=body)
        assert answer.status_code == 400, body
        assert answer.json()["error"]["field"] == field, answer.text
    assert (await shop.agent.get("/api/conversations", params={"limit": "many"})).json()["error"][
        "field"
    ] == "limit"
    assert (await shop.agent.get("/api/conversations", params={"cursor": "%%"})).json()["error"][
        "field"
    ] == "cursor"
    bad_id = await shop.agent.get("/api/conversations/not-an-id")
    assert (bad_id.status_code, bad_id.json()["error"]["field"]) == (400, "conversation_id")
    broken = await shop.agent.post(
        f"{one}/messages", content=b"{", headers={"content-type": "application/json"}
    )
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "not_json")


async def test_only_the_owner_of_a_conversation_writes_to_the_customer(shop: Shop) -> None:
    await shop.house.says("whatsapp", "5511955550778", text="oi")
    [found] = await shop.conversations()
    one = f"/api/conversations/{found['id']}"
    say = {"client_id": str(uuid4()), "text": "Olá"}
    refused = await shop.agent.post(f"{one}/messages", json=say)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    assert (await shop.owner.post(f"{one}/take")).status_code == 200
    assert (await shop.agent.post(f"{one}/messages", json=say)).status_code == 409
    assert (await shop.owner.post(f"{one}/messages", json=say)).status_code == 201
    again = await shop.owner.post(f"{one}/messages", json=say)
    assert again.status_code == 201
    await shop.house.settle()
    assert (await shop.house.texts("5511955550778")).count("Olá") == 1


async def test_a_request_from_another_site_is_refused(shop: Shop) -> None:
    headers = {"origin": "https://evil.example"}
    answer = await shop.agent.put("/api/presence", json={"state": "ready"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin")

"""Suspended in mid-conversation: what comes in is kept, nothing goes out, coming back loses nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from billing import service as billing
from tests.path.house import Shop

USER = "5511955550321"


async def set_state(shop: Shop, state: str) -> None:
    async with shop.house.db.tenant(shop.tenant_id) as tx:
        await billing.set_state(tx, state, "manual" if state != "active" else None)  # type: ignore[arg-type]  # one of the states


async def test_suspension_in_mid_conversation(shop: Shop) -> None:
    await shop.house.says("whatsapp", USER, text="oi")
    await shop.house.says("whatsapp", "5511955550322", text="oi, outro")
    assert await shop.house.texts(USER) == ["Você disse: oi"]
    found = {c["contact"]["phone"].lstrip("+"): c for c in await shop.conversations()}
    human = found["5511955550322"]["id"]
    assert (await shop.agent.post(f"/api/conversations/{human}/take")).status_code == 200

    await set_state(shop, "suspended")
    await shop.house.says("whatsapp", USER, text="alguém aí?")
    await shop.house.says("whatsapp", "5511955550322", text="e eu?")
    assert await shop.house.texts(USER) == ["Você disse: oi"], "the bot is silent"
    say = {"client_id": str(uuid4()), "text": "Aqui!"}
    refused = await shop.agent.post(f"/api/conversations/{human}/messages", json=say)
    assert (refused.status_code, refused.json()["error"]["code"]) == (402, "subscription_suspended")
    shown = [m["text"] for m in await shop.thread(found[USER]["id"]) if m["direction"] == "in"]
    assert shown == ["oi", "alguém aí?"], "what customers write is kept and shown"
    overview = (await shop.owner.get("/api/billing")).json()
    assert overview["subscription"]["state"] == "suspended"

    await set_state(shop, "active")
    await shop.house.settle()
    assert await shop.house.texts(USER) == ["Você disse: oi", "Você disse: alguém aí?"], "the owed answer"
    assert (await shop.agent.post(f"/api/conversations/{human}/messages", json=say)).status_code == 201
    await shop.house.settle()
    assert (await shop.house.texts("5511955550322"))[-1] == "Aqui!"
    await shop.house.says("whatsapp", USER, text="obrigado")
    assert (await shop.house.texts(USER))[-1] == "Você disse: obrigado"


async def test_what_was_queued_before_the_suspension_waits_and_leaves_after_it(shop: Shop) -> None:
    await shop.house.says("messenger", "71000000000000077", text="oi")
    [found] = await shop.conversations()
    one = f"/api/conversations/{found['id']}"
    assert (await shop.agent.post(f"{one}/take")).status_code == 200
    say = {"client_id": str(uuid4()), "text": "Já volto"}
    assert (await shop.agent.post(f"{one}/messages", json=say)).status_code == 201
    await set_state(shop, "suspended")
    await shop.house.settle()
    assert "Já volto" not in await shop.house.texts("71000000000000077")
    await set_state(shop, "active")
    await shop.house.settle()
    assert (await shop.house.texts("71000000000000077")).count("Já volto") == 1


@pytest.mark.parametrize("state", ["past_due"])
async def test_past_due_still_serves(shop: Shop, state: str) -> None:
    await set_state(shop, state)
    await shop.house.says("whatsapp", USER, text="oi")
    assert await shop.house.texts(USER) == ["Você disse: oi"]


async def test_a_plan_limit_is_reached_and_says_so(shop: Shop) -> None:
    plans = (await shop.owner.get("/api/billing/plans")).json()["items"]
    small = next(p for p in plans if p["code"] == "essencial")
    over = await shop.owner.post("/api/billing/plan", json={"plan_id": small["id"]})
    assert over.status_code == 409, "three channels do not fit into a plan of two"
    usage = {u["key"]: u for u in (await shop.owner.get("/api/billing")).json()["usage"]}
    room = usage["agents"]["limit"] - usage["agents"]["used"]
    for n in range(room):
        body = {"name": f"P{n}", "email": f"p{n}-{uuid4().hex}@loja.example", "role": "agent"}
        assert (await shop.owner.post("/api/users", json=body)).status_code == 201
    body = {"name": "Demais", "email": f"x-{uuid4().hex}@loja.example", "role": "agent"}
    full = await shop.owner.post("/api/users", json=body)
    assert full.status_code == 402
    error = full.json()["error"]
    assert (error["code"], error["params"]["key"]) == ("plan_limit", "agents")

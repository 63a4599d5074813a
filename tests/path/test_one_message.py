"""One message, all the way: customer → bot → queue → agent → customer, on each channel."""

from __future__ import annotations

import pytest

from kernel.ids import new_id
from tests.path.house import Shop

USERS = {"whatsapp": "5511955550123", "messenger": "71000000000000011", "instagram": "90000000000000011"}
CHANNELS = list(USERS)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_bot_answers_then_an_agent_takes_over_and_the_customer_reads(shop: Shop, channel: str) -> None:
    user = USERS[channel]
    await shop.house.says(channel, user, text="oi, tudo bem?")
    assert await shop.house.texts(user) == ["Você disse: oi, tudo bem?"]

    assert (await shop.agent.put("/api/presence", json={"state": "ready"})).status_code == 200
    await shop.house.says(channel, user, text="quero falar com um atendente")
    assert (await shop.house.texts(user))[1:] == ["Vou chamar uma pessoa."]

    [found] = await shop.conversations("mine")
    assert found["owner"] == "offered"
    assert found["handoff"]["reason"] == "asked"
    assert found["handoff"]["summary"] == "Pediu: quero falar com um atendente"
    one = f"/api/conversations/{found['id']}"
    accepted = await shop.agent.post(f"{one}/accept")
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["conversation"]["owner"] == "agent"

    said = await shop.agent.post(
        f"{one}/messages", json={"client_id": str(new_id()), "text": "Olá, sou a Ana!"}
    )
    assert said.status_code == 201, said.text
    assert said.json()["status"] == "pending"
    await shop.house.settle()
    assert (await shop.house.texts(user))[2:] == ["Olá, sou a Ana!"]

    account = found["channel_id"]
    assert account == shop.channels[channel]
    external = {c["id"]: c["external_id"] for c in (await shop.agent.get("/api/channels")).json()["items"]}[
        account
    ]
    await shop.house.sim.post(f"/_sim/customers/{channel}/{external}/{user}/read", json={})
    await shop.house.settle()
    thread = await shop.thread(found["id"])
    assert [(m["direction"], m["origin"]) for m in thread if m["direction"] != "system"] == [
        ("in", "customer"),
        ("out", "bot"),
        ("in", "customer"),
        ("out", "bot"),
        ("out", "agent"),
    ]
    assert thread[-1]["status"] == "read" or thread[-2]["status"] == "read"

    await shop.house.says(channel, user, text="obrigada")
    assert len(await shop.house.texts(user)) == 3, "the bot is silent while a human owns the conversation"

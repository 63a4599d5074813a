"""One message, all the way: customer → bot → queue → agent → customer, on each channel."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.ids import new_id
from tests.path.house import ACCOUNTS, Shop

USERS = {"whatsapp": "5511955550123", "messenger": "71000000000000011", "instagram": "90000000000000011"}
CHANNELS = list(USERS)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_bot_answers_then_an_agent_takes_over_and_the_customer_reads(shop: Shop, channel: str) -> None:
    user = USERS[channel]
    await shop.house.says(channel, user, text="oi, tudo bem?")
    assert await shop.house.texts(user) == ["Você disse: oi, tudo bem?"]
    found = await handed_over(shop, channel, user)
    await answered_by_ana(shop, user, f"/api/conversations/{found['id']}")
    await read_by_the_customer(shop, channel, user, found["id"])

    await shop.house.says(channel, user, text="obrigada")
    assert len(await shop.house.texts(user)) == 3, "the bot is silent while a human owns the conversation"


async def handed_over(shop: Shop, channel: str, user: str) -> dict[str, Any]:
    """The customer asks for a person; the ready agent has the offer, with what the bot knows."""
    assert (await shop.agent.put("/api/presence", json={"state": "ready"})).status_code == 200
    await shop.house.says(channel, user, text="quero falar com um atendente")
    assert (await shop.house.texts(user))[1:] == ["Vou chamar uma pessoa."]
    [found] = await shop.conversations("mine")
    assert (found["owner"], found["channel_id"]) == ("offered", shop.channels[channel])
    assert found["handoff"]["reason"] == "asked"
    assert found["handoff"]["summary"] == "Pediu: quero falar com um atendente"
    return found


async def answered_by_ana(shop: Shop, user: str, one: str) -> None:
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


async def read_by_the_customer(shop: Shop, channel: str, user: str, conversation_id: str) -> None:
    account = ACCOUNTS[channel]["account_id"]
    await shop.house.sim.post(f"/_sim/customers/{channel}/{account}/{user}/read", json={})
    await shop.house.settle()
    thread = [m for m in await shop.thread(conversation_id) if m["direction"] != "system"]
    assert [(m["direction"], m["origin"]) for m in thread] == [
        ("in", "customer"),
        ("out", "bot"),
        ("in", "customer"),
        ("out", "bot"),
        ("out", "agent"),
    ]
    assert thread[-1]["status"] == "read"


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_a_new_customer_gets_the_name_that_meta_tells(shop: Shop, channel: str) -> None:
    user = USERS[channel] + "7"
    await shop.house.says(channel, user, text="oi", name="Helena Prado")
    [found] = await shop.conversations()
    assert found["contact"]["name"] == "Helena Prado"

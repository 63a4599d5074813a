"""What tests of the router do through the API and Meta's simulator, in few words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from kernel.ids import new_id
from tests.path.house import ACCOUNTS, House, Shop
from tests.path.shop import _invite

ASK = "quero falar com um atendente"


def later(house: House, **by: float) -> None:
    """Time passes here; Meta's clock stands still."""
    house.deps.clock.offset += timedelta(**by)  # type: ignore[attr-defined]  # the tests' own clock


@asynccontextmanager
async def colleague(shop: Shop, state: str = "ready") -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """Another agent of the shop, and the agent's id."""
    async with shop.house.client() as client:
        id_ = await _invite(shop.owner, client, new_id().hex[-12:])
        assert (await client.put("/api/presence", json={"state": state})).status_code == 200
        yield client, id_


async def ready(agent: httpx.AsyncClient, state: str = "ready") -> dict[str, Any]:
    answer = await agent.put("/api/presence", json={"state": state})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def begun(shop: Shop, user: str, channel: str = "whatsapp", text: str = "oi") -> str:
    """The id of the conversation that this customer begins."""
    known = {c["id"] for c in await shop.conversations()}
    await shop.house.says(channel, user, text=text)
    [id_] = {c["id"] for c in await shop.conversations()} - known
    return str(id_)


async def act(agent: httpx.AsyncClient, id_: str, verb: str, **body: Any) -> dict[str, Any]:
    """The conversation after accept, take, reject, resolve or return."""
    answer = await agent.post(f"/api/conversations/{id_}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["conversation"]
    return found


async def say(agent: httpx.AsyncClient, id_: str, text: str) -> httpx.Response:
    body = {"client_id": str(new_id()), "text": text}
    return await agent.post(f"/api/conversations/{id_}/messages", json=body)


async def now(shop: Shop, id_: str) -> dict[str, Any]:
    answer = await shop.agent.get(f"/api/conversations/{id_}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["conversation"]
    return found


async def does(house: House, channel: str, user: str, what: str, **body: Any) -> Any:
    """The customer's phone or Meta's own inbox: read, number, preference, echo."""
    account = ACCOUNTS[channel]["account_id"]
    answer = await house.sim.post(f"/_sim/customers/{channel}/{account}/{user}/{what}", json=body)
    assert answer.status_code < 300, answer.text
    await house.settle()
    return answer.json()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]

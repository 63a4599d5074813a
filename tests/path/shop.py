"""A tenant set up through the API, in a house swept before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest

from accounts.terms import VERSION
from kernel.ids import new_id
from kernel.wake import Wakes
from tests.path import house as houses
from tests.path.house import ACCOUNTS, House, Shop


@pytest.fixture(scope="session")
async def standing_house(migrated_url: str, wakes: Wakes) -> AsyncIterator[House]:
    async with houses.house(migrated_url, wakes) as found:
        yield found


@pytest.fixture
async def house(standing_house: House) -> AsyncIterator[House]:
    """The house swept: Meta remembers nothing, the bot has said nothing, time is what it is."""
    await standing_house.sim.post("/_sim/reset", json={})
    for account in ACCOUNTS.values():
        body = {**account, "name": "Loja Teste", "token": f"token-{account['kind']}"}
        assert (await standing_house.sim.post("/_sim/accounts", json=body)).status_code < 300
    await standing_house.faults(delay_status_ms=1, retry_base_ms=5)
    standing_house.bot.asked.clear()
    standing_house.bot.fail = 0
    standing_house.bot.before_answer = None
    yield standing_house
    standing_house.deps.clock.offset *= 0  # type: ignore[attr-defined]  # the tests' own clock


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(house.client())
        agent = await stack.enter_async_context(house.client())
        mark = new_id().hex[-12:]
        me = await _sign_up(owner, mark)
        channels = {kind: await _connect(owner, kind) for kind in ACCOUNTS}
        agent_id = await _invite(owner, agent, mark)
        yield Shop(house, UUID(me["tenant"]["id"]), owner, agent, agent_id, channels)
        for id_ in channels.values():
            assert (await owner.delete(f"/api/channels/{id_}")).status_code == 204


async def _sign_up(owner: httpx.AsyncClient, mark: str) -> dict[str, dict[str, str]]:
    body = {
        "company": "Loja Teste",
        "name": "Olga",
        "email": f"olga-{mark}@loja.example",
        "password": f"Correto-{mark}",
        "terms_version": VERSION,
    }
    answer = await owner.post("/api/auth/signup", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, dict[str, str]] = answer.json()
    return found


async def _connect(owner: httpx.AsyncClient, kind: str) -> str:
    account = ACCOUNTS[kind]
    body = {"kind": kind, "external_id": account["account_id"], "access_token": f"token-{kind}"}
    parent = account.get("waba_id") or account.get("page_id")
    answer = await owner.post("/api/channels", json={**body, "parent_id": parent})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _invite(owner: httpx.AsyncClient, agent: httpx.AsyncClient, mark: str) -> str:
    body = {"name": "Ana", "email": f"ana-{mark}@loja.example", "role": "agent"}
    answer = await owner.post("/api/users", json=body)
    assert answer.status_code == 201, answer.text
    token = answer.json()["invite_url"].rsplit("token=", 1)[1]
    joined = await agent.post("/api/auth/accept", json={"token": token, "password": f"Da-Ana-{mark}"})
    assert joined.status_code == 200, joined.text
    return str(joined.json()["user"]["id"])

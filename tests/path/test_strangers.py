"""Every route, called by nobody, by too small a role, and by another tenant's owner with this tenant's ids."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app import apis
from kernel.web import RANK, Route
from tests.path.house import House, Shop
from tests.path.shop import _sign_up

ROUTES = apis.all_routes(apis.build(apis.offline_deps()))
CLOSED = [r for r in ROUTES if r.role != "public"]
WITH_ID = [r for r in CLOSED if "<" in r.path and "<number>" not in r.path]
BODIES: dict[str, dict[str, Any]] = {
    "router_write": {"client_id": str(uuid4()), "text": "x"},
    "router_note": {"client_id": str(uuid4()), "text": "x"},
    "crm_add_note": {"text": "x"},
    "crm_add_consent": {"state": "out", "source": "x"},
    "crm_patch_contact": {"name": "Roubado"},
    "accounts_patch_user": {"role": "agent"},
    "connectors_patch_channel": {"name": "Roubado"},
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def filled(route: Route, ids: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda m: ids.get(m.group(1), str(uuid4())), route.path)


@pytest.mark.parametrize("route", CLOSED, ids=name)
async def test_nobody_gets_in(house: House, route: Route) -> None:
    async with house.client() as visitor:
        answer = await visitor.request(route.method, filled(route, {}), json={})
        assert answer.status_code == 401
        wrong = {"authorization": "Bearer kt_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbb"}
        assert (
            await visitor.request(route.method, filled(route, {}), json={}, headers=wrong)
        ).status_code == 401


async def test_an_agent_is_refused_what_needs_a_greater_role(shop: Shop) -> None:
    greater = [r for r in CLOSED if RANK[r.role] > RANK["agent"]]
    assert len(greater) > 8
    for route in greater:
        answer = await shop.agent.request(route.method, filled(route, {}), json={})
        assert answer.status_code == 403, name(route)


@pytest.fixture
async def ids(shop: Shop) -> dict[str, str]:
    await shop.house.says("whatsapp", "5511955559999", text="segredo da loja")
    [found] = await shop.conversations()
    token = await shop.owner.post("/api/tokens", json={"name": "t"})
    assert token.status_code == 201, token.text
    return {
        "conversation_id": found["id"],
        "contact_id": found["contact"]["id"],
        "channel_id": found["channel_id"],
        "user_id": shop.agent_id,
        "token_id": token.json()["token"]["id"],
    }


async def test_another_tenants_ids_look_absent(shop: Shop, ids: dict[str, str]) -> None:
    async with shop.house.client() as stranger:
        await _sign_up(stranger, uuid4().hex[-12:])
        for route in WITH_ID:
            body = BODIES.get(route.operation, {})
            answer = await stranger.request(route.method, filled(route, ids), json=body)
            assert answer.status_code == 404, f"{name(route)}: {answer.status_code} {answer.text}"
        await _sees_nothing(stranger, ids)
    [still] = await shop.conversations()
    assert still["owner"] == "bot"
    assert still["contact"]["name"] != "Roubado"


async def _sees_nothing(stranger: httpx.AsyncClient, ids: dict[str, str]) -> None:
    for route in CLOSED:
        if route.method == "GET" and "<" not in route.path:
            answer = await stranger.get(route.path)
            assert answer.status_code == 200, name(route)
            for id_ in ids.values():
                assert id_ not in answer.text, name(route)
            assert "segredo" not in answer.text, name(route)

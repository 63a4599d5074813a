"""A tenant's channels over HTTP: connecting, changing, disconnecting, and Meta's calls to the webhook."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sanic import Request, Sanic

from connectors import service
from connectors.api import Api
from connectors.meta import sign
from kernel.db import Tx
from kernel.errors import PaymentRequired
from kernel.ids import new_id
from kernel.web import Operator, Route, Shell
from tests.connectors.fake_meta import refusal
from tests.connectors.world import SECRET, TOKEN, World

NEW = {
    "kind": "whatsapp", "external_id": "500000000000303", "parent_id": "400000000000101",
    "access_token": "EAAG-another-token",
}  # fmt: skip


class Plan:
    """Counts channels as billing would."""

    def __init__(self, limit: int = 10) -> None:
        self.limit = limit
        self.used = 0

    async def reserve(self, tx: Tx, key: str, n: int) -> None:
        if self.used + n > self.limit:
            raise PaymentRequired("the plan has no more channels", code="plan_limit")
        self.used += n

    async def release(self, tx: Tx, key: str, n: int) -> None:
        self.used -= n


class Shop:
    """Ana's console, and anybody else's who names a tenant."""

    def __init__(self, world: World, http: httpx.AsyncClient, plan: Plan) -> None:
        self.world = world
        self.http = http
        self.plan = plan

    async def __call__(
        self, method: str, path: str, body: Any = None, *, tenant: UUID | None = None
    ) -> httpx.Response:
        headers = {"x-tenant": str(tenant or self.world.tenant), "sec-fetch-site": "same-origin"}
        return await self.http.request(method, path, json=body, headers=headers)

    async def connected(self) -> dict[str, Any]:
        response = await self("POST", "/api/channels", NEW)
        assert response.status_code == 201, response.text
        channel: dict[str, Any] = response.json()
        return channel


async def operator(request: Request[Any, Any]) -> Operator | None:
    tenant = request.headers.get("x-tenant")
    return Operator(UUID(tenant), new_id(), "admin") if tenant else None


@pytest.fixture
async def shop(world: World) -> AsyncIterator[Shop]:
    plan = Plan()
    api = Api(
        world.receiver, world.graph, world.vault, reserve=plan.reserve, release=plan.release,
        public_url="https://konectus.example",
    )  # fmt: skip
    app: Sanic[Any, Any] = Sanic(f"connectors_{new_id().hex}")
    app.config.REQUEST_MAX_SIZE = 4 * 1024 * 1024 + 1024
    app.config.TOUCHUP = app.config.MOTD = (
        False  # TOUCHUP rewrites Sanic itself: once a process, not once a test
    )
    Shell(app, world.db, operator, secure=False).mount(
        [
            Route("GET", "/webhooks/<channel>", api.webhook_challenge, "public"),
            Route("POST", "/webhooks/<channel>", api.webhook, "public"),
            Route("GET", "/api/channels", api.channels, "agent"),
            Route("POST", "/api/channels", api.connect, "admin", status=201, tx=False),
            Route("PATCH", "/api/channels/<channel_id>", api.patch_channel, "admin", tx=False),
            Route("DELETE", "/api/channels/<channel_id>", api.delete_channel, "admin", tx=False),
        ]
    )
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = await app.create_server(
            sock=sock, return_asyncio_server=True, asyncio_server_kwargs={"start_serving": False}
        )
        assert server is not None
        await server.startup()
        await server.start_serving()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{sock.getsockname()[1]}") as http:
            yield Shop(world, http, plan)
        await server.close()
        await server.wait_closed()


# --- the webhook -----------------------------------------------------------------------------


async def test_meta_is_refused_with_a_wrong_token_and_answered_with_the_right_one(shop: Shop) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "wrong"}
    assert (await shop.http.get("/webhooks/whatsapp", params=query)).status_code == 403
    query["hub.verify_token"] = "open sesame"
    answer = await shop.http.get("/webhooks/whatsapp", params=query)
    assert (answer.status_code, answer.text) == (200, "42")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_webhook_is_answered_by_what_is_wrong_with_it(shop: Shop) -> None:
    body = b'{"object":"page","entry":[]}'

    async def post(path: str, body: bytes, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await shop.http.post(path, content=body, headers=named)).status_code

    assert await post("/webhooks/messenger", body) == 401
    assert await post("/webhooks/messenger", body, x_hub_signature="sha1=" + "0" * 40) == 401
    assert await post("/webhooks/messenger", body, x_hub_signature_256=sign(b"else", SECRET)) == 401
    assert await post("/webhooks/telegram", body, x_hub_signature_256=sign(body, SECRET)) == 404
    large = b" " * (4 * 1024 * 1024 + 1)
    assert await post("/webhooks/messenger", large, x_hub_signature_256=sign(large, SECRET)) == 413
    assert await shop.world.count("webhook_body") == 0
    for good in (body, b"not json"):
        assert await post("/webhooks/messenger", good, x_hub_signature_256=sign(good, SECRET)) == 200
    assert await shop.world.count("webhook_body") == 2


# --- connecting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "telegram"}, "kind"),
        ({"external_id": "12a"}, "external_id"),
        ({"external_id": ""}, "external_id"),
        ({"access_token": "short"}, "access_token"),
        ({"parent_id": None}, "parent_id"),
        ({"colour": "blue"}, "colour"),
    ],
)
async def test_a_wrong_field_is_named(shop: Shop, change: dict[str, Any], field: str) -> None:
    response = await shop("POST", "/api/channels", NEW | change)
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)
    assert shop.world.meta.calls == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ([refusal(190, 463, status=401)], "access_token"),
        ([refusal(200, status=403)], "access_token"),
        ([refusal(100, 33)], "external_id"),
        ([httpx.Response(200, json={"verified_name": "Loja"}), refusal(100)], "parent_id"),
    ],
)
async def test_what_meta_refuses_is_told_in_its_words(shop: Shop, answers: list[Any], field: str) -> None:
    shop.world.meta.script = answers
    response = await shop("POST", "/api/channels", NEW)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["field"]) == (400, "meta_refused", field)
    assert "error " in error["message"]
    assert shop.plan.used == 0


async def test_when_meta_does_not_answer_it_is_nobodys_fault(shop: Shop) -> None:
    shop.world.meta.script = [httpx.ConnectError("down")]
    response = await shop("POST", "/api/channels", NEW)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "meta")


async def test_the_plans_limit_holds(shop: Shop) -> None:
    shop.plan.limit = 0
    response = await shop("POST", "/api/channels", NEW)
    assert (response.status_code, response.json()["error"]["code"]) == (402, "plan_limit")
    assert len((await shop("GET", "/api/channels")).json()["items"]) == 3


async def test_an_account_belongs_to_one_tenant_at_a_time(shop: Shop) -> None:
    channel = await shop.connected()
    stranger = new_id()
    for tenant in (stranger, shop.world.tenant):
        response = await shop("POST", "/api/channels", NEW, tenant=tenant)
        assert (response.status_code, response.json()["error"]["code"]) == (409, "channel_taken")
    await shop("DELETE", f"/api/channels/{channel['id']}")
    assert (await shop("POST", "/api/channels", NEW, tenant=stranger)).status_code == 201


async def test_a_connected_channel_is_shown_subscribed_and_without_its_token(shop: Shop) -> None:
    channel = await shop.connected()
    assert channel["name"] == "Loja"
    assert channel["state"] == "connected"
    assert channel["webhook_url"] == "https://konectus.example/webhooks/whatsapp"
    assert [(method, path) for method, path, _ in shop.world.meta.calls] == [
        ("GET", "/v26.0/500000000000303"),
        ("POST", "/v26.0/400000000000101/subscribed_apps"),
    ]
    listed = await shop("GET", "/api/channels")
    assert channel in listed.json()["items"]
    assert "EAAG" not in listed.text
    (row,) = await shop.world.sql(
        "SELECT token_sealed FROM channel_account WHERE id = $1", UUID(channel["id"])
    )
    assert "EAAG" not in row["token_sealed"]


async def test_a_channel_that_was_disconnected_comes_back_as_the_same(shop: Shop) -> None:
    first = await shop.connected()
    await shop("DELETE", f"/api/channels/{first['id']}")
    assert (await shop.connected())["id"] == first["id"]
    assert shop.plan.used == 1


# --- changing --------------------------------------------------------------------------------


async def test_a_stranger_sees_and_changes_nothing(shop: Shop) -> None:
    channel = await shop.connected()
    path = f"/api/channels/{channel['id']}"
    assert (await shop("GET", "/api/channels", tenant=new_id())).json() == {"items": []}
    assert (await shop("PATCH", path, {"name": "minha"}, tenant=new_id())).status_code == 404
    assert (await shop("DELETE", path, tenant=new_id())).status_code == 404
    assert (await shop("GET", "/api/channels")).json()["items"][-1] == channel


async def test_a_name_and_the_bot_are_changed_apart(shop: Shop) -> None:
    path = f"/api/channels/{(await shop.connected())['id']}"
    assert (await shop("PATCH", path, {"bot_enabled": False})).json()["bot_enabled"] is False
    changed = (await shop("PATCH", path, {"name": "Filial"})).json()
    assert (changed["name"], changed["bot_enabled"]) == ("Filial", False)


async def test_a_new_token_is_checked_first_and_ends_trouble(shop: Shop) -> None:
    world = shop.world
    ref = world.refs["whatsapp"]
    path = f"/api/channels/{ref.id}"
    await world.window()
    async with world.db.tenant(world.tenant) as tx:
        await service.trouble(tx, ref.id, "auth: expired")
    world.meta.script = [refusal(190, status=401)]
    (id_,) = await world.say()
    await world.delivery.once()
    world.meta.script = [refusal(190, status=401)]
    assert (await shop("PATCH", path, {"access_token": "EAAG-still-bad"})).status_code == 400
    fixed = await shop("PATCH", path, {"access_token": "EAAG-fresh-token"})
    assert (fixed.json()["state"], fixed.json()["problem"]) == ("connected", None)
    world.clock.forward(minutes=2)
    await world.delivery.once()
    assert await world.state(id_) == "sent"


async def test_disconnecting_forgets_the_token_and_tells_meta(shop: Shop) -> None:
    ref = shop.world.refs["messenger"]
    assert (await shop("DELETE", f"/api/channels/{ref.id}")).status_code == 204
    assert ("DELETE", "/v26.0/610000000000001/subscribed_apps", None) in shop.world.meta.calls
    (row,) = await shop.world.sql("SELECT state, token_sealed FROM channel_account WHERE id = $1", ref.id)
    assert (row["state"], row["token_sealed"]) == ("disconnected", "")
    patch = await shop("PATCH", f"/api/channels/{ref.id}", {"access_token": TOKEN})
    assert (patch.status_code, patch.json()["error"]["code"]) == (409, "channel_disconnected")
    assert (await shop("DELETE", f"/api/channels/{ref.id}")).status_code == 204  # once more changes nothing


async def test_a_number_that_leaves_does_not_silence_its_neighbours(shop: Shop) -> None:
    """Two numbers under one business account: its subscription serves both."""
    channel = await shop.connected()
    await shop("DELETE", f"/api/channels/{channel['id']}")
    assert not [call for call in shop.world.meta.calls if call[0] == "DELETE"]
    await shop("DELETE", f"/api/channels/{shop.world.refs['whatsapp'].id}")
    assert [call[1] for call in shop.world.meta.calls if call[0] == "DELETE"] == [
        "/v26.0/400000000000101/subscribed_apps"
    ]

"""The simulator on a real loopback port, and a small receiver that stands where our platform would."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from aiohttp import web

from simulators.meta.app import create_app
from simulators.meta.config import Config

SECRET = "test-secret"
NUMBER, WABA = "500000000000202", "400000000000101"
PAGE, INSTAGRAM = "610000000000001", "17800000000000001"
ANA, BIA = "5511955550123", "71000000000000011"


class Receiver:
    """Takes webhooks; `fail` says how many of the next ones to refuse, `slow` delays each answer."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.paths: list[str] = []
        self.fail = 0
        self.slow = 0.0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.fail:
            self.fail -= 1
            return web.Response(status=503)
        self.bodies.append(body)
        self.signatures.append(request.headers.get("X-Hub-Signature-256", ""))
        self.paths.append(request.path)
        await asyncio.sleep(self.slow)
        return web.Response()

    async def verify(self, request: web.Request) -> web.Response:
        if request.query.get("hub.verify_token") != "right":
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    @property
    def json(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]

    def whatsapp(self, kind: str) -> list[dict[str, Any]]:
        """messages or statuses, in the order of arrival."""
        values = [c["value"] for body in self.json for e in body["entry"] for c in e.get("changes", [])]
        return [item for value in values for item in value.get(kind, [])]

    def messaging(self, kind: str) -> list[dict[str, Any]]:
        items = [i for body in self.json for e in body["entry"] for i in e.get("messaging", [])]
        return [item for item in items if kind in item]

    def signed(self) -> bool:
        wanted = [
            "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest() for body in self.bodies
        ]
        return wanted == self.signatures


class Meta:
    """Calls in few words."""

    def __init__(self, client: httpx.AsyncClient, receiver: Receiver) -> None:
        self.client, self.receiver = client, receiver

    async def register(self, kind: str, account: str, **more: Any) -> httpx.Response:
        body = {"kind": kind, "account_id": account, "name": "Loja", "token": f"T-{kind}", "subscribed": True}
        return await self.client.post("/_sim/accounts", json=body | more)

    async def faults(self, **knobs: Any) -> dict[str, Any]:
        answer = await self.client.post("/_sim/faults", json=knobs)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def says(self, channel: str, account: str, user: str, **act: Any) -> str:
        answer = await self.client.post(f"/_sim/customers/{channel}/{account}/{user}/messages", json=act)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["message_id"])

    async def ana(self, **act: Any) -> str:
        return await self.says("whatsapp", NUMBER, ANA, **act)

    async def whatsapp(self, body: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        sent = {"messaging_product": "whatsapp", "to": f"+{ANA}", "type": "text", "text": {"body": "Olá"}}
        headers = {"Authorization": "Bearer T-whatsapp"}
        return await self.client.post(
            f"/v26.0/{NUMBER}/messages", json=sent | (body or {}) | more, headers=headers
        )

    async def page(self, kind: str, message: Any = None, **more: Any) -> httpx.Response:
        account = PAGE if kind == "messenger" else INSTAGRAM
        body = {"recipient": {"id": BIA}, "message": message or {"text": "Olá"}} | more
        body = {name: value for name, value in body.items() if value is not None}
        return await self.client.post(f"/v26.0/{account}/messages?access_token=T-{kind}", json=body)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def drained(self) -> None:
        answer = await self.client.post("/_sim/drain", json={"timeout_s": 10})
        assert answer.json() == {"drained": True}


@pytest_asyncio.fixture(scope="session")
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/webhooks/{channel}", receiver.take)
    app.router.add_get("/webhooks/{channel}", receiver.verify)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield receiver, f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest_asyncio.fixture(scope="session")
async def base_url(receiver: tuple[Receiver, str]) -> AsyncIterator[str]:
    config = Config(webhook_base=receiver[1], app_secret=SECRET, verify_token="right", history=120)
    app = create_app(config)
    listener = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listener, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    await server.before_stop()
    await server.close()
    await server.after_stop()


@pytest_asyncio.fixture
async def meta(base_url: str, receiver: tuple[Receiver, str]) -> AsyncIterator[Meta]:
    async with httpx.AsyncClient(base_url=base_url, timeout=20) as client:
        await client.post("/_sim/reset", json={})
        receiver[0].forget()
        meta = Meta(client, receiver[0])
        await meta.register("whatsapp", NUMBER, phone="+55 11 4000-0001", waba_id=WABA)
        await meta.register("messenger", PAGE)
        await meta.register("instagram", INSTAGRAM, page_id="610000000000002")
        await meta.faults(delay_status_ms=2, retry_base_ms=5)
        yield meta
        await client.post("/_sim/reset", json={})

"""Fixtures: a folder of models, an action server that does as told, a host over loopback, its callers."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from sanic import Sanic

from bot.host.server import Host, build
from bot.host.settings import Settings
from bot.train import DEFAULT_MODEL, HERE, train
from connectors.meta import sign

PROJECT = Path(__file__).parent / "project"
SECRET = "between ourselves"
TENANT = UUID("0192f000-0000-7000-8000-000000000001")


def free_port() -> int:
    """Of this run only: two runs at once do not hear each other."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


ACTIONS_PORT, HOST_PORT = free_port(), free_port()

__all__ = ["actions", "caller", "host", "models", "serving", "small_model", "standard_model"]


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = tmp_path_factory.mktemp("small") / "default.tar.gz"
    train(PROJECT, model)
    return model


@pytest.fixture(scope="session")
def standard_model() -> Path:
    train(HERE, DEFAULT_MODEL)
    return DEFAULT_MODEL


def give(model: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(model, to)
    shutil.copy(model.with_name("default.json"), to.with_name(to.name.replace(".tar.gz", ".json")))


@pytest.fixture
def models(tmp_path: Path, small_model: Path) -> Path:
    give(small_model, tmp_path / "models" / "default.tar.gz")
    return tmp_path / "models"


class Actions:
    """An action server whose next answers a test decides."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.status = 200
        self.responses: list[dict[str, Any]] = []
        self.delay = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        await asyncio.sleep(self.delay)
        return web.json_response({"events": [], "responses": self.responses}, status=self.status)


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    told = Actions()
    app = web.Application()
    app.router.add_post("/webhook", told.answer)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ACTIONS_PORT).start()
    yield told
    await runner.cleanup()


@asynccontextmanager
async def served(app: Sanic, port: int) -> AsyncIterator[None]:
    server = await app.create_server(
        "127.0.0.1", port, return_asyncio_server=True, access_log=False,
        asyncio_server_kwargs={"start_serving": False},
    )  # fmt: skip
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    yield
    await server.before_stop()
    await server.close()
    await server.after_stop()


@pytest.fixture(scope="session")
async def serving(small_model: Path) -> AsyncIterator[Host]:
    """One server for the run."""
    Sanic.test_mode = True  # else Sanic's rewriting of itself lets no other app start in this process
    url = f"http://127.0.0.1:{ACTIONS_PORT}"
    app, host = build(Settings(secret=SECRET, actions_url=url, models=small_model.parent, action_timeout=2.0))
    async with served(app, HOST_PORT):
        yield host


@pytest.fixture
async def host(serving: Host, models: Path, actions: Actions) -> Host:
    serving.open(models)
    await serving.models.get(None)
    return serving


class Caller:
    """The platform, as far as the host can tell."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, body: bytes, secret: str = SECRET) -> httpx.Response:
        return await self.http.post(path, content=body, headers={"X-Konectus-Signature": sign(body, secret)})

    async def turn(self, text: str | None = "oi", **changes: Any) -> dict[str, Any]:
        response = await self.post("/turn", body(text, **changes))
        assert response.status_code == 200, response.text
        answered: dict[str, Any] = response.json()
        return answered


@pytest.fixture
async def caller(host: Host) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{HOST_PORT}", timeout=20) as http:
        yield Caller(http)


def body(
    text: str | None = "oi",
    *,
    message: dict[str, Any] | None = None,
    at: str = "2026-11-25T12:00:00Z",
    **changes: Any,
) -> bytes:
    said = message or {"id": "wamid.1", "type": "text", "text": text}
    event = {
        "channel": "whatsapp", "account": "1001", "key": "m:wamid.1", "kind": "message", "at": at,
        "sender": {"user": "5511999990000", "phone": "5511999990000"}, "message": said,
    }  # fmt: skip
    request = {
        "tenant": str(TENANT), "conversation": "0192f000-0000-7000-8000-0000000000c1",
        "message_id": str(uuid4()), "epoch": 1, "channel": "whatsapp", "account": "1001",
        "user": "5511999990000", "event": event, "tracker": None,
        "profile": {"name": "Loja Azul", "hours": "9h às 18h"}, "locale": "pt",
    }  # fmt: skip
    return json.dumps({**request, **changes}).encode()


def texts(answered: dict[str, Any]) -> list[str]:
    """What was said, whichever native form it took on WhatsApp."""
    out = []
    for native in answered["answers"]:
        said = native.get("text") or (native.get("interactive") or {}).get("body") or {}
        out.append(said.get("body") or said.get("text") or "")
    return out

"""The platform and Meta's simulator on loopback, the bot scripted, the worker stepped by hand.

`settle()` runs the worker's parts until nothing is left to do, so tests read as given, when, then.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sanic import Sanic

from app import apis, handlers, settings, web, webhooks
from app.deps import Deps
from connectors import service as connectors
from connectors.channels import CHANNEL
from connectors.events import Content
from connectors.inbox.statuses import StatusWorker
from connectors.inbox.worker import InboxWorker
from connectors.meta import Graph, verify_signature
from connectors.outbox.delivery import Delivery
from connectors.outbox.limiter import Limiter
from connectors.outbox.settle import Settler
from connectors.webhooks.splitter import Splitter
from kernel import http
from kernel.clock import system_clock
from kernel.crypto import Vault
from kernel.db import Database
from kernel.runner import JobRunner
from kernel.wake import Wakes
from router.bot import BotClient
from router.desk import Desk

SECRET = "app-secret-of-the-tests"
INTERNAL = "internal-secret-of-the-tests"
VERIFY = "verify-token-of-the-tests"
ACCOUNTS = {
    "whatsapp": {
        "kind": "whatsapp",
        "account_id": "500000000000202",
        "waba_id": "400000000000101",
        "phone": "5511955500001",
    },
    "messenger": {"kind": "messenger", "account_id": "610000000000001"},
    "instagram": {"kind": "instagram", "account_id": "17800000000000001", "page_id": "610000000000002"},
}  # fmt: skip


class Clock:
    """Real time, plus what tests let pass."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> Any:
        return system_clock() + self.offset


@dataclass
class ScriptedBot:
    """Stands where the Rasa host would: same wire, answers by rule. Counts what it was asked."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    fail: int = 0  # so many next turns answer 503
    before_answer: Callable[[dict[str, Any]], Any] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = request.content
        if not verify_signature(body, request.headers.get("x-konectus-signature"), [INTERNAL]):
            return httpx.Response(401)
        question = json.loads(body)
        self.asked.append(question)
        if self.fail:
            self.fail -= 1
            return httpx.Response(503)
        if self.before_answer is not None:
            await self.before_answer(question)
        return httpx.Response(200, json=self._answer(question))

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        said = (question["event"].get("message") or {}).get("text") or ""
        wants = "atendente" in said
        text = "Vou chamar uma pessoa." if wants else f"Você disse: {said}"
        control = {"kind": "handoff", "reason": "asked", "summary": f"Pediu: {said}", "slots": {"order": "1"}}
        turns = ((question["tracker"] or {}).get("turns") or 0) + 1
        return {
            "message_id": question["message_id"],
            "tracker": {"turns": turns},
            "answers": CHANNEL[question["channel"]].send.render(Content(text=text)),
            "controls": [control] if wants else [],
            "nlu": {"intent": "ask_human" if wants else "greet", "confidence": 0.97, "language": "pt"},
            "model": "scripted",
        }


class House:
    def __init__(
        self, deps: Deps, parts: list[Any], bot: ScriptedBot, sim: httpx.AsyncClient, base: str
    ) -> None:
        self.deps, self.parts, self.bot, self.sim, self.base = deps, parts, bot, sim, base

    @property
    def db(self) -> Database:
        return self.deps.db

    async def settle(self) -> None:
        """Until Meta has delivered all it has to say and the worker finds nothing more to do."""
        for _ in range(60):
            answer = await self.sim.post("/_sim/drain", json={"timeout_s": 10})
            assert answer.json() == {"drained": True}
            if sum([await part.once() for part in self.parts]) == 0:
                return
        raise AssertionError("the house does not come to rest")

    async def says(self, channel: str, user: str, settle: bool = True, **act: Any) -> str:
        account = ACCOUNTS[channel]["account_id"]
        answer = await self.sim.post(f"/_sim/customers/{channel}/{account}/{user}/messages", json=act)
        assert answer.status_code == 201, answer.text
        if settle:
            await self.settle()
        return str(answer.json()["message_id"])

    async def sent(self, user: str) -> list[dict[str, Any]]:
        """What Meta accepted for this customer, by Meta's own record."""
        found: list[dict[str, Any]] = (await self.sim.get("/_sim/sent", params={"to": user})).json()
        return found

    async def texts(self, user: str) -> list[str]:
        return [text_of(s["body"]) for s in await self.sent(user)]

    async def faults(self, **knobs: Any) -> None:
        assert (await self.sim.post("/_sim/faults", json=knobs)).status_code == 200

    def client(self) -> httpx.AsyncClient:
        """A browser of its own: cookies, and the Origin that browsers send."""
        return httpx.AsyncClient(base_url=self.base, headers={"origin": self.base}, timeout=20)


def text_of(body: dict[str, Any]) -> str:
    if "text" in body:
        return str(body["text"]["body"])
    return str(
        (body.get("message") or {}).get("text") or (body.get("interactive") or {}).get("body", {}).get("text")
    )


@asynccontextmanager
async def serve(app: Sanic[Any, Any]) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(
        sock=listener, return_asyncio_server=True, asyncio_server_kwargs=None, protocol=webhooks.FrontProtocol
    )
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    await server.before_stop()
    await server.close()
    await server.after_stop()


@asynccontextmanager
async def house(url: str, wakes: Wakes) -> AsyncIterator[House]:
    clock = Clock()
    async with AsyncExitStack() as stack:
        db = Database(url, wakes, clock)
        await db.open()
        stack.push_async_callback(db.close)
        client = http.client()
        stack.push_async_callback(client.aclose)
        env = {
            "DATABASE_URL": url,
            "KONECTUS_INTERNAL_SECRET": INTERNAL,
            "KONECTUS_ENCRYPTION_KEY": "k" * 40,
            "META_APP_SECRET": SECRET,
            "META_VERIFY_TOKEN": VERIFY,
            "META_APP_ID": "100000000000001",
            "BOT_URL": "http://bot.test",
        }
        sim_port = _free_port()
        config = settings.load({**env, "META_GRAPH_URL": f"http://127.0.0.1:{sim_port}"})
        graph = Graph(client, config.meta_graph_url, app_secret=SECRET)
        deps = Deps(config, db, wakes, Vault(config.encryption_keys), client, graph, clock)
        base = await stack.enter_async_context(serve(web.make_app(config, apis.SERVICES, deps)))
        sim = await stack.enter_async_context(simulator(sim_port, base))
        bot = ScriptedBot()
        parts = await _parts(deps, bot, stack)
        yield House(deps, parts, bot, sim, base)


async def _parts(deps: Deps, bot: ScriptedBot, stack: AsyncExitStack) -> list[Any]:
    host = await stack.enter_async_context(httpx.AsyncClient(transport=httpx.MockTransport(bot)))
    settler = Settler(handlers.HOOKS)
    async with deps.db.dispatch() as tx:
        policy = await connectors.policy(tx)
    desk = Desk(deps.db, BotClient(host, "http://bot.test", INTERNAL))
    return [
        Splitter(deps.db, deps.wakes, deps.settings.meta_app_id),
        InboxWorker(deps.db, deps.wakes, desk.handle, settler=settler),
        StatusWorker(deps.db, deps.wakes, settler),
        Delivery(deps.db, deps.wakes, deps.graph, deps.vault, handlers.HOOKS, Limiter(policy)),
        JobRunner(deps.db, deps.wakes, handlers.job_handlers(deps)),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def simulator(port: int, webhook_base: str) -> AsyncIterator[httpx.AsyncClient]:
    """Meta's simulator as a process of its own: two Sanic apps in one process disturb each other."""
    env = {
        **os.environ,
        "PORT": str(port),
        "WEBHOOK_BASE": webhook_base,
        "META_APP_SECRET": SECRET,
        "META_VERIFY_TOKEN": VERIFY,
        "META_APP_ID": "100000000000001",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "simulators.meta", env=env)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            for _ in range(300):
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get("/health")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
            yield client
    finally:
        process.terminate()
        await process.wait()


@dataclass
class Shop:
    """A tenant set up through the API as its owner would: signed up, channels connected, an agent invited."""

    house: House
    tenant_id: UUID
    owner: httpx.AsyncClient
    agent: httpx.AsyncClient
    agent_id: str
    channels: dict[str, str]

    async def conversations(self, filter_: str = "all") -> list[dict[str, Any]]:
        answer = await self.agent.get("/api/conversations", params={"filter": filter_})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def thread(self, conversation_id: str) -> list[dict[str, Any]]:
        answer = await self.agent.get(f"/api/conversations/{conversation_id}/messages")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

"""What the connectors' tests stand on: a clock, Meta as a fake with a memory, and the shop's doings."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec

from connectors import service, store
from connectors.events import CHANNELS, Channel, Event, Native
from connectors.inbox.statuses import StatusWorker
from connectors.inbox.worker import InboxWorker, LaneWork
from connectors.meta import Graph, sign
from connectors.outbox import service as outbox
from connectors.outbox.delivery import Delivery
from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.outbox.rules import Outcome
from connectors.outbox.settle import Settler
from connectors.policy import Policy
from connectors.receive import Receiver
from connectors.rules import ChannelRef
from connectors.splitter import Splitter
from connectors.tokens import place
from kernel.crypto import Vault
from kernel.db import Database, Tx
from kernel.ids import new_id

SECRET = "the-app-secret-of-the-tests"
TOKEN = "EAAG-token-of-the-shop"
ACCOUNTS: dict[Channel, tuple[str, str | None]] = {
    "whatsapp": ("500000000000202", "400000000000101"),
    "messenger": ("610000000000001", None),
    "instagram": ("17800000000000001", "610000000000009"),
}
PHONE = "5511955550123"
TEXT: dict[Channel, Native] = {
    "whatsapp": {"type": "text", "text": {"body": "Olá"}},
    "messenger": {"message": {"text": "Olá"}},
    "instagram": {"message": {"text": "Olá"}},
}
TEMPLATE: Native = {"type": "template", "template": {"name": "aviso", "language": {"code": "pt_BR"}}}


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


Answer = httpx.Response | Exception


@dataclass
class FakeMeta:
    """Accepts messages and remembers them; `script` answers the next calls instead, in order.

    An exception in the script is raised after the message was accepted if it is a ReadTimeout, before
    it if not: a timeout of reading means that nobody knows.
    """

    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    script: list[Answer] = field(default_factory=list)
    rule: Callable[[dict[str, Any]], Answer | None] = lambda body: None
    gate: asyncio.Event | None = None  # when given, calls wait here, after being accepted …
    gate_before: bool = False  # … or before
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body: Any = msgspec.json.decode(request.content) if request.content else None
        self.calls.append((request.method, request.url.path, body))
        if not request.url.path.endswith("/messages"):
            return self._other()
        self.arrived.set()
        if self.gate is not None and self.gate_before:
            await self.gate.wait()
        answer = self.script.pop(0) if self.script else self.rule(body)
        if answer is None or isinstance(answer, httpx.ReadTimeout):
            self.accepted.append(body)
        if self.gate is not None and not self.gate_before:
            await self.gate.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer or self._yes(body)

    def _other(self) -> httpx.Response:
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, Exception):
            raise answer
        return answer or httpx.Response(200, json={"success": True, "verified_name": "Loja", "name": "Loja"})

    def _yes(self, body: dict[str, Any]) -> httpx.Response:
        name = self.name_of(len(self.accepted))
        if body.get("messaging_product") == "whatsapp":
            return httpx.Response(200, json={"contacts": [{"wa_id": PHONE}], "messages": [{"id": name}]})
        return httpx.Response(200, json={"recipient_id": "77", "message_id": name})

    @staticmethod
    def name_of(count: int) -> str:
        return f"wamid.OUT{count}"

    @property
    def references(self) -> Counter[str]:
        return Counter(reference_of(body) for body in self.accepted)


def reference_of(body: dict[str, Any]) -> str:
    return body.get("biz_opaque_callback_data") or body.get("message", {}).get("metadata") or ""


def refusal(
    code: int, subcode: int | None = None, status: int = 400, retry_after: str = ""
) -> httpx.Response:
    error = {"code": code, "message": f"error {code}"} | ({"error_subcode": subcode} if subcode else {})
    return httpx.Response(status, json={"error": error}, headers={"retry-after": retry_after})


@dataclass
class Upstairs:
    """The rooms above: what they answer, and what they were told."""

    sending: bool = True
    opted_out: set[UUID] = field(default_factory=set)
    epoch: int = 1
    outcomes: list[Outcome] = field(default_factory=list)

    def hooks(self) -> Hooks:
        return Hooks(self._may_send, self._consent_out, self._epoch, self._outcome)

    async def _may_send(self, tx: Tx) -> bool:
        return self.sending

    async def _consent_out(self, tx: Tx, message_id: UUID) -> bool:
        return message_id in self.opted_out

    async def _epoch(self, tx: Tx, message_id: UUID | None, epoch: int) -> bool:
        return epoch == self.epoch

    async def _outcome(self, tx: Tx, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def states(self, outbox_id: UUID) -> list[str]:
        return [outcome.state for outcome in self.outcomes if outcome.outbox_id == outbox_id]


class World:
    def __init__(self, db: Database, clock: Clock, url: str) -> None:
        self.db = db
        self.clock = clock
        self.url = url
        self.tenant = new_id()
        self.vault = Vault(["a key of the tests, long enough to be one"])
        self.meta = FakeMeta()
        self.upstairs = Upstairs()
        self.refs: dict[Channel, ChannelRef] = {}
        self.handled: list[Event] = []
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.meta))
        self.graph = Graph(client, "https://graph.test", app_secret=SECRET)
        self.receiver = Receiver(db, db.wakes, secrets=[SECRET], verify_token="open sesame")
        self.splitter = Splitter(db, db.wakes, app_id="900")
        self.settler = Settler(self.upstairs.hooks())
        self.statuses = StatusWorker(db, db.wakes, self.settler)
        self.inbox = InboxWorker(db, db.wakes, self.handle, settler=self.settler)
        self.limiter = Limiter(Policy(), monotonic=lambda: self.clock.now.timestamp())
        self.delivery = self.new_delivery()

    def new_delivery(self) -> Delivery:
        return Delivery(
            self.db, self.db.wakes, self.graph, self.vault, self.upstairs.hooks(), self.limiter,
            monotonic=lambda: self.clock.now.timestamp(),
        )  # fmt: skip

    async def set_up(self) -> None:
        for kind in CHANNELS:
            self.refs[kind] = await self.attach(self.tenant, kind, *ACCOUNTS[kind])

    async def crash_in_call(self) -> None:
        """The delivering process dies while Meta has the call; another starts when the lease is over."""
        before = asyncio.all_tasks()
        self.meta.gate = asyncio.Event()
        self.meta.arrived.clear()
        running = asyncio.create_task(self.delivery.once())
        arrived = asyncio.create_task(self.meta.arrived.wait())
        await asyncio.wait({running, arrived}, return_when=asyncio.FIRST_COMPLETED)
        victims = asyncio.all_tasks() - before
        for task in victims:
            task.cancel()
        await asyncio.gather(*victims, return_exceptions=True)
        self.meta.gate = None
        self.clock.forward(seconds=61)
        self.delivery = self.new_delivery()

    async def attach(self, tenant: UUID, kind: Channel, external: str, parent: str | None) -> ChannelRef:
        id_ = new_id()
        async with self.db.tenant(tenant) as tx:
            sealed = self.vault.seal(TOKEN, place(tenant, id_))
            await store.add(tx, id_, kind, external, parent, "Loja", sealed)
            return await service.channel_ref(tx, id_)

    async def handle(self, work: LaneWork) -> None:
        """The router of these tests: writes down what it was given."""
        async with self.db.tenant(work.claim.tenant_id) as tx:
            await work.done(tx)
        self.handled.append(work.event)

    # --- the customer ------------------------------------------------------------------------

    async def receive(self, channel: str, body: bytes, signature: str | None = None) -> None:
        await self.receiver.receive(channel, body, signature or sign(body, SECRET))

    async def customer_writes(self, *bodies: bytes, channel: Channel = "whatsapp") -> None:
        for body in bodies:
            await self.receive(channel, body)
        await self.splitter.once()

    async def news(self, *items: dict[str, Any], channel: Channel = "whatsapp") -> None:
        """Statuses (WhatsApp) or messaging items, received, split and worked."""
        body = wa_statuses(*items) if channel == "whatsapp" else messaging(channel, *items)
        await self.customer_writes(body, channel=channel)
        await self.statuses.once()

    async def window(self, channel: Channel = "whatsapp", user: str = PHONE, *, ago: float = 0) -> None:
        """The customer last wrote so many hours ago."""
        async with self.db.tenant(self.tenant) as tx:
            await service.open_window(tx, self.refs[channel].id, user, self.clock.now - timedelta(hours=ago))

    # --- the shop ----------------------------------------------------------------------------

    async def say(
        self,
        channel: Channel = "whatsapp",
        natives: Sequence[Native] | None = None,
        user: str = PHONE,
        **options: Any,
    ) -> list[UUID]:
        values: dict[str, Any] = {"origin": "agent", "message_id": uuid4(), **options}
        async with self.db.tenant(self.tenant) as tx:
            return await outbox.send(tx, self.refs[channel], user, None, natives or [TEXT[channel]], **values)

    async def row(self, outbox_id: UUID) -> asyncpg.Record:
        rows = await self.sql("SELECT * FROM outbox WHERE id = $1", outbox_id)
        return rows[0]

    async def state(self, outbox_id: UUID) -> str:
        return str((await self.row(outbox_id))["state"])

    async def sql(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """As the owner of the database, who sees all tenants."""
        conn = await asyncpg.connect(self.url)
        try:
            rows: list[asyncpg.Record] = await conn.fetch(query, *args)
            return rows
        finally:
            await conn.close()

    async def count(self, table: str) -> int:
        return int((await self.sql(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


# --- bodies as Meta writes them --------------------------------------------------------------


def wa_message(id_: str, text: str = "oi", *, at: datetime | int, phone: str = PHONE) -> dict[str, Any]:
    stamp = int(at.timestamp()) if isinstance(at, datetime) else at
    return {"from": phone, "id": id_, "timestamp": str(stamp), "type": "text", "text": {"body": text}}


def wa_value(value: dict[str, Any], *, account: str = "500000000000202") -> bytes:
    metadata = {"display_phone_number": "15550100001", "phone_number_id": account}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    entry = {"id": "400000000000101", "changes": [change]}
    return msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]})


def wa_messages(*messages: Any, account: str = "500000000000202") -> bytes:
    return wa_value({"messages": list(messages)}, account=account)


def wa_statuses(*statuses: Any) -> bytes:
    return wa_value({"statuses": list(statuses)})


def wa_status(id_: str, state: str, *, at: datetime, reference: str = "", **more: Any) -> dict[str, Any]:
    status = {"id": id_, "status": state, "timestamp": str(int(at.timestamp())), "recipient_id": PHONE}
    return {**status, **({"biz_opaque_callback_data": reference} if reference else {}), **more}


def messaging(channel: str, *items: dict[str, Any], entry_id: str | None = None) -> bytes:
    account = {"messenger": "610000000000001", "instagram": "17800000000000001"}[channel]
    name = {"messenger": "page", "instagram": "instagram"}[channel]
    entry = {"id": entry_id or account, "time": 1790000000123, "messaging": list(items)}
    return msgspec.json.encode({"object": name, "entry": [entry]})


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def item(channel: str, user: str, at: datetime, *, ours: bool = False, **content: Any) -> dict[str, Any]:
    account = {"messenger": "610000000000001", "instagram": "17800000000000001"}[channel]
    sender, recipient = (account, user) if ours else (user, account)
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": millis(at), **content}

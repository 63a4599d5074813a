"""What the connectors' tests stand on: a clock, Meta as a fake with a memory, and the shop's doings."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

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
from connectors.rules import ChannelRef
from connectors.tokens import place
from connectors.webhooks.receive import Receiver
from connectors.webhooks.splitter import Splitter
from kernel.crypto import Vault
from kernel.db import Database, Tx
from kernel.ids import new_id
from tests.connectors.bodies import PHONE, messaging, wa_statuses
from tests.connectors.fake_meta import FakeMeta

SECRET = "the-app-secret-of-the-tests"
TOKEN = "EAAG-token-of-the-shop"
ACCOUNTS: dict[Channel, tuple[str, str | None]] = {
    "whatsapp": ("500000000000202", "400000000000101"),
    "messenger": ("610000000000001", None),
    "instagram": ("17800000000000001", "610000000000009"),
}
TEXT: dict[Channel, Native] = {
    "whatsapp": {"type": "text", "text": {"body": "Olá"}},
    "messenger": {"message": {"text": "Olá"}},
    "instagram": {"message": {"text": "Olá"}},
}
TEMPLATE: Native = {"type": "template", "template": {"name": "aviso", "language": {"code": "pt_BR"}}}


NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
EMPTY = (
    "TRUNCATE channel_account, webhook_body, webhook_new, webhook_orphan, inbox_event, inbox_waiting, outbox, "
    "customer_window, channel_policy, lane, job, live_event, live_head"
)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Upstairs:
    """The rooms above: what they answer, and what they were told."""

    sending: bool = True
    opted_out: set[UUID] = field(default_factory=set)
    epoch: int = 1
    outcomes: list[Outcome] = field(default_factory=list)

    def hooks(self) -> Hooks:
        return Hooks(self._may_send, self._consent_out, self._epochs, self._outcomes)

    async def _may_send(self, tx: Tx) -> bool:
        return self.sending

    async def _consent_out(self, tx: Tx, message_id: UUID) -> bool:
        return message_id in self.opted_out

    async def _epochs(self, tx: Tx, ids: Collection[UUID]) -> dict[UUID, int]:
        return dict.fromkeys(ids, self.epoch)

    async def _outcomes(self, tx: Tx, outcomes: Sequence[Outcome]) -> None:
        self.outcomes += outcomes

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

    async def again(self) -> World:
        """As new: an empty platform, a Meta without memory."""
        await self.sql(EMPTY)
        self.clock.now = NOON
        world = World(self.db, self.clock, self.url)
        await world.set_up()
        return world

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

    async def cancel(self, ids: Sequence[UUID]) -> list[Outcome]:
        messages = [(await self.row(id_))["message_id"] for id_ in ids]
        async with self.db.tenant(self.tenant) as tx:
            return await outbox.cancel_queued(tx, "handoff", message_ids=messages)

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

    async def events(self) -> dict[str, tuple[str, int]]:
        """Key → ready, dead or done, and how often it failed, of all events in the inbox."""
        rows = await self.sql(
            "SELECT e.key, COALESCE(w.state, 'done') AS state, COALESCE(w.attempts, 0) AS attempts "
            "FROM inbox_event e LEFT JOIN inbox_waiting w ON w.tenant_id = e.tenant_id AND w.event_id = e.id"
        )
        return {row["key"]: (row["state"], row["attempts"]) for row in rows}

    async def count(self, table: str) -> int:
        return int((await self.sql(f"SELECT count(*) AS n FROM {table}"))[0]["n"])

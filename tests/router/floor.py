"""A tenant's floor made in the tables: agents, conversations, and verbs that each run in a transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import jsons
from kernel.clock import system_clock
from kernel.db import Database, Row, Tx
from kernel.errors import KonectusError
from kernel.ids import new_id
from kernel.runner import JobRunner
from kernel.wake import Wakes
from kernel.web import Operator
from router import jobs, service, store
from router.work import service as work

TENANT = text(
    "INSERT INTO tenant (tenant_id, name, locale, timezone, profile, created_at) "
    "VALUES (:tenant, 'Loja', 'pt-BR', 'America/Sao_Paulo', '{}', :now)"
)
POLICY = text(
    "INSERT INTO policy_version (tenant_id, version, policy, created_at) "
    "VALUES (:tenant, 1, CAST(:policy AS jsonb), :now)"
)
USER = text(
    "INSERT INTO app_user (tenant_id, id, name, email, role, locale, created_at) "
    "VALUES (:tenant, :id, :name, :name || '@loja.example', 'agent', 'pt-BR', :now)"
)
CHANNEL = text(
    "INSERT INTO channel_account (tenant_id, id, kind, external_id, name, token_sealed, state, created_at) "
    "VALUES (:tenant, :id, 'messenger', :external, 'Loja', '', 'connected', :now)"
)
CONTACT = text(
    "INSERT INTO contact (tenant_id, id, name, created_at, updated_at) VALUES (:tenant, :id, 'Bia', :now, :now)"
)
IDENTITY = text(
    "INSERT INTO identity (tenant_id, id, contact_id, channel, account, channel_id, user_key, created_at) "
    "VALUES (:tenant, :id, :contact, 'messenger', 'x', :channel, :user, :now)"
)
ITEMS = text(
    "SELECT w.*, c.owner, c.assignee_id, c.state AS conversation_state, "
    "(SELECT count(*) FROM offer o WHERE o.work_item_id = w.id AND o.state = 'pending') AS offers, "
    "(SELECT count(*) FROM assignment a WHERE a.work_item_id = w.id AND a.ended_at IS NULL) AS assignments, "
    "(SELECT o.user_id FROM offer o WHERE o.work_item_id = w.id AND o.state = 'pending' LIMIT 1) AS offered_to, "
    "(SELECT a.user_id FROM assignment a WHERE a.work_item_id = w.id AND a.ended_at IS NULL LIMIT 1) AS worked_by "
    "FROM work_item w JOIN conversation c ON c.tenant_id = w.tenant_id AND c.id = w.conversation_id ORDER BY w.id"
)
ROOMS = text(
    "SELECT c.user_id, c.total, c.used, s.state, s.seen_at, "
    "(SELECT count(*) FROM offer o WHERE o.user_id = c.user_id AND o.state = 'pending') + "
    "(SELECT count(*) FROM assignment a WHERE a.user_id = c.user_id AND a.ended_at IS NULL) AS held "
    "FROM capacity c JOIN agent_session s USING (tenant_id, user_id)"
)
CONVERSATIONS = text("SELECT * FROM conversation")
LOG = text("SELECT work_item_id, event, from_state, to_state FROM decision_log ORDER BY at, id")
TROUBLE = text("SELECT topic, error FROM job WHERE tenant_id = :tenant AND error IS NOT NULL")
REOPEN = {"state": "open", "owner": "bot", "assignee_id": None}


@dataclass(frozen=True)
class Seen:
    """The tables at one moment."""

    items: Sequence[Row]
    rooms: dict[UUID, Row]
    conversations: dict[UUID, Row]
    log: Sequence[Row]


class Floor:
    def __init__(self, db: Database, wakes: Wakes, *, capacity: int) -> None:
        self.db, self.capacity, self.tenant = db, capacity, new_id()
        self.agents: list[UUID] = []
        self.conversations: list[UUID] = []
        self.jobs = JobRunner(db, wakes, jobs.HANDLERS)

    async def open(self, agents: int, conversations: int) -> None:
        async with self.db.tenant(self.tenant) as tx:
            row = {"tenant": self.tenant, "now": tx.now}
            await tx.run(TENANT, row)
            await tx.run(POLICY, {**row, "policy": jsons.dumps({"capacity": self.capacity})})
            await work.create_default_queue(tx, "Atendimento")
            channel = new_id()
            await tx.run(CHANNEL, {**row, "id": channel, "external": channel.hex})
            for n in range(agents):
                self.agents.append(new_id())
                await tx.run(USER, {**row, "id": self.agents[-1], "name": f"agente-{n}"})
            for n in range(conversations):
                self.conversations.append(await self._conversation(tx, channel, str(n)))

    async def _conversation(self, tx: Tx, channel: UUID, user: str) -> UUID:
        row = {"tenant": self.tenant, "now": tx.now, "channel": channel, "user": user}
        ids = {"contact": new_id(), "id": new_id()}
        await tx.run(CONTACT, {**row, "id": ids["contact"]})
        await tx.run(IDENTITY, {**row, **ids})
        known = {
            "id": new_id(),
            "channel_id": channel,
            "channel": "messenger",
            "user_key": user,
            "phone": None,
        }
        await store.create(tx, {**known, "identity": ids["id"]})
        await store.change(tx, known["id"], owner="bot")  # type: ignore[arg-type]  # a UUID, kept among other facts
        return known["id"]  # type: ignore[return-value]  # a UUID, kept among other facts

    def operator(self, user: UUID, role: Any = "agent") -> Operator:
        return Operator(self.tenant, user, role)

    async def do(self, verb: Callable[..., Awaitable[Any]], *args: Any) -> str | None:
        """The code of the refusal; None when it went through."""
        try:
            async with self.db.tenant(self.tenant) as tx:
                await verb(tx, *args)
        except KonectusError as error:
            return error.code
        return None

    async def hand_off(self, conversation: UUID) -> None:
        async with self.db.tenant(self.tenant) as tx:
            locked = await service.locked(tx, conversation)
            await work.hand_off(tx, locked, "asked", {"summary": "Quer uma pessoa"})

    async def reopen(self, conversation: UUID) -> None:
        """As the customer's next word does."""
        async with self.db.tenant(self.tenant) as tx:
            locked = await service.locked(tx, conversation)
            if locked.state == "resolved":
                await store.change(tx, conversation, **REOPEN, epoch=locked.epoch + 1)

    async def accept(self, conversation: UUID, user: UUID) -> str | None:
        return await self.do(service.accept, self.operator(user), conversation)

    async def reject(self, conversation: UUID, user: UUID) -> str | None:
        return await self.do(service.reject, self.operator(user), conversation)

    async def take(self, conversation: UUID, user: UUID) -> str | None:
        return await self.do(service.take, self.operator(user), conversation)

    async def resolve(self, conversation: UUID, user: UUID, role: Any = "supervisor") -> str | None:
        return await self.do(service.resolve, self.operator(user, role), conversation, "")

    async def return_to_bot(self, conversation: UUID, user: UUID) -> str | None:
        return await self.do(service.return_to_bot, self.operator(user, "supervisor"), conversation)

    async def presence(self, user: UUID, state: str) -> None:
        assert await self.do(work.set_presence, user, state) is None

    async def seen(self, user: UUID) -> None:
        assert await self.do(work.seen, user) is None

    async def settle(self) -> None:
        while await self.jobs.once():
            pass

    async def look(self) -> Seen:
        async with self.db.tenant(self.tenant) as tx:
            rooms = {r.user_id: r for r in await tx.all(ROOMS)}
            conversations = {r.id: r for r in await tx.all(CONVERSATIONS)}
            return Seen(await tx.all(ITEMS), rooms, conversations, await tx.all(LOG))

    async def trouble(self) -> list[tuple[str, str]]:
        """Jobs of this tenant that failed, be it once."""
        async with self.db.dispatch() as tx:
            return [(r.topic, r.error) for r in await tx.all(TROUBLE, {"tenant": self.tenant})]


class Clock:
    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> Any:
        return system_clock() + self.offset


def check(seen: Seen) -> None:
    """What holds whenever nobody is in the middle of something."""
    for room in seen.rooms.values():
        assert 0 <= room.used <= room.total
        assert room.used == room.held, "reserved is what is offered or worked on"
    open_of = {}
    for item in seen.items:
        assert (item.offers, item.assignments) == {"offered": (1, 0), "active": (0, 1)}.get(
            item.state, (0, 0)
        )
        if item.state != "done":
            open_of[item.conversation_id] = item
    for id_, conversation in seen.conversations.items():
        check_owner(conversation, open_of.get(id_))


def check_owner(conversation: Row, item: Row | None) -> None:
    if item is None:
        assert conversation.owner in ("bot", "none")
        assert conversation.assignee_id is None
        return
    assert conversation.state == "open"
    assert conversation.owner == {"queued": "queue", "offered": "offered", "active": "agent"}[item.state]
    assert conversation.assignee_id == (item.offered_to or item.worked_by)

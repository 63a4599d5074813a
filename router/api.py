"""HTTP of the router: conversations, messages, presence, queues, the live socket."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Concatenate
from uuid import UUID

import msgspec
from sanic import Request, Websocket

from kernel import errors, live
from kernel.db import Database
from kernel.web import Authenticate, Call, same_origin
from router import schemas, service, store, views
from router.live import Hub
from router.work import service as work_items
from router.work import store as work_store

HEARTBEAT = 20  # seconds between signs of life of a connected agent


def there[**P, R](
    handler: Callable[Concatenate[Api, Call, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Api, Call, P], Coroutine[Any, Any, R]]:
    """Who calls is there, with a live socket or without: noted after the call's own work."""

    @functools.wraps(handler)
    async def noted(api: Api, call: Call, /, *args: P.args, **given: P.kwargs) -> R:
        result = await handler(api, call, *args, **given)
        await api.note_presence(call)
        return result

    return noted


class Api:
    def __init__(self, db: Database, hub: Hub, authenticate: Authenticate) -> None:
        self.db = db
        self.hub = hub
        self.authenticate = authenticate
        self._noted: dict[UUID, datetime] = {}

    async def note_presence(self, call: Call) -> None:
        user = call.operator.user_id
        last = self._noted.get(user)
        if last is None or abs(call.now - last) >= timedelta(seconds=HEARTBEAT):
            await work_items.seen(call.tx, user)
            self._noted[user] = call.now

    @there
    async def conversations(self, call: Call, query: schemas.ConversationQuery) -> schemas.Conversations:
        """Conversations, newest first."""
        before = views.read_cursor(query.cursor, "cursor", UUID)
        as_of = await live.head(call.tx)
        rows = await store.listed(
            call.tx, query.filter, call.operator.user_id, q=query.q, before=before, limit=query.limit + 1
        )
        page = rows[: query.limit]
        more = views.cursor(page[-1].last_at, page[-1].id) if len(rows) > query.limit else None
        counts = await store.counts(call.tx, call.operator.user_id)
        return schemas.Conversations(
            as_of=as_of, items=[views.conversation(r) for r in page], next=more, counts=counts
        )

    @there
    async def conversation(self, call: Call, conversation_id: UUID) -> schemas.ConversationView:
        as_of = await live.head(call.tx)
        return schemas.ConversationView(
            as_of=as_of, conversation=await views.conversation_now(call.tx, conversation_id)
        )

    @there
    async def messages(
        self, call: Call, conversation_id: UUID, query: schemas.MessageQuery
    ) -> schemas.Messages:
        """Messages in shown order (provider time, arrival), a page at a time backwards."""
        before = views.read_cursor(query.before, "before", int)
        as_of = await live.head(call.tx)
        await views.conversation_now(call.tx, conversation_id)
        rows = await store.messages(call.tx, conversation_id, before, query.limit + 1)
        page = rows[: query.limit]
        more = views.cursor(page[-1].at, page[-1].seq) if len(rows) > query.limit else None
        return schemas.Messages(as_of=as_of, items=[views.message(r) for r in reversed(page)], next=more)

    @there
    async def write(self, call: Call, conversation_id: UUID, body: schemas.SendIn) -> schemas.Message:
        """Writes to the customer; idempotent by client_id."""
        return await service.write(call.tx, call.operator, conversation_id, body)

    @there
    async def note(self, call: Call, conversation_id: UUID, body: schemas.NoteIn) -> schemas.Message:
        """Writes a note for colleagues; idempotent by client_id."""
        return await service.note(call.tx, call.operator, conversation_id, body)

    @there
    async def take(self, call: Call, conversation_id: UUID) -> schemas.ConversationView:
        """Takes the conversation, whoever has it."""
        return await self._view(call, await service.take(call.tx, call.operator, conversation_id))

    @there
    async def accept(self, call: Call, conversation_id: UUID) -> schemas.ConversationView:
        """Accepts the offer made to me."""
        return await self._view(call, await service.accept(call.tx, call.operator, conversation_id))

    @there
    async def reject(self, call: Call, conversation_id: UUID) -> schemas.ConversationView:
        """Lets the offer made to me pass to the next agent."""
        return await self._view(call, await service.reject(call.tx, call.operator, conversation_id))

    @there
    async def resolve(
        self, call: Call, conversation_id: UUID, body: schemas.ResolveIn
    ) -> schemas.ConversationView:
        """Closes the episode."""
        return await self._view(
            call, await service.resolve(call.tx, call.operator, conversation_id, body.reason)
        )

    @there
    async def return_to_bot(self, call: Call, conversation_id: UUID) -> schemas.ConversationView:
        """Gives the conversation back to the bot."""
        return await self._view(call, await service.return_to_bot(call.tx, call.operator, conversation_id))

    async def _view(self, call: Call, now: schemas.Conversation) -> schemas.ConversationView:
        return schemas.ConversationView(as_of=await live.head(call.tx), conversation=now)

    @there
    async def read(self, call: Call, conversation_id: UUID) -> None:
        """Marks the conversation as read."""
        await service.mark_read(call.tx, conversation_id)

    @there
    async def typing(self, call: Call, conversation_id: UUID) -> None:
        """Tells colleagues that I am typing here."""
        await views.conversation_now(call.tx, conversation_id)
        person = schemas.Person(id=call.operator.user_id, name=call.operator.name)
        self.hub.say(call.operator.tenant_id, schemas.Typing(conversation_id=conversation_id, person=person))

    @there
    async def presence(self, call: Call) -> schemas.Presence:
        row = await work_store.session(call.tx, call.operator.user_id)
        if row is None:
            rules = await work_items.policy(call.tx)
            return schemas.Presence(state="offline", capacity=rules.capacity, active=0, since=call.now)
        return schemas.Presence(state=row.state, capacity=row.total, active=row.used, since=row.since)

    async def set_presence(self, call: Call, body: schemas.PresenceIn) -> schemas.Presence:
        """Says whether I want work."""
        await work_items.set_presence(call.tx, call.operator.user_id, body.state)
        person = schemas.Person(id=call.operator.user_id, name=call.operator.name)
        self.hub.say(call.operator.tenant_id, schemas.PresenceChanged(person=person, state=body.state))
        return await self.presence(call)

    @there
    async def queues(self, call: Call) -> schemas.Queues:
        rules = await work_items.policy(call.tx)
        rows = await work_store.queues(call.tx, call.now - timedelta(seconds=rules.reachable_seconds))
        items = [
            schemas.QueueOut(id=r.id, name=r.name, waiting=r.waiting, ready_agents=r.ready) for r in rows
        ]
        return schemas.Queues(items=items)

    async def live(self, request: Request[Any, Any], socket: Websocket) -> None:
        """The websocket. Closes with 4401 when nobody is signed in, 4400 on a bad cursor."""
        operator = await self.authenticate(request)
        if operator is None:
            await socket.close(4401, "sign in first")
            return
        try:
            if operator.via == "session":
                same_origin(request)
            cursor = msgspec.convert(request.args.get("after"), int | None, strict=False)
        except (errors.Forbidden, msgspec.ValidationError) as error:
            await socket.close(4400, str(error)[:100])
            return
        listening = asyncio.create_task(self._listen(socket))
        beating = asyncio.create_task(self._beat(request, operator.tenant_id, operator.user_id, socket))
        serving = asyncio.create_task(self.hub.serve(operator.tenant_id, socket, cursor))
        tasks = {listening, beating, serving}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, socket: Websocket) -> None:
        """Browsers say nothing here; reading notices that they left."""
        while await socket.recv() is not None:
            pass

    async def _beat(
        self, request: Request[Any, Any], tenant_id: UUID, user_id: UUID, socket: Websocket
    ) -> None:
        """A connected agent is reachable; a session that ended meanwhile ends the socket."""
        while True:
            with contextlib.suppress(errors.Unavailable):
                async with self.db.tenant(tenant_id) as tx:
                    await work_items.seen(tx, user_id)
            await asyncio.sleep(HEARTBEAT)
            if await self.authenticate(request) is None:
                await socket.close(4401, "the session has ended")
                return

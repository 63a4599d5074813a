"""Verbs on a tenant's channels and on customers' windows."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import UniqueViolationError

from connectors import store
from connectors.errors import ChannelGone, ChannelTaken
from connectors.events import Event, SendError
from connectors.meta import Graph
from connectors.onboarding import introduce, unsubscribe
from connectors.outbox import service as outbox
from connectors.policy import Policy
from connectors.rules import ChannelRef, opens_window, window_keys
from connectors.schemas import ChannelOut, ChannelPatchIn, ChannelsOut, ConnectIn
from connectors.tokens import place
from kernel.crypto import SealBroken, Vault
from kernel.db import Database, Row, Tx
from kernel.errors import NotFound
from kernel.ids import new_id

Reserve = Callable[[Tx, str, int], Awaitable[None]]
log = logging.getLogger(__name__)
WINDOW = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


async def channel_ref(tx: Tx, channel_id: UUID) -> ChannelRef:
    """The tenant's own channel; somebody else's looks like none."""
    return store.ref(await _row(tx, channel_id))


async def channel_refs(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, ChannelRef]:
    """Those of them that are the tenant's own."""
    found = await store.some_channels(tx, sorted(ids))
    return {id_: store.ref(row) for id_, row in found.items()}


async def open_window(tx: Tx, channel_id: UUID, user: str, at: datetime, *others: str | None) -> None:
    """The customer acted at this time. `others`: further names of the same person, as the phone."""
    await store.open_windows(tx, {(channel_id, key): at for key in window_keys(user, *others)})


async def close_window(tx: Tx, channel_id: UUID, user: str, *others: str | None) -> None:
    """Meta says that the window is closed, whatever we thought."""
    await store.close_window(tx, channel_id, window_keys(user, *others), tx.now - WINDOW)


async def window(tx: Tx, channel_id: UUID, user: str, phone: str | None = None) -> datetime | None:
    """When the customer last acted on this channel, None: never."""
    found = await store.windows(tx, [(channel_id, key) for key in window_keys(user, phone)])
    return max(found.values(), default=None)


async def note_activity(
    tx: Tx, activity: Iterable[tuple[ChannelRef, Iterable[Event]]], seen: dict[UUID, datetime]
) -> None:
    """Windows and the channels' last sign of life, from what customers did there.

    `seen`: the caller's memory of the latter, which is written at most once a minute.
    """
    opened: dict[tuple[UUID, str], datetime] = {}
    for channel, events in activity:
        for names, at in _last_acts(events).items():
            for key in window_keys(*names):
                place = channel.id, key
                opened[place] = max(at, opened.get(place, at))
    await store.open_windows(tx, opened)
    for channel_id in sorted({channel_id for channel_id, _ in opened}):
        last = seen.get(channel_id)
        if last is None or tx.now - last >= MINUTE:
            await store.seen(tx, channel_id)
            seen[channel_id] = tx.now


def _last_acts(events: Iterable[Event]) -> dict[tuple[str, str | None, str | None], datetime]:
    """By the names of a customer: when they last did something that opens the window."""
    last: dict[tuple[str, str | None, str | None], datetime] = {}
    for event in events:
        sender = event.sender
        if sender is not None and opens_window(event):
            names = (sender.user, sender.phone, sender.bsuid)
            last[names] = max(event.at, last.get(names, event.at))
    return last


async def trouble(tx: Tx, channel_id: UUID, problem: str) -> None:
    """Sending or receiving is broken until somebody acts; told once."""
    if await store.trouble(tx, channel_id, problem[:500]):
        tx.live(
            "channel.changed",
            {"channel_id": channel_id, "state": "needs_attention", "problem": problem[:500]},
        )


async def recover(tx: Tx, ids: list[UUID]) -> None:
    """A send succeeded where there was trouble."""
    if ids and await store.recover(tx, ids):
        for channel_id in ids:
            tx.live("channel.changed", {"channel_id": channel_id, "state": "connected", "problem": None})


async def policy(tx: Tx) -> Policy:
    """Meta's figures with this installation's own rows on top."""
    return Policy(await store.figures(tx))


# --- a tenant's channels ---------------------------------------------------------------------


async def list_channels(tx: Tx, public_url: str) -> ChannelsOut:
    return ChannelsOut([_out(row, public_url) for row in await store.channels(tx)])


async def show_channel(tx: Tx, channel_id: UUID, public_url: str) -> ChannelOut:
    return _out(await _row(tx, channel_id), public_url)


async def connect(
    db: Database, tenant_id: UUID, body: ConnectIn, *, graph: Graph, vault: Vault, reserve: Reserve
) -> UUID:
    """Checks the token with Meta, subscribes and stores; a channel that was disconnected is revived."""
    async with db.dispatch() as tx:
        if await store.owners(tx, body.kind, body.external_id):
            raise taken()
    told = await introduce(graph, body.kind, body.external_id, body.parent_id, body.access_token)
    try:
        async with db.tenant(tenant_id) as tx:
            await reserve(tx, "channels", 1)
            id_ = await _attach(tx, body, body.name or told, vault)
            tx.live("channel.changed", {"channel_id": id_, "state": "connected", "problem": None})
    except UniqueViolationError as error:  # somebody else connected it meanwhile
        raise taken() from error
    return id_


async def _attach(tx: Tx, body: ConnectIn, name: str, vault: Vault) -> UUID:
    known = await store.by_external(tx, body.kind, body.external_id)
    id_ = known.id if known is not None else new_id()
    sealed = vault.seal(body.access_token, place(tx.tenant_id, id_))
    if known is not None:
        await store.revive(tx, id_, body.parent_id, name, sealed)
    else:
        await store.add(tx, id_, body.kind, body.external_id, body.parent_id, name, sealed)
    return id_


async def change(
    db: Database, tenant_id: UUID, channel_id: UUID, body: ChannelPatchIn, *, graph: Graph, vault: Vault
) -> None:
    """Name, bot, or a new token: the latter is checked with Meta first and ends trouble."""
    async with db.tenant(tenant_id) as tx:
        row = await _row(tx, channel_id)
    if body.access_token is not None:
        if row.state == "disconnected":
            raise ChannelGone("the channel is disconnected; connect it again")
        await introduce(graph, row.kind, row.external_id, row.parent_id, body.access_token)
    async with db.tenant(tenant_id) as tx:
        await store.patch(tx, channel_id, body.name, body.bot_enabled)
        if body.access_token is not None:
            sealed = vault.seal(body.access_token, place(tenant_id, channel_id))
            if await store.new_token(tx, channel_id, sealed) == 0:
                raise ChannelGone("the channel is disconnected; connect it again")
            await outbox.unpark(tx, store.ref(row))
        now = await _row(tx, channel_id)
        tx.live("channel.changed", {"channel_id": channel_id, "state": now.state, "problem": now.problem})


async def disconnect(
    db: Database, tenant_id: UUID, channel_id: UUID, *, graph: Graph, vault: Vault, release: Reserve
) -> None:
    """Forgets the token and keeps the history; what still waits to be sent fails."""
    async with db.tenant(tenant_id) as tx:
        row = await _row(tx, channel_id)
        if await store.disconnect(tx, channel_id) == 0:
            return
        await release(tx, "channels", 1)
        await outbox.unpark(tx, store.ref(row))
        tx.live("channel.changed", {"channel_id": channel_id, "state": "disconnected", "problem": None})
    async with db.dispatch() as tx:
        shared = row.parent_id is not None and await store.siblings(tx, row.kind, row.parent_id) > 0
    if not shared:  # the business account of a number may have others that go on
        await _unsubscribe(graph, vault, tenant_id, row)


async def _unsubscribe(graph: Graph, vault: Vault, tenant_id: UUID, row: Row) -> None:
    """Best effort: the token may be the reason for leaving."""
    try:
        token = vault.open(row.token_sealed, place(tenant_id, row.id))
        await unsubscribe(graph, row.kind, row.external_id, row.parent_id, token)
    except (SendError, SealBroken) as error:
        log.info("a channel could not be unsubscribed at Meta: %s", type(error).__name__)


def taken() -> ChannelTaken:
    return ChannelTaken("this account is connected already, here or elsewhere", field="external_id")


async def _row(tx: Tx, channel_id: UUID) -> Row:
    row = await store.channel(tx, channel_id)
    if row is None:
        raise NotFound("no such channel")
    return row


def _out(row: Row, public_url: str) -> ChannelOut:
    return ChannelOut(
        id=row.id,
        kind=row.kind,
        name=row.name,
        external_id=row.external_id,
        parent_id=row.parent_id,
        state=row.state,
        problem=row.problem,
        bot_enabled=row.bot_enabled,
        webhook_url=f"{public_url}/webhooks/{row.kind}",
        last_inbound_at=row.last_inbound_at,
        created_at=row.created_at,
    )

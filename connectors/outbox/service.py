"""What the upper rooms say to the outbox: send, cancel, show that we read or type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from connectors.events import Native
from connectors.outbox import store
from connectors.outbox.rules import Outcome, outcome
from connectors.rules import ChannelRef, Origin, Purpose, out_lane
from kernel import jobs, lanes
from kernel.db import Tx
from kernel.ids import new_id

SIGNAL = "connectors.signal"
# Greater goes first, in the queue and at the limiter.
PRIORITY: dict[Origin, int] = {"agent": 30, "system": 20, "bot": 20, "campaign": 0}


async def send(
    tx: Tx,
    ref: ChannelRef,
    user: str,
    phone: str | None,
    natives: Sequence[Native],
    *,
    origin: Origin,
    purpose: Purpose = "service",
    message_id: UUID | None = None,
    epoch: int | None = None,
    client_id: str | None = None,
    hold_id: UUID | None = None,
    human: bool = False,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int | None = None,
) -> list[UUID]:
    """Queues the messages in this order behind what the customer is still to get; the rows' ids.

    `message_id`: the router's message (a campaign's recipient), given back with each outcome; what is
    marketing needs one, since consent is asked for by it. `human`: an agent's own act.
    """
    if purpose == "marketing" and message_id is None:
        raise ValueError("marketing needs a message_id, by which consent is checked at send time")
    if not natives:
        return []
    rank = PRIORITY[origin] if priority is None else priority
    lane = out_lane(ref.id, user, phone)
    first = await lanes.push(tx, lane, len(natives), at=not_before, priority=rank)
    rows = [(new_id(), first + n, native) for n, native in enumerate(natives)]
    shared = {
        "lane": lane, "channel_id": ref.id, "channel": ref.kind, "account": ref.external_id, "user": user,
        "phone": phone, "origin": origin, "purpose": purpose, "message_id": message_id, "epoch": epoch,
        "client_id": client_id, "hold_id": hold_id, "human": human, "not_before": not_before,
        "expires_at": expires_at, "priority": rank,
    }  # fmt: skip
    await store.add(tx, shared, rows)
    return [id_ for id_, _, _ in rows]


async def cancel_queued(
    tx: Tx,
    reason: str,
    *,
    lane: str | None = None,
    message_ids: Sequence[UUID] | None = None,
    origin: Origin | None = None,
) -> list[Outcome]:
    """Takes back what has not been called yet; what is under way goes its way. Filters are joined by and.

    The caller gets the outcomes instead of the hook. Lanes find the rows gone by themselves.
    """
    if lane is None and message_ids is None and origin is None:
        raise ValueError("say what to cancel: a lane, messages, or an origin")
    rows = await store.cancel(tx, reason, lane=lane, message_ids=message_ids, origin=origin)
    return [outcome(row, tx.now) for row in rows]


async def signal(
    tx: Tx, ref: ChannelRef, user: str, message_provider_id: str, kind: Literal["read", "typing"]
) -> None:
    """Shows the customer that we read (and type). Best effort, once, beside the lanes."""
    payload = {"channel_id": ref.id, "user": user, "message_id": message_provider_id, "kind": kind}
    await jobs.enqueue(tx, SIGNAL, payload, max_attempts=1)


async def unpark(tx: Tx, ref: ChannelRef | None = None) -> None:
    """What waits for a better time looks again now: the subscription or the connection is back."""
    await store.unpark(tx, f"out:{ref.id}:" if ref else None)
    tx.wake("lane:out")

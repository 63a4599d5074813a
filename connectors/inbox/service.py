"""Verbs on the inbox for the rooms above."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from connectors.inbox import store
from kernel import lanes
from kernel.db import Row, Tx


async def reopen(tx: Tx, channel_id: UUID, key: str | None) -> bool:
    """Has a handled event worked again, in its lane; False when it is no longer kept.

    `key`: the event's idempotency key, for a message its id at Meta.
    """
    event = await store.kept(tx, channel_id, key) if key else None
    if event is None:
        return False
    await store.wait_again(tx, event.id, event.lane, await lanes.push(tx, event.lane))
    return True


async def dead_events(tx: Tx, limit: int = 100) -> Sequence[Row]:
    """Events that were given up, the newest first."""
    return await store.dead(tx, limit)


async def replay(tx: Tx, event_id: UUID) -> bool:
    """Puts a dead event back into its lane, at the end; False: there is no such dead event.

    Never at its old place: whoever works the lane may be past it and record all up to its own place as done.
    """
    lane = await store.replay(tx, event_id)
    if lane is None:
        return False
    await store.wait_again(tx, event_id, lane, await lanes.push(tx, lane))
    return True

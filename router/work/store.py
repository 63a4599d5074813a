"""Every query on work for humans: items, offers, assignments, presence, capacity, queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import jsons
from kernel.db import Row, Tx
from kernel.ids import new_id

ADD_QUEUE = text(
    "INSERT INTO queue (tenant_id, id, name, is_default, created_at) VALUES (:tenant, :id, :name, true, :now) "
    "ON CONFLICT DO NOTHING"
)
DEFAULT_QUEUE = text("SELECT id FROM queue WHERE is_default")
QUEUES = text(
    "SELECT q.id, q.name, (SELECT count(*) FROM work_item w WHERE w.queue_id = q.id AND w.state = 'queued') "
    "AS waiting, (SELECT count(*) FROM agent_session s WHERE s.state = 'ready' AND s.seen_at > :seen) AS ready "
    "FROM queue q ORDER BY q.created_at"
)
POLICY = text("SELECT policy FROM policy_version ORDER BY version DESC LIMIT 1")
OPEN_ITEM = text(
    "SELECT * FROM work_item WHERE conversation_id = :conversation AND state <> 'done' FOR UPDATE"
)
ITEM = text("SELECT * FROM work_item WHERE id = :id FOR UPDATE")
OLDER_WAITING = text(
    "SELECT EXISTS (SELECT FROM work_item o JOIN work_item w ON w.tenant_id = o.tenant_id "
    "WHERE w.id = :id AND o.state = 'queued' AND (o.queued_at, o.id) < (w.queued_at, w.id))"
)
ADD_ITEM = text(
    "INSERT INTO work_item (tenant_id, id, conversation_id, episode_id, queue_id, state, reason, packet, queued_at) "
    "VALUES (:tenant, :id, :conversation, :episode, :queue, :state, :reason, CAST(:packet AS jsonb), :now)"
)
MOVE_ITEM = text(
    "UPDATE work_item SET state = :state, version = version + 1, "
    "done_at = CASE WHEN :state = 'done' THEN CAST(:now AS timestamptz) END, done_reason = :reason, "
    "excluded = COALESCE(CAST(:excluded AS uuid[]), excluded) WHERE id = :id"
)
OLDEST_WAITING = text(
    "SELECT id, conversation_id FROM work_item WHERE state = 'queued' ORDER BY queued_at, id LIMIT :limit"
)
LOG = text(
    "INSERT INTO decision_log (tenant_id, id, work_item_id, at, event, from_state, to_state, actor_id, data) "
    "VALUES (:tenant, :id, :item, :now, :event, :from_state, :to_state, :actor, CAST(:data AS jsonb))"
)
# The longest idle agent who is ready, reachable, not excluded and has room; the room is taken in the
# same statement, so that two routers can never give out the same place. Whoever is just being given work
# is waited for: passed over, an agent with room would stay idle while a customer waits.
PICK = text(
    "WITH best AS (SELECT c.user_id, s.epoch FROM agent_session s "
    "JOIN capacity c ON c.tenant_id = s.tenant_id AND c.user_id = s.user_id "
    "JOIN app_user u ON u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.active "
    "WHERE s.state = 'ready' AND s.seen_at > :seen AND c.used < c.total "
    "AND NOT (s.user_id = ANY(CAST(:excluded AS uuid[]))) "
    "ORDER BY s.idle_since, s.user_id LIMIT 1 FOR UPDATE OF c) "
    "UPDATE capacity c SET used = c.used + 1 FROM best WHERE c.user_id = best.user_id AND c.used < c.total "
    "RETURNING c.user_id, best.epoch"
)
# In one order, so that two agents who take from each other at once do not wait in a ring.
LOCK_ROOMS = text(
    "SELECT FROM capacity WHERE user_id = ANY(CAST(:users AS uuid[])) ORDER BY user_id FOR UPDATE"
)
TAKE_ROOM = text("UPDATE capacity SET used = used + 1 WHERE user_id = :user AND used < total")
GIVE_ROOM = text("UPDATE capacity SET used = used - 1 WHERE user_id = :user AND used > 0")
IDLE = text("UPDATE agent_session SET idle_since = :now WHERE user_id = :user")
ADD_OFFER = text(
    "INSERT INTO offer (tenant_id, id, work_item_id, user_id, session_epoch, offered_at, expires_at) "
    "VALUES (:tenant, :id, :item, :user, :epoch, :now, :expires)"
)
PENDING = text("SELECT * FROM offer WHERE work_item_id = :item AND state = 'pending' FOR UPDATE")
CONVERSATION_OF_OFFER = text(
    "SELECT w.conversation_id FROM offer o JOIN work_item w ON w.tenant_id = o.tenant_id AND w.id = o.work_item_id "
    "WHERE o.id = :id AND o.state = 'pending'"
)
OFFERS_TO = text("SELECT id FROM offer WHERE user_id = :user AND state = 'pending' ORDER BY offered_at")
END_OFFER = text("UPDATE offer SET state = :state, ended_at = :now WHERE id = :id AND state = 'pending'")
ADD_ASSIGNMENT = text(
    "INSERT INTO assignment (tenant_id, id, work_item_id, conversation_id, user_id, started_at) "
    "VALUES (:tenant, :id, :item, :conversation, :user, :now)"
)
ASSIGNEE = text("SELECT user_id FROM assignment WHERE work_item_id = :item AND ended_at IS NULL")
END_ASSIGNMENT = text(
    "UPDATE assignment SET ended_at = :now, end_reason = :reason WHERE work_item_id = :item AND ended_at IS NULL "
    "RETURNING user_id"
)
SESSION = text(
    "SELECT s.*, c.total, c.used FROM agent_session s JOIN capacity c USING (tenant_id, user_id) "
    "WHERE s.user_id = :user"
)
SET_PRESENCE = text(
    "INSERT INTO agent_session (tenant_id, user_id, state, since, seen_at, idle_since) "
    "VALUES (:tenant, :user, :state, :now, :now, :now) ON CONFLICT (tenant_id, user_id) DO UPDATE SET "
    "since = CASE WHEN agent_session.state = EXCLUDED.state THEN agent_session.since ELSE EXCLUDED.since END, "
    "epoch = agent_session.epoch + CASE WHEN agent_session.state = 'offline' AND EXCLUDED.state <> 'offline' "
    "THEN 1 ELSE 0 END, "
    "state = EXCLUDED.state, seen_at = EXCLUDED.seen_at"
)
SET_ROOM = text(
    "INSERT INTO capacity (tenant_id, user_id, total) VALUES (:tenant, :user, :total) "
    "ON CONFLICT (tenant_id, user_id) DO UPDATE SET total = GREATEST(EXCLUDED.total, capacity.used)"
)
# Never waits: who holds the row may be waiting for what our transaction holds.
SEEN = text(
    "WITH was AS (SELECT tenant_id, user_id, state, seen_at FROM agent_session WHERE user_id = :user "
    "FOR UPDATE SKIP LOCKED) UPDATE agent_session s SET seen_at = :now FROM was "
    "WHERE s.tenant_id = was.tenant_id AND s.user_id = was.user_id RETURNING was.state, was.seen_at"
)


async def add_default_queue(tx: Tx, name: str) -> None:
    await tx.run(ADD_QUEUE, {"tenant": tx.tenant_id, "id": new_id(), "name": name, "now": tx.now})


async def default_queue(tx: Tx) -> UUID | None:
    found: UUID | None = await tx.scalar(DEFAULT_QUEUE)
    return found


async def queues(tx: Tx, seen: Any) -> Sequence[Row]:
    return await tx.all(QUEUES, {"seen": seen})


async def policy(tx: Tx) -> Any:
    return await tx.scalar(POLICY)


async def open_item(tx: Tx, conversation_id: UUID) -> Row | None:
    return await tx.one(OPEN_ITEM, {"conversation": conversation_id})


async def item(tx: Tx, id_: UUID) -> Row | None:
    return await tx.one(ITEM, {"id": id_})


async def add_item(tx: Tx, row: dict[str, Any]) -> None:
    full = {"tenant": tx.tenant_id, "now": tx.now, **row, "packet": jsons.dumps(row["packet"])}
    await tx.run(ADD_ITEM, full)


async def move_item(
    tx: Tx, id_: UUID, state: str, *, reason: str | None = None, excluded: list[UUID] | None = None
) -> None:
    await tx.run(
        MOVE_ITEM, {"id": id_, "state": state, "now": tx.now, "reason": reason, "excluded": excluded}
    )


async def older_waiting(tx: Tx, id_: UUID) -> bool:
    """Does any item wait for longer than this one?"""
    return bool(await tx.scalar(OLDER_WAITING, {"id": id_}))


async def waiting(tx: Tx, limit: int) -> Sequence[Row]:
    return await tx.all(OLDEST_WAITING, {"limit": limit})


async def log(
    tx: Tx, item_id: UUID, event: str, from_state: str | None, to_state: str, actor: UUID | None, data: Any
) -> None:
    row = {
        "tenant": tx.tenant_id, "id": new_id(), "item": item_id, "now": tx.now, "event": event,
        "from_state": from_state, "to_state": to_state, "actor": actor, "data": jsons.dumps(data),
    }  # fmt: skip
    await tx.run(LOG, row)


async def pick(tx: Tx, seen: Any, excluded: list[UUID]) -> Row | None:
    return await tx.one(PICK, {"seen": seen, "excluded": excluded})


async def assignee(tx: Tx, item_id: UUID) -> UUID | None:
    user: UUID | None = await tx.scalar(ASSIGNEE, {"item": item_id})
    return user


async def lock_rooms(tx: Tx, users: set[UUID]) -> None:
    await tx.run(LOCK_ROOMS, {"users": sorted(users)})


async def take_room(tx: Tx, user: UUID) -> bool:
    return await tx.run(TAKE_ROOM, {"user": user}) == 1


async def give_room(tx: Tx, user: UUID) -> None:
    """Gives one place back and starts the agent's idle time anew."""
    await tx.run(GIVE_ROOM, {"user": user})
    await tx.run(IDLE, {"user": user, "now": tx.now})


async def add_offer(tx: Tx, id_: UUID, item_id: UUID, user: UUID, epoch: int, expires: Any) -> None:
    row = {"tenant": tx.tenant_id, "id": id_, "item": item_id, "user": user, "epoch": epoch}
    await tx.run(ADD_OFFER, {**row, "now": tx.now, "expires": expires})


async def pending_offer(tx: Tx, item_id: UUID) -> Row | None:
    return await tx.one(PENDING, {"item": item_id})


async def conversation_of_offer(tx: Tx, id_: UUID) -> UUID | None:
    """None when the offer is no longer pending."""
    found: UUID | None = await tx.scalar(CONVERSATION_OF_OFFER, {"id": id_})
    return found


async def offers_to(tx: Tx, user: UUID) -> list[UUID]:
    return [r.id for r in await tx.all(OFFERS_TO, {"user": user})]


async def end_offer(tx: Tx, id_: UUID, state: str) -> bool:
    return await tx.run(END_OFFER, {"id": id_, "state": state, "now": tx.now}) == 1


async def add_assignment(tx: Tx, item_id: UUID, conversation_id: UUID, user: UUID) -> None:
    row = {"tenant": tx.tenant_id, "id": new_id(), "item": item_id, "conversation": conversation_id}
    await tx.run(ADD_ASSIGNMENT, {**row, "user": user, "now": tx.now})


async def end_assignment(tx: Tx, item_id: UUID, reason: str) -> UUID | None:
    """The user whose assignment ended, if one was live."""
    user: UUID | None = await tx.scalar(END_ASSIGNMENT, {"item": item_id, "now": tx.now, "reason": reason})
    return user


async def session(tx: Tx, user: UUID) -> Row | None:
    return await tx.one(SESSION, {"user": user})


async def set_presence(tx: Tx, user: UUID, state: str, capacity: int) -> None:
    await tx.run(SET_ROOM, {"tenant": tx.tenant_id, "user": user, "total": capacity})
    await tx.run(SET_PRESENCE, {"tenant": tx.tenant_id, "user": user, "state": state, "now": tx.now})


async def seen(tx: Tx, user: UUID) -> Row | None:
    """Notes that the agent is there; what the agent wants, and when we had last heard of them."""
    return await tx.one(SEEN, {"user": user, "now": tx.now})

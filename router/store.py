"""Every query on conversations, messages, turns and trackers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from kernel import jsons
from kernel.db import Row, Tx
from router.rules import shown_at

# One shape for lists, views and live events: the conversation with the names that go beside it.
NAMES = """
ct.id AS contact_id, ct.name AS contact_name, ct.phone AS contact_phone, u.name AS assignee_name,
ca.name AS channel_name, ca.bot_enabled, q.name AS queue_name,
w.id AS work_id, w.reason AS work_reason, w.packet AS work_packet, w.queued_at AS work_at
"""
JOINED = """
FROM conversation c
JOIN identity i ON i.tenant_id = c.tenant_id AND i.id = c.identity_id
JOIN contact ct ON ct.tenant_id = c.tenant_id AND ct.id = i.contact_id
JOIN channel_account ca ON ca.tenant_id = c.tenant_id AND ca.id = c.channel_id
LEFT JOIN app_user u ON u.tenant_id = c.tenant_id AND u.id = c.assignee_id
LEFT JOIN work_item w ON w.tenant_id = c.tenant_id AND w.conversation_id = c.id AND w.state <> 'done'
LEFT JOIN queue q ON q.tenant_id = w.tenant_id AND q.id = w.queue_id
"""
CONVERSATION = f"SELECT c.*, {NAMES} {JOINED}"
MESSAGE = """
SELECT m.*, u.name AS author_name FROM message m
LEFT JOIN app_user u ON u.tenant_id = m.tenant_id AND u.id = m.author_id
"""

# What goes with a conversation that is being worked on: the episode that new messages belong to.
EPISODE_ID = (
    "(SELECT e.id FROM episode e WHERE e.tenant_id = {0}.tenant_id AND e.conversation_id = {0}.id "
    "AND e.closed_at IS NULL) AS episode_id"
)
RETURNING = (
    "RETURNING message.*, (SELECT u.name FROM app_user u WHERE u.tenant_id = message.tenant_id AND u.id = author_id) "
    "AS author_name"
)

ONE = text(CONVERSATION + "WHERE c.id = :id")
# NO KEY: rows that point at a locked one (a message at its conversation) can be written meanwhile. Their
# foreign keys lock it, too, and they are written by those who hold what we may want next.
LOCKED = f"SELECT c.*, {EPISODE_ID.format('c')}, {NAMES} {JOINED}"
LOCK = text(LOCKED + "WHERE c.id = :id FOR NO KEY UPDATE OF c")
# Where two names proved to be one person, each may have a conversation: the livelier one goes on.
LOCK_OF_IDENTITY = text(
    LOCKED + "WHERE c.tenant_id = :tenant AND c.identity_id = ANY("
    "ARRAY(SELECT i.id FROM identity i WHERE i.tenant_id = :tenant AND i.merged_into = :identity) "
    "|| CAST(:identity AS uuid)) ORDER BY c.state = 'open' DESC, "
    "c.owner IN ('agent','offered','queue') DESC, c.last_at DESC, c.id LIMIT 1 FOR NO KEY UPDATE OF c"
)
FOLLOW = text(
    "UPDATE conversation SET identity_id = :identity WHERE id = :id AND NOT EXISTS "
    "(SELECT FROM conversation o WHERE o.identity_id = :identity)"
)
CREATE = text(
    "INSERT INTO conversation (tenant_id, id, channel_id, channel, user_key, phone, identity_id, owner, "
    "last_at, created_at) VALUES (:tenant, :id, :channel_id, :channel, :user_key, :phone, :identity, "
    "'none', :now, :now) ON CONFLICT (tenant_id, identity_id) DO NOTHING"
)
OPEN_EPISODE = text(
    "INSERT INTO episode (tenant_id, id, conversation_id, opened_at) VALUES (:tenant, :id, :conversation, :now) "
    "ON CONFLICT (tenant_id, conversation_id) WHERE closed_at IS NULL DO NOTHING RETURNING id"
)
EPISODE = text("SELECT id FROM episode WHERE conversation_id = :conversation AND closed_at IS NULL")
CLOSE_EPISODE = text(
    "UPDATE episode SET closed_at = :now, close_reason = :reason "
    "WHERE conversation_id = :conversation AND closed_at IS NULL"
)
SEQ = text("UPDATE conversation SET next_seq = next_seq + :n WHERE id = :id RETURNING next_seq, channel")
ADD_MESSAGE = text(
    "INSERT INTO message (tenant_id, id, conversation_id, episode_id, seq, direction, origin, author_id, kind, "
    "text, content, provider_id, reply_to, status, client_id, bot, at, created_at) VALUES (:tenant, :id, "
    ":conversation, :episode, :seq, :direction, :origin, :author, :kind, :text, CAST(:content AS jsonb), "
    ":provider_id, :reply_to, :status, :client_id, CAST(:bot AS jsonb), :at, :now) ON CONFLICT DO NOTHING "
    + RETURNING
)
MESSAGE_ONE = text(MESSAGE + "WHERE m.id = :id")
MESSAGE_OF_PROVIDER = text(
    MESSAGE + "WHERE m.conversation_id = :conversation AND m.provider_id = :provider_id"
)
MESSAGE_OF_CLIENT = text(MESSAGE + "WHERE m.conversation_id = :conversation AND m.client_id = :client_id")
LAST_TEXTS = text(
    "SELECT text FROM message WHERE conversation_id = :conversation AND direction = 'in' AND text <> '' "
    "ORDER BY at DESC, seq DESC LIMIT 3"
)
LAST_INBOUND = text(
    "SELECT id, at, provider_id FROM message WHERE conversation_id = :conversation AND direction = 'in' "
    "ORDER BY at DESC, seq DESC LIMIT 1"
)
CONTACT_OF_MESSAGE = text(
    "SELECT i.contact_id FROM message m JOIN conversation c ON c.tenant_id = m.tenant_id AND "
    "c.id = m.conversation_id JOIN identity i ON i.tenant_id = c.tenant_id AND i.id = c.identity_id "
    "WHERE m.id = :id"
)
COUNTS = text(
    "SELECT count(*) FILTER (WHERE owner = 'agent' AND assignee_id = :user OR owner = 'offered' AND "
    "assignee_id = :user) AS mine, count(*) FILTER (WHERE owner IN ('queue','offered')) AS queue, "
    "count(*) FILTER (WHERE owner = 'bot') AS bot, count(*) AS all_open FROM conversation WHERE state = 'open'"
)
OWED = text("SELECT id FROM conversation WHERE owed ORDER BY last_at LIMIT :limit")

FILTERS = {
    "mine": "c.state = 'open' AND c.assignee_id = :user",
    "queue": "c.state = 'open' AND c.owner IN ('queue','offered')",
    "bot": "c.state = 'open' AND c.owner = 'bot'",
    "all": "c.state = 'open'",
    "resolved": "c.state = 'resolved'",
}


async def conversation(tx: Tx, id_: UUID) -> Row | None:
    return await tx.one(ONE, {"id": id_})


async def lock(tx: Tx, id_: UUID) -> Row | None:
    """The conversation and the names beside it, for this transaction alone."""
    return await tx.one(LOCK, {"id": id_})


async def lock_of_identity(tx: Tx, identity: UUID) -> Row | None:
    return await tx.one(LOCK_OF_IDENTITY, {"tenant": tx.tenant_id, "identity": identity})


async def follow(tx: Tx, id_: UUID, identity: UUID) -> bool:
    """The conversation is of this identity from now on, unless that has one of its own."""
    return await tx.run(FOLLOW, {"id": id_, "identity": identity}) == 1


async def create(tx: Tx, row: dict[str, Any]) -> None:
    await tx.run(CREATE, {"tenant": tx.tenant_id, "now": tx.now, **row})


async def change(tx: Tx, id_: UUID, **values: Any) -> Row:
    """Sets columns of one conversation and returns it. Names come from our own code, never from input."""
    if "preview" in values:
        values["preview"] = jsons.dumps(values["preview"])
    row = await tx.one(_change(tuple(values)), {"id": id_, **values})
    assert row is not None
    return row


@cache
def _change(names: tuple[str, ...]) -> TextClause:
    sets = ", ".join(f"{n} = CAST(:{n} AS jsonb)" if n == "preview" else f"{n} = :{n}" for n in names)
    back = f"RETURNING conversation.*, {EPISODE_ID.format('conversation')}"
    return text(f"UPDATE conversation SET {sets} WHERE id = :id {back}")


async def episode(tx: Tx, conversation_id: UUID, new_id: UUID) -> UUID:
    """The open episode; opened now when there is none."""
    row = {"tenant": tx.tenant_id, "id": new_id, "conversation": conversation_id, "now": tx.now}
    found = await tx.scalar(OPEN_EPISODE, row) or await tx.scalar(EPISODE, {"conversation": conversation_id})
    assert isinstance(found, UUID)
    return found


async def close_episode(tx: Tx, conversation_id: UUID, reason: str) -> None:
    await tx.run(CLOSE_EPISODE, {"conversation": conversation_id, "now": tx.now, "reason": reason})


class Place(NamedTuple):
    """Where a message of ours stands in the thread: the moment it shows, and its arrival number."""

    at: datetime
    seq: int


async def take_place(tx: Tx, conversation_id: UUID, n: int = 1) -> Place:
    """The first of `n` places; locks the conversation until the commit."""
    row = await tx.one(SEQ, {"id": conversation_id, "n": n})
    assert row is not None
    return Place(shown_at(row.channel, tx.now), row.next_seq - n)


async def add_message(tx: Tx, row: dict[str, Any]) -> Row | None:
    """The message as written; None when the same provider or client id is already there."""
    full = {
        "tenant": tx.tenant_id, "now": tx.now, "episode": None, "author": None, "text": "", "provider_id": None,
        "reply_to": None, "client_id": None, "at": tx.now, **row,
        "content": jsons.dumps(row.get("content") or {}),
        "bot": jsons.dumps(row["bot"]) if row.get("bot") else None,
    }  # fmt: skip
    full["text"] = full["text"].replace("\x00", "")
    return await tx.one(ADD_MESSAGE, full)


async def message(tx: Tx, id_: UUID) -> Row | None:
    return await tx.one(MESSAGE_ONE, {"id": id_})


async def message_of_provider(tx: Tx, conversation_id: UUID, provider_id: str) -> Row | None:
    return await tx.one(MESSAGE_OF_PROVIDER, {"conversation": conversation_id, "provider_id": provider_id})


async def message_of_client(tx: Tx, conversation_id: UUID, client_id: UUID) -> Row | None:
    return await tx.one(MESSAGE_OF_CLIENT, {"conversation": conversation_id, "client_id": client_id})


async def change_message(tx: Tx, id_: UUID, **values: Any) -> Row:
    """Sets columns of one message and returns it."""
    packed = {n: jsons.dumps(v) if n == "content" else v for n, v in values.items()}
    row = await tx.one(_change_message(tuple(packed)), {"id": id_, **packed})
    assert row is not None
    return row


@cache
def _change_message(names: tuple[str, ...]) -> TextClause:
    sets = ", ".join(f"{n} = CAST(:{n} AS jsonb)" if n == "content" else f"{n} = :{n}" for n in names)
    return text(f"UPDATE message SET {sets} WHERE id = :id {RETURNING}")


async def contact_of_message(tx: Tx, id_: UUID) -> UUID | None:
    found: UUID | None = await tx.scalar(CONTACT_OF_MESSAGE, {"id": id_})
    return found


async def last_texts(tx: Tx, conversation_id: UUID) -> list[str]:
    rows = await tx.all(LAST_TEXTS, {"conversation": conversation_id})
    return [r.text for r in reversed(rows)]


async def last_inbound(tx: Tx, conversation_id: UUID) -> Row | None:
    return await tx.one(LAST_INBOUND, {"conversation": conversation_id})


async def listed(
    tx: Tx, filter_: str, user: UUID, *, q: str, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row]:
    """Newest first. `q` matches contact name and phone."""
    where = [FILTERS[filter_]]
    row: dict[str, Any] = {"user": user, "limit": limit}
    if q:
        where.append("(ct.name ILIKE :q OR ct.phone LIKE :q)")
        row["q"] = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    if before is not None:
        where.append("(c.last_at, c.id) < (:at, :before)")
        row["at"], row["before"] = before
    sql = CONVERSATION + "WHERE " + " AND ".join(where) + " ORDER BY c.last_at DESC, c.id DESC LIMIT :limit"
    return await tx.all(text(sql), row)


async def counts(tx: Tx, user: UUID) -> dict[str, int]:
    r = await tx.one(COUNTS, {"user": user})
    assert r is not None
    return {"mine": r.mine, "queue": r.queue, "bot": r.bot, "all": r.all_open}


async def messages(
    tx: Tx, conversation_id: UUID, before: tuple[datetime, int] | None, limit: int
) -> Sequence[Row]:
    """Newest first in shown order (provider time, arrival)."""
    where, row = "WHERE m.conversation_id = :conversation", {"conversation": conversation_id, "limit": limit}
    if before is not None:
        where += " AND (m.at, m.seq) < (:at, :seq)"
        row["at"], row["seq"] = before
    return await tx.all(text(MESSAGE + where + " ORDER BY m.at DESC, m.seq DESC LIMIT :limit"), row)


async def owed(tx: Tx, limit: int = 500) -> list[UUID]:
    return [r.id for r in await tx.all(OWED, {"limit": limit})]

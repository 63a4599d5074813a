"""Rows as the wire shows them; the same forms in snapshots and live events."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kernel import errors
from kernel.db import Row, Tx
from router import rules, schemas, store


def conversation(r: Row, beside: Row | None = None) -> schemas.Conversation:
    """`beside`: has the names (contact, channel, assignee, queue, work) where `r` is the bare conversation."""
    names = r if beside is None else beside
    return schemas.Conversation(
        id=r.id,
        channel=r.channel,
        channel_id=r.channel_id,
        channel_name=names.channel_name,
        contact=schemas.ContactRef(id=names.contact_id, name=names.contact_name, phone=names.contact_phone),
        owner=r.owner,
        assignee=schemas.Person(id=r.assignee_id, name=names.assignee_name or "") if r.assignee_id else None,
        queue=names.queue_name,
        state=r.state,
        unread=r.unread,
        preview=msgspec.convert(r.preview, schemas.Preview) if r.preview else None,
        last_at=r.last_at,
        window_closes_at=r.window_opened_at + rules.WINDOWS[r.channel] if r.window_opened_at else None,
        handoff=_handoff(names),
        epoch=r.epoch,
    )


def _handoff(r: Row) -> schemas.Handoff | None:
    if r.work_id is None or not r.work_packet:
        return None
    packet = r.work_packet
    return schemas.Handoff(
        reason=r.work_reason,
        summary=packet.get("summary", ""),
        intents=packet.get("intents", []),
        slots={k: str(v) for k, v in packet.get("slots", {}).items()},
        language=packet.get("language"),
        at=r.work_at,
    )


def message(r: Row) -> schemas.Message:
    content: dict[str, Any] = {} if r.deleted else r.content
    return schemas.Message(
        id=r.id,
        conversation_id=r.conversation_id,
        direction=r.direction,
        origin=r.origin,
        author=schemas.Person(id=r.author_id, name=r.author_name or "") if r.author_id else None,
        kind=r.kind,
        text="" if r.deleted else r.text,
        attachments=[_attachment(a) for a in content.get("attachments", [])],
        buttons=[schemas.Button(title=b["title"], payload=b["payload"]) for b in content.get("buttons", [])],
        location=content.get("location"),
        reply_to=r.reply_to,
        reaction=r.reaction,
        status=r.status,
        failure=msgspec.convert(r.failure, schemas.Failure) if r.failure else None,
        client_id=r.client_id,
        bot=msgspec.convert(r.bot, schemas.BotMark) if r.bot else None,
        deleted=r.deleted,
        edited=r.edited,
        at=r.at,
        seq=r.seq,
    )


def _attachment(a: dict[str, Any]) -> schemas.Attachment:
    return schemas.Attachment(
        kind=a.get("kind", "other"),
        url=a.get("url"),
        mime_type=a.get("mime_type"),
        filename=a.get("filename"),
    )


async def conversation_now(tx: Tx, id_: UUID) -> schemas.Conversation:
    row = await store.conversation(tx, id_)
    if row is None:
        raise errors.NotFound("no such conversation")
    return conversation(row)


async def say_messages(
    tx: Tx, rows: Sequence[Row], about: schemas.Conversation | None = None
) -> list[schemas.Message]:
    """Writes message.created for each, with their one conversation as it is now (`about`, where the caller
    has it at hand); returns the messages."""
    about = about or await conversation_now(tx, rows[0].conversation_id)
    shown = [message(row) for row in rows]
    for each in shown:
        tx.live("message.created", {"message": each, "conversation": about})
    return shown


async def say_conversation(tx: Tx, conversation_id: UUID) -> schemas.Conversation:
    now = await conversation_now(tx, conversation_id)
    tx.live("conversation.changed", {"conversation": now})
    return now


def say_change(tx: Tx, row: Row) -> None:
    """Writes message.changed: status, edit, deletion or reaction."""
    tx.live("message.changed", {"message": message(row)})


def cursor(at: datetime, key: UUID | int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{key}".encode()).decode().rstrip("=")


def read_cursor(text: str, field: str, kind: Any) -> tuple[datetime, Any] | None:
    """What `cursor` wrote; Invalid for anything else."""
    if not text:
        return None
    try:
        at, _, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        return msgspec.convert(at, datetime), msgspec.convert(key, kind, strict=False)
    except (ValueError, msgspec.MsgspecError) as error:
        raise errors.Invalid("not a cursor of ours", field=field) from error

"""A customer's event arrives: who is it, which conversation, what is stored, who answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from accounts import service as accounts
from billing import rules as billing_rules
from billing import service as billing
from connectors.events import Event
from connectors.inbox.worker import LaneWork
from connectors.rules import ChannelRef
from crm import rules as crm_rules
from crm import service as crm
from kernel import jobs
from kernel.db import Row, Tx
from kernel.ids import new_id
from router import rules, store, views
from router.schemas import Owner
from router.work import service as work_items

PROFILE = "router.profile"  # asks the channel for the customer's name; joined in app/


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the first transaction of a message found and decided."""

    conversation: Row
    channel: ChannelRef
    message_id: UUID
    speaker: rules.Speaker


async def arrive(tx: Tx, work: LaneWork) -> Arrival:
    """Stores the message once, however often it comes, and says who answers it."""
    event = work.event
    assert event.message is not None
    conversation, contact = await conversation_of(tx, work)
    speaker = await _speaker(tx, conversation, work)
    written = await _store(tx, conversation, event)
    if written is None:
        known = await store.message_of_provider(tx, conversation.id, event.message.id)
        assert known is not None
        return Arrival(conversation, work.channel, known.id, speaker)
    await _heed_stop_word(tx, contact, event)
    placed = await _place(tx, conversation, event, speaker)
    handed = await _hand_over(tx, conversation, placed, speaker)
    about = None if handed else views.conversation(placed, beside=conversation)
    await views.say_messages(tx, [written], about)
    return Arrival(placed, work.channel, written.id, speaker)


async def conversation_of(tx: Tx, work: LaneWork) -> tuple[Row, UUID]:
    """The locked conversation of the event's customer, made at the first word; and the contact."""
    event, channel = work.event, work.channel
    assert event.sender is not None
    found = await person(tx, work)
    row = None if found.created else await known_conversation(tx, found.identity_id)
    if row is None:
        base = {
            "id": new_id(),
            "channel_id": channel.id,
            "channel": event.channel,
            "user_key": event.sender.user,
            "phone": event.sender.phone,
            "identity": found.identity_id,
        }
        await store.create(tx, base)
        row = await store.lock_of_identity(tx, found.identity_id)
        assert row is not None
        if found.contact_name is None and event.channel != "whatsapp":
            await jobs.enqueue(tx, PROFILE, {"conversation": str(row.id)}, max_attempts=5)
    return row, found.contact_id


async def person(tx: Tx, work: LaneWork) -> crm.Resolved:
    """Who caused the event."""
    event, channel = work.event, work.channel
    assert event.sender is not None
    return await crm.resolve(
        tx,
        channel=event.channel,
        channel_id=channel.id,
        account=channel.external_id,
        sender=event.sender,
        at=event.at,
        reserve=billing.count_over,
    )


async def known_conversation(tx: Tx, identity: UUID) -> Row | None:
    """The identity's conversation, locked. One that began under a name since joined to this identity goes on
    under the identity itself."""
    row = await store.lock_of_identity(tx, identity)
    if row is not None and row.identity_id != identity and await store.follow(tx, row.id, identity):
        return await store.lock(tx, row.id)
    return row


async def _store(tx: Tx, conversation: Row, event: Event) -> Row | None:
    """The message as written; None when it is already there."""
    message = event.message
    assert message is not None
    quoted = (
        await store.message_of_provider(tx, conversation.id, message.reply_to) if message.reply_to else None
    )
    return await store.add_message(
        tx,
        {
            "id": new_id(),
            "conversation": conversation.id,
            "episode": conversation.episode_id or await store.episode(tx, conversation.id, new_id()),
            "seq": conversation.next_seq,
            "direction": "in",
            "origin": "customer",
            "kind": message.type,
            "text": rules.shown_text(event),
            "content": rules.shown_content(event),
            "provider_id": message.id,
            "reply_to": quoted.id if quoted is not None else None,
            "status": "received",
            "at": event.at,
        },
    )


async def _speaker(tx: Tx, conversation: Row, work: LaneWork) -> rules.Speaker:
    may_send = billing_rules.may_send(await billing.state(tx))
    owner: Owner = "none" if conversation.state == "resolved" else conversation.owner
    return rules.speaker(owner, bot_enabled=work.channel.bot_enabled, may_send=may_send)


async def _place(tx: Tx, conversation: Row, event: Event, speaker: rules.Speaker) -> Row:
    """The conversation as it is after this message: newest first, unread, owned by whom."""
    fresh = conversation.state == "resolved" or conversation.owner == "none"
    changes = _news(tx, conversation, event)
    if fresh:
        changes["state"] = "open"
    if speaker == "nobody":
        changes["owed"] = True
    if fresh and speaker != "human":
        changes |= {"owner": "bot", "assignee_id": None, "epoch": conversation.epoch + 1}
    return await store.change(tx, conversation.id, **changes)


async def _hand_over(tx: Tx, before: Row, placed: Row, speaker: rules.Speaker) -> bool:
    """To a person at once, where the bot does not speak."""
    if speaker != "human" or before.owner not in ("none", "bot"):
        return False
    packet = {"summary": rules.summary_without_bot(await store.last_texts(tx, placed.id))}
    await work_items.hand_off(tx, placed, "rule", packet)
    return True


def _news(tx: Tx, conversation: Row, event: Event) -> dict[str, Any]:
    assert event.message is not None
    at = min(event.at, tx.now)
    changes: dict[str, Any] = {
        "next_seq": conversation.next_seq + 1,
        "unread": conversation.unread + 1,
        "last_at": max(conversation.last_at, at),
        "window_opened_at": _later(conversation.window_opened_at, at),
    }
    if event.sender is not None:
        # Meta may call the same person by another id or phone from now on; answers go to the newest.
        changes |= {"user_key": event.sender.user, "phone": event.sender.phone or conversation.phone}
    if rules.is_newest(conversation.preview, at):
        changes["preview"] = rules.preview(rules.shown_text(event), "in", event.message.type, at)
    return changes


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


async def _heed_stop_word(tx: Tx, contact: UUID, event: Event) -> None:
    """PARAR and the like count at once, whatever the bot makes of them."""
    assert event.message is not None
    if event.message.type != "text":
        return  # a pressed button named "Cancelar" means something else
    word = crm_rules.stop_word(event.message.text or "")
    if word is not None:
        evidence = {"message": event.message.id, "text": event.message.text}
        await crm.record_consent(tx, contact, "marketing", word, "customer_message", evidence)


async def business(tx: Tx, conversation: Row) -> tuple[Any, str]:
    """The business's profile and the language to answer in, for the bot's turn."""
    tenant = await accounts.get_tenant(tx)
    return msgspec.to_builtins(tenant.profile), conversation.language or tenant.locale[:2]

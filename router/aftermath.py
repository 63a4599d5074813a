"""What happens to messages after they were said: delivery news, reactions, edits, echoes from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from connectors.events import Event
from connectors.inbox.worker import LaneWork
from connectors.outbox.rules import Outcome
from crm import service as crm
from kernel.db import Tx
from kernel.ids import new_id
from router import intake, rules, store, views
from router.fates import store as fates
from router.fates.store import Fate
from router.schemas import MessageStatus
from router.turn import note_event
from router.work import service as work_items


async def outcomes(tx: Tx, news: Sequence[Outcome]) -> None:
    """Carries sends' new states to their messages; older news than what is known changes nothing."""
    ids = {each.message_id for each in news if each.message_id is not None}
    known = await fates.lock_fates(tx, ids) if ids else {}
    before = {id_: msgspec.structs.replace(fate) for id_, fate in known.items()}
    for each in news:
        if each.message_id in known:
            _carry(known[each.message_id], each)
    changed = [fate for id_, fate in known.items() if fate != before[id_]]
    if changed:
        for row in await fates.save_fates(tx, changed):
            views.say_change(tx, row)


def _carry(fate: Fate, news: Outcome) -> None:
    to = rules.advance(fate.status, _status(news.state))
    fate.provider_id = fate.provider_id or news.provider_id
    if to is not None:
        fate.status = to
        fate.failure = _failure(news) if to == "failed" else None  # else it did arrive


def _status(state: str) -> MessageStatus:
    return "pending" if state in ("queued", "sending") else state  # type: ignore[return-value]  # the states that are left are delivery states


def _failure(news: Outcome) -> dict[str, str]:
    """`reason` is the error class, a stable word that the console has a sentence for."""
    return {
        "code": news.error_code or "",
        "reason": news.error_kind or "other",
        "detail": news.error_detail or "",
    }


async def touch(tx: Tx, work: LaneWork) -> None:
    """Reaction, edit or deletion of a message; what we do not hold is passed over."""
    event = work.event
    conversation = await intake.known_conversation(tx, (await intake.person(tx, work)).identity_id)
    if conversation is None:
        return
    changes: dict[str, Any] = {}
    if event.kind == "reaction":
        at = min(event.at, tx.now)
        changes["window_opened_at"] = max(conversation.window_opened_at or at, at)
    target = await store.message_of_provider(tx, conversation.id, event.target) if event.target else None
    if target is not None:
        touched = _touched(event)
        views.say_change(tx, await store.change_message(tx, target.id, **touched))
        if "text" in touched:
            changes["preview"] = rules.preview_again(conversation.preview, target.at, touched["text"])
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes:
        await store.change(tx, conversation.id, **changes)
        await views.say_conversation(tx, conversation.id)


def _touched(event: Event) -> dict[str, Any]:
    if event.kind == "reaction":
        return {"reaction": event.emoji}
    if event.kind == "delete":
        # The customer took it back: the words go, the fact stays.
        return {"deleted": True, "text": "", "content": {}}
    text = event.message.text if event.message is not None else None
    return {"edited": True, "text": text or ""}


async def echo(tx: Tx, work: LaneWork) -> None:
    """The business answered from another app: shown, and the bot steps back."""
    event = work.event
    assert event.message is not None
    conversation, _ = await intake.conversation_of(tx, work)
    row = {
        "id": new_id(),
        "conversation": conversation.id,
        "seq": (await store.take_place(tx, conversation.id)).seq,
        "direction": "out",
        "origin": "system",
        "kind": event.message.type,
        "text": rules.shown_text(event),
        "content": rules.shown_content(event),
        "provider_id": event.message.id,
        "status": "sent",
        "at": event.at,
    }
    written = await store.add_message(tx, row)
    if written is None:
        return
    changes: dict[str, Any] = {"last_at": max(conversation.last_at, min(event.at, tx.now))}
    if rules.is_newest(conversation.preview, event.at):
        changes["preview"] = rules.preview(rules.shown_text(event), "out", event.message.type, event.at)
    locked = await store.change(tx, conversation.id, **changes)
    await views.say_messages(tx, [written])
    if locked.owner == "bot" and locked.state == "open":
        packet = {"summary": rules.summary_without_bot(await store.last_texts(tx, conversation.id))}
        await work_items.hand_off(tx, locked, "rule", packet)
        await note_event(tx, conversation.id, "answered_elsewhere")


async def identity(tx: Tx, work: LaneWork) -> None:
    """The customer changed number or id."""
    event = work.event
    if event.sender is None:
        return
    found = await crm.change_identity(
        tx,
        channel=event.channel,
        channel_id=work.channel.id,
        account=work.channel.external_id,
        sender=event.sender,
        at=event.at,
    )
    conversation = await intake.known_conversation(tx, found.identity_id) if found is not None else None
    if conversation is not None:
        # What is written from now on goes to the new number.
        news = {"user_key": event.sender.user, "phone": event.sender.phone or conversation.phone}
        await store.change(tx, conversation.id, **news)
        await views.say_conversation(tx, conversation.id)


async def preference(tx: Tx, work: LaneWork) -> None:
    """Meta says that the customer stopped or resumed marketing."""
    event = work.event
    contact = (await intake.person(tx, work)).contact_id
    value = event.message.payload if event.message is not None else None
    if value not in ("stop", "resume", "signup"):
        return
    state: Literal["in", "out"] = "out" if value == "stop" else "in"
    await crm.record_consent(tx, contact, "marketing", state, "channel_preference", {"key": event.key})

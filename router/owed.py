"""Answers that the bot owes: customers wrote while the tenant was suspended, and now it is not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from connectors.inbox import service as inbox
from kernel.db import Tx
from router import rules, store, views
from router.work import service as work_items

STILL_WELCOME = timedelta(hours=24)  # an answer that comes later would come as a surprise


async def settle(tx: Tx) -> int:
    """Each customer's last message is answered anew, in its lane; what is too old goes to a person."""
    ids = await store.owed(tx)
    for id_ in ids:
        await _one(tx, id_)
    return len(ids)


async def _one(tx: Tx, id_: UUID) -> None:
    conversation = await store.lock(tx, id_)
    last = await store.last_inbound(tx, id_)
    if conversation is None or last is None:
        return
    await store.change(tx, id_, owed=False)
    if conversation.owner != "bot" or conversation.state != "open":
        return
    fresh = tx.now - last.at < STILL_WELCOME
    if fresh and await inbox.reopen(tx, conversation.channel_id, last.provider_id):
        return
    packet = {"summary": rules.summary_without_bot(await store.last_texts(tx, id_))}
    await work_items.hand_off(tx, conversation, "rule", packet)
    await views.say_conversation(tx, id_)

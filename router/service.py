"""What agents do in a conversation: write, note, take, accept, reject, resolve, return to the bot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from billing import service as billing
from connectors import service as connectors
from connectors.events import Content, ContentError
from kernel import errors
from kernel.db import Row, Tx
from kernel.ids import new_id
from kernel.web import Operator
from router import rules, schemas, store, views
from router.errors import CannotSay, NotOwner, WindowClosed
from router.turn import Saying, note_event, render, say
from router.turns import store as turns
from router.work import service as work_items


async def locked(tx: Tx, id_: UUID) -> Row:
    """The conversation, held until the commit; absent and another tenant's look the same."""
    row = await store.lock(tx, id_)
    if row is None:
        raise errors.NotFound("no such conversation")
    return row


async def write(tx: Tx, who: Operator, id_: UUID, body: schemas.SendIn) -> schemas.Message:
    """The owner's message to the customer. The same `client_id` again is the same message."""
    conversation = await locked(tx, id_)
    known = await store.message_of_client(tx, id_, body.client_id)
    if known is not None:
        return views.message(known)
    _require_owner(conversation, who)
    await billing.require_active(tx)
    _require_window(conversation, tx)
    quoted = await _quoted(tx, id_, body.reply_to)
    try:
        natives = render(conversation.channel, Content(text=body.text, reply_to=quoted))
    except ContentError as error:
        raise CannotSay(error.problem, field=error.field) from error
    first = {"author": who.user_id, "client_id": body.client_id, "reply_to": body.reply_to}
    ref = await connectors.channel_ref(tx, conversation.channel_id)
    shown = await say(tx, conversation, Saying(ref, natives, "agent", first=first), also={"unread": 0})
    return shown[0]


async def note(tx: Tx, who: Operator, id_: UUID, body: schemas.NoteIn) -> schemas.Message:
    """Words for colleagues: in the thread, never to the customer. Anyone who sees it may write one."""
    conversation = await locked(tx, id_)
    known = await store.message_of_client(tx, id_, body.client_id)
    if known is not None:
        return views.message(known)
    message_id = new_id()
    row = {
        "id": message_id,
        "direction": "note",
        "origin": "agent",
        "author": who.user_id,
        "kind": "text",
        "text": body.text,
        "status": "received",
        "client_id": body.client_id,
    }
    written = await _add(tx, conversation, row)
    at = rules.shown_at(conversation.channel, tx.now)
    await store.change(tx, id_, preview=rules.preview(body.text, "note", "text", at), last_at=tx.now)
    [shown] = await views.say_messages(tx, [written])
    return shown


async def take(tx: Tx, who: Operator, id_: UUID) -> schemas.Conversation:
    conversation = await locked(tx, id_)
    if conversation.owner == "agent" and conversation.assignee_id == who.user_id:
        return await views.conversation_now(tx, id_)
    if conversation.state == "resolved":
        await store.change(tx, id_, state="open")
        await store.episode(tx, id_, new_id())
    await work_items.take(tx, conversation, who.user_id)
    await note_event(tx, id_, "taken", author=who.user_id)
    return await views.say_conversation(tx, id_)


async def accept(tx: Tx, who: Operator, id_: UUID) -> schemas.Conversation:
    await work_items.accept(tx, await locked(tx, id_), who.user_id)
    await note_event(tx, id_, "taken", author=who.user_id)
    return await views.say_conversation(tx, id_)


async def reject(tx: Tx, who: Operator, id_: UUID) -> schemas.Conversation:
    await work_items.reject(tx, await locked(tx, id_), who.user_id)
    return await views.conversation_now(tx, id_)


async def resolve(tx: Tx, who: Operator, id_: UUID, reason: str) -> schemas.Conversation:
    """Closes the episode. The next word of the customer opens a new one, with the bot first."""
    conversation = await _mine_or_superior(tx, who, id_)
    if conversation.state == "resolved":
        return await views.conversation_now(tx, id_)
    await work_items.release(tx, conversation, "resolve", who.user_id)
    await store.close_episode(tx, id_, reason)
    await turns.forget_tracker(tx, id_)
    await work_items.own(tx, conversation, "none", None, state="resolved", unread=0)
    await note_event(tx, id_, "resolved", reason, who.user_id)
    return await views.say_conversation(tx, id_)


async def return_to_bot(tx: Tx, who: Operator, id_: UUID) -> schemas.Conversation:
    """The bot answers the next message, with a clean memory."""
    conversation = await _mine_or_superior(tx, who, id_)
    if conversation.state == "resolved":
        raise errors.Conflict("the conversation is resolved", code="stale")
    if conversation.owner == "bot":
        return await views.conversation_now(tx, id_)
    await work_items.release(tx, conversation, "return", who.user_id)
    await turns.forget_tracker(tx, id_)
    await work_items.own(tx, conversation, "bot", None, unread=0)
    await note_event(tx, id_, "returned", author=who.user_id)
    return await views.say_conversation(tx, id_)


async def mark_read(tx: Tx, id_: UUID) -> None:
    conversation = await locked(tx, id_)
    if conversation.unread:
        await store.change(tx, id_, unread=0)
        await views.say_conversation(tx, id_)


async def _mine_or_superior(tx: Tx, who: Operator, id_: UUID) -> Row:
    """An agent may end what is the agent's own, the bot's or nobody's; a supervisor anything."""
    conversation = await locked(tx, id_)
    if conversation.owner == "agent" and who.role == "agent":
        _require_owner(conversation, who)
    return conversation


def _require_owner(conversation: Row, who: Operator) -> None:
    if conversation.owner != "agent" or conversation.assignee_id != who.user_id:
        raise NotOwner("take the conversation before writing to the customer")


def _require_window(conversation: Row, tx: Tx) -> None:
    span = rules.WINDOWS[conversation.channel]
    opened = conversation.window_opened_at
    if opened is None or tx.now - opened >= span:
        raise WindowClosed("the channel does not let you write freely until the customer writes again")


async def _quoted(tx: Tx, conversation_id: UUID, message_id: UUID | None) -> str | None:
    if message_id is None:
        return None
    row = await store.message(tx, message_id)
    if row is None or row.conversation_id != conversation_id:
        raise errors.Invalid("not a message of this conversation", field="reply_to")
    provider: str | None = row.provider_id
    return provider


async def _add(tx: Tx, conversation: Row, row: dict[str, Any]) -> Row:
    place = await store.take_place(tx, conversation.id)
    episode = None
    if conversation.state == "open":
        episode = conversation.episode_id or await store.episode(tx, conversation.id, new_id())
    written = await store.add_message(
        tx, {**row, "conversation": conversation.id, "seq": place.seq, "at": place.at, "episode": episode}
    )
    assert written is not None
    return written

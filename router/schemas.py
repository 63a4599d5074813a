"""Wire types of the router: conversations, messages, presence, live events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from connectors.events import Channel
from kernel.forms import In, LongText, Out

Owner = Literal["bot", "queue", "offered", "agent", "none"]
Filter = Literal["mine", "queue", "bot", "all", "resolved"]
Direction = Literal["in", "out", "note", "system"]
Origin = Literal["customer", "bot", "agent", "system"]
# pending: not handed to the channel yet · unknown: no answer, being settled · unconfirmed: never settled
MessageStatus = Literal[
    "received", "pending", "sent", "delivered", "read", "failed", "unknown", "unconfirmed", "expired"
]
HandoffReason = Literal["asked", "fallback", "error", "complaint", "rule", "agent"]


class Person(Out):
    id: UUID
    name: str


class ContactRef(Out):
    id: UUID
    name: str | None
    phone: str | None


class Preview(Out):
    text: str
    direction: Direction
    kind: str
    at: datetime


class Handoff(Out):
    """What the human should know: why, in one paragraph, and what the bot had understood."""

    reason: HandoffReason
    summary: str
    intents: list[str]
    slots: dict[str, str]
    language: str | None
    at: datetime


class Conversation(Out):
    id: UUID
    channel: Channel
    channel_id: UUID
    channel_name: str
    contact: ContactRef
    owner: Owner
    assignee: Person | None
    queue: str | None
    state: Literal["open", "resolved"]
    unread: int
    preview: Preview | None
    last_at: datetime
    window_closes_at: datetime | None  # None: closed, the customer has not written
    handoff: Handoff | None
    epoch: int


class Conversations(Out):
    as_of: int
    items: list[Conversation]
    next: str | None
    counts: dict[str, int]  # filter → open conversations


class ConversationView(Out):
    as_of: int
    conversation: Conversation


class ConversationQuery(In):
    filter: Filter = "all"
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    cursor: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class Attachment(Out):
    kind: Literal["image", "video", "audio", "document", "sticker", "other"]
    url: str | None
    mime_type: str | None
    filename: str | None


class Button(Out):
    title: str
    payload: str


class BotMark(Out):
    intent: str | None
    confidence: float


class Failure(Out):
    code: str
    reason: str  # a stable word the console translates: window, recipient, suspended, …
    detail: str


class Message(Out):
    id: UUID
    conversation_id: UUID
    direction: Direction
    origin: Origin
    author: Person | None
    kind: str  # text, image, …; for system: handoff, taken, resolved, returned, …
    text: str
    attachments: list[Attachment]
    buttons: list[Button]
    location: dict[str, Any] | None
    reply_to: UUID | None
    reaction: str | None
    status: MessageStatus
    failure: Failure | None
    client_id: UUID | None
    bot: BotMark | None
    deleted: bool
    edited: bool
    at: datetime  # shown order is (at, seq)
    seq: int


class Messages(Out):
    as_of: int
    items: list[Message]  # oldest first
    next: str | None  # cursor to older messages


class MessageQuery(In):
    before: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class SendIn(In):
    """`client_id` makes the call idempotent: the same id again returns the same message."""

    client_id: UUID
    text: LongText
    reply_to: UUID | None = None


class NoteIn(In):
    client_id: UUID
    text: LongText


class ResolveIn(In):
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class PresenceIn(In):
    state: Literal["ready", "paused", "offline"]


class Presence(Out):
    state: Literal["ready", "paused", "offline"]
    capacity: int
    active: int
    since: datetime


class QueueOut(Out):
    id: UUID
    name: str
    waiting: int
    ready_agents: int


class Queues(Out):
    items: list[QueueOut]


# --- live events: durable ones carry the log's number as `id`, ephemeral ones none ---------------


class Hello(Out, tag_field="type", tag="hello"):
    head: int
    resumed: bool  # False: the log does not reach back to the cursor; read everything anew


class MessageCreated(Out, tag_field="type", tag="message.created"):
    id: int
    message: Message
    conversation: Conversation


class MessageChanged(Out, tag_field="type", tag="message.changed"):
    """Status, edit, deletion or reaction of a message: its new form."""

    id: int
    message: Message


class ConversationChanged(Out, tag_field="type", tag="conversation.changed"):
    id: int
    conversation: Conversation


class ContactChanged(Out, tag_field="type", tag="contact.changed"):
    id: int
    contact_id: UUID


class ChannelChanged(Out, tag_field="type", tag="channel.changed"):
    id: int
    channel_id: UUID
    state: Literal["connected", "needs_attention", "disconnected"]
    problem: str | None


class SubscriptionChanged(Out, tag_field="type", tag="subscription.changed"):
    id: int
    state: Literal["active", "past_due", "suspended"]


class Typing(Out, tag_field="type", tag="typing"):
    conversation_id: UUID
    person: Person


class PresenceChanged(Out, tag_field="type", tag="presence"):
    person: Person
    state: Literal["ready", "paused", "offline"]


LiveMessage = (
    Hello
    | MessageCreated
    | MessageChanged
    | ConversationChanged
    | ContactChanged
    | ChannelChanged
    | SubscriptionChanged
    | Typing
    | PresenceChanged
)

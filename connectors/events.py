"""What the three channels say, in one vocabulary: the values that `parse` returns and `render` takes.

Shared by the services (Python 3.12) and the Rasa host (3.10), so: 3.10 syntax, msgspec only.
Every struct is plain data and survives a JSON round trip unchanged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

Channel = Literal["whatsapp", "messenger", "instagram"]
CHANNELS: tuple[Channel, ...] = ("whatsapp", "messenger", "instagram")

EventKind = Literal[
    "message",  # the customer wrote, pressed a button or sent media: opens the window
    "status",  # delivery state of something we sent
    "reaction",  # opens the window, is shown, does not reach the bot as text
    "edit",
    "delete",
    "echo",  # sent by the business itself, from our API or from elsewhere
    "identity",  # the user changed number or business-scoped id
    "preference",  # the user stopped or resumed marketing
    "handover",  # thread control moved
    "standby",  # somebody else owns the thread: read only
    "account",  # about the account or a template, not about a customer
    "unknown",  # well signed, not understood: stored, counted, acted on by nobody
]

MessageType = Literal[
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts",
    "button", "list", "quick_reply", "postback", "order", "flow", "referral", "story",
    "share", "unsupported", "event",
]  # fmt: skip

StatusState = Literal["sent", "delivered", "read", "failed", "deleted"]


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file by the channel's own id, its (signed, short-lived) url, or both."""

    kind: Literal["image", "video", "audio", "document", "sticker", "other"]
    id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    filename: str | None = None
    sha256: str | None = None
    voice: bool = False


class Location(msgspec.Struct, frozen=True, omit_defaults=True):
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class Sender(msgspec.Struct, frozen=True, omit_defaults=True):
    """The customer on one account. `user` is canonical there; aliases may be other names of the same person.

    WhatsApp: `user` is the business-scoped id, or the phone where Meta gave none.
    Messenger and Instagram: the page- or account-scoped id.
    """

    user: str
    phone: str | None = None  # digits only, with country code
    bsuid: str | None = None
    username: str | None = None
    name: str | None = None
    previous: tuple[str, ...] = ()  # ids this person had before (number change)


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing a customer (or, in an echo, the business) said. `id` is the channel's."""

    id: str
    type: MessageType
    text: str | None = None  # body, caption, or the title of the pressed button
    payload: str | None = None  # id of the pressed button, row, quick reply or postback
    media: tuple[Media, ...] = ()
    location: Location | None = None
    reply_to: str | None = None
    referral: dict[str, Any] | None = None
    detail: dict[str, Any] | None = None  # contacts, order items, flow answer, unsupported reason


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """Delivery news. Either `message_id` or `watermark` (everything sent until then) is set."""

    state: StatusState
    message_id: str | None = None
    watermark: datetime | None = None
    reference: str | None = None  # what we sent along: biz_opaque_callback_data, metadata
    error_code: str | None = None
    error_detail: str | None = None
    pricing: dict[str, Any] | None = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item of a webhook body.

    `account` is the tenant key (phone number id, page id, Instagram account id; for WhatsApp
    account news the WABA id); `key` is unique within (channel, account) and stable over
    redeliveries; `at` is the provider's time, aware UTC.
    """

    channel: Channel
    account: str
    key: str
    kind: EventKind
    at: datetime
    sender: Sender | None = None
    message: Message | None = None
    status: Status | None = None
    target: str | None = None  # reaction, edit, delete: the message meant
    emoji: str | None = None  # None in a reaction = removed
    app_id: str | None = None  # echo: the app that sent it
    reference: str | None = None  # echo: our metadata
    field: str | None = None
    raw: msgspec.Raw = msgspec.Raw(b"null")  # the item's own JSON, never the whole body


class Rejected(msgspec.Struct, frozen=True):
    """An item that could not be read. It is stored and counted and blocks no other item."""

    reason: str
    raw: msgspec.Raw


class Parsed(msgspec.Struct, frozen=True):
    events: tuple[Event, ...]
    rejected: tuple[Rejected, ...] = ()


class Unparsable(ValueError):
    """The body is not JSON, or not an object or list of objects."""


# --- what we say -----------------------------------------------------------------------------


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A button. `payload` comes back when it is pressed."""

    title: str
    payload: str
    description: str | None = None


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """One utterance, channel-neutral. `render` of a channel turns it into native messages."""

    text: str | None = None
    choices: tuple[Choice, ...] = ()
    media: Media | None = None
    location: Location | None = None
    template: dict[str, Any] | None = None  # WhatsApp template object or Messenger utility template
    custom: dict[str, Any] | None = None  # channel-native, checked by `render`
    reply_to: str | None = None


# A message in the channel's own JSON, without recipient and reference. WhatsApp:
# {"type": "text", "text": {"body": …}}; Messenger and Instagram: {"message": {"text": …}}.
Native = dict[str, Any]


class ContentError(ValueError):
    """The content cannot be said on this channel. `field` names what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


ErrorClass = Literal[
    "auth", "permission", "throttle", "pair", "quality", "window", "consent", "recipient",
    "identity", "content", "template", "media", "billing", "unknown", "other",
]  # fmt: skip


class SendError(Exception):
    """The channel refused, or did not answer.

    `permanent`: never retry by itself. Not permanent and `maybe_sent`: the row becomes `unknown`
    and is settled by status or echo, never by blind resend. `retry_after`: seconds, where known.
    """

    def __init__(
        self, kind: ErrorClass, code: str, detail: str, *,
        permanent: bool, maybe_sent: bool = False, retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(f"{kind} {code}: {detail}")
        self.kind = kind
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.maybe_sent = maybe_sent
        self.retry_after = retry_after


class Accepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The channel took the message. 200 means accepted, not delivered."""

    message_id: str
    user: str | None = None  # canonical id the channel answered with, may be a new alias

"""Decisions about one outbox row: its states, what a refusal means, whether an echo is the same content.

queued → sending → sent | failed | unknown
queued → failed | expired          (the gate says no)
sending → queued                   (refused for now: tried again)
sending → unknown                  (no answer, or the caller died: never sent again by itself)
unknown → sent | failed | unconfirmed
unconfirmed → sent | failed        (late news)

A row in one of the OPEN states changes only under the lock of its lane.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from connectors.events import Message, Native, SendError

State = Literal["queued", "sending", "sent", "unknown", "unconfirmed", "failed", "expired"]
MOVES: dict[State, frozenset[State]] = {
    "queued": frozenset({"sending", "failed", "expired", "sent"}),  # sent: a status knew better
    "sending": frozenset({"queued", "sent", "failed", "unknown", "expired"}),
    "unknown": frozenset({"sent", "failed", "unconfirmed"}),
    "unconfirmed": frozenset({"sent", "failed"}),
    "sent": frozenset(),
    "failed": frozenset({"sent"}),  # a status may tell that it arrived after all
    "expired": frozenset(),
}
OPEN: tuple[State, ...] = ("queued", "sending", "unknown")
UNKNOWN_PATIENCE = timedelta(minutes=2)
TOO_OLD = timedelta(hours=24)  # what waited longer for a better time is not sent any more
PARK = timedelta(seconds=60)
HOLD_AT_MOST = 900.0  # seconds that one refusal may hold up a customer's lane
PAIR_TRIES = 6
CLOCK_SKEW = timedelta(seconds=5)
ACCOUNT_WIDE = ("auth", "billing")


class OutboxRow(msgspec.Struct):
    """What delivery needs of a row, and what it writes back."""

    id: UUID
    lane: str
    channel_id: UUID
    channel: Any
    account: str
    user_key: str
    phone: str | None
    native: Native
    origin: Any
    purpose: Any
    message_id: UUID | None
    epoch: int | None
    human: bool
    not_before: datetime | None
    expires_at: datetime | None
    priority: int
    created_at: datetime
    state: State
    attempts: int
    provider_id: str | None
    call_at: datetime | None
    sent_at: datetime | None
    error_kind: str | None
    error_code: str | None
    error_detail: str | None
    delivered_state: str | None

    def move(self, state: State) -> None:
        if state not in MOVES[self.state]:
            raise ValueError(f"an outbox row cannot go from {self.state} to {state}")
        self.state = state

    def fail(self, kind: str, code: str, detail: str) -> None:
        self.move("failed")
        self.error_kind, self.error_code, self.error_detail = kind, code, detail


class Outcome(msgspec.Struct, frozen=True):
    """A row's state has changed; told in the transaction that changes it."""

    outbox_id: UUID
    message_id: UUID | None
    state: Literal["sent", "delivered", "read", "failed", "unknown", "unconfirmed", "expired"]
    at: datetime
    provider_id: str | None
    error_kind: str | None
    error_code: str | None
    error_detail: str | None


def outcome(row: OutboxRow, at: datetime, delivered: str | None = None) -> Outcome:
    state: Any = delivered or row.state
    return Outcome(
        outbox_id=row.id,
        message_id=row.message_id,
        state=state,
        at=at,
        provider_id=row.provider_id,
        error_kind=row.error_kind,
        error_code=row.error_code,
        error_detail=row.error_detail,
    )


def retry_in(error: SendError, attempts: int) -> float | None:
    """Seconds until this row may be tried again, None: never. `attempts`: calls made, this one included."""
    if error.permanent or error.maybe_sent:
        return None
    if error.kind in ACCOUNT_WIDE:
        return PARK.total_seconds()
    if error.kind == "pair":
        wait = max(error.retry_after or 0.0, 4.0**attempts)
        return wait if attempts <= PAIR_TRIES and wait <= 4.0**PAIR_TRIES else None
    if error.kind == "media":
        return 2.0 if attempts < 2 else None
    wait = error.retry_after if error.retry_after is not None else min(2.0**attempts, 60.0)
    return wait if wait <= HOLD_AT_MOST else None


def settle_refusal(row: OutboxRow, error: SendError, now: datetime) -> State:
    """Moves a row on after a refusal or silence; returns its new state."""
    row.error_kind, row.error_code, row.error_detail = error.kind, error.code, error.detail[:500]
    wait = retry_in(error, row.attempts)
    if error.maybe_sent:
        row.move("unknown")
    elif wait is None:
        row.move("failed")
    elif row.created_at + TOO_OLD < now:
        row.move("expired")
    else:
        row.move("queued")
        row.not_before = now + timedelta(seconds=wait)
    return row.state


# --- equal content ---------------------------------------------------------------------------


def mark_of_native(native: Native) -> str:
    """What of a Messenger or Instagram message can be found again in its echo."""
    message = native.get("message")
    message = message if isinstance(message, dict) else {}
    if isinstance(message.get("text"), str):
        return f"text:{message['text'].strip()}"
    attachment = message.get("attachment")
    attachment = attachment if isinstance(attachment, dict) else {}
    payload = attachment.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    words = payload.get("text") or _first_title(payload.get("elements"))
    if attachment.get("type") == "template" and isinstance(words, str):
        return f"text:{words.strip()}"
    return f"kind:{_kind(str(attachment.get('type')))}"


def mark_of_echo(message: Message) -> str:
    if message.text:
        return f"text:{message.text.strip()}"
    return f"kind:{_kind(message.media[0].kind if message.media else message.type)}"


def _kind(kind: str) -> str:
    return {"file": "document", "other": "document"}.get(kind, kind)


def _first_title(elements: Any) -> str | None:
    first = elements[0] if isinstance(elements, list) and elements else None
    title = first.get("title") if isinstance(first, dict) else None
    return title if isinstance(title, str) else None

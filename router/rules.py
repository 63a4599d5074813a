"""Decisions of the router. Values in, value out: no database, no clock, no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from connectors.events import Event
from router.schemas import MessageStatus, Owner

Speaker = Literal["bot", "human", "nobody"]

# The work item's states and moves: (from, event) → to. Everything else is refused.
WORK_MOVES: dict[tuple[str, str], str] = {
    ("new", "handoff"): "queued",
    ("new", "take"): "active",
    ("queued", "offer"): "offered",
    ("queued", "take"): "active",
    ("queued", "resolve"): "done",
    ("queued", "return"): "done",
    ("offered", "accept"): "active",
    ("offered", "take"): "active",
    ("offered", "reject"): "queued",
    ("offered", "expire"): "queued",
    ("offered", "gone"): "queued",
    ("offered", "resolve"): "done",
    ("offered", "return"): "done",
    ("active", "take"): "active",
    ("active", "requeue"): "queued",
    ("active", "resolve"): "done",
    ("active", "return"): "done",
}

# A delivery state never goes back. failed is final unless the channel later says it arrived.
RANK: dict[str, int] = {
    "received": 0,
    "pending": 1,
    "unknown": 2,
    "expired": 3,
    "unconfirmed": 3,
    "failed": 4,
    "sent": 5,
    "delivered": 6,
    "read": 7,
}


# For how long after the customer's last word a person may write freely (HUMAN_AGENT on Meta's pages).
WINDOWS: dict[str, timedelta] = {
    "whatsapp": timedelta(hours=24),
    "messenger": timedelta(days=7),
    "instagram": timedelta(days=7),
}


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How work is given out. Kept in policy_version; these are the values of a new tenant."""

    capacity: int = 5  # conversations an agent holds at a time
    offer_seconds: int = 60  # an offer not accepted by then goes to the next agent
    reachable_seconds: int = 90  # an agent not heard of for longer is not offered anything


def next_work_state(state: str, event: str) -> str | None:
    return WORK_MOVES.get((state, event))


def speaker(owner: Owner, *, bot_enabled: bool, may_send: bool) -> Speaker:
    """Who answers a customer's message: the owner decides; a new conversation goes to the bot first."""
    if owner in ("queue", "offered", "agent"):
        return "human"
    if not bot_enabled:
        return "human"
    return "bot" if may_send else "nobody"


def advance(current: MessageStatus, news: MessageStatus) -> MessageStatus | None:
    """The new status, or None when the news is older than what we know."""
    if current == "failed":
        return news if news in ("delivered", "read") else None
    if news == "failed":
        return news if current in ("pending", "unknown", "unconfirmed", "expired", "sent") else None
    return news if RANK[news] > RANK[current] else None


def shown_text(event: Event) -> str:
    """What the thread shows of a customer's message."""
    message = event.message
    if message is None:
        return ""
    if message.location is not None and not message.text:
        return message.location.name or message.location.address or ""
    cards = filter(None, map(_card, _dicts(message.detail, "contacts")))
    items = filter(None, map(_item, _dicts(message.detail, "items")))
    return " · ".join(filter(None, [message.text, "; ".join(cards), ", ".join(items)]))


def _dicts(detail: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    found = (detail or {}).get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _card(card: dict[str, Any]) -> str:
    """A shared contact as one line: name and numbers."""
    name = card.get("name")
    words = [name.get("formatted_name") if isinstance(name, dict) else None]
    words += [phone.get("phone") for phone in _dicts(card, "phones")]
    return " ".join(word for word in words if isinstance(word, str))


def _item(item: dict[str, Any]) -> str:
    """A line of an order: how many of what."""
    what = item.get("product_retailer_id")
    return f"{item.get('quantity', 1)} × {what}" if isinstance(what, str) else ""


def shown_content(event: Event) -> dict[str, Any]:
    """Attachments, location and detail of a customer's message, as the message row keeps them."""
    message = event.message
    if message is None:
        return {}
    content: dict[str, Any] = {}
    if message.media:
        content["attachments"] = [msgspec.to_builtins(m) for m in message.media]
    if message.location is not None:
        content["location"] = msgspec.to_builtins(message.location)
    if message.payload:
        content["payload"] = message.payload
    for name in ("referral", "detail"):
        if value := getattr(message, name):
            content[name] = value
    return content


def shown_at(channel: str, now: datetime) -> datetime:
    """WhatsApp tells whole seconds: ours are counted likewise, so that within one arrival decides.
    Else an answer given in the same second would stand below the next question."""
    return now.replace(microsecond=0) if channel == "whatsapp" else now


def is_newest(preview: dict[str, Any] | None, at: datetime) -> bool:
    """Does a message of this moment go on top of what the list shows now?"""
    return preview is None or at >= datetime.fromisoformat(preview["at"])


def preview(text: str, direction: str, kind: str, at: Any) -> dict[str, Any]:
    """One line for the conversation list."""
    return {"text": _line(text), "direction": direction, "kind": kind, "at": at.isoformat()}


def preview_again(preview: dict[str, Any] | None, at: datetime, text: str) -> dict[str, Any] | None:
    """The list's line once the customer's message of that moment reads differently; None when it shows another."""
    if preview is None or preview["direction"] != "in" or datetime.fromisoformat(preview["at"]) != at:
        return None
    return {**preview, "text": _line(text)}


def _line(text: str) -> str:
    return " ".join(text.split())[:140]


def summary_without_bot(texts: Sequence[str]) -> str:
    """What the customer wrote last, for a handoff that no bot has summed up."""
    return " · ".join(t for t in texts if t)[-600:]

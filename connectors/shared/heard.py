"""What a customer did, as words for a dialogue: what was typed, the intent behind a button, or a named event."""

from __future__ import annotations

import json
from typing import Any

from connectors.events import Event

COMMANDS = {"button", "list", "quick_reply", "postback"}  # what we gave out, and so may name an intent
EVENT_INTENT = "customer_event"


def words_of(event: Event) -> str:
    message = event.message
    if message is None or event.kind == "reaction":
        return _named(event.kind)
    if message.type in COMMANDS:
        if message.payload and message.payload.startswith("/"):
            return message.payload
        return _typed(message.text or message.payload or "") or _named(message.type)
    return _typed(message.text or "") or _named(message.type)


def _typed(text: str) -> str:
    """A leading slash would name an intent: nobody may choose one by typing it."""
    return text.strip().lstrip("/ \t\n")


def _named(what: str) -> str:
    return f"/{EVENT_INTENT}{json.dumps({'event': what})}"


def about(event: Event) -> dict[str, Any]:
    """What the words do not say. No addresses of files: they are secret and soon dead."""
    message = event.message
    about: dict[str, Any] = {"channel": event.channel, "account": event.account}
    if event.kind == "reaction":
        about |= {"emoji": event.emoji, "target": event.target}
    if message is None:
        return about
    place = message.location
    more = {
        "type": message.type,
        "payload": message.payload,
        "media": [{"kind": file.kind, "id": file.id, "mime_type": file.mime_type} for file in message.media],
        "location": {"latitude": place.latitude, "longitude": place.longitude} if place else None,
        "reply_to": message.reply_to,
        "referral": message.referral,
        "detail": message.detail if message.type in ("contacts", "order", "flow") else None,
    }
    return {**about, **{name: value for name, value in more.items() if value}}

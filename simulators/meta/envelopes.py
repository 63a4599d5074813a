"""Webhook bodies around events, and their bytes as Meta writes them. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulators.meta.state import Account

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class Event:
    """One thing to tell. `kind`: WhatsApp's key in value (messages, statuses, …), elsewhere messaging,
    standby or changes. `contact` goes to contacts[]; `field` is the subscription that lets it out."""

    account: Account
    lane: str
    field: str
    kind: str
    item: Json
    at: float
    contact: Json | None = None


def wrap(events: list[Event], shape: str) -> Any:
    """One POST body for events of one account, in order."""
    kind = events[0].account.kind
    if kind == "whatsapp":
        return _whatsapp(events)
    body = {"object": "page" if kind == "messenger" else "instagram", "entry": _entries(events, shape)}
    return [body] if shape == "list" and kind == "instagram" else body


def _whatsapp(events: list[Event]) -> Json:
    changes: list[Json] = []
    last: Event | None = None
    for event in events:
        if last is None or (event.field, event.kind) != (last.field, last.kind) or event.kind == "raw":
            changes.append(_change(event))
        value = changes[-1]["value"]
        if event.kind != "raw":
            value[event.kind].append(event.item)
            if event.contact is not None and event.contact not in value.setdefault("contacts", []):
                value["contacts"].append(event.contact)
        last = event
    entry: Json = {"id": events[0].account.waba_id, "changes": changes}
    if any(event.kind == "raw" for event in events):
        entry["time"] = int(events[-1].at)
    return {"object": "whatsapp_business_account", "entry": [entry]}


def _change(event: Event) -> Json:
    account = event.account
    if event.kind == "raw":
        return {"field": event.field, "value": event.item}
    metadata = {"display_phone_number": account.phone, "phone_number_id": account.account_id}
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata, event.kind: []}
    return {"field": event.field, "value": value}


def _entries(events: list[Event], shape: str) -> list[Json]:
    entries: list[Json] = []
    account = events[0].account
    for event in events:
        entry: Json = {"id": account.account_id, "time": int(event.at * 1000)}
        if event.kind in ("messaging", "standby"):
            if account.kind == "instagram" and event.kind == "messaging" and shape in ("changes", "flat"):
                change = {"field": event.field, "value": event.item}
                entry |= {"changes": [change]} if shape == "changes" else change
            elif entries and event.kind in entries[-1] and len(entries[-1][event.kind]) < 3:
                # Documented as one item an entry, yet a list: sometimes really fill it.
                entries[-1][event.kind].append(event.item)
                continue
            else:
                entry[event.kind] = [event.item]
        else:
            change = {"field": event.field, "value": event.item}
            entry |= change if shape == "flat" else {"changes": [change]}
        entries.append(entry)
    return entries


def encode(body: Any, escape_slashes: bool) -> bytes:
    """Meta's serializer: no spaces, non-ASCII as lowercase escapes, `/` as `\\/` now and then."""
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return (text.replace("/", "\\/") if escape_slashes else text).encode()


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

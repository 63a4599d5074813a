"""WhatsApp events that are neither message nor delivery: preferences, thread control, the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.events import Event, Message
from connectors.shared.reading import (
    BadItem,
    Json,
    digest,
    ident,
    key,
    need_when,
    obj,
    raw,
    text,
    when,
)
from connectors.whatsapp.identity import Contacts, sender_of

# News about the account, its numbers and its templates. Their tenant key is the WABA (entry.id).
ACCOUNT_FIELDS = frozenset(
    {
        "message_template_status_update",
        "message_template_quality_update",
        "message_template_components_update",
        "template_category_update",
        "template_correct_category_detection",
        "phone_number_quality_update",
        "phone_number_name_update",
        "business_capability_update",
        "business_username_updates",
        "account_update",
        "account_review_update",
        "account_alerts",
        "account_settings_update",
        "security",
        "payment_configuration_update",
        "partner_solutions",
        "smb_app_state_sync",
    }
)


def account_news(account: str, field: str, at: datetime, value: Any) -> Event:
    return Event(
        channel="whatsapp",
        account=account,
        key=digest(account, field, at.isoformat(), value),
        kind="account",
        at=at,
        field=field,
        raw=raw(value),
    )


def unknown(account: str, field: str, at: datetime, value: Any) -> Event:
    return Event(
        channel="whatsapp",
        account=account,
        key=digest(account, field, at.isoformat(), value),
        kind="unknown",
        at=at,
        field=field,
        raw=raw(value),
    )


def preference(item: Json, account: str, contacts: Contacts) -> Event:
    """message.payload is the wish: stop, resume or signup."""
    wish = text(item.get("value"))
    if wish is None:
        raise BadItem("user_preferences.value")
    at = need_when(item.get("timestamp"))
    sender = sender_of(item, contacts, phone="wa_id", user="user_id")
    who = sender.user if sender else ""
    name = key("preference", who, str(item.get("category"))[:50], wish[:50], at.isoformat())
    detail: Json = {part: item[part] for part in ("category", "detail", "signup_id") if part in item}
    return Event(
        channel="whatsapp",
        account=account,
        key=name,
        kind="preference",
        at=at,
        sender=sender,
        message=Message(id=name, type="event", payload=wish, detail=detail or None),
        field="user_preferences",
        raw=raw(item),
    )


def handover(value: Json, waba: str, at: datetime) -> Event:
    """message.payload is the move: control_passed or control_taken. Every member is optional."""
    account = ident(obj(value.get("recipient")).get("phone_number_id"))
    account = account or ident(obj(value.get("metadata")).get("phone_number_id")) or waba
    move = text(value.get("type")) or "unknown"
    told = obj(value.get(move))
    moment = when(value.get("timestamp")) or at
    name = digest(account, "messaging_handovers", moment.isoformat(), value)
    who = obj(value.get("sender"))
    return Event(
        channel="whatsapp",
        account=account,
        key=name,
        kind="handover",
        at=moment,
        sender=sender_of(who, Contacts(None), phone="phone_number", user="user_id", required=False),
        message=Message(id=name, type="event", payload=move, detail=told or None),
        app_id=ident(told.get("new_owner_app_id")),
        field="messaging_handovers",
        raw=raw(value),
    )

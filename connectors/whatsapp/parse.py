"""WhatsApp webhook bodies → events.

Beyond the plain cases: `preference` carries message.payload stop|resume|signup, `handover` carries
message.payload control_passed|control_taken, `identity` the kind of change; the rest is in message.detail.
An `account` event's raw is the change's value. A group's message is "unknown": an answer would go elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from connectors.events import Event, EventKind, Message, Parsed, Status, StatusState
from connectors.shared.reading import (
    EPOCH,
    BadItem,
    Json,
    Sink,
    ident,
    items,
    key,
    need_ident,
    need_obj,
    need_object,
    need_when,
    obj,
    objects,
    raw,
    read_body,
    text,
    when,
)
from connectors.whatsapp.identity import Contacts, identity_change, sender_of
from connectors.whatsapp.messages import UNKNOWN_TYPE, read_message
from connectors.whatsapp.news import ACCOUNT_FIELDS, account_news, handover, preference, unknown

OBJECT = "whatsapp_business_account"
STATES: dict[str, StatusState] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
    "deleted": "deleted",
}
# Types that act on an earlier message: the event's kind, and where that message is named.
ACTS: dict[str, tuple[EventKind, str]] = {
    "reaction": ("reaction", "message_id"),
    "edit": ("edit", "original_message_id"),
    "revoke": ("delete", "original_message_id"),
}


def parse(body: bytes) -> Parsed:
    """Every item of the body as an event of its own, in the order of the body."""
    return read_body(body, _read_object)


def _read_object(top: Json, sink: Sink) -> None:
    if top.get("object") != OBJECT:
        sink.events.append(unknown("", f"object:{text(top.get('object'))}"[:100], EPOCH, top))
    elif isinstance(top.get("entry"), list):
        sink.each(top["entry"], _read_entry, sink)
    else:
        raise BadItem("entry")


def _read_entry(entry: Any, sink: Sink) -> None:
    waba = need_ident(need_object(entry), "id")
    if not isinstance(entry.get("changes"), list):
        raise BadItem("changes")
    sink.each(entry["changes"], _read_change, waba, when(entry.get("time")) or EPOCH, sink)


def _read_change(change: Any, waba: str, at: datetime, sink: Sink) -> None:
    field = text(need_object(change).get("field"))
    if field is None:
        raise BadItem("field")
    field, value = field[:100], change.get("value")
    if field in ACCOUNT_FIELDS:
        sink.events.append(account_news(waba, field, at, value))
    elif field == "messaging_handovers":
        sink.events.append(handover(need_obj(change, "value"), waba, at))
    elif not isinstance(value, dict) or not _read_value(value, field, at, sink):
        sink.events.append(unknown(_account_of(value) or waba, field, at, value))


def _account_of(value: Any) -> str | None:
    return ident(obj(obj(value).get("metadata")).get("phone_number_id"))


def _read_value(value: Json, field: str, at: datetime, sink: Sink) -> bool:
    """Read all lists we know, whatever the field: one change may mix them. False: there was none."""
    account = _account_of(value)
    if account is None or field == "history":
        return False
    before = sink.size
    if field == "standby":
        _read_standby(value, account, sink)
    else:
        _read_lists(value, value, account, sink)
    if items(value.get("errors")):
        sink.events.append(account_news(account, "errors", at, value["errors"]))
    return sink.size > before


def _read_lists(holder: Json, value: Json, account: str, sink: Sink) -> None:
    contacts = Contacts(value.get("contacts"))
    for name, read in READERS:
        if name in holder:
            sink.collect(items(holder[name]), read, account, contacts)


def _read_standby(value: Json, account: str, sink: Sink) -> None:
    """Meta's own agent has the thread: the same items, to be shown and not to be answered."""
    aside = Sink()
    _read_lists(obj(value.get("standby")), value, account, aside)
    sink.events.extend(
        msgspec.structs.replace(
            event, kind="standby", key=key("standby", event.key), field=f"standby.{event.kind}"
        )
        for event in aside.events
    )
    sink.rejected.extend(aside.rejected)


# --- items -----------------------------------------------------------------------------------


def _message(item: Json, account: str, contacts: Contacts) -> Event:
    kind_of = text(item.get("type")) or "none"
    if kind_of == "system":
        return identity_change(item, account, contacts)
    message = read_message(item, kind_of)
    kind, target, field = _kind(item, kind_of, known=message is not UNKNOWN_TYPE)
    return Event(
        channel="whatsapp",
        account=account,
        key=key(need_ident(item, "id")),
        kind=kind,
        at=need_when(item.get("timestamp")),
        sender=sender_of(item, contacts, required=kind != "unknown"),
        message=_named(message, item),
        target=target,
        emoji=_emoji(item),
        field=field,
        raw=raw(item),
    )


def _kind(item: Json, kind_of: str, *, known: bool) -> tuple[EventKind, str | None, str | None]:
    """The event's kind, the message it acts on, and the field that an unknown one is filed under."""
    if item.get("group_id") is not None:
        return "unknown", None, "messages.group"
    if not known or kind_of == "request_welcome":
        return "unknown", None, f"messages.{kind_of}"[:100]
    if kind_of in ACTS:
        kind, member = ACTS[kind_of]
        return kind, need_ident(need_obj(item, kind_of), member), None
    return "message", None, None


def _named(message: Message, item: Json) -> Message:
    if message is UNKNOWN_TYPE:
        return Message(id=need_ident(item, "id"), type="unsupported")
    return message


def _emoji(item: Json) -> str | None:
    return text(obj(item.get("reaction")).get("emoji")) if item.get("type") == "reaction" else None


def _echo(item: Json, account: str, contacts: Contacts) -> Event:
    """Sent from the business's own phone app. The customer is the one it went to."""
    kind_of = text(item.get("type")) or "none"
    member = ACTS.get(kind_of, ("echo", ""))[1]
    return Event(
        channel="whatsapp",
        account=account,
        key=key(need_ident(item, "id")),
        kind="echo",
        at=need_when(item.get("timestamp")),
        sender=sender_of(item, contacts, phone="to", user="to_user_id"),
        message=_named(read_message(item, kind_of), item),
        target=ident(obj(item.get(kind_of)).get(member)),
        emoji=_emoji(item),
        raw=raw(item),
    )


def _status(item: Json, account: str, contacts: Contacts) -> Event:
    message_id, name = need_ident(item, "id"), text(item.get("status"))
    if name is None:
        raise BadItem("status")
    state, to_group = STATES.get(name), item.get("recipient_type") == "group"
    whom = "recipient_participant" if to_group else "recipient"
    sender = sender_of(item, contacts, phone=f"{whom}_id", user=f"{whom}_user_id", required=False)
    participant = (sender.user,) if to_group and sender else ()
    return Event(
        channel="whatsapp",
        account=account,
        key=key("status", message_id, name[:50], *participant),
        kind="status" if state else "unknown",
        at=need_when(item.get("timestamp")),
        sender=sender,
        status=_delivery(item, message_id, state) if state else None,
        field=None if state else f"statuses.{name[:50]}",
        raw=raw(item),
    )


def _delivery(item: Json, message_id: str, state: StatusState) -> Status:
    error = next(objects(item.get("errors")), None)
    pricing = item.get("pricing")
    return Status(
        state=state,
        message_id=message_id,
        reference=text(item.get("biz_opaque_callback_data")),
        error_code=ident(error.get("code")) if error else None,
        error_detail=_error_text(error) if error else None,
        pricing=pricing if isinstance(pricing, dict) else None,
    )


def _error_text(error: Json) -> str | None:
    details = text(obj(error.get("error_data")).get("details"))
    return details or text(error.get("message")) or text(error.get("title"))


READERS = (
    ("messages", _message),
    ("message_echoes", _echo),
    ("statuses", _status),
    ("user_preferences", preference),
)

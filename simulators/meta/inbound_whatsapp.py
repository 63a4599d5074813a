"""A customer's acts as WhatsApp tells them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from simulators.meta import ids
from simulators.meta.media import File
from simulators.meta.sim import Simulator
from simulators.meta.state import Customer
from simulators.meta.statuses import contact

Json = dict[str, Any]


def message(sim: Simulator, customer: Customer, name: str, act: Json, file: File | None) -> Json:
    """The message object without its id and sender."""
    if file is not None:
        item = _media(sim, act["media"], file)
    elif name in _CONTENT:
        item = _CONTENT[name](act[name], customer)
    else:
        item = _text({"text": "?"}, customer)
    if act.get("reply_to"):
        item["context"] = {"from": customer.account.phone, "id": act["reply_to"]}
    if isinstance(act.get("referral"), dict):
        item["referral"] = act["referral"]
    return item


def tell(sim: Simulator, customer: Customer, message_id: str, item: Json) -> None:
    told = _sender(customer) | {"id": message_id, "timestamp": str(int(sim.clock.now()))} | item
    if customer.unwanted:
        return  # written, but the business does not hear it
    about = None if told.get("type") == "system" else contact(customer)
    sim.tell(customer, "messages", "messages", told, about)


def _sender(customer: Customer) -> Json:
    found: Json = {"from": customer.phone} if customer.phone else {}
    return found | {"from_user_id": customer.bsuid}


def _text(value: Any, customer: Customer) -> Json:
    return {"type": "text", "text": {"body": str(value)}}


def _button(value: Json, customer: Customer) -> Json:
    reply = {"id": str(value.get("id", "")), "title": str(value.get("title", ""))}
    return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}


def _list(value: Json, customer: Customer) -> Json:
    reply = {name: str(value[name]) for name in ("id", "title", "description") if value.get(name) is not None}
    return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": reply}}


def _template_button(value: Any, customer: Customer) -> Json:
    value = value if isinstance(value, dict) else {"payload": str(value)}
    payload = str(value.get("payload", ""))
    return {
        "type": "button",
        "button": {"payload": payload, "text": str(value.get("text") or value.get("title") or payload)},
    }


def _location(value: Json, customer: Customer) -> Json:
    return {"type": "location", "location": value}


def _flow(value: Json, customer: Customer) -> Json:
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(value, ensure_ascii=False)}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def _unsupported(value: Any, customer: Customer) -> Json:
    error = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    kind = value if isinstance(value, str) else "poll_creation"
    return {"type": "unsupported", "errors": [error], "unsupported": {"type": kind}}


_CONTENT: dict[str, Callable[[Any, Customer], Json]] = {
    "text": _text,
    "button": _button,
    "list": _list,
    "quick_reply": _template_button,
    "postback": _template_button,
    "template_button": _template_button,
    "location": _location,
    "contacts": lambda value, _: {"type": "contacts", "contacts": value},
    "order": lambda value, _: {"type": "order", "order": value},
    "flow": _flow,
    "unsupported": _unsupported,
    "system": lambda value, _: {"type": "system", "system": value},
    "raw": lambda value, _: dict(value),
}


def _media(sim: Simulator, given: Json, file: File) -> Json:
    kind = "document" if given["kind"] == "file" else given["kind"]
    media: Json = {"id": file.id, "mime_type": file.mime_type, "sha256": file.sha256_base64}
    media["url"] = sim.media.address(file, sim.config.base_url)
    if kind == "audio":
        media["voice"] = bool(given.get("voice", True))
    elif kind == "sticker":
        media["animated"] = False
    elif given.get("caption"):
        media["caption"] = str(given["caption"])
    if kind == "document":
        media["filename"] = file.filename
    return {"type": kind, kind: media}


# --- changes and news ----------------------------------------------------------------------------


def reaction(sim: Simulator, customer: Customer, target: str, emoji: str | None) -> None:
    told = {"message_id": target} | ({"emoji": emoji} if emoji else {})
    tell(sim, customer, ids.wamid(customer.user, False), {"type": "reaction", "reaction": told})


def edit(sim: Simulator, customer: Customer, target: str, text: str, edits: int) -> None:
    changed = {"type": "text", "text": {"body": text}}
    item = {"type": "edit", "edit": {"original_message_id": target, "message": changed}}
    tell(sim, customer, ids.wamid(customer.user, False), item)


def delete(sim: Simulator, customer: Customer, target: str) -> None:
    item = {"type": "revoke", "revoke": {"original_message_id": target}}
    tell(sim, customer, ids.wamid(customer.user, False), item)


def change_number(sim: Simulator, customer: Customer, phone: str) -> None:
    """The person moves to another number: new phone, new business-scoped id, same thread."""
    account = customer.account
    old_phone, old_bsuid = customer.phone, customer.bsuid
    account.customers.pop(customer.user, None)
    customer.user = customer.phone = phone
    customer.bsuid = ids.bsuid(phone, account.waba_id)
    account.customers[phone] = customer
    account.aliases[customer.bsuid] = phone
    account.aliases.pop(old_bsuid or "", None)
    system = {
        "type": "user_changed_number",
        "body": f"{customer.name or old_phone} changed from {old_phone} to {phone}",
        "wa_id": phone,
        "user_id": customer.bsuid,
        "previous_user_id": old_bsuid,
    }
    told: Json = {"type": "system", "from_user_id": customer.bsuid, "system": system}
    told |= {"from": old_phone} if old_phone else {}
    tell(sim, customer, ids.wamid(phone, False), told)


def preference(sim: Simulator, customer: Customer, value: str) -> None:
    customer.stopped_marketing = value == "stop"
    detail = (
        "User requested to stop marketing messages"
        if value == "stop"
        else "User requested marketing messages"
    )
    item: Json = {
        "user_id": customer.bsuid,
        "detail": detail,
        "category": "marketing_messages",
        "value": value,
    }
    item |= {"wa_id": customer.phone} if customer.phone else {}
    item["timestamp"] = int(sim.clock.now())
    sim.tell(customer, "user_preferences", "user_preferences", item, contact(customer))

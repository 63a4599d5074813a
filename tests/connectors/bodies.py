"""Webhook bodies as Meta writes them, small."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

PHONE = "5511955550123"


def wa_message(id_: str, text: str = "oi", *, at: datetime | int, phone: str = PHONE) -> dict[str, Any]:
    stamp = int(at.timestamp()) if isinstance(at, datetime) else at
    return {"from": phone, "id": id_, "timestamp": str(stamp), "type": "text", "text": {"body": text}}


def wa_value(value: dict[str, Any], *, account: str = "500000000000202") -> bytes:
    metadata = {"display_phone_number": "15550100001", "phone_number_id": account}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    entry = {"id": "400000000000101", "changes": [change]}
    return msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]})


def wa_messages(*messages: Any, account: str = "500000000000202") -> bytes:
    return wa_value({"messages": list(messages)}, account=account)


def wa_statuses(*statuses: Any) -> bytes:
    return wa_value({"statuses": list(statuses)})


def wa_status(id_: str, state: str, *, at: datetime, reference: str = "", **more: Any) -> dict[str, Any]:
    status = {"id": id_, "status": state, "timestamp": str(int(at.timestamp())), "recipient_id": PHONE}
    return {**status, **({"biz_opaque_callback_data": reference} if reference else {}), **more}


def messaging(channel: str, *items: dict[str, Any], entry_id: str | None = None) -> bytes:
    account = {"messenger": "610000000000001", "instagram": "17800000000000001"}[channel]
    name = {"messenger": "page", "instagram": "instagram"}[channel]
    entry = {"id": entry_id or account, "time": 1790000000123, "messaging": list(items)}
    return msgspec.json.encode({"object": name, "entry": [entry]})


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def item(channel: str, user: str, at: datetime, *, ours: bool = False, **content: Any) -> dict[str, Any]:
    account = {"messenger": "610000000000001", "instagram": "17800000000000001"}[channel]
    sender, recipient = (account, user) if ours else (user, account)
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": millis(at), **content}

"""What becomes of an accepted message: sent, delivered, read or failed, told as each channel tells it."""

from __future__ import annotations

from typing import Any

from simulators.meta.errors import status_error
from simulators.meta.faults import chance
from simulators.meta.sim import Simulator
from simulators.meta.state import Customer, Message, State

RANK: dict[str, int] = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


def schedule(sim: Simulator, message: Message, failure: tuple[int, str] | None = None) -> None:
    """Start the message's life. With `status_before_response` it all happens now."""
    knobs = sim.knobs(message.customer.account)
    if failure is not None:
        message.error = status_error(*failure)
    else:
        message.customer.unread[message.id] = message
        _echo(sim, message)
    if knobs.status_before_response:
        for _ in range(3):
            _advance(sim, message, repeat=False)
    else:
        # At least a moment, so that the answer to the call usually comes first, as with Meta.
        sim.delivery.later(max(knobs.delay_status_ms, 2) / 1000, lambda: _advance(sim, message))


def _advance(sim: Simulator, message: Message, repeat: bool = True) -> None:
    """One step further; the next is due after the same delay."""
    knobs = sim.knobs(message.customer.account)
    if message.error is not None:
        _fail(sim, message)
        return
    if message.state == "accepted":
        sent(sim, message)
    elif message.state == "sent":
        delivered(sim, message)
    elif message.state == "delivered" and knobs.auto_read:
        read(sim, message.customer)
    due = message.state == "sent" or (message.state == "delivered" and knobs.auto_read)
    if repeat and due:
        sim.delivery.later(max(knobs.delay_status_ms, 2) / 1000, lambda: _advance(sim, message))


def _fail(sim: Simulator, message: Message) -> None:
    if message.state != "failed":
        message.customer.unread.pop(message.id, None)
        _move(sim, message, "failed")
        _whatsapp_status(sim, message, "failed")


def sent(sim: Simulator, message: Message) -> None:
    if RANK.get(message.state, 9) < RANK["sent"]:
        _move(sim, message, "sent")
        if message.customer.account.kind == "whatsapp" and not _swapped(sim, message):
            _whatsapp_status(sim, message, "sent")


def delivered(sim: Simulator, message: Message) -> None:
    if RANK.get(message.state, 9) >= RANK["delivered"]:
        return
    _move(sim, message, "delivered")
    knobs = sim.knobs(message.customer.account)
    kind = message.customer.account.kind
    if kind == "messenger":
        _delivery_receipt(sim, message, knobs.watermark_only)
    elif kind == "whatsapp" and not _is_reaction(message):
        if not knobs.read_without_delivered:
            _whatsapp_status(sim, message, "delivered")
        if _swapped(sim, message):
            _whatsapp_status(sim, message, "sent")
    if knobs.read_without_delivered:
        read(sim, message.customer)


def _swapped(sim: Simulator, message: Message) -> bool:
    """With shuffled statuses every other message is told as delivered before sent."""
    knobs = sim.knobs(message.customer.account)
    return (
        knobs.status_order == "shuffled" and chance(knobs, "swap", message.customer.user, message.seq) < 0.5
    )


def _is_reaction(message: Message) -> bool:
    return bool(message.body.get("type") == "reaction")


def read(sim: Simulator, customer: Customer, until: str | None = None) -> list[str]:
    """The customer opened the thread: everything unread (up to a message) is read."""
    messages = []
    for message in list(customer.unread.values()):
        messages.append(message)
        if message.id == until:
            break
    for message in messages:
        sent(sim, message)
        if message.state == "sent":
            _deliver_silently_or_not(sim, message)
        customer.unread.pop(message.id, None)
        if message.state == "delivered":
            _move(sim, message, "read")
            if customer.account.kind == "whatsapp" and not _is_reaction(message):
                _whatsapp_status(sim, message, "read")
    if messages and customer.account.kind != "whatsapp":
        _page_read(sim, customer, messages[-1])
    return [message.id for message in messages]


def _deliver_silently_or_not(sim: Simulator, message: Message) -> None:
    if sim.knobs(message.customer.account).read_without_delivered:
        _move(sim, message, "delivered")
    else:
        delivered(sim, message)


def _move(sim: Simulator, message: Message, state: State) -> None:
    message.state = state
    sim.streams.tell(message.customer, "status", {"message_id": message.id, "status": state})


# --- the channels' words -------------------------------------------------------------------------


def _whatsapp_status(sim: Simulator, message: Message, state: str) -> None:
    customer = message.customer
    if sim.knobs(customer.account).no_statuses:
        return
    item: dict[str, Any] = {"id": message.id, "status": state, "timestamp": str(int(sim.clock.now()))}
    if customer.phone:
        item["recipient_id"] = customer.phone
    item["recipient_user_id"] = customer.bsuid
    if message.reference is not None:
        item["biz_opaque_callback_data"] = message.reference
    if state == "failed":
        item["errors"] = [message.error]
    elif state != "read" and message.pricing is not None:
        item["pricing"] = message.pricing
    sim.tell(customer, "messages", "statuses", item, None if state == "failed" else contact(customer))


def contact(customer: Customer) -> dict[str, Any]:
    """contacts[]: without wa_id for somebody who shows no phone."""
    profile = {"name": customer.name or customer.user}
    if customer.username:
        profile["username"] = customer.username
    found: dict[str, Any] = {"profile": profile}
    if customer.phone:
        found["wa_id"] = customer.phone
    return found | {"user_id": customer.bsuid}


def _delivery_receipt(sim: Simulator, message: Message, watermark_only: bool) -> None:
    if sim.knobs(message.customer.account).no_statuses:
        return
    receipt: dict[str, Any] = {"watermark": _milliseconds(message.at)}
    if not watermark_only:
        receipt["mids"] = [message.id]
    item = _from_user(sim, message.customer) | {"delivery": receipt}
    sim.tell(message.customer, "message_deliveries", "messaging", item)


def _page_read(sim: Simulator, customer: Customer, last: Message) -> None:
    if sim.knobs(customer.account).no_statuses:
        return
    instagram = customer.account.kind == "instagram"
    told = {"mid": last.id} if instagram else {"watermark": _milliseconds(last.at)}
    field = "messaging_seen" if instagram else "message_reads"
    sim.tell(customer, field, "messaging", _from_user(sim, customer) | {"read": told})


def _echo(sim: Simulator, message: Message) -> None:
    customer = message.customer
    if customer.account.kind == "whatsapp" or sim.knobs(customer.account).no_echoes:
        return
    told = echoed(message.body.get("message", {})) | {"mid": message.id, "is_echo": True}
    if customer.account.kind == "messenger":
        told["app_id"] = int(sim.config.app_id) if sim.config.app_id.isdigit() else sim.config.app_id
        if message.reference is not None:
            told["metadata"] = message.reference
    tell_echo(sim, customer, told)


def echoed(sent: dict[str, Any]) -> dict[str, Any]:
    """A sent message as its echo shows it."""
    told: dict[str, Any] = {}
    if "text" in sent:
        told["text"] = sent["text"]
    attachments = sent.get("attachments") or ([sent["attachment"]] if "attachment" in sent else [])
    if attachments:
        told["attachments"] = [_echoed_attachment(attachment) for attachment in attachments]
    return told


def _echoed_attachment(attachment: dict[str, Any]) -> dict[str, Any]:
    payload = attachment.get("payload", {})
    if attachment.get("type") != "template" or payload.get("template_type") != "generic":
        return attachment
    return {"type": "template", "payload": {"generic": {"elements": payload.get("elements", [])}}}


def tell_echo(sim: Simulator, customer: Customer, told: dict[str, Any]) -> None:
    account = customer.account
    item = {
        "sender": {"id": account.account_id},
        "recipient": {"id": customer.user},
        "timestamp": _milliseconds(sim.clock.now()),
        "message": told,
    }
    field = "message_echoes" if account.kind == "messenger" else "messages"
    sim.tell(customer, field, "messaging", item)


def _from_user(sim: Simulator, customer: Customer) -> dict[str, Any]:
    return {
        "sender": {"id": customer.user},
        "recipient": {"id": customer.account.account_id},
        "timestamp": _milliseconds(sim.clock.now()),
    }


def _milliseconds(at: float) -> int:
    return int(at * 1000)

"""A customer's acts as Messenger and Instagram tell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.meta import ids
from simulators.meta.errors import ControlError
from simulators.meta.media import File
from simulators.meta.sim import Simulator
from simulators.meta.state import Customer

Json = dict[str, Any]
DAYS = 86_400.0


def message(sim: Simulator, customer: Customer, name: str, act: Json, file: File | None) -> Json:
    """{"message": …} or {"postback": …} without the mid."""
    if file is not None:
        item: Json = {"message": {"attachments": [_attachment(sim, customer, act["media"], file)]}}
    elif name in ("button", "list", "template_button", "quick_reply", "postback"):
        item = _pressed(customer, name, act[name])
    elif name == "raw":
        item = dict(act["raw"])
    elif name in _CONTENT:
        item = {"message": _CONTENT[name](sim, customer, act[name])}
    else:
        raise ControlError(400, "invalid", f"{customer.account.kind} has no {name}", name)
    inner = item.get("message")
    if isinstance(inner, dict) and act.get("reply_to"):
        inner["reply_to"] = {"mid": act["reply_to"]}
    if isinstance(act.get("referral"), dict):
        (item.get("postback") or item.get("message") or item)["referral"] = act["referral"]
    return item


def tell(sim: Simulator, customer: Customer, mid: str, item: Json) -> None:
    field = "messages"
    for key, its_field in (("message", "messages"), ("postback", "messaging_postbacks")):
        if isinstance(item.get(key), dict):
            item[key] = {"mid": mid} | item[key]
            field = its_field
    _tell(sim, customer, field, item)


def _tell(sim: Simulator, customer: Customer, field: str, item: Json) -> None:
    envelope = {
        "sender": {"id": customer.user},
        "recipient": {"id": customer.account.account_id},
        "timestamp": int(sim.clock.now() * 1000),
    }
    # Somebody else owns the thread: a read-only copy, its postbacks without payload.
    standby = customer.owner_app not in (None, sim.config.app_id)
    if standby and isinstance(item.get("postback"), dict):
        item["postback"].pop("payload", None)
    sim.tell(customer, field, "standby" if standby else "messaging", envelope | item)


def _pressed(customer: Customer, name: str, value: Any) -> Json:
    """A quick reply comes as text with its payload, any other button as postback."""
    value = value if isinstance(value, dict) else {"payload": str(value)}
    payload = str(value.get("payload") or value.get("id") or "")
    title = str(value.get("title") or value.get("text") or payload)
    if name == "quick_reply" or (name != "postback" and _offered_as_quick_reply(customer, payload)):
        return {"message": {"text": title, "quick_reply": {"payload": payload}}}
    return {"postback": {"title": title, "payload": payload}}


def _offered_as_quick_reply(customer: Customer, payload: str) -> bool:
    last = next((m for m in reversed(customer.thread) if m.origin == "business"), None)
    offered = last.body.get("message", {}).get("quick_replies", []) if last else []
    return any(reply.get("payload") == payload for reply in offered)


def _attachment(sim: Simulator, customer: Customer, given: Json, file: File) -> Json:
    kind = "file" if given["kind"] == "document" else given["kind"]
    payload: Json = {"url": sim.media.address(file, sim.config.base_url, 3 * DAYS)}
    if kind == "sticker":
        payload["sticker_id"] = 369239263222822
    return {"type": kind, "payload": payload}


def _location(sim: Simulator, customer: Customer, value: Json) -> Json:
    if customer.account.kind == "instagram":
        raise ControlError(400, "invalid", "instagram has no location", "location")
    place = {"lat": value.get("latitude"), "long": value.get("longitude")}
    title = str(value.get("name") or "")
    return {"attachments": [{"type": "location", "title": title, "payload": {"coordinates": place}}]}


def _story(sim: Simulator, customer: Customer) -> str:
    file = sim.media.put(customer.account.account_id, b"story", "image/jpeg")
    return sim.media.address(file, sim.config.base_url, DAYS)


def _story_mention(sim: Simulator, customer: Customer, value: Any) -> Json:
    return {"attachments": [{"type": "story_mention", "payload": {"url": _story(sim, customer)}}]}


def _story_reply(sim: Simulator, customer: Customer, value: Json) -> Json:
    story = {"id": ids.numeric(), "url": _story(sim, customer)}
    return {"text": str(value.get("text", "")), "reply_to": {"story": story}}


_CONTENT: dict[str, Callable[[Simulator, Customer, Any], Json]] = {
    "text": lambda sim, customer, value: {"text": value},
    "location": _location,
    "unsupported": lambda sim, customer, value: {"is_unsupported": True},
    "story_mention": _story_mention,
    "story_reply": _story_reply,
}


# --- changes -------------------------------------------------------------------------------------


def reaction(sim: Simulator, customer: Customer, target: str, emoji: str | None) -> None:
    told: Json = {"mid": target, "action": "react" if emoji else "unreact"}
    if emoji:
        told |= {"reaction": {"❤": "love", "👍": "like"}.get(emoji.rstrip("\ufe0f"), "other"), "emoji": emoji}
    _tell(sim, customer, "message_reactions", {"reaction": told})


def edit(sim: Simulator, customer: Customer, target: str, text: str, edits: int) -> None:
    field = "message_edit" if customer.account.kind == "instagram" else "message_edits"
    _tell(sim, customer, field, {"message_edit": {"mid": target, "text": text, "num_edit": edits}})


def delete(sim: Simulator, customer: Customer, target: str) -> None:
    """Only Instagram tells of it."""
    if customer.account.kind == "instagram":
        _tell(sim, customer, "messages", {"message": {"mid": target, "is_deleted": True}})


def handover(sim: Simulator, customer: Customer, action: str, app_id: str) -> None:
    """Thread control moves to or from another app, and both sides are told."""
    ours = sim.config.app_id
    if action == "pass":
        customer.owner_app = None
        news = {
            "pass_thread_control": {"previous_owner_app_id": app_id, "new_owner_app_id": ours, "metadata": ""}
        }
    elif action == "take":
        customer.owner_app = app_id
        news = {
            "take_thread_control": {"previous_owner_app_id": ours, "new_owner_app_id": app_id, "metadata": ""}
        }
    else:
        news = {"request_thread_control": {"requested_owner_app_id": app_id, "metadata": ""}}
    envelope = {
        "sender": {"id": customer.user},
        "recipient": {"id": customer.account.account_id},
        "timestamp": int(sim.clock.now() * 1000),
    }
    plural = "" if customer.account.kind == "instagram" else "s"
    sim.tell(customer, f"messaging_handover{plural}", "messaging", envelope | news)


def comment(sim: Simulator, customer: Customer, text: str, own: bool) -> str:
    """A public comment; `own`: written by the account itself."""
    account = customer.account
    comment_id, media_id = ids.numeric(), ids.numeric()
    account.comments[comment_id] = {"user": customer.user, "at": sim.clock.now(), "text": text}
    author = account.account_id if own else customer.user
    if account.kind == "instagram":
        username = account.username if own else customer.username
        value: Json = {"id": comment_id, "from": {"id": author, "username": username}, "text": text}
        value["media"] = {"id": media_id, "media_product_type": "FEED"}
        sim.tell(customer, "comments", "changes", value)
    else:
        value = {"item": "comment", "verb": "add", "comment_id": comment_id, "post_id": media_id}
        value |= {
            "from": {"id": author, "name": customer.name},
            "message": text,
            "created_time": int(sim.clock.now()),
        }
        sim.tell(customer, "feed", "changes", value)
    return comment_id

"""The content of a WhatsApp message, by its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from connectors.events import Location, Media, Message, MessageType
from connectors.shared.reading import (
    BadItem,
    Json,
    flag,
    ident,
    items,
    maybe_obj,
    need_ident,
    need_obj,
    number,
    obj,
    objects,
    text,
)

# Two choices with one payload get different ids on the way out: this mark and a number, cut off here.
TWIN = "\u2063"
UNKNOWN_TYPE = Message(id="", type="unsupported")
MEDIA_KINDS = {"image", "video", "audio", "document", "sticker"}
CONTEXT_DETAIL = ("forwarded", "frequently_forwarded", "referred_product")


def read_message(item: Json, kind: str) -> Message:
    """The message; UNKNOWN_TYPE itself for a type not known here."""
    read = READERS.get(kind)
    if read is None:
        return UNKNOWN_TYPE
    context = obj(item.get("context"))
    detail = {name: context[name] for name in CONTEXT_DETAIL if context.get(name)}
    return read(
        item, Parts(need_ident(item, "id"), ident(context.get("id")), maybe_obj(item.get("referral")), detail)
    )


class Parts:
    """What every message may have beside its content."""

    __slots__ = ("detail", "id", "referral", "reply_to")

    def __init__(self, id: str, reply_to: str | None, referral: Json | None, detail: Json) -> None:
        self.id = id
        self.reply_to = reply_to
        self.referral = referral
        self.detail = detail

    def message(
        self,
        type: MessageType,
        *,
        text: str | None = None,
        payload: str | None = None,
        media: tuple[Media, ...] = (),
        location: Location | None = None,
    ) -> Message:
        return Message(
            id=self.id,
            type=type,
            text=text,
            payload=payload,
            media=media,
            location=location,
            reply_to=self.reply_to,
            referral=self.referral,
            detail=self.detail or None,
        )


def _text(item: Json, parts: Parts) -> Message:
    body = need_obj(item, "text").get("body")
    if not isinstance(body, str):
        raise BadItem("text.body")
    return parts.message("text", text=body)


def _media(item: Json, parts: Parts) -> Message:
    kind: Any = item["type"]
    content = obj(item.get(kind))
    media_id, url = ident(content.get("id")), text(content.get("url"))
    if media_id is None and url is None:
        # Too large a file comes as its type with an error in place of the file.
        if items(item.get("errors")):
            return _unsupported(item, parts)
        raise BadItem(f"{kind}.id")
    file = Media(
        kind=kind,
        id=media_id,
        url=url,
        mime_type=text(content.get("mime_type")),
        filename=text(content.get("filename")),
        sha256=text(content.get("sha256")),
        voice=flag(content.get("voice")),
    )
    return parts.message(kind, text=text(content.get("caption")), media=(file,))


def _location(item: Json, parts: Parts) -> Message:
    place = need_obj(item, "location")
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None:
        raise BadItem("location")
    where = Location(latitude, longitude, name=text(place.get("name")), address=text(place.get("address")))
    return parts.message("location", location=where)


def _contacts(item: Json, parts: Parts) -> Message:
    cards = list(objects(item.get("contacts")))
    parts.detail["contacts"] = cards
    if any(card.get("origin") == "contact_request" for card in cards):
        parts.detail["origin"] = "contact_request"
    return parts.message("contacts")


def _button(item: Json, parts: Parts) -> Message:
    """A template's quick reply."""
    button = need_obj(item, "button")
    payload, title = _payload(button.get("payload")), text(button.get("text"))
    if payload is None and title is None:
        raise BadItem("button")
    return parts.message("button", text=title, payload=payload or title)


def _interactive(item: Json, parts: Parts) -> Message:
    interactive = need_obj(item, "interactive")
    kind = text(interactive.get("type"))
    content = obj(interactive.get(kind)) if kind else {}
    if kind in ("button_reply", "list_reply"):
        if text(content.get("description")):
            parts.detail["description"] = content["description"]
        payload = _payload(need_ident(content, "id"))
        return parts.message(
            "list" if kind == "list_reply" else "button", text=text(content.get("title")), payload=payload
        )
    if kind == "nfm_reply":
        parts.detail["response"] = _json_in_text(content.get("response_json"))
        return parts.message("flow", text=text(content.get("body")), payload=text(content.get("name")))
    if kind == "call_permission_reply":
        parts.detail["call_permission"] = content or interactive
        return parts.message("event", payload=text((content or interactive).get("response")))
    parts.detail["reason"] = f"interactive.{kind}"[:100]
    return parts.message("unsupported")


def _json_in_text(value: Any) -> Any:
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, RecursionError):
        return value


def _payload(value: Any) -> str | None:
    payload = text(value)
    return payload.partition(TWIN)[0] if payload else None


def _order(item: Json, parts: Parts) -> Message:
    order = need_obj(item, "order")
    parts.detail["catalog_id"] = ident(order.get("catalog_id"))
    parts.detail["items"] = list(objects(order.get("product_items")))
    return parts.message("order", text=text(order.get("text")))


def _unsupported(item: Json, parts: Parts) -> Message:
    error = next(objects(item.get("errors")), {})
    named = text(obj(item.get("unsupported")).get("type"))
    parts.detail["reason"] = named or ident(error.get("code")) or "unknown"
    if error:
        parts.detail["errors"] = list(objects(item["errors"]))
    return parts.message("unsupported")


def _edit(item: Json, parts: Parts) -> Message:
    """The new content, under the edit's own id."""
    new = obj(need_obj(item, "edit").get("message"))
    kind = text(new.get("type")) or "none"
    if kind in ("edit", "revoke"):
        raise BadItem("edit.message.type")
    message = read_message({**new, "id": parts.id}, kind)
    return parts.message("unsupported") if message is UNKNOWN_TYPE else message


def _bare(item: Json, parts: Parts) -> Message:
    return parts.message("event", payload=item["type"])


READERS: dict[str, Callable[[Json, Parts], Message]] = {
    "text": _text,
    **dict.fromkeys(MEDIA_KINDS, _media),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "unsupported": _unsupported,
    "edit": _edit,
    "reaction": _bare,
    "revoke": _bare,
    "request_welcome": _bare,
}

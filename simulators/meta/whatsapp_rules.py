"""Is this body a WhatsApp message Meta would take? Pure; limits from the Cloud API reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulators.meta import ids
from simulators.meta.check import Checker
from simulators.meta.errors import whatsapp_error

check = Checker(whatsapp_error, missing=131008, invalid=131009)
Body = dict[str, Any]

MEDIA = ("image", "video", "audio", "document", "sticker")


def recipient(body: Body) -> str:
    """The address, checked: a phone (wins) or a business-scoped id."""
    if body.get("to") is not None:
        phone = check.text(body, "to", 64)
        digits = re.sub(r"[\s().+-]", "", phone)
        if not digits.isascii() or not digits.isdigit() or not 7 <= len(digits) <= 15:
            raise check.fail("to is not a phone number")
        return digits
    user = check.text(body, "recipient", 160) if body.get("recipient") is not None else None
    if user is None:
        raise check.fail("The parameter to is required.", 131008)
    if not ids.is_bsuid(user):
        raise check.fail("recipient is not a business-scoped user id")
    return user


def validate(body: Body) -> None:
    if body.get("messaging_product") != "whatsapp":
        raise whatsapp_error(100, "The parameter messaging_product is required.")
    if body.get("recipient_type", "individual") != "individual":
        raise check.fail("recipient_type must be individual", 100)
    recipient(body)
    check.optional_text(body, "biz_opaque_callback_data", 512)
    if body.get("context") is not None:
        check.text(check.mapping(body, "context"), "message_id", 256)
    kind = body.get("type", "text")
    rule = _TYPES.get(kind) if isinstance(kind, str) else None
    if rule is None:
        raise whatsapp_error(100, "Param type must be one of the supported message types")
    rule(body)


def _text(body: Body) -> None:
    text = check.mapping(body, "text")
    value = check.text(text, "body", 10**7, 100)
    if len(value) > 4096:
        raise whatsapp_error(100, "Param text['body'] must be at most 4096 characters long.")


def _media(kind: str) -> Callable[[Body], None]:
    def rule(body: Body) -> None:
        media = check.mapping(body, kind)
        if (media.get("id") is None) == (media.get("link") is None):
            raise check.fail(f"{kind} needs id or link", 131008)
        if media.get("link") is not None:
            check.url(media, "link")
        else:
            check.text(media, "id", 64)
        if media.get("caption") is not None:
            if kind in ("audio", "sticker"):
                raise check.fail(f"{kind} takes no caption", 100)
            check.text(media, "caption", 1024)
        check.optional_text(media, "filename", 240)

    return rule


def _location(body: Body) -> None:
    place = check.mapping(body, "location")
    check.number(place, "latitude", -90, 90)
    check.number(place, "longitude", -180, 180)


def _contacts(body: Body) -> None:
    for contact in check.items(body, "contacts", 1, 257):
        name = check.mapping(contact, "name")
        check.text(name, "formatted_name", 512)
        if not set(name) & {"first_name", "last_name", "middle_name", "prefix", "suffix"}:
            raise check.fail("name needs one more part beside formatted_name", 131008)


def _reaction(body: Body) -> None:
    reaction = check.mapping(body, "reaction")
    check.text(reaction, "message_id", 256)
    if not isinstance(reaction.get("emoji"), str) or len(reaction["emoji"]) > 16:
        raise check.fail("emoji is required", 131008)


def _template(body: Body) -> None:
    template = check.mapping(body, "template")
    check.text(template, "name", 512)
    check.text(check.mapping(template, "language"), "code", 16)
    if template.get("components") is not None:
        check.items(template, "components", 0, 20)


# --- interactive ---------------------------------------------------------------------------------


def _interactive(body: Body) -> None:
    shown = check.mapping(body, "interactive")
    kind = check.text(shown, "type", 64)
    rule = _INTERACTIVE.get(kind)
    if rule is None:
        raise check.fail(f"interactive type {kind} is not supported")
    if shown.get("footer") is not None:
        check.text(check.mapping(shown, "footer"), "text", 60)
    if shown.get("header") is not None:
        _header(check.mapping(shown, "header"), text_only=kind == "list")
    rule(shown)


def _header(header: Body, text_only: bool) -> None:
    kind = check.text(header, "type", 16)
    if kind == "text":
        check.text(header, "text", 60)
    elif text_only or kind not in ("image", "video", "document"):
        raise check.fail(f"header type {kind} is not allowed here")
    else:
        _media(kind)(header)


def _body(shown: Body, high: int) -> Body:
    check.text(check.mapping(shown, "body"), "text", high)
    return check.mapping(shown, "action")


def _buttons(shown: Body) -> None:
    replies = []
    for button in check.items(_body(shown, 1024), "buttons", 1, 3):
        if button.get("type") != "reply":
            raise check.fail("button type must be reply")
        replies.append(check.mapping(button, "reply"))
    check.unique([check.text(reply, "id", 256) for reply in replies], "button ids")
    check.unique([check.text(reply, "title", 20) for reply in replies], "button titles")


def _list(shown: Body) -> None:
    action = _body(shown, 4096)
    check.text(action, "button", 20)
    sections = check.items(action, "sections", 1, 10)
    rows: list[str] = []
    for section in sections:
        if len(sections) > 1 or section.get("title") is not None:
            check.text(section, "title", 24)
        for row in check.items(section, "rows", 1, 10):
            rows.append(check.text(row, "id", 200))
            check.text(row, "title", 24)
            check.optional_text(row, "description", 72)
    if len(rows) > 10:
        raise check.fail("Total row count exceed max allowed count: 10")
    check.unique(rows, "row ids")


def _cta_url(shown: Body) -> None:
    parameters = check.mapping(_body(shown, 1024), "parameters")
    check.text(parameters, "display_text", 20)
    check.url(parameters, "url")


def _named(name: str) -> Callable[[Body], None]:
    def rule(shown: Body) -> None:
        if _body(shown, 1024).get("name") != name:
            raise check.fail(f"action name must be {name}")

    return rule


def _carousel(shown: Body) -> None:
    for card in check.items(_body(shown, 1024), "cards", 2, 10):
        check.number(card, "card_index", 0, 9)
        if card.get("body") is not None:
            check.text(check.mapping(card, "body"), "text", 160)


def _products(shown: Body) -> None:
    action = check.mapping(shown, "action")
    check.text(action, "catalog_id", 64)
    if shown.get("type") == "product_list":
        sections = check.items(action, "sections", 1, 10)
        total = sum(len(check.items(section, "product_items", 1, 30)) for section in sections)
        if total > 30:
            raise check.fail("at most 30 products")


_INTERACTIVE: dict[str, Callable[[Body], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _cta_url,
    "location_request_message": _named("send_location"),
    "request_contact_info": _named("request_contact_info"),
    "flow": _named("flow"),
    "catalog_message": _named("catalog_message"),
    "product": _products,
    "product_list": _products,
    "carousel": _carousel,
}

_TYPES: dict[str, Callable[[Body], None]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
} | {kind: _media(kind) for kind in MEDIA}

"""Checks messages that somebody wrote in WhatsApp's own JSON: right shape, within limits, no recipient."""

from __future__ import annotations

import re
from typing import Any

from connectors.events import ContentError, Native
from connectors.shared.wording import units
from connectors.whatsapp.limits import (
    BODY,
    BUTTON_ID,
    BUTTON_TITLE,
    BUTTONS,
    CAPTION,
    FOOTER,
    HEADER,
    LIST_BODY,
    ROW_DESCRIPTION,
    ROW_ID,
    ROW_TITLE,
    ROWS,
    SECTIONS,
    TEMPLATE_NAME,
    TEXT,
)

MEDIA = {"image", "video", "audio", "document", "sticker"}
TYPES = MEDIA | {"text", "location", "contacts", "reaction", "interactive", "template"}
INTERACTIVE = {
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "request_contact_info",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
}
NAME = re.compile(r"[a-z0-9_]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")


def check_custom(custom: dict[str, Any]) -> Native:
    """The message itself if it may be sent as it is. Raises ContentError."""
    kind = custom.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ContentError("custom.type", "not a type that can be sent")
    strange = set(custom) - {"type", kind, "context"}
    if strange:
        raise ContentError(f"custom.{sorted(map(str, strange))[0]}", "not allowed here")
    content = _content(custom, kind)
    if kind in CHECKS:
        CHECKS[kind](content)
    elif kind in MEDIA:
        _check_media(kind, content)
    return dict(custom)


def _content(custom: dict[str, Any], kind: str) -> Any:
    content = custom.get(kind)
    if not isinstance(content, list if kind == "contacts" else dict) or not content:
        raise ContentError(f"custom.{kind}", "missing")
    return content


def check_template(template: dict[str, Any]) -> dict[str, Any]:
    name, language = template.get("name"), template.get("language")
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > TEMPLATE_NAME:
        raise ContentError("template.name", "lower case letters, digits and underscores only")
    code = language.get("code") if isinstance(language, dict) else None
    if not isinstance(code, str) or not LANGUAGE.fullmatch(code):
        raise ContentError("template.language", "needs a code such as pt_BR")
    if not isinstance(template.get("components", []), list):
        raise ContentError("template.components", "not a list")
    return template


def _check_media(kind: str, media: dict[str, Any]) -> None:
    if ("id" in media) == ("link" in media):
        raise ContentError(f"custom.{kind}", "needs either id or link")
    if "caption" in media:
        _text(f"custom.{kind}.caption", media["caption"], CAPTION)


def _check_text(content: dict[str, Any]) -> None:
    _text("custom.text.body", content.get("body"), TEXT)


def _check_location(content: dict[str, Any]) -> None:
    for name, bound in (("latitude", 90), ("longitude", 180)):
        value = content.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not -bound <= value <= bound:
            raise ContentError(f"custom.location.{name}", "not a coordinate")


def _check_reaction(content: dict[str, Any]) -> None:
    _text("custom.reaction.message_id", content.get("message_id"), 1024)
    if not isinstance(content.get("emoji"), str):
        raise ContentError("custom.reaction.emoji", "missing (an empty one removes the reaction)")


def _check_interactive(content: dict[str, Any]) -> None:
    kind = content.get("type")
    if not isinstance(kind, str) or kind not in INTERACTIVE:
        raise ContentError("custom.interactive.type", "not a type that can be sent")
    body, action = content.get("body"), content.get("action")
    if kind not in ("product", "carousel") or body is not None:
        words = body.get("text") if isinstance(body, dict) else None
        _text("custom.interactive.body.text", words, LIST_BODY if kind == "list" else BODY)
    if not isinstance(action, dict):
        raise ContentError("custom.interactive.action", "missing")
    _check_edges(content)
    if kind == "button":
        _check_buttons(action.get("buttons"))
    elif kind == "list":
        _check_list(action)


def _check_edges(content: dict[str, Any]) -> None:
    header, footer = content.get("header"), content.get("footer")
    if isinstance(header, dict) and header.get("type") == "text":
        _text("custom.interactive.header.text", header.get("text"), HEADER)
    if footer is not None:
        words = footer.get("text") if isinstance(footer, dict) else None
        _text("custom.interactive.footer.text", words, FOOTER)


def _check_buttons(buttons: Any) -> None:
    where = "custom.interactive.action.buttons"
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise ContentError(where, f"1 to {BUTTONS} buttons")
    replies = [button.get("reply") if isinstance(button, dict) else None for button in buttons]
    _check_named(where, replies, BUTTON_ID, BUTTON_TITLE)
    if len({reply["title"] for reply in replies if reply}) < len(replies):
        raise ContentError(where, "two titles are equal")


def _check_list(action: dict[str, Any]) -> None:
    where = "custom.interactive.action.sections"
    _text("custom.interactive.action.button", action.get("button"), BUTTON_TITLE)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= SECTIONS:
        raise ContentError(where, f"1 to {SECTIONS} sections")
    rows: list[Any] = []
    for section in sections:
        part = section.get("rows") if isinstance(section, dict) else None
        if not isinstance(part, list):
            raise ContentError(where, "a section has no rows")
        if len(sections) > 1:
            _text(f"{where}.title", section.get("title"), ROW_TITLE)
        rows.extend(part)
    if not 1 <= len(rows) <= ROWS:
        raise ContentError(where, f"1 to {ROWS} rows in all")
    _check_named(where, rows, ROW_ID, ROW_TITLE)
    for row in rows:
        if "description" in row:
            _text(f"{where}.description", row["description"], ROW_DESCRIPTION)


def _check_named(where: str, named: list[Any], id_limit: int, title_limit: int) -> None:
    for one in named:
        if not isinstance(one, dict):
            raise ContentError(where, "not an object with id and title")
        _text(f"{where}.id", one.get("id"), id_limit)
        _text(f"{where}.title", one.get("title"), title_limit)
    if len({one["id"] for one in named}) < len(named):
        raise ContentError(where, "two ids are equal")


def _text(where: str, value: Any, limit: int) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ContentError(where, "missing")
    if units(value) > limit:
        raise ContentError(where, f"longer than {limit}")


CHECKS = {
    "text": _check_text,
    "location": _check_location,
    "reaction": _check_reaction,
    "interactive": _check_interactive,
    "template": check_template,
}

"""Reads a native message back: what the thread in the console shows of what we sent."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.events import Channel, Native

MEDIA = ("image", "video", "audio", "document", "sticker")
ATTACHMENT = {"image": "image", "video": "video", "audio": "audio", "file": "document"}


class Shown(msgspec.Struct, frozen=True):
    """`kind`: text, image, …, buttons, list, template, location. `content`: buttons, attachments, location."""

    kind: str
    text: str
    content: dict[str, Any]


def describe(channel: Channel, native: Native) -> Shown:
    """Never fails: what is not understood is shown as its kind with no text."""
    return _whatsapp(native) if channel == "whatsapp" else _thread(native)


def _whatsapp(native: Native) -> Shown:
    kind = str(native.get("type", "unknown"))
    part = native.get(kind)
    if not isinstance(part, dict):
        return Shown(kind, "", {})
    if kind == "text":
        return Shown("text", str(part.get("body", "")), {})
    if kind in MEDIA:
        file = {"kind": kind, "url": part.get("link"), "id": part.get("id"), "filename": part.get("filename")}
        return Shown(kind, str(part.get("caption", "")), {"attachments": [_without_none(file)]})
    if kind == "interactive":
        return _interactive(part)
    if kind == "template":
        return Shown("template", str(part.get("name", "")), {"detail": part})
    if kind == "location":
        return Shown("location", str(part.get("name") or part.get("address") or ""), {"location": part})
    return Shown(kind, "", {"detail": part})


def _interactive(part: dict[str, Any]) -> Shown:
    action = part.get("action") or {}
    buttons = [_reply(b.get("reply", {})) for b in action.get("buttons", [])]
    rows = [_reply(row) for section in action.get("sections", []) for row in section.get("rows", [])]
    kind = "list" if rows else "buttons" if buttons else "interactive"
    return Shown(kind, str((part.get("body") or {}).get("text", "")), {"buttons": buttons + rows})


def _reply(reply: dict[str, Any]) -> dict[str, str]:
    return {"title": str(reply.get("title", "")), "payload": str(reply.get("id", ""))}


def _thread(native: Native) -> Shown:
    """Messenger and Instagram."""
    message = native.get("message")
    if not isinstance(message, dict):
        return Shown("unknown", "", {})
    if "template" in message:
        return Shown("template", str(message["template"].get("name", "")), {"detail": message["template"]})
    attachment = message.get("attachment")
    if isinstance(attachment, dict):
        return _attachment(attachment)
    quick = [
        {"title": str(q.get("title", "")), "payload": str(q.get("payload", ""))}
        for q in message.get("quick_replies", [])
    ]
    text = str(message.get("text", ""))
    return Shown("buttons", text, {"buttons": quick}) if quick else Shown("text", text, {})


def _attachment(attachment: dict[str, Any]) -> Shown:
    payload = attachment.get("payload") or {}
    if attachment.get("type") != "template":
        kind = ATTACHMENT.get(str(attachment.get("type")), "other")
        return Shown(kind, "", {"attachments": [_without_none({"kind": kind, "url": payload.get("url")})]})
    buttons = [
        {"title": str(b.get("title", "")), "payload": str(b.get("payload") or b.get("url") or "")}
        for b in payload.get("buttons", [])
    ]
    return Shown("buttons" if buttons else "template", str(payload.get("text", "")), {"buttons": buttons})


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None}

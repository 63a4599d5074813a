"""Checks Messenger and Instagram messages that somebody wrote in the channel's own JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from connectors.events import ContentError, Native
from connectors.shared.wording import Measure, units

Json = dict[str, Any]

BUTTONS = {"postback": "payload", "web_url": "url", "phone_number": "payload", "account_link": "url"}
OTHER_BUTTONS = {"account_unlink", "game_play"}
ELEMENTS = 10
ELEMENT_TITLE = 80


class Checker:
    """`templates`: template types allowed; `attachments`: likewise; `beside`: keys next to message."""

    def __init__(
        self,
        *,
        text: int,
        measure: Measure,
        templates: Collection[str],
        attachments: Collection[str],
        beside: Collection[str],
        reply_types: Collection[str],
    ) -> None:
        self._text = text
        self._measure = measure
        self._templates = templates
        self._attachments = attachments
        self._beside = beside
        self._reply_types = reply_types

    def check(self, custom: Json) -> Native:
        """The message itself if it may be sent as it is. Raises ContentError."""
        strange = set(custom) - {"message", *self._beside}
        if strange:
            raise ContentError(f"custom.{sorted(map(str, strange))[0]}", "not allowed here")
        message = custom.get("message")
        if not isinstance(message, dict) or not message:
            raise ContentError("custom.message", "missing")
        if not {"text", "attachment", "attachments", "template"} & set(message):
            raise ContentError("custom.message", "neither text nor attachment")
        if "text" in message:
            _text("custom.message.text", message["text"], self._text, self._measure)
            if "attachment" in message or "attachments" in message:
                raise ContentError("custom.message", "text and attachment do not go together")
        if "quick_replies" in message:
            self._check_replies(message["quick_replies"])
        if "attachment" in message:
            self._check_attachment(message["attachment"])
        return dict(custom)

    def _check_replies(self, replies: Any) -> None:
        where = "custom.message.quick_replies"
        if not isinstance(replies, list) or not 1 <= len(replies) <= 13:
            raise ContentError(where, "1 to 13 quick replies")
        for reply in replies:
            kind = reply.get("content_type") if isinstance(reply, dict) else None
            if kind not in self._reply_types:
                raise ContentError(where, "content_type not allowed")
            if kind == "text":
                _text(f"{where}.title", reply.get("title"), 20)
                _text(f"{where}.payload", reply.get("payload"), 1000)

    def _check_attachment(self, attachment: Any) -> None:
        where = "custom.message.attachment"
        kind = attachment.get("type") if isinstance(attachment, dict) else None
        if kind not in self._attachments and kind != "template":
            raise ContentError(f"{where}.type", "not a type that can be sent")
        payload = attachment.get("payload")
        if kind == "like_heart":
            return
        if not isinstance(payload, dict) or not payload:
            raise ContentError(f"{where}.payload", "missing")
        if kind == "template":
            self._check_template(payload)

    def _check_template(self, payload: Json) -> None:
        where = "custom.message.attachment.payload"
        kind = payload.get("template_type")
        if kind not in self._templates:
            raise ContentError(f"{where}.template_type", "not a template that can be sent")
        if kind == "button":
            _text(f"{where}.text", payload.get("text"), 640)
            _check_buttons(f"{where}.buttons", payload.get("buttons"), at_least=1)
        elif kind == "generic":
            _check_elements(f"{where}.elements", payload.get("elements"))


def _check_elements(where: str, elements: Any) -> None:
    if not isinstance(elements, list) or not 1 <= len(elements) <= ELEMENTS:
        raise ContentError(where, f"1 to {ELEMENTS} elements")
    for element in elements:
        if not isinstance(element, dict) or len(element) < 2:
            raise ContentError(where, "a title and one thing more")
        _text(f"{where}.title", element.get("title"), ELEMENT_TITLE)
        if "subtitle" in element:
            _text(f"{where}.subtitle", element["subtitle"], ELEMENT_TITLE)
        if "buttons" in element:
            _check_buttons(f"{where}.buttons", element["buttons"], at_least=0)


def _check_buttons(where: str, buttons: Any, *, at_least: int) -> None:
    if not isinstance(buttons, list) or not at_least <= len(buttons) <= 3:
        raise ContentError(where, f"{at_least} to 3 buttons")
    for button in buttons:
        kind = button.get("type") if isinstance(button, dict) else None
        if kind in OTHER_BUTTONS:
            continue
        if kind not in BUTTONS:
            raise ContentError(f"{where}.type", "not a button that can be sent")
        if kind != "account_link":
            _text(f"{where}.title", button.get("title"), 20)
        _text(f"{where}.{BUTTONS[kind]}", button.get(BUTTONS[kind]), 1000)


def _text(where: str, value: Any, limit: int, measure: Measure = units) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ContentError(where, "missing")
    if measure(value) > limit:
        raise ContentError(where, f"longer than {limit}")

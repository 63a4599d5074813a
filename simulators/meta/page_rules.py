"""Is this body a message the Messenger or Instagram Send API would take? Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.meta.check import Checker
from simulators.meta.errors import GraphError

Body = dict[str, Any]

check = Checker(lambda code, text: GraphError(code, text), missing=100, invalid=100)

REMOVED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
RECIPIENTS = ("id", "user_ref", "comment_id", "post_id", "notification_messages_token")


def recipient(body: Body) -> tuple[str, str]:
    """Which kind of address, and the address."""
    holder = check.mapping(body, "recipient")
    named = [name for name in RECIPIENTS if holder.get(name) is not None]
    if len(named) != 1:
        raise check.fail("recipient must have exactly one of " + ", ".join(RECIPIENTS))
    return named[0], check.text(holder, named[0], 256)


def validate(body: Body, channel: str) -> None:
    recipient(body)
    _tag(body, channel)
    action = body.get("sender_action")
    if action is not None:
        _action(body, action)
        return
    message = check.mapping(body, "message")
    check.optional_text(message, "metadata", 1000)
    if body.get("reply_to") is not None:
        check.text(check.mapping(body, "reply_to"), "mid", 512)
    contents = [
        name for name in ("text", "attachment", "attachments", "template") if message.get(name) is not None
    ]
    if len(contents) != 1:
        raise check.fail("message must have exactly one of text, attachment, attachments, template")
    _CONTENTS[contents[0]](message, channel)
    if message.get("quick_replies") is not None:
        _quick_replies(message, channel)


def _tag(body: Body, channel: str) -> None:
    kind, tag = body.get("messaging_type", "RESPONSE"), body.get("tag")
    if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"):
        raise check.fail("messaging_type is not valid")
    if kind == "MESSAGE_TAG" and tag is None:
        raise check.fail("The parameter tag is required.")
    if kind == "UTILITY" and channel == "instagram":
        raise check.fail("messaging_type UTILITY is not available for Instagram")
    if tag is None:
        return
    if tag in REMOVED_TAGS:
        raise check.fail(f"Message tag {tag} is no longer supported")
    allowed = ("HUMAN_AGENT",) if channel == "instagram" else ("HUMAN_AGENT", "CUSTOMER_FEEDBACK")
    if tag not in allowed:
        raise check.fail("tag is not valid")


def _action(body: Body, action: Any) -> None:
    if action not in ACTIONS:
        raise check.fail("sender_action is not valid")
    if body.get("message") is not None:
        raise check.fail("sender_action cannot be sent with message")
    if action in ("react", "unreact"):
        payload = check.mapping(body, "payload")
        check.text(payload, "message_id", 512)
        if action == "react":
            check.text(payload, "reaction", 32)


def _text(message: Body, channel: str) -> None:
    value = check.text(message, "text", 10**7)
    if channel == "instagram" and len(value.encode("utf-8", "surrogatepass")) > 1000:
        raise check.fail("Length of param message[text] must be less than or equal to 1000 bytes")
    if channel == "messenger" and len(value) > 2000:
        raise check.fail("Length of param message[text] must be less than or equal to 2000")


def _quick_replies(message: Body, channel: str) -> None:
    for reply in check.items(message, "quick_replies", 1, 13):
        kind = reply.get("content_type", "text")
        if kind == "text":
            # Instagram cuts a long title, Messenger refuses it.
            check.text(reply, "title", 20 if channel == "messenger" else 1000)
            check.text(reply, "payload", 1000)
        elif channel == "instagram" or kind not in ("user_phone_number", "user_email"):
            raise check.fail(f"quick reply content_type {kind} is not valid")


def _attachments(message: Body, channel: str) -> None:
    for attachment in check.items(message, "attachments", 1, 30 if channel == "messenger" else 10):
        if attachment.get("type") != "image":
            raise check.fail("attachments may hold images only")
        _file(attachment)


def _attachment(message: Body, channel: str) -> None:
    attachment = check.mapping(message, "attachment")
    kind = check.text(attachment, "type", 32)
    if kind == "template":
        _template(check.mapping(attachment, "payload"), channel)
    elif kind in ("image", "audio", "video", "file"):
        _file(attachment)
    elif channel == "instagram" and kind == "MEDIA_SHARE":
        check.text(check.mapping(attachment, "payload"), "id", 64)
    elif not (channel == "instagram" and kind == "like_heart"):
        raise check.fail(f"attachment type {kind} is not valid")


def _file(attachment: Body) -> None:
    payload = check.mapping(attachment, "payload")
    if payload.get("attachment_id") is not None:
        check.text(payload, "attachment_id", 64)
    else:
        check.url(payload, "url")


def _template(payload: Body, channel: str) -> None:
    kind = check.text(payload, "template_type", 32)
    if kind == "generic":
        for element in check.items(payload, "elements", 1, 10):
            _element(element, channel)
    elif kind == "button":
        check.text(payload, "text", 640)
        _buttons(payload, channel, 1)
    elif kind in ("media", "receipt") and channel == "messenger":
        _RICH[kind](payload)
    else:
        raise check.fail(f"template_type {kind} is not valid")


def _element(element: Body, channel: str) -> None:
    check.text(element, "title", 80)
    check.optional_text(element, "subtitle", 80)
    if not set(element) & {"subtitle", "image_url", "default_action", "buttons"}:
        raise check.fail("an element needs a title and one more property")
    if element.get("buttons") is not None:
        _buttons(element, channel, 1)


def _buttons(holder: Body, channel: str, low: int) -> None:
    for button in check.items(holder, "buttons", low, 3):
        kind = button.get("type")
        if kind == "postback":
            check.text(button, "title", 20)
            check.text(button, "payload", 1000)
        elif kind == "web_url":
            check.text(button, "title", 20)
            check.url(button, "url")
        elif channel == "instagram" or kind not in (
            "phone_number",
            "account_link",
            "account_unlink",
            "game_play",
        ):
            raise check.fail(f"button type {kind} is not valid")


def _media(payload: Body) -> None:
    element = check.items(payload, "elements", 1, 1)[0]
    if element.get("media_type") not in ("image", "video"):
        raise check.fail("media_type must be image or video")
    if element.get("buttons") is not None:
        _buttons(element, "messenger", 1)


def _receipt(payload: Body) -> None:
    for name in ("recipient_name", "order_number", "currency", "payment_method"):
        check.text(payload, name, 1000)
    check.present(check.mapping(payload, "summary"), "total_cost")


def _utility(message: Body, channel: str) -> None:
    if channel != "messenger":
        raise check.fail("message[template] is not valid")
    template = check.mapping(message, "template")
    check.text(template, "name", 512)
    check.text(check.mapping(template, "language"), "code", 16)


_RICH: dict[str, Callable[[Body], None]] = {"media": _media, "receipt": _receipt}

_CONTENTS: dict[str, Callable[[Body, str], None]] = {
    "text": _text,
    "attachment": _attachment,
    "attachments": _attachments,
    "template": _utility,
}

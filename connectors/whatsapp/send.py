"""Content → WhatsApp messages: what the Cloud API takes, within its limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.events import Accepted, Choice, Content, ContentError, Media, Native, SendError
from connectors.meta import segment
from connectors.shared.wording import apart, cut, is_link, numbered, split, split_tail, unique, units
from connectors.whatsapp.custom import check_custom, check_template
from connectors.whatsapp.identity import digits, is_bsuid
from connectors.whatsapp.limits import (
    BODY,
    BUTTON_ID,
    BUTTON_TITLE,
    BUTTONS,
    CAPTION,
    LIST_BODY,
    REFERENCE,
    ROW_DESCRIPTION,
    ROW_ID,
    ROW_TITLE,
    ROWS,
    TEXT,
)
from connectors.whatsapp.messages import TWIN

# The label of the button that opens a list: understood in Portuguese, Spanish and English.
LIST_BUTTON = "Menu"
CAPTIONED = {"image", "video", "document"}


def render(content: Content) -> list[Native]:
    """One or more messages, in the order to send them. Raises ContentError."""
    natives = _render(content)
    if content.reply_to and natives:
        natives[0]["context"] = {"message_id": content.reply_to}
    return natives


def _render(content: Content) -> list[Native]:
    if content.custom is not None:
        return [check_custom(content.custom)]
    if content.template is not None:
        return [{"type": "template", "template": check_template(content.template)}]
    natives: list[Native] = []
    text = content.text.strip() if content.text else ""
    if content.media is not None:
        caption = text if not content.choices and units(text) <= CAPTION else ""
        natives.append(_media(content.media, caption))
        text = "" if caption and content.media.kind in CAPTIONED | {"other"} else text
    if content.location is not None:
        natives.append(_location(content))
    if content.choices:
        natives.extend(_choices(text, content.choices))
    elif text:
        natives.extend(_text(part) for part in split(text, TEXT))
    if not natives:
        raise ContentError("text", "nothing to say")
    return natives


def _text(body: str) -> Native:
    return {"type": "text", "text": {"body": body, "preview_url": "https://" in body}}


def _media(media: Media, caption: str) -> Native:
    kind = "document" if media.kind == "other" else media.kind
    if media.id is None and media.url is None:
        raise ContentError("media", "neither id nor url")
    if media.id is None and not (media.url or "").startswith(("https://", "http://")):
        raise ContentError("media.url", "not an http address")
    file: dict[str, Any] = {"id": media.id} if media.id else {"link": media.url}
    if caption and kind in CAPTIONED:
        file["caption"] = caption
    if media.filename and kind == "document":
        file["filename"] = media.filename
    if media.voice and kind == "audio":
        file["voice"] = True
    return {"type": kind, kind: file}


def _location(content: Content) -> Native:
    place = content.location
    assert place is not None
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise ContentError("location", "not on earth")
    named = {"name": place.name, "address": place.address}
    return {
        "type": "location",
        "location": {"latitude": place.latitude, "longitude": place.longitude}
        | {name: value for name, value in named.items() if value},
    }


# --- choices ---------------------------------------------------------------------------------


def _choices(text: str, choices: Sequence[Choice]) -> list[Native]:
    if not text:
        raise ContentError("text", "buttons need a text")
    for choice in choices:
        if not choice.title.strip() or not choice.payload:
            raise ContentError("choices", "a button needs a title and a payload")
    if len(choices) == 1 and is_link(choices[0]):
        return _with_interactive(text, BODY, _link(choices[0]))
    text, choices = apart(text, choices)
    if not choices:
        return [_text(part) for part in split(text, TEXT)]
    longest = max(len(choice.payload) for choice in choices)
    described = any(choice.description for choice in choices)
    if len(choices) <= BUTTONS and longest <= BUTTON_ID - 4 and not described:
        return _with_interactive(text, BODY, _buttons(choices))
    if len(choices) <= ROWS and longest <= ROW_ID - 4:
        return _with_interactive(text, LIST_BODY, _list(choices))
    return [_text(part) for part in split(numbered(text, choices), TEXT)]


def _with_interactive(text: str, limit: int, interactive: dict[str, Any]) -> list[Native]:
    before, body = split_tail(text, TEXT, limit)
    return [
        *(_text(part) for part in before),
        {"type": "interactive", "interactive": {**interactive, "body": {"text": body}}},
    ]


def _buttons(choices: Sequence[Choice]) -> dict[str, Any]:
    titles = unique([cut(choice.title, BUTTON_TITLE) for choice in choices], BUTTON_TITLE, _second_title)
    replies = [{"id": i, "title": t} for i, t in zip(_ids(choices, BUTTON_ID), titles, strict=True)]
    return {
        "type": "button",
        "action": {"buttons": [{"type": "reply", "reply": reply} for reply in replies]},
    }


def _link(choice: Choice) -> dict[str, Any]:
    parameters = {"display_text": cut(choice.title, BUTTON_TITLE), "url": choice.payload}
    return {"type": "cta_url", "action": {"name": "cta_url", "parameters": parameters}}


def _list(choices: Sequence[Choice]) -> dict[str, Any]:
    titles = unique([cut(choice.title, ROW_TITLE) for choice in choices], ROW_TITLE, _second_title)
    ids = _ids(choices, ROW_ID)
    rows = [_row(choice, i, title) for choice, i, title in zip(choices, ids, titles, strict=True)]
    return {"type": "list", "action": {"button": LIST_BUTTON, "sections": [{"rows": rows}]}}


def _row(choice: Choice, row_id: str, title: str) -> dict[str, str]:
    row = {"id": row_id, "title": title}
    # A title that had to be cut is told in full below it.
    description = choice.description or (choice.title if title != cut(choice.title, ROW_DESCRIPTION) else "")
    return {**row, "description": cut(description, ROW_DESCRIPTION)} if description else row


def _ids(choices: Sequence[Choice], limit: int) -> list[str]:
    return unique([choice.payload for choice in choices], limit, lambda value, n: f"{value}{TWIN}{n}")


def _second_title(title: str, n: int) -> str:
    return f"{title} {n}"


# --- the call --------------------------------------------------------------------------------


def envelope(
    native: Native, *, user: str, phone: str | None, reference: str, human_agent: bool = False
) -> dict[str, Any]:
    """The body to POST. `human_agent` means nothing here: WhatsApp has no such tag."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_to(user, phone),
    }
    if reference:
        body["biz_opaque_callback_data"] = reference[:REFERENCE]
    return {**native, **body}


def _to(user: str, phone: str | None) -> dict[str, str]:
    number = digits(phone) or (None if is_bsuid(user) else digits(user))
    to = {"to": f"+{number}"} if number else {}
    return {**to, "recipient": user} if is_bsuid(user) else to


def path(account: str) -> str:
    return f"/{segment(account)}/messages"


def accepted(answer: dict[str, Any]) -> Accepted:
    """What the channel said yes to. Without an id we cannot know whether it was sent."""
    message_id = _first(answer.get("messages")).get("id")
    if not isinstance(message_id, str) or not message_id:
        raise SendError("unknown", "answer", "no message id in the answer", permanent=False, maybe_sent=True)
    contact = _first(answer.get("contacts"))
    user = contact.get("user_id") or contact.get("wa_id")
    return Accepted(message_id, user=user if isinstance(user, str) else None)


def _first(value: Any) -> dict[str, Any]:
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def mark_read(message_id: str, user: str, *, typing: bool = False) -> list[dict[str, Any]]:
    """Bodies for the messages endpoint. WhatsApp reads up to a message and types in the same call."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return [{**body, "typing_indicator": {"type": "text"}}] if typing else [body]

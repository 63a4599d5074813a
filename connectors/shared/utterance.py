"""Rasa's responses → Content: text, buttons, pictures, attachments, cards and custom payloads of any dialogue."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors.events import CHANNELS, Channel, Choice, Content, ContentError, Media
from connectors.shared.say import BUTTONS, button_of
from connectors.shared.wording import cut

Json = dict[str, Any]

CONTROL = "konectus"  # key of a custom payload that is meant for the platform, not for the customer
KINDS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp"), "image"),
    **dict.fromkeys(("mp4", "3gp", "mov", "webm"), "video"),
    **dict.fromkeys(("mp3", "ogg", "m4a", "aac", "amr", "wav"), "audio"),
}
CARDS = 10
CARD_TEXT = 80
CONTENT_FIELDS = set(Content.__struct_fields__)


def contents_of(response: Json, channel: Channel) -> list[Content]:
    """What one response says, in order. A picture takes the text as its caption where there are no buttons."""
    text, image = _text(response.get("text")), response.get("image")
    choices = choices_of(response.get("quick_replies") or response.get("buttons"))
    picture = Media(kind="image", url=image) if isinstance(image, str) and image else None
    found: list[Content] = []
    if picture is not None and (choices or not text):
        found.append(Content(media=picture))
        picture = None
    if text or choices:
        found.append(Content(text=text, choices=choices, media=picture))
    if response.get("attachment"):
        found.append(Content(media=attachment_of(response["attachment"])))
    found.extend(cards_of(response.get("elements"), channel))
    if response.get("custom"):
        found.extend(custom_of(response["custom"], channel))
    return found


def choices_of(buttons: Any) -> tuple[Choice, ...]:
    """Rasa's buttons and quick replies. Without a payload the title is what the customer says by pressing."""
    found = []
    for button in buttons if isinstance(buttons, list) else []:
        if not isinstance(button, dict) or not _text(button.get("title")):
            raise ContentError("buttons", "a button needs a title")
        title = str(button["title"])
        payload = _text(button.get("payload")) or _text(button.get("url")) or title
        found.append(Choice(title, payload, description=_text(button.get("description"))))
    return tuple(found)


def attachment_of(attachment: Any) -> Media:
    """An address, or Rasa's {"type": …, "payload": {"src" or "url": …}}."""
    if isinstance(attachment, str):
        return Media(kind=_kind(attachment), url=attachment, filename=_filename(attachment))
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    url = (payload.get("url") or payload.get("src")) if isinstance(payload, dict) else None
    if not isinstance(url, str):
        raise ContentError("attachment", "neither an address nor a payload with one")
    kind = attachment.get("type")
    known = kind if kind in ("image", "video", "audio", "document") else _kind(url)
    return Media(kind=known, url=url, filename=_filename(url))


def cards_of(elements: Any, channel: Channel) -> list[Content]:
    """Cards side by side where the channel can and every card has enough; else one below the other."""
    cards = elements if isinstance(elements, list) else []
    if not all(isinstance(card, dict) for card in cards):
        raise ContentError("elements", "a card is an object")
    if cards and channel != "whatsapp":
        generic = [_card(card) for card in cards[:CARDS]]
        if all(len(card) > 1 and "title" in card for card in generic):
            payload = {"template_type": "generic", "elements": generic}
            return [Content(custom={"message": {"attachment": {"type": "template", "payload": payload}}})]
    found: list[Content] = []
    for card in cards:
        text = "\n".join(filter(None, (_text(card.get("title")), _text(card.get("subtitle")))))
        part = {"text": text, "buttons": card.get("buttons"), "image": card.get("image_url")}
        found.extend(contents_of(part, channel))
    return found


def _card(element: Json) -> Json:
    texts = {
        name: cut(element[name], CARD_TEXT) for name in ("title", "subtitle") if _text(element.get(name))
    }
    picture = {"image_url": element["image_url"]} if _text(element.get("image_url")) else {}
    buttons = [button_of(choice) for choice in choices_of(element.get("buttons"))[:BUTTONS]]
    return {**texts, **picture, **({"buttons": buttons} if buttons else {})}


def custom_of(custom: Any, channel: Channel) -> list[Content]:
    """Native JSON, {channel: native} for several channels, or our own Content written as JSON."""
    if not isinstance(custom, dict):
        raise ContentError("custom", "not an object")
    if set(custom) & set(CHANNELS):
        mine = custom.get(channel)
        return custom_of(mine, channel) if mine is not None else []
    if custom and set(custom) <= CONTENT_FIELDS and not isinstance(custom.get("template"), str):
        try:
            return [msgspec.convert(custom, Content)]
        except msgspec.ValidationError as problem:
            raise ContentError("custom", str(problem)) from problem
    return [Content(custom=custom)]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _kind(url: str) -> Any:
    return KINDS.get(urlsplit(url).path.rpartition(".")[2].lower(), "document")


def _filename(url: str) -> str | None:
    return urlsplit(url).path.rpartition("/")[2] or None

"""Content → messages of Messenger and Instagram, which differ in limits and in what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from connectors.events import Accepted, Choice, Content, ContentError, Location, Media, Native, SendError
from connectors.shared.wording import Measure, apart, cut, is_link, numbered, split, split_tail

Json = dict[str, Any]

BUTTONS = 3
BUTTON_TEXT = 640
QUICK_REPLIES = 13
TITLE = 20
PAYLOAD = 1000
REFERENCE = 1000
ATTACHMENT = {"image": "image", "video": "video", "audio": "audio", "document": "file", "sticker": "image"}


class Dialect(NamedTuple):
    """How one of the two channels counts, and what it checks before a custom message passes."""

    text: int
    measure: Measure
    check_custom: Callable[[Json], Native]
    check_template: Callable[[Json], Native]

    def render(self, content: Content) -> list[Native]:
        """One or more messages, in the order to send them. Raises ContentError."""
        natives = self._render(content)
        if not natives:
            raise ContentError("text", "nothing to say")
        if content.reply_to:
            natives[0]["reply_to"] = {"mid": content.reply_to}
        return natives

    def _render(self, content: Content) -> list[Native]:
        if content.custom is not None:
            return [self.check_custom(content.custom)]
        if content.template is not None:
            return [self.check_template(content.template)]
        natives: list[Native] = []
        text = content.text.strip() if content.text else ""
        if content.media is not None:
            natives.append(_media(content.media))
        if content.location is not None:
            natives.extend(self._texts(_map_link(content.location)))
        if content.choices:
            return natives + self._choices(text, content.choices)
        return natives + self._texts(text)

    def _texts(self, text: str) -> list[Native]:
        return [_text(part) for part in split(text, self.text, self.measure)]

    def _choices(self, text: str, choices: Sequence[Choice]) -> list[Native]:
        """Few: buttons, which stay. More: quick replies, which go once pressed. Too many: text."""
        if not text:
            raise ContentError("text", "buttons need a text")
        for choice in choices:
            if not choice.title.strip() or not choice.payload:
                raise ContentError("choices", "a button needs a title and a payload")
        if len(choices) > BUTTONS:
            text, choices = apart(text, choices)
        if not choices:
            return self._texts(text)
        if len(choices) > QUICK_REPLIES or max(len(choice.payload) for choice in choices) > PAYLOAD:
            return self._texts(numbered(text, choices))
        if len(choices) <= BUTTONS:
            before, last = split_tail(text, self.text, BUTTON_TEXT, self.measure)
            return [*map(_text, before), _buttons(last, choices)]
        *before, last = split(text, self.text, self.measure)
        return [*map(_text, before), _quick_replies(last, choices)]


def _text(text: str) -> Native:
    return {"message": {"text": text}}


def _buttons(text: str, choices: Sequence[Choice]) -> Native:
    payload = {"template_type": "button", "text": text, "buttons": [button_of(choice) for choice in choices]}
    return {"message": {"attachment": {"type": "template", "payload": payload}}}


def button_of(choice: Choice) -> Json:
    title = cut(choice.title, TITLE)
    if is_link(choice):
        return {"type": "web_url", "title": title, "url": choice.payload}
    return {"type": "postback", "title": title, "payload": choice.payload}


def _quick_replies(text: str, choices: Sequence[Choice]) -> Native:
    replies = [
        {"content_type": "text", "title": cut(choice.title, TITLE), "payload": choice.payload}
        for choice in choices
    ]
    return {"message": {"text": text, "quick_replies": replies}}


def _media(media: Media) -> Native:
    if media.id is None and media.url is None:
        raise ContentError("media", "neither id nor url")
    if media.id is None and not (media.url or "").startswith(("https://", "http://")):
        raise ContentError("media.url", "not an http address")
    payload = {"attachment_id": media.id} if media.id else {"url": media.url}
    return {"message": {"attachment": {"type": ATTACHMENT.get(media.kind, "file"), "payload": payload}}}


def _map_link(place: Location) -> str:
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise ContentError("location", "not on earth")
    link = f"https://maps.google.com/?q={place.latitude},{place.longitude}"
    return "\n".join(line for line in (place.name, place.address, link) if line)


# --- the call --------------------------------------------------------------------------------


def accepted(answer: Json) -> Accepted:
    """What the channel said yes to. Without an id we cannot know whether it was sent."""
    message_id, user = answer.get("message_id"), answer.get("recipient_id")
    if not isinstance(message_id, str) or not message_id:
        raise SendError("unknown", "answer", "no message id in the answer", permanent=False, maybe_sent=True)
    return Accepted(message_id, user=user if isinstance(user, str) else None)


def mark_read(user: str, *, typing: bool) -> list[Json]:
    actions = ["mark_seen", "typing_on"] if typing else ["mark_seen"]
    return [{"recipient": {"id": user}, "sender_action": action} for action in actions]

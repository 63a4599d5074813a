"""The content of a Messenger or Instagram message: text, attachments, quick reply, referral."""

from __future__ import annotations

from typing import Any, Literal

from connectors.events import Location, Media, Message, MessageType
from connectors.shared.reading import Json, flag, ident, maybe_obj, number, obj, objects, text

MediaKind = Literal["image", "video", "audio", "document", "sticker", "other"]
MEDIA: dict[str, MediaKind] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
    "sticker": "sticker",
    "like_heart": "sticker",
    "animated_image": "image",
}
STORIES = {"story_mention": "mention", "story": "shared", "ig_story": "shared"}
SHARES = {"share", "post", "ig_post", "reel", "ig_reel", "fallback", "template", "product"}
# What else a message may say about itself, kept for whoever shows it.
TYPE_OF_MEDIA: dict[str, MessageType] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
    "other": "document",
}


class Attachments:
    """Attachments sorted by what they are; a kind nobody knows is kept by name."""

    def __init__(self, value: Any) -> None:
        self.media: list[Media] = []
        self.shares: list[Json] = []
        self.stories: list[Json] = []
        self.strange: list[str] = []
        self.location: Location | None = None
        for item in objects(value):
            self._sort(item, text(item.get("type")) or "none", obj(item.get("payload")))
        # One shared post came as `share` and `ig_post` together for a while: show it once.
        if any(share["type"] == "ig_post" for share in self.shares):
            self.shares = [share for share in self.shares if share["type"] != "share"]

    def _sort(self, item: Json, kind: str, payload: Json) -> None:
        if kind == "image" and payload.get("sticker_id") is not None:
            kind = "sticker"  # so written until August 2026
        if kind in MEDIA:
            self._add_media(kind, payload)
        elif kind in STORIES:
            self.stories.append(
                _known({"kind": STORIES[kind], "id": payload.get("id"), "url": payload.get("url")})
            )
        elif kind in SHARES:
            self.shares.append(_share(item, kind, payload))
        elif kind == "location" and self.location is None:
            self.location = _place(obj(payload.get("coordinates")), item)
        else:
            self.strange.append(kind[:50])

    def _add_media(self, kind: str, payload: Json) -> None:
        media_id = ident(payload.get("sticker_id")) or ident(payload.get("attachment_id"))
        if kind == "like_heart":
            media_id = media_id or "like_heart"
        url = text(payload.get("url"))
        if media_id is None and url is None:
            self.strange.append(kind)
        else:
            self.media.append(Media(kind=MEDIA[kind], id=media_id, url=url))


def read_content(message: Json, mid: str) -> Message:
    """A message as customer or business wrote it. Text wins over a mere preview of a link in it."""
    found = Attachments(message.get("attachments"))
    words = text(message.get("text"))
    quick_reply, reply_to = obj(message.get("quick_reply")), obj(message.get("reply_to"))
    payload, referral = text(quick_reply.get("payload")), maybe_obj(message.get("referral"))
    detail = _detail(message, found, obj(reply_to.get("story")))
    kind = _type(message, found, words, payload, referral)
    return Message(
        id=mid,
        type=kind,
        text=words or _text_of_template(found) if kind != "unsupported" else words,
        payload=payload,
        media=tuple(found.media),
        location=found.location,
        reply_to=ident(reply_to.get("mid")),
        referral=referral,
        detail=detail or None,
    )


def _type(
    message: Json, found: Attachments, words: str | None, payload: str | None, referral: Json | None
) -> MessageType:
    if flag(message.get("is_unsupported")):
        return "unsupported"
    if payload is not None:
        return "quick_reply"
    if found.media:
        return TYPE_OF_MEDIA[found.media[0].kind]
    if found.location:
        return "location"
    if found.stories and not words:
        return "story"
    if words:
        return "text"
    if found.shares:
        return "share"
    return "referral" if referral and not found.strange else "unsupported"


def _detail(message: Json, found: Attachments, story: Json) -> Json:
    detail: Json = {}
    if found.shares:
        detail["shares"] = found.shares
    if story:
        detail["story"] = _known({"kind": "reply", "id": story.get("id"), "url": story.get("url")})
    elif found.stories:
        detail["story"] = found.stories[0]
    if flag(message.get("is_unsupported")):
        detail["reason"] = "is_unsupported"
    elif found.strange:
        detail["reason"] = found.strange[0]
    return detail


def _share(item: Json, kind: str, payload: Json) -> Json:
    share: Json = {"type": kind}
    ids = (payload.get(name) for name in ("id", "ig_post_media_id", "reel_video_id", "post_id"))
    share["id"] = next((found for found in map(ident, ids) if found), None)
    share["url"] = text(payload.get("url")) or text(item.get("url"))
    share["title"] = text(payload.get("title")) or text(item.get("title"))
    if kind == "template":
        share["text"] = text(payload.get("text")) or _first_title(payload)
    return _known(share)


def _first_title(payload: Json) -> str | None:
    elements = obj(payload.get("generic")).get("elements") or payload.get("elements")
    return next((text(element.get("title")) for element in objects(elements)), None)


def _text_of_template(found: Attachments) -> str | None:
    return next((share["text"] for share in found.shares if share.get("text")), None)


def _place(coordinates: Json, item: Json) -> Location | None:
    latitude, longitude = number(coordinates.get("lat")), number(coordinates.get("long"))
    if latitude is None or longitude is None:
        return None
    return Location(latitude, longitude, name=text(item.get("title")))


def _known(values: Json) -> Json:
    return {name: value for name, value in values.items() if isinstance(value, str)}

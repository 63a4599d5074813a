"""Content → Instagram messages: what the Send API takes, within its limits (which are in bytes)."""

from __future__ import annotations

from typing import Any

from connectors.events import Accepted, Content, ContentError, Native
from connectors.meta import segment
from connectors.shared import say
from connectors.shared.custom import Checker
from connectors.shared.wording import octets

TEXT = 1000
CHECKER = Checker(
    text=TEXT,
    measure=octets,
    templates={"generic", "button"},
    attachments={"image", "video", "audio", "file", "like_heart", "MEDIA_SHARE"},
    beside={"reply_to"},
    reply_types={"text"},
)


def _no_template(template: dict[str, Any]) -> Native:
    raise ContentError("template", "Instagram has no templates outside its window")


DIALECT = say.Dialect(TEXT, octets, CHECKER.check, _no_template)


def render(content: Content) -> list[Native]:
    """One or more messages, in the order to send them. Raises ContentError."""
    return DIALECT.render(content)


def envelope(
    native: Native, *, user: str, phone: str | None, reference: str, human_agent: bool = False
) -> dict[str, Any]:
    """The body to POST. Instagram echoes no reference, so none is sent. `human_agent`: a person's own act."""
    body = {**native, "recipient": {"id": user}}
    return {**body, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if human_agent else body


def path(account: str) -> str:
    """`account` is the Page (Facebook login) or the Instagram account (Instagram login)."""
    return f"/{segment(account)}/messages"


def accepted(answer: dict[str, Any]) -> Accepted:
    return say.accepted(answer)


def mark_read(message_id: str, user: str, *, typing: bool = False) -> list[dict[str, Any]]:
    """Bodies for the messages endpoint. Instagram marks the whole thread, whatever the message."""
    return say.mark_read(user, typing=typing)

"""Content → Messenger messages: what the Send API takes, within its limits."""

from __future__ import annotations

from typing import Any

from connectors.events import Accepted, Content, ContentError, Native
from connectors.meta import segment
from connectors.shared import say
from connectors.shared.custom import Checker
from connectors.shared.wording import units

TEXT = 2000
CHECKER = Checker(
    text=TEXT,
    measure=units,
    templates={"generic", "button", "media", "receipt", "coupon", "customer_feedback", "product"},
    attachments={"image", "video", "audio", "file"},
    beside={"reply_to", "persona_id", "notification_type"},
    reply_types={"text", "user_phone_number", "user_email"},
)


def _utility(template: dict[str, Any]) -> Native:
    """A utility template: the one message that may go outside every window."""
    name, language = template.get("name"), template.get("language")
    if not isinstance(name, str) or not name:
        raise ContentError("template.name", "missing")
    if not isinstance(language, dict) or not isinstance(language.get("code"), str):
        raise ContentError("template.language", "needs a code such as pt_BR")
    if not isinstance(template.get("components", []), list):
        raise ContentError("template.components", "not a list")
    return {"messaging_type": "UTILITY", "message": {"template": template}}


DIALECT = say.Dialect(TEXT, units, CHECKER.check, _utility)


def render(content: Content) -> list[Native]:
    """One or more messages, in the order to send them. Raises ContentError."""
    return DIALECT.render(content)


def envelope(
    native: Native, *, user: str, phone: str | None, reference: str, human_agent: bool = False
) -> dict[str, Any]:
    """The body to POST. The reference returns in the echo. `human_agent`: a person's own act."""
    body = {"messaging_type": "RESPONSE", **native, "recipient": {"id": user}}
    if human_agent and body["messaging_type"] != "UTILITY":
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    if reference:
        body["message"] = {**native["message"], "metadata": reference[: say.REFERENCE]}
    return body


def path(account: str) -> str:
    """`account` is the Page."""
    return f"/{segment(account)}/messages"


def accepted(answer: dict[str, Any]) -> Accepted:
    return say.accepted(answer)


def mark_read(message_id: str, user: str, *, typing: bool = False) -> list[dict[str, Any]]:
    """Bodies for the messages endpoint. Messenger marks the whole thread, whatever the message."""
    return say.mark_read(user, typing=typing)

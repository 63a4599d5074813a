"""A message as the phone shows it."""

from __future__ import annotations

from typing import Any

from simulators.meta import templates
from simulators.meta.state import Message


def shown(message: Message) -> dict[str, Any]:
    """With the text a template makes, since the phone does not know templates."""
    found = message.shown()
    sent = message.body.get("template") if message.origin == "business" else None
    account = message.customer.account
    if isinstance(sent, dict) and account.kind == "whatsapp":
        template = account.templates.get((str(sent.get("name")), str(sent.get("language", {}).get("code"))))
        if template is not None:
            found["template"] = {"text": templates.text(template, sent), "components": template["components"]}
    return found

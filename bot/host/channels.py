"""The three channels' Rasa classes, and what a turn collected from them."""

from __future__ import annotations

import importlib
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from connectors.events import Channel, Event

CLASSES: dict[Channel, tuple[str, str]] = {
    "whatsapp": ("connectors.whatsapp.rasa", "WhatsAppOutput"),
    "messenger": ("connectors.messenger.rasa", "MessengerOutput"),
    "instagram": ("connectors.instagram.rasa", "InstagramOutput"),
}


def output(channel: Channel) -> Any:
    """A new output channel that keeps `answers` and `controls` instead of sending."""
    module, name = CLASSES[channel]
    return getattr(importlib.import_module(module), name).collecting()


def user_message(event: Event, channel: OutputChannel, sender: str, metadata: dict[str, Any]) -> UserMessage:
    """What the customer did, as Rasa's user message. Only buttons carry commands, never typed text."""
    module, _ = CLASSES[event.channel]
    message: UserMessage = importlib.import_module(module).user_message(event, channel, sender, metadata)
    return message

"""The three channels' Rasa classes, and what a turn collected from them."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from connectors.channels import CHANNEL
from connectors.events import Channel, Content, Event

CLASSES: dict[Channel, tuple[str, str]] = {
    "whatsapp": ("connectors.whatsapp.rasa", "WhatsAppOutput"),
    "messenger": ("connectors.messenger.rasa", "MessengerOutput"),
    "instagram": ("connectors.instagram.rasa", "InstagramOutput"),
}


@cache
def _module(channel: Channel) -> ModuleType:
    return importlib.import_module(CLASSES[channel][0])


def load() -> None:
    """Everything that a turn on any channel imports: at start, not while a customer waits."""
    for channel in CLASSES:
        _module(channel)
        CHANNEL[channel].send.render(Content(text="oi"))


def output(channel: Channel) -> Any:
    """A new output channel that keeps `answers` and `controls` instead of sending."""
    return getattr(_module(channel), CLASSES[channel][1]).collecting()


def user_message(event: Event, channel: OutputChannel, sender: str, metadata: dict[str, Any]) -> UserMessage:
    """What the customer did, as Rasa's user message. Only buttons carry commands, never typed text."""
    message: UserMessage = _module(event.channel).user_message(event, channel, sender, metadata)
    return message

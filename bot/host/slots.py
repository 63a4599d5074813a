"""The business's facts and the customer's language, as slots: which must be set before a turn."""

from __future__ import annotations

from typing import Any

import msgspec
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.host.wire import BusinessProfile

NAMES = {"assistant_name": "assistant_name", "complaint_channel": "business_complaint"}
LANGUAGE = "language"
CERTAINTY = "certainty"
PASSING = ("event", CERTAINTY)  # said by one message only: what came instead of text, how sure its meaning is
PREFIX = "business_"


def wanted(profile: BusinessProfile, language: str) -> dict[str, Any]:
    facts = msgspec.structs.asdict(profile)
    slots = {NAMES.get(name, PREFIX + name): (value or "").strip() or None for name, value in facts.items()}
    return {**slots, LANGUAGE: language, **dict.fromkeys(PASSING)}


def changes(tracker: DialogueStateTracker, slots: dict[str, Any]) -> list[SlotSet]:
    """Only slots that this model has and that hold something else. A missing fact keeps its default."""
    out = []
    for name, value in slots.items():
        slot = tracker.slots.get(name)
        if slot is None:
            continue
        value = slot.initial_value if value is None else value
        if slot.value != value:
            out.append(SlotSet(name, value))
    return out


def gathered(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What the conversation itself has filled: for whoever takes over."""
    own = {LANGUAGE, *PASSING, "assistant_name", "requested_slot", "session_started_metadata"}
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value not in (None, slot.initial_value) and name not in own and not name.startswith(PREFIX)
    }

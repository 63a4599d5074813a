"""Trackers on the wire: Rasa's events, of the running session only, without what can be derived.

Restoring a stored tracker and storing it again gives the same events.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import msgspec
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.conversation import Conversation
from bot.host.errors import UnreadableTracker
from bot.host.wire import Tracker

MOST_EVENTS = 400
RANKED = 3
LISTEN, SESSION_START, SESSION_STARTED = "action_listen", "action_session_start", "session_started"
KINDS = {kind.type_name: kind for kind in all_subclasses(Event)}
NAMED = frozenset({"slot", "active_loop"})  # events that rasa takes, and misreads, without their name
DERIVED = frozenset({"message_id", "input_channel", "metadata"})


# --- in --------------------------------------------------------------------------------------


def kept(stored: Any) -> list[dict[str, Any]]:
    """The events of a stored tracker, or none of a new conversation's."""
    try:
        return msgspec.convert(stored, Tracker).events if stored is not None else []
    except msgspec.ValidationError as problem:
        raise UnreadableTracker(f"not a tracker: {problem}") from problem


def restore(kept: list[dict[str, Any]], conversation: str, domain: Domain) -> Conversation:
    events = [_event(place, item) for place, item in enumerate(kept)]
    tracker = Conversation(conversation, domain.slots)
    try:
        for event in events:
            tracker.update(event, domain)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UnreadableTracker(f"the tracker's events do not fit together: {problem!r}") from problem
    return tracker


def _event(place: int, item: dict[str, Any]) -> Event:
    try:
        sound = isinstance(item["timestamp"], (int, float)) and (item["event"] not in NAMED or "name" in item)
        event = KINDS[item["event"]]._from_parameters(dict(item)) if sound else None
    except Exception as problem:  # rasa raises whatever its parsing stumbles over
        raise UnreadableTracker(f"event {place} is not one of Rasa's: {problem!r}") from problem
    if event is None:
        raise UnreadableTracker(f"event {place} is not one of Rasa's")
    return event


# --- out -------------------------------------------------------------------------------------


def stored(tracker: DialogueStateTracker, kept: list[dict[str, Any]], at: float) -> Tracker:
    """`kept` events came with the request and go back as they came; those of this turn bear its time."""
    fresh = [event.as_dict() for event in islice(tracker.events, len(kept), None)]
    events = _bounded(_session([*kept, *(_compact({**event, "timestamp": at}) for event in fresh)]))
    start = next((e["timestamp"] for e in events if e["event"] == SESSION_STARTED), None)
    return Tracker(events, start)


def _session(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the running session's start; slots carried over are set once each."""
    starts = [place for place, event in enumerate(events) if event["event"] == SESSION_STARTED]
    if not starts:
        return events
    start = starts[-1]
    head = start - 1 if start and events[start - 1].get("name") == SESSION_START else start
    first = start + 1
    last = first
    while last < len(events) and events[last]["event"] == "slot":
        last += 1
    return [*events[head:first], *_last_of_each(events[first:last]), *events[last:]]


def _last_of_each(slots: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    latest = {slot["name"]: slot for slot in slots}
    return list(latest.values())


def _bounded(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A session that is too long loses its oldest turns; slots and the running form are kept."""
    if len(events) <= MOST_EVENTS:
        return events
    cut = _next_listen(events, len(events) - MOST_EVENTS * 3 // 4)
    dropped, kept = events[:cut], events[cut:]
    head = [e for e in dropped[:2] if e.get("name") == SESSION_START or e["event"] == SESSION_STARTED]
    slots = _last_of_each(event for event in dropped if event["event"] == "slot")
    loops = [event for event in dropped if event["event"] == "active_loop"][-1:]
    return [*head, *slots, *(loop for loop in loops if loop.get("name")), *kept]


def _next_listen(events: list[dict[str, Any]], place: int) -> int:
    for at in range(place, len(events)):
        if events[at]["event"] == "action" and events[at]["name"] == LISTEN:
            return at
    return place


def _compact(event: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in event.items() if value is not None and key not in DERIVED}
    kept["timestamp"] = round(float(event["timestamp"]), 3)
    if event["event"] == "user":
        return _compact_user(kept, event)
    if event["event"] == "active_loop":
        kept["name"] = event.get("name")  # None ends the loop
    if event["event"] == "action":
        kept.pop("hide_rule_turn", None)
        kept.pop("policy", None)
        kept.pop("confidence", None)
    if event["event"] == "bot":
        kept["data"] = {key: value for key, value in (event.get("data") or {}).items() if value is not None}
    return kept


def _compact_user(kept: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    parsed = event.get("parse_data") or {}
    kept["parse_data"] = {
        "intent": _rounded(parsed.get("intent") or {}),
        "entities": [_entity(entity) for entity in parsed.get("entities") or []],
        "intent_ranking": [_rounded(intent) for intent in (parsed.get("intent_ranking") or [])[: RANKED + 1]],
        "text": event.get("text"),
    }
    if parsed.get("language"):
        kept["parse_data"]["language"] = parsed["language"]
    if event.get("message_id"):
        kept["message_id"] = event["message_id"]
    return kept


def _rounded(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": round(float(intent.get("confidence") or 0.0), 4)}


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    return {key: entity[key] for key in ("entity", "value", "start", "end", "role", "group") if key in entity}


# --- look-ups --------------------------------------------------------------------------------


def last_message(tracker: DialogueStateTracker, message_id: str) -> UserUttered | None:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.message_id == message_id:
            return event
    return None


def last_words(tracker: DialogueStateTracker, count: int = 3) -> list[str]:
    said = [event.text for event in tracker.events if isinstance(event, UserUttered) and event.text]
    return [text for text in said if not text.startswith("/")][-count:]

"""Trackers on the wire: compact, bounded, and the same after going there and back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.host import trackers
from bot.host.errors import UnreadableTracker
from tests.bot.hosting import PROJECT

DOMAIN = Domain.load(str(PROJECT / "domain.yml"))
START: list[Event] = [
    ActionExecuted("action_session_start"),
    SessionStarted(),
    ActionExecuted("action_listen"),
]


def said(text: str) -> list[Event]:
    parsed = {"name": "greet", "confidence": 0.912345678}
    ranking = [{"name": f"i{n}", "confidence": 0.1} for n in range(9)]
    user = UserUttered(
        text, parsed, [], {"intent": parsed, "intent_ranking": ranking}, message_id=str(uuid4())
    )
    return [
        user,
        ActionExecuted("utter_greet"),
        BotUttered("Oi!", {"image": None}),
        ActionExecuted("action_listen"),
    ]


def tracker(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c", events, DOMAIN.slots, domain=DOMAIN)


def wire(kept: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(kept))


def undated(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "timestamp"}


@pytest.mark.parametrize(
    "stored", [[], {}, {"events": [3]}, {"events": [{"event": "active_loop", "timestamp": 1}]}]
)
def test_what_is_no_tracker_is_refused(stored: object) -> None:
    with pytest.raises(UnreadableTracker):
        trackers.restore(trackers.kept(stored), "c", DOMAIN)


def test_there_and_back_changes_nothing() -> None:
    first = trackers.stored(
        tracker([*START, *said("oi"), ActiveLoop("form"), ActiveLoop(None), *said("ok")]), [], 5.0
    )
    back = trackers.restore(wire(first)["events"], "c", DOMAIN)
    again = trackers.stored(back, [], 9.0)
    assert [undated(event) for event in wire(again)["events"]] == [
        undated(event) for event in wire(first)["events"]
    ]
    assert wire(trackers.stored(back, wire(first)["events"], 9.0)) == wire(first)


def test_a_users_event_keeps_what_the_console_shows_and_no_more() -> None:
    kept = trackers.stored(tracker([*START, *said("oi")]), [], 5.0)
    user = next(event for event in kept.events if event["event"] == "user")
    assert user["parse_data"]["intent"] == {"name": "greet", "confidence": 0.9123}
    assert len(user["parse_data"]["intent_ranking"]) == trackers.RANKED + 1
    assert "metadata" not in user


def test_known_events_keep_their_time_and_new_ones_bear_the_turns() -> None:
    start = trackers.stored(tracker(START), [], 1.0).events
    kept = trackers.stored(tracker([*START, *said("oi")]), start, 5.0)
    assert [event["timestamp"] for event in kept.events] == [1.0] * 3 + [5.0] * 4
    assert kept.session == 1.0


def test_only_the_running_session_is_kept_with_each_slot_once() -> None:
    slots = [SlotSet("order_number", value) for value in ("1", "2", "3")]
    again = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        *slots,
        ActionExecuted("action_listen"),
    ]
    kept = trackers.stored(tracker([*START, *said("antes"), *again, *said("depois")]), [], 5.0)
    assert [event["text"] for event in kept.events if event["event"] == "user"] == ["depois"]
    assert [event["value"] for event in kept.events if event["event"] == "slot"] == ["3"]


def test_an_endless_session_is_cut_between_turns_and_forgets_no_slot_or_form() -> None:
    events = [*START, SlotSet("order_number", "77"), ActiveLoop("form")]
    for number in range(200):
        events += said(str(number))
    kept = trackers.stored(tracker(events), [], 5.0)
    assert len(kept.events) <= trackers.MOST_EVENTS
    back = trackers.restore(wire(kept)["events"], "c", DOMAIN)
    assert back.get_slot("order_number") == "77"
    assert back.active_loop_name == "form"
    assert back.latest_message is not None
    assert back.latest_message.text == "199"
    first_turn = next(place for place, event in enumerate(kept.events) if event["event"] == "user")
    assert kept.events[first_turn - 1]["name"] == "action_listen"

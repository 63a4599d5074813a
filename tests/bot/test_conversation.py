"""The serving tracker against Rasa's own: after any series of events both tell the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import Conversation, walked_states
from bot.train import HERE

DOMAIN = Domain.load(str(HERE / "domain.yml"))
FORM, LISTEN = "order_form", "action_listen"
Piece = Callable[[random.Random], list[Event]]


def said(chance: random.Random) -> list[Event]:
    intent = {"name": chance.choice(DOMAIN.intents), "confidence": 0.9}
    entity = {"entity": "order_number", "value": "123", "start": 0, "end": 3}
    return [UserUttered("algo", intent, [entity] if chance.random() < 0.3 else [])]


def answered(chance: random.Random) -> list[Event]:
    name = chance.choice([action for action in DOMAIN.user_actions if action.startswith("utter_")])
    featurized: list[Event] = [DefinePrevUserUtteredFeaturization(False)] if chance.random() < 0.8 else []
    return [*featurized, ActionExecuted(name), BotUttered("Oi", {"buttons": [{"title": "a"}]})]


def slot(chance: random.Random) -> list[Event]:
    chosen = chance.choice(DOMAIN.slots)
    return [SlotSet(chosen.name, chance.choice([None, "x", "pt", chosen.initial_value]))]


def turn(chance: random.Random) -> list[Event]:
    parts = [said(chance), slot(chance) if chance.random() < 0.5 else [], answered(chance)]
    return [event for part in parts for event in part] + [ActionExecuted(LISTEN)]


def session(chance: random.Random) -> list[Event]:
    return [
        ActionExecuted("action_session_start"), SessionStarted(), *slot(chance), ActionExecuted(LISTEN),
    ]  # fmt: skip


def form(chance: random.Random) -> list[Event]:
    events = [
        *said(chance),
        ActionExecuted(FORM),
        ActiveLoop(FORM),
        SlotSet("requested_slot", "order_number"),
    ]
    events += [ActionExecuted(LISTEN), *said(chance)]
    if chance.random() < 0.4:
        events += [
            ActionExecutionRejected(FORM),
            *answered(chance),
            ActionExecuted(FORM),
            LoopInterrupted(True),
        ]
    return [*events, ActionExecuted(FORM), ActiveLoop(chance.choice([None, FORM])), ActionExecuted(LISTEN)]


def undone(chance: random.Random) -> list[Event]:
    rare = (ActionReverted, UserUtteranceReverted, Restarted, AllSlotsReset, ConversationPaused)
    return [chance.choice(rare)()]


def followed(chance: random.Random) -> list[Event]:
    return [FollowupAction("utter_greet")]


def found(chance: random.Random) -> list[Event]:
    return [EntitiesAdded([{"entity": "event", "value": "audio"}])]


def series(seed: int, pieces: list[Piece]) -> list[Event]:
    chance = random.Random(seed)
    return [event for _ in range(chance.randint(1, 9)) for event in chance.choice(pieces)(chance)]


def told(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "slots": {name: (slot.value, slot.has_been_set) for name, slot in tracker.slots.items()},
        "said": (tracker.latest_message, tracker.latest_bot_utterance, tracker.latest_action),
        "next": (tracker.followup_action, tracker.is_paused()),
        "loop": tracker.active_loop,
        "events": [id(event) for event in tracker.events],
        "applied": [id(event) for event in tracker.applied_events()],
        "ids": (tracker.sender_id, tracker.model_id, tracker.assistant_id),
    }


def compare(events: list[Event]) -> None:
    plain = DialogueStateTracker("c", DOMAIN.slots)
    ours = Conversation("c", DOMAIN.slots)
    for event in events:
        plain.update(event, DOMAIN)
        ours.update(event, DOMAIN)
        states = plain.past_states(DOMAIN)
        for most in (1, 4, len(states) + 1):
            assert ours.recent_states(DOMAIN, most) == states[-most:]
    assert told(ours) == told(plain)
    assert told(ours.copy()) == told(plain.copy())
    assert walked_states(plain, DOMAIN, 5) == plain.past_states(DOMAIN)[-5:]


@pytest.mark.parametrize("seed", range(60))
def test_turns_and_sessions_leave_what_they_leave_in_rasas_tracker(seed: int) -> None:
    compare(series(seed, [turn, turn, turn, session, slot]))


@pytest.mark.parametrize("seed", range(60))
def test_forms_do_too(seed: int) -> None:
    compare(series(seed, [turn, session, form, form]))


@pytest.mark.parametrize("seed", range(60))
def test_so_does_what_undoes_or_forces_other_events(seed: int) -> None:
    compare(
        [*session(random.Random(seed)), *series(seed, [turn, session, form, undone, followed, found, slot])]
    )


def test_a_copy_goes_its_own_way() -> None:
    ours = Conversation("c", DOMAIN.slots)
    for event in (*session(random.Random(1)), SlotSet("order_number", "1"), ActiveLoop(FORM)):
        ours.update(event, DOMAIN)
    before = told(ours)
    copy = ours.copy()
    for event in (SlotSet("order_number", "2"), ActionExecutionRejected(FORM), ActionExecuted(LISTEN)):
        copy.update(event, DOMAIN)
    assert told(ours) == before
    assert copy.get_slot("order_number") == "2"


def test_a_trackers_model_is_noted_on_events_but_not_on_a_copys() -> None:
    ours = Conversation("c", DOMAIN.slots)
    ours.model_id = "m"
    ours.update(ActionExecuted(LISTEN), DOMAIN)
    assert ours.events[0].metadata == {"model_id": "m"}
    assert ours.copy().model_id is None

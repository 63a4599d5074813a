"""A tracker for serving: Rasa's own, without replaying its history to copy it or to see its latest states.

What a state is made of is noted as each action is taken (a few references), and made into a state only if
it is asked for. Events that undo others, and forms, take the history's plain course: see `_plain`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any, NamedTuple

from rasa.shared.core.constants import LOOP_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

State = dict[str, Any]
# Events that undo nothing, so that what they did is the tracker's state and all that a replay would give.
ADDING: frozenset[type[Event]] = frozenset(
    {
        *(UserUttered, DefinePrevUserUtteredFeaturization, SlotSet, ActionExecuted, BotUttered),
        *(SessionStarted, ActionExecutionRejected, ActiveLoop, LoopInterrupted),
    }
)


class Moment(NamedTuple):
    """What a policy could see at one time; none of it changes later but what Rasa notes on a message."""

    latest_message: UserUttered | None
    features: dict[str, Any]
    latest_action: dict[str, str] | None
    loop: tuple[str | None] | None

    def state(self, domain: Domain) -> State:
        parts = {
            "user": domain._get_user_sub_state(self),
            "slots": self.features,
            "prev_action": self.latest_action,
            "active_loop": {LOOP_NAME: self.loop[0]} if self.loop else None,
        }
        return {name: part for name, part in parts.items() if part}


class Conversation(DialogueStateTracker):
    def __init__(self, sender_id: str, slots: Iterable[Slot]) -> None:
        self._features: dict[str, Any] | None = None
        self._moments: list[Moment] = []
        self._start = 0  # the place of the running session's first event
        self._adding = True  # no event undid another so far
        self._looping = False  # a form ran: its repeated turns do not count
        super().__init__(sender_id, ())
        self.slots = {slot.name: _twin(slot) for slot in slots}
        self._reset_slots()

    def update(self, event: Event, domain: Domain | None = None) -> None:
        kind = type(event)  # isinstance is slow for Rasa's events, which are abstract classes
        if kind not in ADDING:
            self._adding = False
        if kind is ActionExecuted:
            self._moments.append(self._moment())
        elif kind is ActiveLoop:
            self._looping = self._looping or event.name is not None
        if self.model_id or self.assistant_id or not self._adding:
            super().update(event, domain)
        else:
            self.events.append(event)
            event.apply_to(self)
        if kind is SessionStarted:
            self._moments, self._start = [], len(self.events)

    def applied_events(self) -> list[Event]:
        if self._plain:
            return list(islice(self.events, self._start, None))
        applied: list[Event] = super().applied_events()
        return applied

    def copy(self) -> DialogueStateTracker:
        if not self._adding:
            return super().copy()
        twin = Conversation.__new__(Conversation)
        twin.__dict__.update(self.__dict__)
        twin.events = self.events.copy()
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop = replace(self.active_loop) if self.active_loop else None
        twin.model_id = twin.assistant_id = None
        twin._moments = self._moments.copy()
        return twin

    def recent_states(self, domain: Domain, most: int) -> list[State]:
        """The last of `past_states(domain)`."""
        if not self._plain:
            return walked_states(self, domain, most)
        earlier = self._moments[-(most - 1) :] if most > 1 else []
        return [moment.state(domain) for moment in (*earlier, self._moment())]

    @property
    def _plain(self) -> bool:
        """Rasa leaves out no event of the running session: none undid another, and no form ran."""
        return self._adding and not self._looping

    def _moment(self) -> Moment:
        if self._features is None:
            self._features = _features(self.slots)
        loop = (self.active_loop.name,) if self.active_loop else None
        return Moment(self.latest_message, self._features, self.latest_action, loop)

    # --- Rasa's own doors to the slots -----------------------------------------------------------

    def _set_slot(self, key: str, value: Any) -> None:
        super()._set_slot(key, value)
        if self._features is not None and key in self.slots and self.slots[key].influence_conversation:
            rest = {name: feature for name, feature in self._features.items() if name != key}
            self._features = {**rest, **_features({key: self.slots[key]})}

    def _reset_slots(self) -> None:
        self._features = None
        for slot in self.slots.values():
            if slot.has_been_set:
                slot.reset()


def walked_states(tracker: DialogueStateTracker, domain: Domain, most: int) -> list[State]:
    """The last of any tracker's `past_states(domain)`: by a walk through its history, as Rasa finds them."""
    events = tracker.applied_events()
    unasked = sum(isinstance(event, ActionExecuted) for event in events) + 1 - most
    walker, states = Conversation(tracker.sender_id, tracker.slots.values()), []
    for event in events:
        if isinstance(event, ActionExecuted):
            unasked -= 1
            if unasked < 0:
                states.append(walker._moment().state(domain))
        walker.update(event)
    return [*states, walker._moment().state(domain)]


def _twin(slot: Slot) -> Slot:
    twin = slot.__class__.__new__(slot.__class__)
    twin.__dict__.update(slot.__dict__)
    return twin


def _features(slots: dict[str, Slot]) -> dict[str, Any]:
    features: dict[str, Any] = Domain._get_slots_sub_state(SimpleNamespace(slots=slots))
    return features

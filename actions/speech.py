"""What every action shares: what it reads from the tracker, how it hands over, and that it never stays silent."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import rules, texts

log = logging.getLogger(__name__)

Events = list[dict[str, Any]]

CLOSING: dict[rules.Reason, str] = {
    "asked": "utter_handoff",
    "fallback": "utter_handoff_fallback",
    "complaint": "utter_handoff_complaint",
    "rule": "utter_order_handoff",
    "error": "utter_error",
}


def spoken(tracker: Tracker) -> rules.Language:
    return rules.language(tracker.slots)


def control(dispatcher: CollectingDispatcher, content: dict[str, Any]) -> None:
    """A message to the platform, not to the customer: the hosted output channel takes it out."""
    dispatcher.utter_message(json_message={"konectus": content})


def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker, reason: rules.Reason) -> Events:
    """One closing line to the customer, then the control; the order form starts afresh afterwards."""
    closing = CLOSING[reason]
    if reason == "error" and tracker.get_slot("business_phone"):
        closing = "utter_error_phone"
    dispatcher.utter_message(response=closing)
    summary = texts.summary(reason, rules.turns(tracker.events), tracker.slots, spoken(tracker))
    slots = rules.telling_slots(tracker.slots)
    control(dispatcher, {"kind": "handoff", "reason": reason, "summary": summary, "slots": slots})
    return [SlotSet("order_number", None), SlotSet("order_attempts", 0)]


class SpeakingAction(Action):
    """An action whose unforeseen failure is an apology and a human, since Rasa swallows a failed action."""

    @abstractmethod
    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events: ...

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        try:
            return await self.answer(dispatcher, tracker)
        except Exception:
            log.exception("action %s failed", self.name())
            dispatcher.messages.clear()
            return hand_over(dispatcher, tracker, "error")

"""The order: taking its number and telling how it stands."""

from __future__ import annotations

import logging
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions import rules, texts
from actions.services import Caller, Order, ServiceFailed, Services
from actions.speech import Events, SpeakingAction, hand_over, spoken

log = logging.getLogger(__name__)


class ValidateOrderForm(FormValidationAction):
    """Accepts what looks like an order number. After two wrong answers the form asks no more."""

    def name(self) -> str:
        return "validate_order_form"

    def domain_slots(self, domain: Any) -> list[str]:
        return ["order_number"]  # known here, so that Rasa need not send its whole domain with every call

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[str]:
        return [] if rules.attempts(tracker.slots) >= rules.MAX_ATTEMPTS else domain_slots

    async def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if rules.already_ran("action_order_status", tracker.events):
            # The form asks again in the turn that found no order: Rasa offers it the same number once more.
            return {"order_number": None}
        number = rules.order_number(value)
        if number:
            return {"order_number": number}
        tried = rules.attempts(tracker.slots) + 1
        if tried < rules.MAX_ATTEMPTS:
            dispatcher.utter_message(response="utter_order_number_odd")
        return {"order_number": None, "order_attempts": tried}


class ActionOrderStatus(SpeakingAction):
    """Looks the order up. The second wrong number, or a service in trouble, goes to a human."""

    def __init__(self, services: Services, zone: ZoneInfo) -> None:
        self._services = services
        self._zone = zone

    def name(self) -> str:
        return "action_order_status"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        number = tracker.get_slot("order_number")
        if not number:
            return hand_over(dispatcher, tracker, "rule")
        try:
            caller = Caller.of(tracker.latest_message.get("metadata"))
            order = await self._services.order(caller, number, rules.step(tracker.events))
        except ServiceFailed as problem:
            log.warning("order look-up failed: %s", problem)
            return hand_over(dispatcher, tracker, "error")
        if order is None:
            return _not_found(dispatcher, tracker, number)
        self._tell(dispatcher, tracker, order)
        return [SlotSet("order_number", None), SlotSet("order_attempts", 0)]

    def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, order: Order) -> None:
        language = spoken(tracker)
        updated = rules.day(order.updated_at, language, self._zone)
        dispatcher.utter_message(
            response="utter_order_found",
            number=order.number,
            status=order.status.strip().rstrip("."),
            more=texts.order_lines(order.detail or "", updated, order.tracking_url, language),
        )


def _not_found(dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> Events:
    tried = rules.attempts(tracker.slots) + 1
    if tried >= rules.MAX_ATTEMPTS:
        return hand_over(dispatcher, tracker, "rule")
    dispatcher.utter_message(response="utter_order_not_found", number=number)
    return [
        SlotSet("order_number", None),
        SlotSet("order_attempts", tried),
        FollowupAction("order_form"),
    ]

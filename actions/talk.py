"""Handing over, marketing consent, and the question when the bot is unsure."""

from __future__ import annotations

from typing import Literal

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import rules, texts
from actions.speech import Events, SpeakingAction, control, hand_over, spoken


class ActionHandoff(SpeakingAction):
    """Gives the conversation to a human, with what an agent needs to know."""

    def name(self) -> str:
        return "action_handoff"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        reason = rules.handoff_reason(intent, rules.said_before(tracker.events))
        return hand_over(dispatcher, tracker, reason)


class _Consent(SpeakingAction):
    state: Literal["out", "in"]
    confirmation: str

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        control(dispatcher, {"kind": "consent", "purpose": "marketing", "state": self.state})
        dispatcher.utter_message(response=self.confirmation)
        return []


class ActionOptOut(_Consent):
    """Stops marketing to this customer and says so."""

    state = "out"
    confirmation = "utter_opt_out"

    def name(self) -> str:
        return "action_opt_out"


class ActionOptIn(_Consent):
    """Resumes marketing to this customer and says so."""

    state = "in"
    confirmation = "utter_opt_in"

    def name(self) -> str:
        return "action_opt_in"


class ActionAskAffirmation(SpeakingAction):
    """Asks which of the two likeliest topics was meant; without a likely one, asks for other words."""

    def name(self) -> str:
        return "action_ask_affirmation"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        offered = rules.suggestions(tracker.latest_message.get("intent_ranking") or [])
        if not offered:
            dispatcher.utter_message(response="utter_rephrase")
            return []
        language = spoken(tracker)
        buttons = [{"title": texts.topic(name, language), "payload": f"/{name}"} for name in offered]
        buttons.append({"title": texts.NONE_OF_THESE[language], "payload": "/deny"})
        dispatcher.utter_message(response="utter_ask_affirmation", buttons=buttons)
        return []

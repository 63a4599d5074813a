"""One tenant's loaded model: Rasa's message processor without any store; the tracker is passed through."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.actions import action as rasa_actions
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_TRACKER
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS, ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import Conversation
from bot.host.action_server import ActionServer
from bot.host.context import current
from bot.host.extraction import SlotExtraction
from bot.host.graph import Sequential
from bot.host.hearing import heard
from bot.host.responses import Responses
from bot.host.sharing import slim

# Actions that hold nothing but what they are made of: one of each serves every conversation.
KEPT = (
    *(rasa_actions.ActionListen, rasa_actions.ActionSessionStart, rasa_actions.ActionBotResponse),
    *(rasa_actions.RemoteAction, SlotExtraction),
)


class Dialogue(MessageProcessor):
    def __init__(self, model: Path, actions: ActionServer, name: str) -> None:
        super().__init__(str(model), None, None, Responses({}), actions)
        self.nlg.responses = self.domain.responses
        self.name = name  # which model, and which version of it, for whoever asks
        self._actions: dict[str, Any] = {ACTION_EXTRACT_SLOTS: SlotExtraction(actions, self.domain)}
        self._known = {"intent": {None, *self.domain.intents}, "entity": {*self.domain.entities}}
        self._hearing = object()
        self._hears_by_tracker = PLACEHOLDER_TRACKER in self.graph_runner.sources(
            self.model_metadata.nlu_target
        )
        self._try_out()

    @staticmethod
    def _load_model(model_path: str) -> tuple[str, ModelMetadata, GraphRunner]:
        with TemporaryDirectory(prefix="konectus-model-") as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), Path(model_path))
            metadata = slim(metadata)
            context = ExecutionContext(metadata.predict_schema, metadata.model_id)
            runner = Sequential(metadata.predict_schema, storage, context, metadata.domain)
        return Path(model_path).name, metadata, runner

    def _try_out(self) -> None:
        """A model that cannot answer a word is not taken into use; the first customer waits for no caches."""
        tracker = Conversation("", self.domain.slots)
        start = (
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            ActionExecuted(ACTION_LISTEN_NAME),
        )
        parsed = self._parse_message_with_graph(UserMessage("oi"), tracker)
        for event in (*start, UserUttered("oi", parsed["intent"], parsed["entities"], parsed)):
            tracker.update(event, self.domain)
        self.predict_next_with_tracker_if_should(tracker)

    async def begin(self, tracker: DialogueStateTracker, message: UserMessage) -> None:
        """Starts a session where there is none or the last one has run out."""
        tracker.model_id = None  # not stamped on every event: the response names the model
        await self._update_tracker_session(tracker, message.output_channel)

    async def turn(self, tracker: DialogueStateTracker, message: UserMessage, slots: list[SlotSet]) -> None:
        tracker.update_with_events(slots, self.domain)
        await self._handle_message_with_tracker(message, tracker)
        await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        """By the time of the messages, not of the clock: a repeated turn takes the same course."""
        config = self.domain.session_config
        last = tracker.get_last_event_for(UserUttered)
        if not config.are_sessions_enabled() or last is None:
            return False
        return bool(current.get().at - last.timestamp > config.session_expiration_time * 60)

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        def parse() -> dict[str, Any]:
            parsed: dict[str, Any] = MessageProcessor._parse_message_with_graph(
                self, message, tracker, only_output_properties
            )
            return parsed

        if not only_output_properties or self._hears_by_tracker:
            return parse()
        language = (message.metadata or {}).get("language")
        return heard.understood((self._hearing, message.text, language), parse)

    # --- as Rasa does it, at less cost -----------------------------------------------------------

    def _get_action(self, action_name: str) -> Any:
        """Rasa makes all its default actions anew whenever it is asked for one."""
        action = self._actions.get(action_name) or super()._get_action(action_name)
        if type(action) in KEPT:
            self._actions[action_name] = action
        return action

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Any, PolicyPrediction]:
        should = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, should):
            raise ActionLimitReached("too many actions in one turn")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._get_action(name), prediction

    async def run_action_extract_slots(
        self, output_channel: Any, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        extraction = self._get_action(ACTION_EXTRACT_SLOTS)
        events = await extraction.run(output_channel, self.nlg, tracker, self.domain)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Any,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """Rasa copies every event in depth for its debug lines."""
        if not any(isinstance(event, ActionExecutionRejected) for event in events or []):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """A debug line, for which Rasa copies every slot."""

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Rasa's warning; to learn that the domain is not an empty one it makes two at every message."""
        entities = {entity["entity"] for entity in parse_data["entities"] or []}
        if parse_data["intent"]["name"] not in self._known["intent"] or entities - self._known["entity"]:
            super()._check_for_unseen_features(parse_data)

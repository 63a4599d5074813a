"""One tenant's loaded model: Rasa's message processor without any store; the tracker is passed through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.host.action_server import ActionServer
from bot.host.context import current
from bot.host.graph import Sequential
from bot.host.responses import Responses


class Dialogue(MessageProcessor):  # type: ignore[misc]
    def __init__(self, model: Path, actions: ActionServer, name: str) -> None:
        super().__init__(str(model), None, None, Responses({}), actions)
        self.nlg.responses = self.domain.responses
        self.graph_runner: Any = Sequential(self.__dict__["graph_runner"])
        self.name = name  # which model, and which version of it, for whoever asks
        self._try_out()

    def _try_out(self) -> None:
        """A model that cannot read a word is not taken into use; the first customer does not wait for caches."""
        self._parse_message_with_graph(UserMessage("oi"), DialogueStateTracker("", self.domain.slots))

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

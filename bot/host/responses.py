"""Chooses among variations of a response by message id: the same turn always says the same words."""

from __future__ import annotations

import hashlib
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.generator import ResponseVariationFilter

from bot.host.context import current


def choice(count: int, *names: str) -> int:
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % count


class Responses(TemplatedNaturalLanguageGenerator):
    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        if utter_action not in self.responses:
            return None
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if not fitting:
            return None
        chosen: dict[str, Any] = fitting[choice(len(fitting), current.get().message_id, utter_action)]
        return chosen

    def generate_from_slots(
        self, utter_action: str, filled_slots: dict[str, Any], output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        response = self._random_response_for(utter_action, output_channel, filled_slots)
        if response is None:
            return None
        filled: dict[str, Any] = self._fill_response(_copied(response), filled_slots, **kwargs)
        return filled


def _copied(value: Any) -> Any:
    """In depth, as far as what YAML can say goes."""
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value

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


class Responses(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
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

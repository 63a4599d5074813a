"""Consent is noted only where it was plainly given; in doubt the bot asks."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.components import CarefulIntents


def entities(text: str, intent: str, confidence: float) -> list[dict[str, object]]:
    message = Message({TEXT: text, INTENT: {"name": intent, "confidence": confidence}})
    CarefulIntents({"floors": {"opt_in": 0.9, "opt_out": 0.8}}).process([message])
    found: list[dict[str, object]] = message.get(ENTITIES, [])
    return found


@pytest.mark.parametrize(
    ("text", "intent", "confidence"), [("as promos", "opt_in", 0.89), ("para com isso", "opt_out", 0.79)]
)
def test_a_doubtful_yes_or_no_to_marketing_is_marked(text: str, intent: str, confidence: float) -> None:
    found = entities(text, intent, confidence)
    assert [(e["entity"], e["value"]) for e in found] == [("certainty", "unsure")]


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("quero receber", "opt_in", 0.9),
        ("/opt_in", "opt_in", 0.1),
        ("chega de ofertas", "opt_out", 0.8),
        ("oi", "greet", 0.4),
    ],
)
def test_what_is_plain_or_has_no_floor_is_not(text: str, intent: str, confidence: float) -> None:
    assert entities(text, intent, confidence) == []

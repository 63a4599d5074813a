"""Recent messages are understood once: each model by itself, each turn with a copy of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

from bot.host.action_server import ActionServer
from bot.host.dialogue import Dialogue
from bot.host.hearing import LONGEST, Heard

OURS, THEIRS = object(), object()


class Parser:
    """Counts how often it is asked."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.asked = 0

    def __call__(self) -> dict[str, Any]:
        self.asked += 1
        return self.said


def greeting() -> Parser:
    return Parser({"text": "oi", "intent": {"name": "greet", "confidence": 0.1 + 0.2}, "entities": []})


def test_a_message_said_again_is_not_parsed_again() -> None:
    heard, parse = Heard(), greeting()
    first = heard.understood((OURS, "oi", "pt"), parse)
    assert heard.understood((OURS, "oi", "pt"), parse) == first == parse.said
    assert parse.asked == 1


def test_what_a_turn_changes_stays_with_that_turn() -> None:
    heard, parse = Heard(), greeting()
    for _ in range(3):
        found = heard.understood((OURS, "oi", "pt"), lambda: {**parse(), "entities": []})
        assert found["entities"] == []
        found["entities"].append("changed")


@pytest.mark.parametrize(
    "other", [(THEIRS, "oi", "pt"), (OURS, "Oi", "pt"), (OURS, "oi", "es"), (OURS, "oi", None)]
)
def test_another_model_text_or_language_is_parsed_for_itself(other: tuple[object, str, str | None]) -> None:
    heard, parse = Heard(), greeting()
    heard.understood((OURS, "oi", "pt"), parse)
    heard.understood(other, parse)
    assert parse.asked == 2


@pytest.mark.parametrize(
    ("text", "parse"),
    [
        ("a" * (LONGEST + 1), greeting()),
        ("oi", Parser({"odd": object()})),
        ("oi", Parser({"pairs": (1, 2)})),
    ],
    ids=["long", "no JSON", "other after JSON"],
)
def test_what_would_not_come_back_as_it_was_is_not_kept(text: str, parse: Parser) -> None:
    heard = Heard()
    found = [heard.understood((OURS, text, "pt"), parse) for _ in range(2)]
    assert found == [parse.said, parse.said]
    assert parse.asked == 2


def test_the_message_not_said_for_longest_is_forgotten_first() -> None:
    heard = Heard(most=2)
    parsers: dict[str, Parser] = {text: greeting() for text in ("a", "b", "c")}
    say: Callable[[str], Any] = lambda text: heard.understood((OURS, text, "pt"), parsers[text])  # noqa: E731 - read as one line
    for text in ("a", "b", "a", "c", "a", "b"):
        say(text)
    assert {text: parser.asked for text, parser in parsers.items()} == {"a": 1, "b": 2, "c": 1}


def test_the_pipeline_hears_without_the_tracker_and_the_policies_do_not(small_model: Path) -> None:
    dialogue = Dialogue(small_model, ActionServer("http://127.0.0.1:1", 1.0), "small@test")
    heard_from = dialogue.graph_runner.sources(dialogue.model_metadata.nlu_target)
    assert PLACEHOLDER_MESSAGE in heard_from
    assert PLACEHOLDER_TRACKER not in heard_from
    assert PLACEHOLDER_TRACKER in dialogue.graph_runner.sources(dialogue.model_metadata.core_target)

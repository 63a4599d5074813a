"""The standard bot's domain keeps its promises: three languages, buttons that fit, and no name without a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from ruamel.yaml import YAML

from actions import rules, speech
from actions.server import executor
from actions.services import Services

BOT = Path(__file__).parents[2] / "bot"
LONGEST_TEXT = 900
LONGEST_TITLE = 20
OWN_WORDS = {"number", "status", "more"}  # given by action_order_status


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


DOMAIN = read(BOT / "domain.yml")
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]


def variations() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, said in RESPONSES.items():
        for variation in said:
            yield name, variation


def languages(name: str) -> list[str]:
    conditions = [variation.get("condition") or [] for variation in RESPONSES[name]]
    stated = [[check["value"] for check in checks if check["name"] == "language"] for checks in conditions]
    return ["".join(values) or "pt" for values in stated]


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_is_said_in_three_languages(name: str):
    assert languages(name) == ["pt", "es", "en"]


def test_no_response_is_too_long():
    assert [name for name, said in variations() if len(said["text"]) > LONGEST_TEXT] == []


def test_every_button_fits_and_leads_somewhere():
    buttons = [(name, button) for name, said in variations() for button in said.get("buttons", [])]
    assert buttons
    assert [pair for pair in buttons if len(pair[1]["title"]) > LONGEST_TITLE] == []
    assert [pair for pair in buttons if pair[1]["payload"].removeprefix("/") not in DOMAIN["intents"]] == []


def test_a_text_names_only_slots_that_exist():
    named = {word for _, said in variations() for word in re.findall(r"\{(\w+)\}", said["text"])}
    assert named - OWN_WORDS <= set(DOMAIN["slots"])


def test_every_utterance_of_a_rule_exists():
    rules_files = [read(path)["rules"] for path in sorted((BOT / "data" / "rules").glob("*.yml"))]
    steps = [step for found in rules_files for rule in found for step in rule["steps"]]
    said = {step["action"] for step in steps if step.get("action", "").startswith("utter_")}
    assert said
    assert said - set(RESPONSES) == set()


def test_what_actions_say_and_suggest_exists():
    assert set(speech.CLOSING.values()) <= set(RESPONSES)
    assert set(DOMAIN["intents"]) >= rules.SUGGESTIBLE


async def test_every_action_of_the_domain_is_served():
    async with httpx.AsyncClient() as client:
        served = executor(Services(client, "http://crm.test", ""), ZoneInfo("UTC")).actions
    assert set(served) == set(DOMAIN["actions"])

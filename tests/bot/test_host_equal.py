"""Whole conversations by the host and by plain Rasa: the same answers, events and slots at every turn.

Plain Rasa keeps its own tracker all along, tries every rule on the whole history and runs its own methods;
the host gets the tracker of the turn before as it went over the wire.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import yaml
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core.trackers import DialogueStateTracker

from bot.host import channels, trackers, turns, wire
from bot.host.action_server import ActionServer
from bot.host.context import Turn, current
from bot.host.dialogue import Dialogue
from bot.host.responses import Responses
from bot.policy import IndexedRulePolicy
from bot.train import HERE
from tests.bot.hosting import ACTIONS_PORT, Actions, body

pytestmark = pytest.mark.standard
PAYLOADS = ("/ask_hours", "/affirm", "/deny", "/order_status", "/ask_human", "/restart", "/back")
KINDS = ("audio", "image", "sticker", "location")
FACTS = {"hours": "9h", "address": "Rua Um, 2", "phone": "1", "assistant_name": "Bia", "prices": "R$ 10"}


class Chosen(TemplatedNaturalLanguageGenerator):
    """Rasa's responses; only the choice between variations is the host's, which is no matter of chance."""

    _random_response_for = Responses._random_response_for


class Plain(MessageProcessor):
    """Rasa as it is, but for what the host decides on purpose: when a session ends."""

    begin, turn, _has_session_expired = Dialogue.begin, Dialogue.turn, Dialogue._has_session_expired

    def __init__(self, model: Path, actions: ActionServer) -> None:
        super().__init__(str(model), None, None, Chosen({}), actions)
        self.nlg.responses = self.domain.responses
        for node in self.graph_runner._instantiated_nodes.values():
            if isinstance(node._component, IndexedRulePolicy):
                node._component = _unindexed(node._component, node._execution_context)
                node._fn = RulePolicy.predict_action_probabilities


def _unindexed(policy: IndexedRulePolicy, context: Any) -> RulePolicy:
    return RulePolicy(
        policy.config, policy._model_storage, policy._resource, context,
        featurizer=policy.featurizer, lookup=policy.lookup,
    )  # fmt: skip


def phrases() -> list[str]:
    """What customers say in the bot's own test stories, and in the order in which they say it."""
    files = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("tests/test_*.yml"))
    ]
    steps = [step for file in files for story in file["stories"] for step in story["steps"]]
    said = [str(step["user"]).strip() for step in steps if "user" in step]
    return [text for text in said if not text.startswith("/")]


PHRASES = phrases()


class Customer:
    """Says one thing after another, mostly as the stories go on, sometimes a day later."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.place = self.chance.randrange(len(PHRASES))
        self.hour = 0
        chosen = self.chance.sample(sorted(FACTS), self.chance.randint(0, len(FACTS)))
        self.profile = {"name": "Loja Azul", **{name: FACTS[name] for name in chosen}}

    def message(self, number: int) -> dict[str, Any]:
        message: dict[str, Any] = {"id": f"wamid.{number}", "type": "text"}
        lot = self.chance.random()
        if lot < 0.75:
            self.place = (self.place + 1 if lot < 0.6 else self.chance.randrange(10**6)) % len(PHRASES)
            return message | {"text": PHRASES[self.place]}
        if lot < 0.9:
            return message | {"type": "button", "text": "x", "payload": self.chance.choice(PAYLOADS)}
        return message | {"type": self.chance.choice(KINDS), "location": {"latitude": 1.0, "longitude": 2.0}}

    def request(self, number: int, tracker: Any) -> wire.TurnRequest:
        self.hour += 30 if self.chance.random() < 0.05 else 0
        at = f"2026-11-{25 + self.hour // 24:02d}T{self.hour % 24:02d}:{number:02d}:00Z"
        id_ = str(UUID(int=number + 1, version=4))
        sent = body(
            None, message=self.message(number), at=at, tracker=tracker, profile=self.profile, message_id=id_
        )
        return wire.decode_turn(sent)


async def by_rasa(plain: Plain, tracker: DialogueStateTracker, request: wire.TurnRequest) -> list[Any]:
    """What is answered, by the same steps as the host's but for its apologies."""
    current.set(Turn(str(request.message_id), request.at.timestamp()))
    output = channels.output(request.channel)
    message = turns._message(request, output, turns._language(tracker, request))
    before = len(tracker.events)
    await turns._run(plain, tracker, message, request)
    for event in list(tracker.events)[before:]:
        event.timestamp = request.at.timestamp()
    return [*output.answers, *output.controls]


def happened(stored: wire.Tracker) -> list[dict[str, Any]]:
    """Everything but the time, and which policy's rule it was: ours has a name of its own."""
    events = json.loads(msgspec.json.encode(stored.events))
    left_out = {"timestamp", "policy"}
    return [{name: event[name] for name in event.keys() - left_out} for event in events]


@pytest.fixture(scope="module")
def both(standard_model: Path) -> tuple[Dialogue, Plain]:
    server = ActionServer(f"http://127.0.0.1:{ACTIONS_PORT}", 2.0)
    return Dialogue(standard_model, server, "default@test"), Plain(standard_model, server)


def replies(chance: random.Random, actions: Actions) -> None:
    """What the action server does at the next turn: it speaks, or it fails."""
    actions.status = 500 if chance.random() < 0.1 else 200
    actions.responses = [{"text": "Vi."}, {"response": "utter_greet"}][: chance.randint(1, 2)]


@pytest.mark.parametrize("seed", range(25))
async def test_a_conversation_goes_as_in_plain_rasa(
    seed: int, both: tuple[Dialogue, Plain], actions: Actions
) -> None:
    dialogue, plain = both
    customer, stored = Customer(seed), None
    tracker = DialogueStateTracker("0192f000-0000-7000-8000-0000000000c1", plain.domain.slots)
    for number in range(12):
        replies(customer.chance, actions)
        request = customer.request(number, stored)
        expected = await by_rasa(plain, tracker, request)
        answered = await turns.answer(dialogue, request, 9.0)
        told = [*answered.answers, *answered.controls]
        assert told[: len(expected)] == expected  # then the host's apology, if there is one
        assert happened(answered.tracker) == happened(trackers.stored(tracker, [], 1.0))
        stored = json.loads(msgspec.json.encode(answered.tracker))

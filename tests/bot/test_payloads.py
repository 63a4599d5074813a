"""The contract between platform and host: the payloads that both sides' tests load."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from bot.host.wire import TurnResponse, decode_turn
from tests.bot.hosting import Actions, Caller

PAYLOADS = Path(__file__).parent.parent / "payloads" / "bot"
NAMES = sorted(path.stem.removeprefix("request_") for path in PAYLOADS.glob("request_*.json"))


def test_each_request_has_its_response() -> None:
    assert len(NAMES) >= 7
    responses = sorted(path.stem.removeprefix("response_") for path in PAYLOADS.glob("response_*.json"))
    assert responses == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_response_is_what_the_host_would_write(name: str) -> None:
    content = (PAYLOADS / f"response_{name}.json").read_bytes()
    decoded = msgspec.json.decode(content, type=TurnResponse)
    assert json.loads(msgspec.json.encode(decoded)) == json.loads(content)


@pytest.mark.parametrize("name", NAMES)
async def test_a_request_is_answered(name: str, caller: Caller, actions: Actions) -> None:
    content = (PAYLOADS / f"request_{name}.json").read_bytes()
    recorded = json.loads((PAYLOADS / f"response_{name}.json").read_text(encoding="utf-8"))
    actions.responses = [{"custom": {"konectus": control}} for control in recorded["controls"]]
    response = await caller.post("/turn", content)
    assert response.status_code == 200, response.text
    answered = response.json()
    assert set(answered) == set(recorded)
    assert answered["message_id"] == str(decode_turn(content).message_id)
    assert answered["nlu"]["intent"] == recorded["nlu"]["intent"]
    assert answered["controls"] == recorded["controls"]

"""The action server as Rasa calls it, with the services played by a function over httpx.MockTransport."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from actions.server import executor
from actions.services import Services

TENANT = "0198c0de-0000-7000-8000-000000000001"
MESSAGE = "0198c0de-0000-7000-8000-00000000000a"
METADATA = {
    "tenant": TENANT,
    "conversation": "c",
    "message_id": MESSAGE,
    "channel": "whatsapp",
    "account": "1",
}
SECRET = "between-us"


class Crm:
    """Answers as told and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.reply: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(404)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.reply(request)

    def knows(self, **order: Any) -> None:
        self.reply = lambda _: httpx.Response(200, json=order)

    def answers(self, status: int, body: bytes = b"{}") -> None:
        self.reply = lambda _: httpx.Response(status, content=body)


class Rasa:
    """Calls an action with a tracker made of slots and of what was said and done."""

    def __init__(self, services: Services) -> None:
        self._executor = executor(services, ZoneInfo("America/Sao_Paulo"))

    async def run(self, action: str, *, events: list[dict[str, Any]], **slots: Any) -> Answer:
        latest = next(event for event in reversed(events) if event["event"] == "user")
        parsed = {**latest["parse_data"], "text": latest["text"], "metadata": latest["metadata"]}
        tracker = {"sender_id": "u", "slots": slots, "latest_message": parsed, "events": events}
        call = {"next_action": action, "tracker": tracker}
        result = await self._executor.run(json.loads(json.dumps(call)))
        assert result is not None
        return Answer(result.responses, result.events)


class Answer:
    """What Rasa gets back, with customer's words and controls told apart."""

    def __init__(self, responses: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
        self.said = [answer for answer in responses if answer["response"]]
        self.controls = [answer["custom"]["konectus"] for answer in responses if answer["custom"]]
        self.slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.followups = [event["name"] for event in events if event["event"] == "followup"]

    @property
    def lines(self) -> list[str]:
        return [answer["response"] for answer in self.said]


def user(text: str, intent: str, *, metadata: dict[str, Any] = METADATA, **parsed: Any) -> dict[str, Any]:
    data = {"intent": {"name": intent, "confidence": 0.9}, **parsed}
    return {"event": "user", "text": text, "parse_data": data, "metadata": metadata}


def did(name: str) -> dict[str, Any]:
    return {"event": "action", "name": name}


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def rasa(crm: Crm) -> AsyncIterator[Rasa]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(crm)) as client:
        yield Rasa(Services(client, "http://crm.test", SECRET))

"""The bot as seen from here: one HTTP call a turn, answered within the time limit or failed."""

from __future__ import annotations

import asyncio
from typing import Any, Literal
from uuid import UUID

import httpx
import msgspec

from connectors.events import Event, Native
from connectors.meta import sign
from kernel.errors import Unavailable

TIMEOUT = 15.0  # seconds; the host itself gives up after 10
PAUSES = (0.3, 0.7, 1.5)  # seconds: a host that is being started anew is soon back


class Control(msgspec.Struct):
    """What the dialogue asks of the platform beside its answers."""

    kind: Literal["handoff", "consent"]
    reason: str = ""
    summary: str = ""
    slots: dict[str, Any] = {}
    purpose: Literal["marketing", "service"] = "marketing"
    state: Literal["in", "out"] = "out"


class Nlu(msgspec.Struct):
    intent: str | None = None
    confidence: float = 0.0
    ranking: list[tuple[str, float]] = []
    entities: list[dict[str, Any]] = []
    language: str | None = None


class Answer(msgspec.Struct):
    message_id: UUID
    tracker: Any
    answers: list[Native]
    controls: list[Control]
    nlu: Nlu
    model: str


class Question(msgspec.Struct):
    tenant: UUID
    conversation: UUID
    message_id: UUID
    epoch: int
    channel: str
    account: str
    user: str
    event: Event
    tracker: Any
    profile: Any
    locale: str


class BotUnavailable(Unavailable):
    """No usable answer came: down, too slow, or nonsense."""

    code = "bot_unavailable"


class BotClient:
    def __init__(self, http: httpx.AsyncClient, url: str, secret: str) -> None:
        self._http = http
        self._url = url
        self._secret = secret

    async def turn(self, question: Question) -> Answer:
        """Asks the host; a tracker it cannot read is left out in a second try. BotUnavailable otherwise."""
        response = await self._post(question)
        if response.status_code == 422:
            question = msgspec.structs.replace(question, tracker=None)
            response = await self._post(question)
        if response.status_code != 200:
            raise BotUnavailable(f"the bot host answered {response.status_code}")
        try:
            answer = msgspec.json.decode(response.content, type=Answer)
        except msgspec.MsgspecError as error:
            raise BotUnavailable(f"the bot host's answer cannot be read: {error}") from error
        if answer.message_id != question.message_id:
            raise BotUnavailable("the bot host answered another message")
        return answer

    async def _post(self, question: Question) -> httpx.Response:
        body = msgspec.json.encode(question)
        headers = {"content-type": "application/json", "x-konectus-signature": sign(body, self._secret)}
        for pause in (*PAUSES, None):
            try:
                return await self._http.post(
                    f"{self._url}/turn", content=body, headers=headers, timeout=TIMEOUT
                )
            except httpx.ConnectError as error:
                if pause is None:
                    raise BotUnavailable("the bot host is not there") from error
                await asyncio.sleep(pause)
            except httpx.HTTPError as error:
                raise BotUnavailable(f"the bot host does not answer: {type(error).__name__}") from error
        raise AssertionError("the last try returns or raises")

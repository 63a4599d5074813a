"""The bodies of POST /turn and POST /models/reload: structs, and decoding that names a wrong field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from bot.host.errors import BadRequest
from connectors.events import Channel, Event, Native


class BusinessProfile(msgspec.Struct, omit_defaults=True):
    name: str | None = None
    assistant_name: str | None = None
    hours: str | None = None
    address: str | None = None
    phone: str | None = None
    site: str | None = None
    prices: str | None = None
    delivery: str | None = None
    exchange: str | None = None
    bill: str | None = None
    complaint_channel: str | None = None


class Tracker(msgspec.Struct):
    events: list[dict[str, Any]]
    session: float | None = None  # when the session began, seconds since 1970


class TurnRequest(msgspec.Struct):
    tenant: UUID
    conversation: UUID
    message_id: UUID
    epoch: int
    channel: Channel
    account: str
    user: str
    event: Event
    locale: Literal["pt", "es", "en"]
    profile: BusinessProfile = msgspec.field(default_factory=BusinessProfile)
    tracker: Any = None  # read by trackers.restore, which has its own answer to a wrong one

    @property
    def at(self) -> datetime:
        return self.event.at


class Nlu(msgspec.Struct):
    intent: str | None = None
    confidence: float = 0.0
    ranking: list[tuple[str, float]] = []
    entities: list[dict[str, Any]] = []
    language: str = "pt"


class TurnResponse(msgspec.Struct):
    message_id: UUID
    tracker: Tracker
    answers: list[Native]
    controls: list[dict[str, Any]]
    nlu: Nlu
    model: str


class ReloadRequest(msgspec.Struct):
    tenant: UUID | None = None  # None: the shared model


_FIELD = re.compile(r"`\$\.?([^`]*)`|field `([^`]+)`")


def _decode(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as problem:
        raise BadRequest(str(problem), _field(str(problem))) from problem
    except msgspec.DecodeError as problem:
        raise BadRequest("the body is not JSON") from problem


def _field(problem: str) -> str | None:
    """msgspec says "… missing required field `user`" or "… - at `$.event.at`"; both may appear."""
    names = [path or name for path, name in _FIELD.findall(problem)]
    missing = re.search(r"required field `([^`]+)`", problem)
    parent = next((path for path, _ in _FIELD.findall(problem) if path), "")
    if missing:
        return f"{parent}.{missing.group(1)}" if parent else missing.group(1)
    return names[-1] if names else None


def decode_turn(body: bytes) -> TurnRequest:
    request: TurnRequest = _decode(body, TurnRequest)
    if request.event.kind != "message" or request.event.message is None:
        raise BadRequest("only a customer's message can be answered", "event.kind")
    if request.event.channel != request.channel:
        raise BadRequest("differs from the event's channel", "channel")
    return request


def decode_reload(body: bytes) -> ReloadRequest:
    request: ReloadRequest = _decode(body or b"{}", ReloadRequest)
    return request

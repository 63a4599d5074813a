"""The register of channels: what verifies, parses and sends for each, loaded when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from connectors.events import CHANNELS, Accepted, Channel, Content, Native, Parsed


class Verify(Protocol):
    def verify(self, body: bytes, header: str | None, secrets: Sequence[str]) -> bool: ...

    def challenge(self, query: Mapping[str, str], token: str) -> str | None: ...


class Parse(Protocol):
    def parse(self, body: bytes) -> Parsed: ...


class Send(Protocol):
    def render(self, content: Content) -> list[Native]: ...

    def envelope(
        self, native: Native, *, user: str, phone: str | None, reference: str, human_agent: bool = False
    ) -> dict[str, Any]: ...

    def path(self, account: str) -> str: ...

    def accepted(self, answer: dict[str, Any]) -> Accepted: ...

    def mark_read(self, message_id: str, user: str, *, typing: bool = False) -> list[dict[str, Any]]: ...


class Modules(NamedTuple):
    verify: Verify
    parse: Parse
    send: Send


class _Register(Mapping[Channel, Modules]):
    def __init__(self) -> None:
        self._loaded: dict[Channel, Modules] = {}

    def __getitem__(self, channel: Channel) -> Modules:
        if channel not in CHANNELS:
            raise KeyError(channel)
        if channel not in self._loaded:
            self._loaded[channel] = Modules(
                cast(Verify, import_module(f"connectors.{channel}.verify")),
                cast(Parse, import_module(f"connectors.{channel}.parse")),
                cast(Send, import_module(f"connectors.{channel}.send")),
            )
        return self._loaded[channel]

    def __iter__(self) -> Iterator[Channel]:
        return iter(CHANNELS)

    def __len__(self) -> int:
        return len(CHANNELS)


CHANNEL: Mapping[Channel, Modules] = _Register()

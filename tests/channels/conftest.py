"""Captured webhook bodies, one file per kind of event, under tests/payloads/<channel>."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.channels import CHANNEL
from connectors.events import Channel

PAYLOADS = Path(__file__).parents[1] / "payloads"


@pytest.fixture
def body():
    """`body("whatsapp", "text")`: the bytes as Meta writes them, with escapes for all that is not ASCII."""

    def load(channel: str, name: str) -> bytes:
        loaded = json.loads((PAYLOADS / channel / f"{name}.json").read_text("utf-8"))
        return json.dumps(loaded, separators=(",", ":")).replace("/", "\\/").encode()

    return load


@pytest.fixture
def event(body):
    """The one event of a body that holds one item."""

    def read(channel: Channel, name: str):
        parsed = CHANNEL[channel].parse.parse(body(channel, name))
        assert not parsed.rejected
        (only,) = parsed.events
        return only

    return read

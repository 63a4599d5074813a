"""Direct mode, in the bot's environment: `.venv-bot/bin/python -m pytest tests/channels_rasa`."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import pytest

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["*"]

if not collect_ignore_glob:
    from bot.rasa_setup import prepare

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prepare()
        import sanic  # noqa: F401 - only whether it is there


PAYLOADS = Path(__file__).parents[1] / "payloads"


@pytest.fixture
def body():
    return lambda channel, name: (PAYLOADS / channel / f"{name}.json").read_bytes()


@pytest.fixture
def event(body):
    """The one event of a captured body."""
    from connectors.channels import CHANNEL

    def read(channel, name):
        (only,) = CHANNEL[channel].parse.parse(body(channel, name)).events
        return only

    return read

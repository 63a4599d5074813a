"""The small bot, trained once, and a host serving it; nothing here is collected where rasa is missing."""

from __future__ import annotations

import importlib.util
import os

import pytest

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if importlib.util.find_spec("rasa"):
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from bot.rasa_setup import prepare

    prepare()
    from tests.bot.hosting import *  # noqa: F403 - the fixtures


OF_RASA = (  # what its dependencies say of their own age
    "DeprecationWarning", "PendingDeprecationWarning", "UserWarning", "FutureWarning",
    "pytest.PytestUnraisableExceptionWarning",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """As pytest.ini beside this file, for runs of several folders, which read another one."""
    config.addinivalue_line("markers", "standard: trains and measures the standard bot; takes longer")
    if importlib.util.find_spec("rasa"):
        for category in (*OF_RASA, "sqlalchemy.exc.MovedIn20Warning"):
            config.addinivalue_line("filterwarnings", f"ignore::{category}")

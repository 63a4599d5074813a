"""The small bot, trained once, and a host serving it; nothing here is collected where rasa is missing."""

from __future__ import annotations

import importlib.util
import os

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if importlib.util.find_spec("rasa"):
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from bot.rasa_setup import prepare

    prepare()
    from tests.bot.hosting import *  # noqa: F403  the fixtures

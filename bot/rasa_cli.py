"""Rasa's command line in an environment without TensorFlow: `python -m bot.rasa_cli train|run|test …`."""

from __future__ import annotations

import os

from bot import tf_standin


def main() -> None:
    tf_standin.install()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()

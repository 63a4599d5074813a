"""Rasa's command line in an environment without TensorFlow: `python -m bot.rasa_cli train|run|test …`."""

from __future__ import annotations

from bot.rasa_setup import prepare


def main() -> None:
    prepare()
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()

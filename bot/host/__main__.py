"""`python -m bot.host --port 5005`: trains the shared model if it is missing or out of date, then serves."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import subprocess
import sys

from bot.rasa_setup import prepare


def main() -> int:
    prepare()
    from bot.host.memory import settle
    from bot.host.server import build
    from bot.host.settings import Settings

    settings = Settings.from_environment()
    parser = argparse.ArgumentParser(prog="python -m bot.host")
    parser.add_argument("--port", type=int, default=settings.port)
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--no-train", action="store_true", help="serve the models at hand as they are")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if not options.no_train and not _trained(settings.models / "default.tar.gz"):
        return 1
    settings = dataclasses.replace(settings, host=options.host, port=options.port)
    app, _ = build(settings)
    settle()
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False, debug=False)
    return 0


def _trained(model: object) -> bool:
    """In a process of its own, so that what training needs does not stay in the host's memory."""
    done = subprocess.run([sys.executable, "-m", "bot.train", "--model", str(model)], check=False)  # noqa: S603 - ourselves
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

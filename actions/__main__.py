"""`python -m actions --port 5055`: the action server, on this machine only unless SANIC_HOST says otherwise."""

from __future__ import annotations

import argparse
import os

from actions.server import create


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m actions", description="Rasa's custom actions.")
    parser.add_argument("--host", default=os.environ.get("SANIC_HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    options = parser.parse_args()
    app = create(os.environ)
    app.run(host=options.host, port=options.port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()

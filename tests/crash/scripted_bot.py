"""A bot host of a few lines: the wire of the real one, each text is echoed after a few milliseconds.

Arguments: port. Environment: KONECTUS_INTERNAL_SECRET.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sanic.response import json as answer

from connectors.channels import CHANNEL
from connectors.events import Content
from connectors.meta import verify_signature

PAUSE = (0.002, 0.05)  # seconds, so that kills also fall while the bot is being asked
app: Sanic[Any, Any] = Sanic("scripted-bot", configure_logging=False)


def echo(text: str) -> str:
    return f"Você disse: {text}"


@app.post("/turn")
async def turn(request: Request[Any, Any]) -> HTTPResponse:
    secret = os.environ["KONECTUS_INTERNAL_SECRET"]
    if not verify_signature(request.body, request.headers.get("x-konectus-signature"), [secret]):
        return empty(401)
    await asyncio.sleep(random.uniform(*PAUSE))
    return answer(reply(json.loads(request.body)))


@app.get("/health")
async def health(_request: Request[Any, Any]) -> HTTPResponse:
    return answer({"status": "ready"})


def reply(question: dict[str, Any]) -> dict[str, Any]:
    said = question["event"]["message"]["text"]
    return {
        "message_id": question["message_id"],
        "tracker": {"turns": ((question["tracker"] or {}).get("turns") or 0) + 1},
        "answers": CHANNEL[question["channel"]].send.render(Content(text=echo(said))),
        "controls": [],
        "nlu": {"intent": "greet", "confidence": 0.97, "language": "pt"},
        "model": "scripted",
    }


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), single_process=True, access_log=False, motd=False)

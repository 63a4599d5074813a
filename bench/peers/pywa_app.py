"""pywa on FastAPI and uvicorn, with its signature check: parses each update for a handler, stores nothing."""

# mypy: disable-error-code="import-not-found,untyped-decorator"
from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from pywa_async import WhatsApp

from bench import bodies

app = FastAPI()
client = WhatsApp(
    phone_id=bodies.ACCOUNT,
    token="token",
    server=app,
    webhook_endpoint=bodies.PATH,
    verify_token=bodies.VERIFY,
    app_secret=bodies.SECRET,
)


@client.on_message
async def _heard(_client: WhatsApp, _message: Any) -> None:
    pass


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )

"""A browser's live line: connects with its session, reads frames, and folds them into what it had."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.path.house import House

Event = dict[str, Any]


def address(house: House, after: int | str | None = None) -> str:
    query = "" if after is None else f"?after={after}"
    return house.base.replace("http", "ws") + "/api/live" + query


@asynccontextmanager
async def line(
    house: House, browser: httpx.AsyncClient, after: int | str | None = None, origin: str | None = None
) -> AsyncIterator[ClientConnection]:
    headers = {"origin": origin or house.base}
    if token := browser.headers.get("authorization"):
        headers["authorization"] = token
    if browser.cookies:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with connect(address(house, after), additional_headers=headers) as socket:
        yield socket


async def hear(socket: ClientConnection, seconds: float = 20) -> Event:
    found: Event = json.loads(await asyncio.wait_for(socket.recv(), seconds))
    return found


async def hello(socket: ClientConnection) -> tuple[int, bool]:
    said = await hear(socket)
    assert said["type"] == "hello"
    return said["head"], said["resumed"]


async def until(socket: ClientConnection, id_: int) -> list[Event]:
    """The durable events that come, up to the one of this number."""
    found: list[Event] = []
    while not found or found[-1]["id"] < id_:
        event = await hear(socket)
        if "id" in event:
            found.append(event)
    return found


def fold_list(items: list[Event], events: list[Event]) -> list[Event]:
    """The open conversations, newest first, as a browser has them after these events."""
    known = {c["id"]: c for c in items}
    for event in events:
        if changed := event.get("conversation"):
            known[changed["id"]] = changed
    still = [c for c in known.values() if c["state"] == "open"]
    return sorted(still, key=lambda c: (moment(c["last_at"]), c["id"]), reverse=True)


def fold_thread(items: list[Event], events: list[Event], conversation_id: str) -> list[Event]:
    known = {m["id"]: m for m in items}
    for event in events:
        message = event.get("message")
        if message and message["conversation_id"] == conversation_id:
            known[message["id"]] = message
    return sorted(known.values(), key=lambda m: (moment(m["at"]), m["seq"]))


def moment(at: str) -> datetime:
    """Whole seconds are written without a fraction: as text they would sort behind."""
    return datetime.fromisoformat(at)

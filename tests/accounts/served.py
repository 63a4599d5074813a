"""A few routes behind a real HTTP server, for as long as a test needs them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sanic import Sanic

from kernel.db import Database
from kernel.ids import new_id
from kernel.web import Authenticate, Route, Shell


@asynccontextmanager
async def served(
    db: Database, authenticate: Authenticate, routes: Sequence[Route]
) -> AsyncIterator[httpx.AsyncClient]:
    app: Sanic[Any, Any] = Sanic(f"t{new_id().hex}", configure_logging=False)
    app.config.TOUCHUP = False  # it rewrites Sanic itself, for one app in a process
    Shell(app, db, authenticate, secure=False).mount(routes)
    listener = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listener, return_asyncio_server=True, asyncio_server_kwargs=None)
    assert server is not None
    await server.startup()
    site = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=site, headers={"origin": site}) as client:
        yield client
    await server.close()
    Sanic.unregister_app(app)

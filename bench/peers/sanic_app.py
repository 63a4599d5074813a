"""Sanic with the same signature check: `bare` parses the JSON and stores nothing, `insert` stores each
body by one SQLAlchemy Core insert of its own before it answers."""

from __future__ import annotations

import hmac
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench import bodies

# Of the kind of the platform's own: a unique hash, the body, its channel and time.
STORED = Table(
    "bench_body",
    MetaData(),
    Column("hash", LargeBinary, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)
POOL = 20
app: Sanic[Any, Any] = Sanic("peer", configure_logging=False)


def signed(request: Request[Any, Any]) -> bool:
    expected = f"sha256={bodies.signature(request.body, bodies.SECRET.encode())}"
    return hmac.compare_digest(expected, request.headers.get("x-hub-signature-256") or "")


async def bare(request: Request[Any, Any]) -> HTTPResponse:
    if not signed(request):
        return empty(401)
    json.loads(request.body)
    return empty(200)


async def store(request: Request[Any, Any]) -> HTTPResponse:
    if not signed(request):
        return empty(401)
    row = {
        "hash": bodies.mark(request.body),
        "channel": "whatsapp",
        "body": request.body,
        "received_at": datetime.now(UTC),
    }
    engine: AsyncEngine = app.ctx.engine
    async with engine.begin() as conn:
        await conn.execute(insert(STORED).values(row).on_conflict_do_nothing())
    return empty(200)


async def connect(_app: Sanic[Any, Any]) -> None:
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    app.ctx.engine = create_async_engine(url, pool_size=POOL, max_overflow=0)


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    app.add_route(store if kind == "insert" else bare, bodies.PATH, methods=["POST"], name="webhook")
    if kind == "insert":
        app.before_server_start(connect)
    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False)

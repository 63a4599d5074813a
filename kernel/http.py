"""httpx clients that scale: stock httpx slows down quadratically beyond some 64 connections."""

from __future__ import annotations

import httpx
from httpx_aiohttp import AiohttpTransport


def client(*, limit: int = 200, timeout: float = 10.0) -> httpx.AsyncClient:
    """`limit`: connections at once; `timeout`: seconds for each of connect, read, write and pool."""
    limits = httpx.Limits(max_connections=limit, max_keepalive_connections=limit)
    transport = AiohttpTransport(limits=limits)
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False)

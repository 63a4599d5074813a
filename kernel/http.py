"""httpx clients that scale: stock httpx slows down quadratically beyond some 64 connections."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

# What the short way knows; with anything else a request takes httpx's own.
PLAIN = {"content", "json", "params", "headers", "timeout"}


class Client(httpx.AsyncClient):
    """An httpx client for calls between machines. It keeps no cookies, follows nothing and signs nothing in,
    so a plain request goes straight to the transport: all that httpx does in between took longer than the call.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, timeout: float) -> None:
        super().__init__(transport=transport, timeout=timeout, follow_redirects=False)
        self._straight = transport
        self._seconds = timeout

    async def request(self, method: str, url: Any, **given: Any) -> httpx.Response:
        given = {name: v for name, v in given.items() if v is not None and v is not httpx.USE_CLIENT_DEFAULT}
        seconds = given.get("timeout", self._seconds)
        if not given.keys() <= PLAIN or not isinstance(seconds, int | float) or self.is_closed:
            return await super().request(method, url, **given)
        request = httpx.Request(
            method,
            _url(str(url), _pairs(given.get("params"))),
            headers=given.get("headers"),
            content=given.get("content"),
            json=given.get("json"),
            extensions={"timeout": _phases(seconds)},
        )
        response = await self._straight.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        response.request = request
        return response


def client(*, limit: int = 200, timeout: float = 10.0) -> Client:
    """`limit`: connections at once; `timeout`: seconds for each of connect, read, write and pool."""
    limits = httpx.Limits(max_connections=limit, max_keepalive_connections=limit)
    return Client(AiohttpTransport(limits=limits), timeout)


@lru_cache(1024)
def _url(url: str, params: tuple[tuple[str, str], ...]) -> httpx.URL:
    """The same few addresses are called all the time, and taking one apart is slow."""
    found = httpx.URL(url)
    return found.copy_merge_params(dict(params)) if params else found


def _pairs(params: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in (params or {}).items())


@lru_cache(64)
def _phases(seconds: float) -> dict[str, float | None]:
    return httpx.Timeout(seconds).as_dict()

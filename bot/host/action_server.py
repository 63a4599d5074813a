"""Calls the action server over one kept connection pool, in bounded time, and notes what failed."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.host.context import current

REJECTED = 400  # the action declined to run: part of a form's normal course
SELECTIVE_DOMAIN = "selective_domain"  # send the domain only to actions that ask for it


class ActionServer(EndpointConfig):
    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(url=f"{base.rstrip('/')}/webhook", **{SELECTIVE_DOMAIN: True})
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(1.0, timeout))
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", *_: Any, json: Any = None, **__: Any) -> Any:
        try:
            return await self._call(method, json)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as problem:
            if not (isinstance(problem, ClientResponseError) and problem.status == REJECTED):
                current.get().failures.append(str((json or {}).get("next_action")))
            raise

    async def _call(self, method: str, json: Any) -> Any:
        async with self._pool().request(method, self.url, json=json, timeout=self._timeout) as response:
            if response.status >= REJECTED:
                raise ClientResponseError(response.status, response.reason, await response.read())
            return await response.json()

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

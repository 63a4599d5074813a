"""Which services live: each is asked time and again, so that one that hangs is known before a caller waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from urllib.parse import urlsplit

EVERY = 1.0  # seconds between questions
WITHIN = 2.0  # seconds for an answer; a busy machine is slow, not dead
MISSES = 2  # in a row, until a service counts as gone
QUESTION = b"GET /health/own HTTP/1.1\r\nHost: pulse\r\nConnection: close\r\n\r\n"


class Pulse:
    """A service lives while it answers, whatever it says: an unwell one can still explain itself."""

    def __init__(self, upstreams: Mapping[str, str], every: float = EVERY, within: float = WITHIN) -> None:
        self._upstreams = {name: urlsplit(url) for name, url in upstreams.items()}
        self._gone = {name: asyncio.Event() for name in upstreams}
        self._every, self._within = every, within

    def lives(self, name: str) -> bool:
        return not self._gone[name].is_set()

    async def until_gone(self, name: str) -> None:
        await self._gone[name].wait()

    async def run(self) -> None:
        await asyncio.gather(*(self._watch(name) for name in self._upstreams))

    async def _watch(self, name: str) -> None:
        misses = 0
        while True:
            misses = 0 if await self._answers(name) else misses + 1
            if misses == 0:
                self._gone[name].clear()
            elif misses >= MISSES:
                self._gone[name].set()
            await asyncio.sleep(self._every)

    async def _answers(self, name: str) -> bool:
        at = self._upstreams[name]
        try:
            async with asyncio.timeout(self._within):
                reader, writer = await asyncio.open_connection(at.hostname, at.port)
                try:
                    writer.write(QUESTION)
                    return bool(await reader.readline())
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError):
            return False

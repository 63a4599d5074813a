"""The loop of a worker: look for work as long as there is some, then wait for a wake-up or the sweep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kernel.errors import Unavailable
from kernel.wake import Wakes

log = logging.getLogger(__name__)


async def pump(
    wakes: Wakes, topic: str, once: Callable[[], Awaitable[int]], stop: asyncio.Event, *, sweep: float
) -> None:
    """Calls `once` again at once while it finds something. `sweep`: seconds at most between looks."""
    with wakes.listen(topic) as woken:
        while not stop.is_set():
            woken.clear()
            if not await _guarded(once, topic):
                await _either(woken, stop, sweep)


async def _guarded(once: Callable[[], Awaitable[int]], topic: str) -> int:
    """A fault costs a pause, never the loop."""
    try:
        return await once()
    except Unavailable:
        await asyncio.sleep(1)
    except Exception:
        log.exception("worker of %s failed; it goes on", topic)
        await asyncio.sleep(1)
    return 0


async def _either(woken: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (woken, stop)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()

"""The loop of a worker: look for work as long as there is some, then wait for a wake-up or the sweep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kernel.errors import Unavailable
from kernel.wake import Wakes

log = logging.getLogger(__name__)


async def pump(
    wakes: Wakes,
    topic: str,
    look: Callable[[], Awaitable[bool]],
    stop: asyncio.Event,
    *,
    sweep: float,
    gap: float = 0.0,
) -> None:
    """Calls `look` again at once while it says that there may be more. Seconds between two looks: at most
    `sweep`, at least `gap`, in which work gathers; the first after a rest comes at once."""
    loop = asyncio.get_running_loop()
    with wakes.listen(topic) as woken:
        while not stop.is_set():
            woken.clear()
            rested = loop.time() + gap
            if not await _guarded(look, topic):
                await _either(woken, stop, sweep)
            if gap and (early := rested - loop.time()) > 0:
                await asyncio.sleep(early)


async def _guarded(look: Callable[[], Awaitable[bool]], topic: str) -> bool:
    """A fault costs a pause, never the loop."""
    try:
        return await look()
    except Unavailable:
        await asyncio.sleep(1)
    except Exception:
        log.exception("worker of %s failed; it goes on", topic)
        await asyncio.sleep(1)
    return False


async def _either(woken: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (woken, stop)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()

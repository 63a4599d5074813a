"""The loop of a worker: look for work as long as there is some, then wait for a wake-up or the sweep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kernel.errors import Unavailable
from kernel.wake import Wakes

LONGEST_BREATH = 0.05  # seconds
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
    """Calls `look` again at once while it says that there may be more. Else seconds between two looks: at most
    `sweep`, at least `gap`, in which work gathers; the first after a rest comes at once."""
    with wakes.listen(topic) as woken:
        while not stop.is_set():
            woken.clear()
            breath = Breath(gap)
            if not await _guarded(look, topic):
                breath.work_done()
                await _either(woken, stop, sweep)
                await breath.taken()


class Breath:
    """A pause between two batches, half as long as the first took: where the machine is slow, more gathers
    for the second, and each costs its round trips only once. `gap`: least seconds from start to start."""

    def __init__(self, gap: float = 0.0, now: Callable[[], float] | None = None) -> None:
        self._now = now or asyncio.get_running_loop().time
        self._began = self._until = self._now()
        self._gap = gap

    def work_done(self) -> None:
        now = self._now()
        self._until = max(self._began + self._gap, now + min((now - self._began) / 2, LONGEST_BREATH))

    @property
    def left(self) -> float:
        return max(0.0, self._until - self._now())

    async def taken(self) -> None:
        if left := self.left:
            await asyncio.sleep(left)


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

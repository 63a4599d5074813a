"""Direct mode's inbox, in memory: each customer's messages one by one, customers side by side, none twice."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable

from connectors.events import Event

REMEMBERED = 100_000  # keys; a repeat usually comes within minutes
WAITING = 10_000  # messages accepted and not yet worked
AT_ONCE = 32  # customers worked on at the same time

log = logging.getLogger("konectus.channels")


class Full(Exception):
    """More is waiting than may wait: let the channel bring it again later."""


class Inbox:
    def __init__(
        self,
        work: Callable[[Event], Awaitable[None]],
        *,
        remembered: int = REMEMBERED,
        waiting: int = WAITING,
        at_once: int = AT_ONCE,
    ) -> None:
        self._work = work
        self._remembered = remembered
        self._limit = waiting
        self._slots = asyncio.Semaphore(at_once)
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lanes: dict[tuple[str, str], deque[Event]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self.waiting = 0

    def put(self, events: Iterable[Event]) -> int:
        """Take what is new, oldest first; returns how many. Raises Full, having kept what had room."""
        new = [event for event in events if (event.account, event.key) not in self._seen]
        taken = 0
        for event in sorted(new, key=lambda event: event.at):
            if (event.account, event.key) in self._seen:
                continue
            if self.waiting >= self._limit:
                raise Full
            self._remember(event)
            self._append(event)
            taken += 1
        return taken

    async def drain(self) -> None:
        """Until nothing waits."""
        while self._workers:
            await asyncio.wait(set(self._workers))

    def _remember(self, event: Event) -> None:
        self._seen[(event.account, event.key)] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)

    def _append(self, event: Event) -> None:
        lane = (event.account, event.sender.user if event.sender else "")
        self.waiting += 1
        if lane in self._lanes:
            self._lanes[lane].append(event)
            return
        self._lanes[lane] = deque([event])
        worker = asyncio.get_running_loop().create_task(self._run(lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _run(self, lane: tuple[str, str]) -> None:
        queue = self._lanes[lane]
        while queue:
            async with self._slots:
                await self._one(queue.popleft())
        del self._lanes[lane]

    async def _one(self, event: Event) -> None:
        try:
            await self._work(event)
        except Exception:  # one message that fails must not silence its customer
            log.exception("message %s on %s %s failed", event.key, event.channel, event.account)
        finally:
            self.waiting -= 1

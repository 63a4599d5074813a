"""Works off the customers' lanes: loads events in order and hands each to the router's handler.

An event is done in the transaction that records its effects (`LaneWork.done`); one that has none is
recorded with the next look at its lane. A failing event is tried again later and holds back what the
same customer sent after it, until it succeeds or is dead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from connectors.events import Event
from connectors.inbox import store
from connectors.inbox.loads import Loader, Waiting
from connectors.inbox.store import Stored
from connectors.keeper import LEASE, Keeper
from connectors.outbox.settle import Settler
from connectors.rules import ChannelRef
from kernel import lanes
from kernel.db import Database, Tx
from kernel.errors import Unavailable
from kernel.jobs import backoff
from kernel.lanes import Claim, LaneLost
from kernel.loops import pump
from kernel.wake import Wakes

ATTEMPTS = 8
ROUNDS = 5  # batches of one lane before others get their turn
SWEEP = 2.0
ECHO_PATIENCE = timedelta(seconds=5)
# What becomes of a lane after one event: its next event, a pause, or nothing: it is given back already.
Next = Literal["go on", "wait", "free"]
log = logging.getLogger(__name__)


class LaneWork:
    """One event to handle. Call `done` in the transaction that records what came of it, as its first act:
    it locks the lane, and all who lock lanes lock inbound ones before outbound ones."""

    __slots__ = ("channel", "claim", "db", "event", "finished", "given_back", "stored")

    def __init__(self, db: Database, claim: Claim, stored: Stored, event: Event, channel: ChannelRef) -> None:
        self.db = db
        self.claim = claim
        self.stored = stored
        self.event = event
        self.channel = channel
        self.finished = False
        self.given_back = False  # nothing was left in the lane

    async def done(self, tx: Tx) -> None:
        """LaneLost when another worker has the lane or did the work: the transaction must not commit."""
        await lanes.hold(tx, self.claim)
        self.finished, self.given_back = await store.finish(tx, self.stored)
        if not self.finished:
            raise LaneLost(f"event {self.stored.id} was worked by another")

    def next(self) -> Next:
        return "free" if self.given_back else "go on"


Handle = Callable[[LaneWork], Awaitable[None]]


class InboxWorker:
    def __init__(
        self, db: Database, wakes: Wakes, handle: Handle, *, settler: Settler, concurrency: int = 64
    ) -> None:
        self._db = db
        self._wakes = wakes
        self._handle = handle
        self._settler = settler
        self._concurrency = concurrency
        self._keeper = Keeper(db)
        self._tasks: set[asyncio.Task[int]] = set()
        self._loader = Loader(db)

    async def run(self, stop: asyncio.Event) -> None:
        keeping = asyncio.create_task(self._keeper.run())
        try:
            await pump(self._wakes, "lane:in", self._start_some, stop, sweep=SWEEP)
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            keeping.cancel()

    async def once(self) -> int:
        """Works all lanes that are due, up to `concurrency`, to their end; the number of events handled."""
        claims = await self._claim(self._concurrency)
        return sum(await asyncio.gather(*(self._lane(claim) for claim in claims)))

    async def _start_some(self) -> bool:
        free = self._concurrency - len(self._tasks)
        if free == 0:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            return True
        claims = await self._claim(free)
        for claim in claims:
            task = asyncio.create_task(self._lane(claim))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claims) == free

    async def _claim(self, limit: int) -> list[Claim]:
        async with self._db.statement() as tx:
            return await lanes.claim(tx, "in", limit=limit, lease=LEASE)

    async def _lane(self, claim: Claim) -> int:
        with self._keeper.keep(claim):
            try:
                return await self._work(claim)
            except LaneLost:
                return 0
            except Unavailable:
                return 0  # the lease runs out and the lane is taken up again
            except Exception:
                log.exception("a lane could not be worked; it is taken up again when the lease ends")
                return 0

    async def _work(self, claim: Claim) -> int:
        handled = 0
        finished: list[Stored] = []  # handled without an effect that recorded them
        for turn in range(ROUNDS + 1):
            channel, batch = await self._loader.next(claim, finished, last=turn == ROUNDS)
            if not batch:
                break
            finished = []
            for waiting in batch:
                what_next = await self._one(claim, channel, waiting, finished)
                if what_next == "wait":
                    break
                handled += 1
                if what_next == "free":
                    return handled
        return handled

    async def _one(self, claim: Claim, channel: ChannelRef, waiting: Waiting, finished: list[Stored]) -> Next:
        stored = waiting.stored
        try:
            event = waiting.event or stored.event()
            work = LaneWork(self._db, claim, stored, event, channel)
            if work.event.kind == "echo" and not await self._foreign(work):
                return work.next() if work.finished else "wait"
            await self._handle(work)
        except LaneLost:
            raise
        except Exception as error:
            return await self._failed(claim, stored, error)
        if not work.finished:
            finished.append(stored)
        return work.next()

    async def _foreign(self, work: LaneWork) -> bool:
        """Did the business write this elsewhere? Our own is settled here; unclear ones wait a moment."""
        async with self._db.tenant(work.claim.tenant_id) as tx:
            await lanes.hold(tx, work.claim)
            whose = await self._settler.echo(tx, work.channel, work.event)
            if whose == "ours":
                await work.done(tx)
            elif whose == "unclear":
                await store.postpone(tx, [work.stored], tx.now + ECHO_PATIENCE)
        return whose == "foreign"

    async def _failed(self, claim: Claim, stored: Stored, error: Exception) -> Next:
        attempt = stored.attempts + 1
        dead = attempt >= ATTEMPTS
        log.warning("inbox event %s failed, attempt %s: %s", stored.id, attempt, type(error).__name__)
        async with self._db.tenant(claim.tenant_id) as tx:
            await lanes.hold(tx, claim)
            await store.failed(tx, stored, describe(error), None if dead else backoff(attempt))
        return "go on" if dead else "wait"


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000].replace("\x00", "")

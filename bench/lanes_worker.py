"""The platform's own inbox worker with a handler that does nothing: takes all that waits, says how long it took.

Arguments: how many events wait. Environment: DATABASE_URL.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time

import uvloop

from app.handlers import HOOKS
from app.processes import settle
from connectors.inbox.worker import InboxWorker, LaneWork
from connectors.outbox.settle import Settler
from kernel.db import Database
from kernel.wake import Wakes


class Record:
    """Every customer's messages bear rising numbers; one that comes after a higher one is an inversion."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.handled = self.inversions = 0
        self.stop = asyncio.Event()
        self._newest: dict[str, str] = {}

    async def handle(self, work: LaneWork) -> None:
        self.handled += 1
        self.inversions += work.event.key < self._newest.get(work.claim.lane, "")
        self._newest[work.claim.lane] = work.event.key
        if self.handled == self.expected:
            self.stop.set()


async def _main(expected: int) -> None:
    wakes = Wakes(os.environ["DATABASE_URL"])
    db = Database(os.environ["DATABASE_URL"], wakes)
    await db.open()
    record = Record(expected)
    worker = InboxWorker(db, wakes, record.handle, settler=Settler(HOOKS))
    settle()  # as the worker's process does
    began = time.perf_counter()
    await worker.run(record.stop)
    seconds = time.perf_counter() - began
    await db.close()
    print(json.dumps({"handled": record.handled, "inversions": record.inversions, "seconds": seconds}))


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1])))

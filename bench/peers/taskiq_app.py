"""taskiq on Redis Streams, a task that does nothing: `fill` enqueues, `work` takes all and says how long it took.

Arguments: fill|work, Redis URL, lanes, messages a lane.
"""

# mypy: disable-error-code="import-not-found,untyped-decorator"
from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvloop
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

kind, url, lanes, each = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
broker: Any = RedisStreamBroker(url, consumer_id="0")
AT_ONCE = 100  # tasks; taskiq's own default
finish = asyncio.Event()
newest: dict[int, int] = {}
state = {"handled": 0, "inversions": 0}


@broker.task(task_name="handle")
async def handle(lane: int, number: int) -> None:
    state["handled"] += 1
    state["inversions"] += number < newest.get(lane, -1)
    newest[lane] = number
    if state["handled"] == lanes * each:
        finish.set()


async def fill() -> None:
    await broker.startup()
    for number in range(each):
        await asyncio.gather(*(handle.kiq(lane, number) for lane in range(lanes)))
    await broker.shutdown()


async def work() -> None:
    broker.is_worker_process = True
    await broker.startup()
    began = time.perf_counter()
    await Receiver(broker, max_async_tasks=AT_ONCE, max_prefetch=AT_ONCE, run_startup=False).listen(finish)
    print(json.dumps({**state, "seconds": time.perf_counter() - began}))
    await broker.shutdown()


if __name__ == "__main__":
    uvloop.run(fill() if kind == "fill" else work())

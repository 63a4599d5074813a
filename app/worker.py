"""The worker: splits webhooks, works customers' lanes, sends, runs jobs. Any number may run."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import structlog

from app import handlers
from app.deps import Deps, open_deps
from app.processes import settle
from app.settings import Settings
from kernel import logs, processes

log = structlog.get_logger("worker")


def main(settings: Settings) -> None:
    logs.configure(settings.log_level, "worker")
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_main(settings))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with open_deps(settings) as deps:
        settle()
        await run(deps, stop)


async def run(deps: Deps, stop: asyncio.Event) -> None:
    """All loops until `stop`; one that falls over ends the process, which is then started anew."""
    parts = await handlers.worker_parts(deps)
    lines: list[Coroutine[Any, Any, None]] = [part.run(stop) for part in parts]
    lines.append(processes.beat(deps.db, "worker", stop))
    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(line)
    log.info("worker_stopped")

"""Wake-ups between processes, with a Redis that hangs and comes back: none stays away for good."""

import asyncio
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from app.topology import redis_server
from kernel.db import Database
from kernel.wake import Wakes


@pytest.fixture
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [redis_server(), "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0", process
    process.kill()
    process.wait()


@pytest.fixture
async def two(db: Database, redis: tuple[str, subprocess.Popen[bytes]]) -> AsyncIterator[tuple[Wakes, Wakes]]:
    here, there = Wakes(db.dsn, redis[0]), Wakes(db.dsn, redis[0])
    await here.start()
    await there.start()
    yield here, there
    await here.stop()
    await there.stop()


async def soon(happened: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.05)


async def test_a_wake_up_arrives_while_redis_hangs_and_redis_is_used_again_afterwards(
    two: tuple[Wakes, Wakes], redis: tuple[str, subprocess.Popen[bytes]]
) -> None:
    here, there = two
    await soon(lambda: here.redis_ready and there.redis_ready)
    with there.listen("work") as woken:
        for word in (signal.SIGSTOP, signal.SIGCONT):
            redis[1].send_signal(word)
            if word == signal.SIGCONT:
                await soon(lambda: here.redis_ready and there.redis_ready)
            woken.clear()
            here.publish(["work"])
            await asyncio.wait_for(woken.wait(), 5)
            if word == signal.SIGSTOP:
                await soon(lambda: not here.redis_ready and not there.redis_ready)

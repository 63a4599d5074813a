"""The load generator, a process of its own: signed webhooks over kept connections, raw HTTP on uvloop.

Closed loop: each connection sends its next request when the answer is in. Open loop (--rate): requests are
due at set times, and the time that one waits for a free connection counts. A lost connection is made anew.
Prints one JSON object; --acknowledged FILE also gets the numbers of all requests that were answered 200.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from collections import deque
from pathlib import Path
from typing import cast

import uvloop

from bench.bodies import Mix
from bench.report import percentile

TICK = 0.001
RETRY = 0.02


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""
        self._number = -1
        self._began = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not a subclass
        self._load.idle(self)

    def send(self, number: int, request: bytes, began: float) -> None:
        self._number, self._began = number, began
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or len(rest) < content_length(head):
            return
        self._buffer = b""
        self._load.answered(self._number, int(head[9:12]), self._began)
        self._number = -1
        self._load.idle(self)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._number >= 0:
            self._load.lost += 1
        self._load.gone(self)


def content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


class Load:
    def __init__(self, asked: argparse.Namespace) -> None:
        self._mix, self._rate = Mix(asked.run), asked.rate
        self._port, self._host = asked.port, f"127.0.0.1:{asked.port}"
        self._connections = asked.connections
        self._number = 0
        self._idle: deque[Connection] = deque()
        self._due: deque[float] = deque()
        self._open = True
        self._tasks: set[asyncio.Task[None]] = set()
        self.lost = self.refused = 0
        self.acknowledged: list[int] = []
        self.times: list[tuple[float, float]] = []  # when answered, after how long

    # --- what connections report ---

    def idle(self, connection: Connection) -> None:
        if not self._open:
            return
        if self._rate:
            self._idle.append(connection)
        else:
            self._send(connection, time.perf_counter())

    def answered(self, number: int, status: int, began: float) -> None:
        now = time.perf_counter()
        if status == 200:
            self.acknowledged.append(number)
            self.times.append((now, now - began))
        else:
            self.refused += 1

    def gone(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
        if self._open:
            self._spawn()

    # --- the run ---

    async def run(self, seconds: float, stop: asyncio.Event) -> None:
        for _ in range(self._connections):
            self._spawn()
        try:
            async with asyncio.timeout(seconds):
                await (self._pace(stop) if self._rate else stop.wait())
        except TimeoutError:
            pass
        self._open = False

    def _spawn(self) -> None:
        task = asyncio.get_running_loop().create_task(self._connect())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        while self._open:
            try:
                await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._port)
                return
            except OSError:
                await asyncio.sleep(RETRY)

    async def _pace(self, stop: asyncio.Event) -> None:
        due = time.perf_counter()
        while not stop.is_set():
            now = time.perf_counter()
            while due <= now:
                self._due.append(due)
                due += 1 / self._rate
            while self._due and self._idle:
                self._send(self._idle.popleft(), self._due.popleft())
            await asyncio.sleep(TICK)

    def _send(self, connection: Connection, began: float) -> None:
        number, self._number = self._number, self._number + 1
        connection.send(number, self._mix.request(number, self._host), began)

    def report(self, warm_up: float, began: float) -> dict[str, float]:
        counted = [(at, took) for at, took in self.times if at - began >= warm_up]
        taken = sorted(took for _, took in counted)
        if not taken:
            return {"answers": 0, "per_s": 0.0, "refused": self.refused, "lost": self.lost}
        seconds = counted[-1][0] - began - warm_up
        return {
            "answers": len(self.times),
            "per_s": len(taken) / seconds,
            "p50_ms": percentile(taken, 0.5) * 1000,
            "p99_ms": percentile(taken, 0.99) * 1000,
            "refused": self.refused,
            "lost": self.lost,
        }


async def _main(asked: argparse.Namespace) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    load = Load(asked)
    began = time.perf_counter()
    await load.run(asked.seconds, stop)
    if asked.acknowledged:
        asked.acknowledged.write_text(" ".join(map(str, load.acknowledged)))
    print(json.dumps(load.report(asked.warm_up, began)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--run", required=True, help="part of every message id")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second; 0: closed loop")
    parser.add_argument("--acknowledged", type=Path)
    asked = parser.parse_args()
    uvloop.run(_main(asked))


if __name__ == "__main__":
    main()

"""make bench-turn: a customer's message until the bot's answer is accepted by the channel, and ordered claims.

The first on the running demo (web, worker, bot host with its trained model, actions, simulator): signed
webhooks at a set pace, the end by the simulator's own record. The second: see bench/lanes.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvloop

from app.embedded import EmbeddedError
from bench import bodies, lanes
from bench.load import content_length
from bench.processes import NotMeasured, answers, ours, spawn
from bench.report import Metric, closing, opening, percentile, say

TARGET = "bench-turn"
PHRASES = (
    "oi", "bom dia", "qual o horário de vocês?", "vocês abrem sábado?", "onde fica a loja?",
    "qual o endereço?", "quanto custa o plano completo?", "quais são os preços?", "quero a segunda via do boleto",
    "vocês entregam em Niterói?", "qual o prazo de entrega?", "como faço para trocar um produto?",
    "obrigada!", "what are your opening hours?", "¿dónde está la tienda?", "¿cuánto cuesta el plan básico?",
)  # fmt: skip
CUSTOMERS = 200
WARM_UP = 5.0  # seconds, by other customers
READY_WITHIN = 180
SETTLE = 5.0
ENOUGH = 0.98  # of the messages must be answered, or nothing was measured


class Sent(NamedTuple):
    at: float
    user: str


class Demo(NamedTuple):
    base: str
    graph: str
    secret: bytes


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """The whole platform as `make run` starts it, on a folder of its own."""
    environ = {**os.environ, "KONECTUS_DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    log = folder / "run.log"
    with log.open("wb") as out:
        process = spawn(ours("run", "--demo"), environ, out)
    try:
        deadline = time.monotonic() + READY_WITHIN
        while (found := _described(folder)) is None or not answers(f"{found['base_url']}/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotMeasured(f"the demo did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.2)
        yield Demo(found["base_url"], found["graph_url"], found["app_secret"].encode())
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _described(folder: Path) -> dict[str, Any] | None:
    """What the run says of itself once everything is ready."""
    path = folder / "run.json"
    if "ready in" not in (folder / "run.log").read_text() or not path.exists():
        return None
    found: dict[str, Any] | None = json.loads(path.read_text())["demo"]
    return found


# --- load ------------------------------------------------------------------------------------


class Line(asyncio.Protocol):
    """A kept connection; one webhook at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._answer: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if found and len(rest) >= content_length(head) and self._answer is not None:
            self._buffer = b""
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NotMeasured("the platform closed a connection"))

    async def post(self, request: bytes) -> int:
        """The status of the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


class Pace:
    """Webhooks at set times, each customer in turn; a POST's answer is not waited for before the next. As raw
    HTTP, since who makes the load shares the cores with what is measured."""

    def __init__(self, demo: Demo, seed: int) -> None:
        self._demo = demo
        self._chance = random.Random(seed)
        self._mark = f"{seed:x}.{time.time_ns():x}"
        self._serial = 0
        self._lines: list[Line] = []
        self.sent: list[Sent] = []
        self.refused = 0

    async def run(self, first_user: int, rate: float, seconds: float) -> list[Sent]:
        self.sent = []
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
                group.create_task(self._post(str(first_user + n % CUSTOMERS)))
        return self.sent

    async def _post(self, user: str) -> None:
        self._serial += 1
        id_ = f"wamid.{self._mark}.{self._serial}"
        now = time.time()
        body = bodies.message(user, id_, self._chance.choice(PHRASES), int(now))
        host = urlsplit(self._demo.base).netloc
        self.sent.append(Sent(now, user))
        line = self._lines.pop() if self._lines else await self._new_line(host)
        self.refused += await line.post(bodies.post(body, host, self._demo.secret)) != 200
        self._lines.append(line)

    async def _new_line(self, host: str) -> Line:
        name, _, port = host.partition(":")
        _, line = await asyncio.get_running_loop().create_connection(Line, name, int(port))
        return line


async def play(demo: Demo, rate: float, seconds: float, seed: int) -> tuple[list[Sent], list[dict[str, Any]]]:
    # We speak for Meta here: the simulator has not seen these customers write.
    knobs = json.dumps({"enforce_windows": False, "pair_burst": 0, "latency_ms": 0}).encode()
    kind = {"content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{demo.graph}/_sim/faults", knobs, kind)).close()
    pace = Pace(demo, seed)
    await pace.run(5511800000000, rate / 2, WARM_UP)
    await asyncio.sleep(SETTLE)
    sent = await pace.run(5511900000000, rate, seconds)
    await asyncio.sleep(SETTLE)
    if pace.refused:
        raise NotMeasured(f"{pace.refused} webhooks were refused")
    with urllib.request.urlopen(f"{demo.graph}/_sim/sent?account={bodies.ACCOUNT}") as record:
        return sent, json.load(record)


def latencies(sent: list[Sent], accepted: list[dict[str, Any]]) -> list[float]:
    """Milliseconds to the first answer that Meta accepted before the customer's next message."""
    answers_to: dict[str, list[float]] = {}
    for item in accepted:
        answers_to.setdefault(item["to"].lstrip("+"), []).append(
            datetime.fromisoformat(item["at"]).timestamp()
        )
    mine: dict[str, list[float]] = {}
    for message in sent:
        mine.setdefault(message.user, []).append(message.at)
    found = []
    for user, times in mine.items():
        for at, until in zip(times, [*times[1:], float("inf")], strict=True):
            first = min((t for t in answers_to.get(user, []) if at <= t < until), default=None)
            if first is not None:
                found.append((first - at) * 1000)
    return sorted(found)


def measure_turns(asked: argparse.Namespace, folder: Path) -> list[Metric]:
    with demo(folder) as running:
        sent, accepted = uvloop.run(play(running, asked.rate, asked.seconds, asked.seed))
    taken = latencies(sent, accepted)
    say(f"{len(sent)} messages at {asked.rate:g}/s from {CUSTOMERS} customers, {len(taken)} answered in turn")
    if len(taken) < ENOUGH * len(sent):
        raise NotMeasured("too many messages were not answered before the customer's next one")
    values = {"p50": percentile(taken, 0.5), "p99": percentile(taken, 0.99)}
    goals = {"p50": "≤ 60", "p99": "≤ 250"}
    return [
        Metric(f"message_to_answer_{name}_ms", round(value, 1), "ms", goals[name])
        for name, value in values.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3, help="of the ordered claims")
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--only", choices=("turns", "lanes"), help="one half of it; writes nothing")
    asked = parser.parse_args()
    opening("A message's way to the accepted answer, and ordered claims", ("seed", asked.seed))
    folder = Path(tempfile.mkdtemp(prefix="konectus-bench-"))
    folder.chmod(0o711)
    metrics: list[Metric] = []
    try:
        if asked.only != "lanes":
            metrics += measure_turns(asked, folder)
        if asked.only != "turns":
            metrics += lanes.metrics(lanes.measure(folder / "lanes", asked.rounds))
        return closing("" if asked.only else TARGET, metrics)
    except (NotMeasured, EmbeddedError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

"""kill -9 of the web process under load, again and again: was anything lost that had been acknowledged?"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from bench import bodies
from bench.processes import NotMeasured

if TYPE_CHECKING:
    from bench.ingest import Bench

LIFE = (0.3, 1.2)  # seconds that a process lives once it answers
FOUND = "SELECT count(*) FROM webhook_body WHERE hash = ANY($1::bytea[])"
CHUNK = 10_000


class Outcome(NamedTuple):
    kills: int
    acknowledged: int
    lost: int


def run(bench: Bench, kills: int, seed: int) -> Outcome:
    chance = random.Random(seed)
    record = bench.folder / "acknowledged"
    command = bench.generator("--seconds", "3600", "--acknowledged", str(record))
    label = command[command.index("--run") + 1]
    server = bench.web()
    server.start()
    load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(*LIFE))
            server.kill()
            server.start()
        time.sleep(1)
        load.terminate()
        answered = json.loads(load.communicate(timeout=30)[0])
        _check_alive(answered)
    finally:
        load.kill()
        server.stop()
    numbers = [int(word) for word in record.read_text().split()]
    return Outcome(kills, len(numbers), asyncio.run(lost(bench.url, label, numbers)))


def _check_alive(answered: dict[str, float]) -> None:
    if not answered["answers"]:
        raise NotMeasured("nothing was answered between the kills")


async def lost(url: str, label: str, numbers: list[int]) -> int:
    """Acknowledged bodies that the database does not hold; each has one number and one hash."""
    mix = bodies.Mix(label)
    missing = 0
    conn = await asyncpg.connect(url)
    try:
        for start in range(0, len(numbers), CHUNK):
            marks = [bodies.mark(mix.body(n)) for n in numbers[start : start + CHUNK]]
            missing += len(marks) - await conn.fetchval(FOUND, marks)
    finally:
        await conn.close()
    return missing

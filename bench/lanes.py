"""Ordered claim and complete of what customers wrote: our lanes on PostgreSQL against taskiq on Redis Streams.

Both do nothing with a message; the same numbers of lanes and messages wait before either begins.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from app.embedded import EmbeddedPostgres
from app.topology import redis_server
from bench import bodies
from bench.processes import NotMeasured, free_port, peer, spawn
from bench.report import Metric, median, say
from connectors import store as channels
from connectors.webhooks import store
from connectors.webhooks.splitter import Splitter
from kernel import migrate
from kernel.db import Database
from kernel.ids import new_id
from kernel.wake import Wakes

LANES = 1000
EACH = 20
CHUNK = 1000
PATIENCE = 300
Result = dict[str, float]


class Rates(NamedTuple):
    ours: list[float]
    taskiq: list[float]
    inversions: int


def measure(folder: Path, rounds: int) -> Rates:
    database = EmbeddedPostgres(folder)
    url = database.start()
    try:
        migrate.upgrade(url)
        asyncio.run(_connect_channel(url))
        rates = Rates([], [], 0)
        for n in range(rounds):
            mine, theirs = _ours(url, n), _taskiq(folder)
            rates.ours.append(mine["handled"] / mine["seconds"])
            rates.taskiq.append(theirs["handled"] / theirs["seconds"])
            rates = rates._replace(inversions=rates.inversions + int(mine["inversions"]))
            say(
                f"round {n + 1}  lanes {rates.ours[-1]:,.0f}/s, {mine['inversions']} inversions;"
                f"  taskiq {rates.taskiq[-1]:,.0f}/s, {theirs['inversions']} inversions"
            )
        return rates
    finally:
        database.stop()


def metrics(rates: Rates) -> list[Metric]:
    pairs = zip(rates.ours, rates.taskiq, strict=True)
    ratio = round(median([mine / theirs for mine, theirs in pairs]), 2)
    return [
        Metric("ratio_taskiq_ordered_claim", ratio, "×", "≥ 15", "taskiq on Redis Streams, no order"),
        Metric("inversions", rates.inversions, "messages", "0"),
    ]


# --- ours ------------------------------------------------------------------------------------


async def _connect_channel(url: str) -> None:
    db = Database(url, Wakes(url))
    await db.open()
    async with db.tenant(new_id()) as tx:
        await channels.add(tx, new_id(), "whatsapp", bodies.ACCOUNT, bodies.BUSINESS, "Bench", "sealed")
    await db.close()


async def _fill(url: str, mark: int) -> None:
    """Through the splitter: what waits is what real webhooks leave."""
    db = Database(url, Wakes(url))
    await db.open()
    at = datetime.now(UTC)
    rows = []
    for number in range(EACH):
        for lane in range(LANES):
            id_ = f"wamid.{mark}.{number:06d}.{lane}"
            body = bodies.message(str(5511900000000 + lane), id_, "oi", int(at.timestamp()))
            rows.append(("whatsapp", bodies.mark(body), body, at))
    for start in range(0, len(rows), CHUNK):
        columns = tuple(zip(*rows[start : start + CHUNK], strict=True))
        await store.store_bodies(db.raw, columns, 60)
    splitter = Splitter(db, db.wakes)
    while await splitter.once():
        pass
    await db.close()


def _ours(url: str, mark: int) -> Result:
    asyncio.run(_fill(url, mark))
    command = [sys.executable, "-m", "bench.lanes_worker", str(LANES * EACH)]
    return _said(command, {**os.environ, "DATABASE_URL": url})


# --- taskiq ----------------------------------------------------------------------------------


def _taskiq(folder: Path) -> Result:
    port = free_port()
    memory_only = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = spawn(
        [redis_server(), "--bind", "127.0.0.1", "--port", str(port), *memory_only],
        os.environ,
        subprocess.DEVNULL,
    )
    try:
        words = [f"redis://127.0.0.1:{port}/0", str(LANES), str(EACH)]
        _run(peer("taskiq_app", "fill", *words), os.environ)
        return _said(peer("taskiq_app", "work", *words), os.environ)
    finally:
        server.terminate()
        server.wait()


def _run(command: list[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=dict(environ), timeout=PATIENCE
    )
    if done.returncode:
        raise NotMeasured(f"{command[2]} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _said(command: list[str], environ: Mapping[str, str]) -> Result:
    result: Result = json.loads(_run(command, environ).splitlines()[-1])
    if result["handled"] != LANES * EACH:
        raise NotMeasured(f"{command[2]} handled {result['handled']} of {LANES * EACH}")
    return result

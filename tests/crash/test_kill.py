"""kill -9 of web and workers under load: no acknowledged message is lost, none answered twice, order is kept.

Customers write through Meta's simulator, which retries like Meta until a webhook is acknowledged, and whose
records say what each of them got. An answer whose call was cut off by a kill is never sent again by itself:
it is either found by its status or echo, or shown as unconfirmed. KONECTUS_KILLS: how many
(10; `make prove-kills` takes 50).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from app.embedded import temporary
from kernel.migrate import upgrade_async
from tests.crash.customers import Customer, crowd, open_shop, out_of_order
from tests.crash.processes import Child, Platform
from tests.crash.scripted_bot import echo

KILLS = int(os.environ.get("KONECTUS_KILLS", "10"))
SEED = 20260101
LIFE = (0.05, 1.5)  # seconds that a process lives once it is at work
EACH = 8  # customers on each channel
REST = 300  # seconds: an unknown answer holds its customer's lane for two minutes
AT_WORK = """
SELECT (SELECT count(*) FROM webhook_new)
+ (SELECT count(*) FROM inbox_waiting)
+ (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unknown'))
"""
STORED = """
SELECT text FROM message WHERE direction = 'in' ORDER BY conversation_id, seq
"""
UNCONFIRMED = """
SELECT m.text FROM outbox o JOIN message m ON m.tenant_id = o.tenant_id AND m.id = o.message_id
WHERE o.state = 'unconfirmed' AND m.status = 'unconfirmed'
"""
LEFT = (
    "SELECT state || ' ' || coalesce(error_kind, '') FROM outbox WHERE state NOT IN ('sent', 'unconfirmed')"
)


@pytest.fixture
def database() -> Iterator[str]:
    with temporary() as url:
        yield url


@pytest.fixture
async def platform(database: str, tmp_path: Path) -> AsyncIterator[Platform]:
    await upgrade_async(database)
    running = Platform(database, tmp_path)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest.fixture
async def sim(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=platform.graph, timeout=60) as client:
        await open_shop(platform.base, client)
        knobs = {"seed": SEED, "retry_base_ms": 50, "retry_max_ms": 500, "duplicate_webhooks": 0.1}
        assert (await client.post("/_sim/faults", json=knobs)).status_code == 200
        yield client


async def kill_and_restart(child: Child, times: int, chance: random.Random) -> None:
    for _ in range(times):
        await asyncio.sleep(chance.uniform(*LIFE))
        await child.kill()
        await child.start()


async def kill_all(platform: Platform, kills: int) -> None:
    victims = [platform.web, *platform.workers]
    share = [kills // 3 + (n < kills % 3) for n in range(3)]
    async with asyncio.TaskGroup() as group:
        for n, (child, times) in enumerate(zip(victims, share, strict=True)):
            group.create_task(kill_and_restart(child, times, random.Random(SEED + n)))


async def under_load(platform: Platform, sim: httpx.AsyncClient, customers: Sequence[Customer]) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for n, customer in enumerate(customers):
            group.create_task(customer.write(sim, stop, random.Random(SEED * 1000 + n)))
        await asyncio.sleep(2)
        await kill_all(platform, KILLS)
        stop.set()
    drained = await sim.post("/_sim/drain", json={"timeout_s": 50})
    assert drained.json() == {"drained": True}, "every webhook is acknowledged in the end"


async def come_to_rest(platform: Platform, sim: httpx.AsyncClient) -> None:
    async with asyncio.timeout(REST):
        while await platform.ask(AT_WORK):
            await asyncio.sleep(0.5)
    await sim.post("/_sim/drain", json={"timeout_s": 20})


@pytest.mark.slow
async def test_kill_9_of_web_and_workers_loses_nothing_and_answers_nothing_twice(
    platform: Platform, sim: httpx.AsyncClient
) -> None:
    customers = crowd(EACH)
    await under_load(platform, sim, customers)
    await come_to_rest(platform, sim)

    stored: dict[str, list[str]] = {}
    for row in await platform.rows(STORED):
        stored.setdefault(row["text"].split()[0], []).append(row["text"])
    unconfirmed = Counter(row["text"] for row in await platform.rows(UNCONFIRMED))
    missing: Counter[str] = Counter()
    for customer in customers:
        expected = [echo(text) for text in customer.wrote]
        got = await customer.got(sim)
        assert stored[customer.mark] == customer.wrote, "kept once each, in the order written"
        assert [text for text, n in Counter(got).items() if n > 1] == [], "answered twice"
        assert set(got) <= set(expected), "said something else"
        assert out_of_order(got, expected) == []
        missing.update(set(expected) - set(got))
    assert missing == unconfirmed, "what did not reach the customer is shown as unconfirmed, nothing else is"
    assert await platform.rows(LEFT) == []
    written = sum(len(customer.wrote) for customer in customers)
    assert written >= KILLS, "it was under load"
    assert sum(missing.values()) < written / 10, "only calls that a kill cut off"

"""kill -9 of the delivering process at random moments: nothing is sent twice, nothing is lost from sight."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.connectors.fake_meta import reference_of
from tests.connectors.world import TEXT, World

KILLS = 10
LANES = 6
ROWS = 15
AHEAD = 61.0  # each successor's clock is past its predecessor's leases
FINAL = {"sent", "failed", "expired", "unconfirmed"}
VICTIM = Path(__file__).with_name("victim.py")


class Meta:
    """Meta on a port: accepts, then answers after some milliseconds; what was accepted stays accepted."""

    def __init__(self, seed: int) -> None:
        self.accepted: list[str] = []
        self.random = random.Random(seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self.answer(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        self.accepted.append(reference_of(msgspec.json.decode(await reader.readexactly(length))))
        name = f"wamid.K{len(self.accepted)}"
        await asyncio.sleep(self.random.uniform(0.001, 0.05))
        body = msgspec.json.encode({"messages": [{"id": name}], "contacts": []})
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()


async def start(url: str, port: int, ahead: float) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.connectors.victim", url, f"http://127.0.0.1:{port}", str(ahead),
        stdout=asyncio.subprocess.PIPE, cwd=VICTIM.parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def open_rows(world: World) -> int:
    rows = await world.sql("SELECT count(*) AS n FROM outbox WHERE state IN ('queued','sending','unknown')")
    return int(rows[0]["n"])


@pytest.mark.slow
async def test_killed_at_random_moments_delivery_sends_nothing_twice(world: World) -> None:
    meta, dice = Meta(seed=11), random.Random(5)
    world.clock.now = datetime.now(UTC)
    users = [f"55119000000{n:02}" for n in range(LANES)]
    ids = []
    for user in users:
        await world.window(user=user)
        ids += await world.say(natives=[TEXT["whatsapp"]] * ROWS, user=user)
    server = await asyncio.start_server(meta.serve, "127.0.0.1", 0)
    port, ahead, kills = server.sockets[0].getsockname()[1], 0.0, 0
    while await open_rows(world):
        ahead += AHEAD
        process = await start(world.url, port, ahead)
        try:
            if kills < KILLS:
                kills += 1
                await asyncio.sleep(dice.uniform(0.0, 0.25))
            else:
                async with asyncio.timeout(60):
                    while await open_rows(world) - await waiting(world, ahead):
                        await asyncio.sleep(0.1)
        finally:
            await kill(process)
    server.close()
    times = Counter(meta.accepted)
    states = Counter([await world.state(id_) for id_ in ids])
    print(f"{kills} kills, {dict(states)}")
    assert max(times.values()) == 1
    assert set(states) <= FINAL
    accepted = {id_ for id_ in ids if times[str(id_)]}
    for id_ in ids:
        if await world.state(id_) == "sent":
            assert id_ in accepted
    assert len(accepted) >= len(ids) - states["unconfirmed"]


async def waiting(world: World, ahead: float) -> int:
    """Rows that only time can bring on: unknown ones, and those behind them in their lane."""
    rows = await world.sql(
        "SELECT count(*) AS n FROM outbox o WHERE state IN ('queued','unknown') AND EXISTS (SELECT 1 FROM outbox u "
        "WHERE u.lane = o.lane AND u.state = 'unknown' AND u.lane_seq <= o.lane_seq AND u.call_at > $1)",
        datetime.now(UTC) + timedelta(seconds=ahead) - timedelta(minutes=2),
    )
    return int(rows[0]["n"])

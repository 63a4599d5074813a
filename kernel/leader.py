"""One leads: an advisory lock on a connection of its own, held for as long as the connection lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

PAUSE = 2.0  # seconds between tries to lead, and between looks whether we still do
log = structlog.get_logger("leader")


async def lead(
    dsn: str, key: int, stop: asyncio.Event, work: Callable[[asyncio.Event], Awaitable[None]]
) -> None:
    """Runs `work` whenever this process leads, until `stop`; its event is set when leadership is lost."""
    while not stop.is_set():
        try:
            await _term(dsn, key, stop, work)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("leadership_lost", error=type(error).__name__)
            await pause(stop, PAUSE)


async def _term(
    dsn: str, key: int, stop: asyncio.Event, work: Callable[[asyncio.Event], Awaitable[None]]
) -> None:
    conn = await asyncpg.connect(dsn, timeout=5)
    over = asyncio.Event()
    try:
        while not await conn.fetchval("SELECT pg_try_advisory_lock($1)", key, timeout=5):
            if await pause(stop, PAUSE):
                return
        working = asyncio.ensure_future(work(over))
        try:
            while not await pause(stop, PAUSE):
                await conn.execute("SELECT 1", timeout=5)
        finally:
            over.set()
            await working
    finally:
        conn.terminate()


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Sleeps, but no longer than until `stop`; True when that has come."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True

"""A database of its own for the connectors' tests, emptied before each, with a clock that tests turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from kernel.db import Database
from kernel.migrate import upgrade_async
from kernel.wake import Wakes
from tests.connectors.world import NOON, Clock, World

NAME = "konectus_connectors"


@pytest.fixture(scope="session")
async def own_url(postgres_url: str) -> str:
    conn = await asyncpg.connect(postgres_url)
    await conn.execute(f"DROP DATABASE IF EXISTS {NAME}")
    await conn.execute(f"CREATE DATABASE {NAME}")
    await conn.close()
    url = make_url(postgres_url).set(database=NAME).render_as_string(hide_password=False)
    await upgrade_async(url)
    return url


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture(scope="session")
async def database(own_url: str, clock: Clock) -> AsyncIterator[Database]:
    # Not started: wake-ups within one process need no line, and nobody else listens.
    db = Database(own_url, Wakes(own_url), clock)
    await db.open()
    yield db
    await db.close()


@pytest.fixture
async def world(database: Database, own_url: str, clock: Clock) -> World:
    """One tenant with a connected account on each channel, and Meta as a fake with a memory."""
    return await World(database, clock, own_url).again()

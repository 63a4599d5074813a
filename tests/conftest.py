"""One temporary PostgreSQL for the whole run, migrated as in production; tenants made on demand."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from app.embedded import temporary
from kernel.db import Database
from kernel.ids import new_id
from kernel.migrate import upgrade_async
from kernel.wake import Wakes
from tests.path.shop import house, shop, standing_house

__all__ = ["house", "shop", "standing_house"]  # fixtures of several folders
# Several Sanic apps live in this one process; each would rewrite the shared server code for itself.
os.environ.setdefault("SANIC_TOUCHUP", "False")

collect_ignore = ["bot", "channels_rasa"] if os.environ.get("KONECTUS_TEST_ENV") != "bot" else []


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """TEST_DATABASE_URL where one is given (an empty database), else an embedded server."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with temporary() as url:
        yield url


@pytest.fixture(scope="session")
async def migrated_url(postgres_url: str) -> str:
    await upgrade_async(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
async def wakes(migrated_url: str) -> AsyncIterator[Wakes]:
    line = Wakes(migrated_url)
    await line.start()
    yield line
    await line.stop()


@pytest.fixture(scope="session")
async def db(migrated_url: str, wakes: Wakes) -> AsyncIterator[Database]:
    database = Database(migrated_url, wakes)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def tenant() -> UUID:
    """A tenant of its own for each test; rows of other tests are strangers to it."""
    return new_id()


@pytest.fixture
def stranger() -> UUID:
    return new_id()

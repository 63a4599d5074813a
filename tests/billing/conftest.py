from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from billing import service
from kernel.db import Database
from kernel.ids import new_id
from tests.accounts.house import database


@pytest.fixture(scope="session")
async def db() -> AsyncIterator[Database]:
    async with database() as db:
        yield db


@pytest.fixture
async def shop(db: Database) -> UUID:
    """A tenant on the smallest plan."""
    tenant = new_id()
    async with db.tenant(tenant) as tx:
        await service.start_subscription(tx, "essencial")
    return tenant


@pytest.fixture
async def stranger(db: Database) -> UUID:
    """Another tenant."""
    tenant = new_id()
    async with db.tenant(tenant) as tx:
        await service.start_subscription(tx, "essencial")
    return tenant

from __future__ import annotations

from uuid import UUID

import pytest

from billing import service
from kernel.db import Database
from kernel.ids import new_id


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

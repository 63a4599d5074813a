from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from accounts import store as accounts
from accounts.schemas import BusinessProfile
from billing import service as billing
from kernel.db import Database
from kernel.ids import new_id

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def open_shop(db: Database, plan: str = "essencial") -> UUID:
    tenant = new_id()
    async with db.tenant(tenant) as tx:
        await accounts.create_tenant(
            tx, "Sol", "pt-BR", "America/Sao_Paulo", BusinessProfile(name="Sol"), NOW
        )
        await billing.start_subscription(tx, plan)
    return tenant


@pytest.fixture
async def shop(db: Database) -> UUID:
    """A tenant on the smallest plan."""
    return await open_shop(db)


@pytest.fixture
async def stranger(db: Database) -> UUID:
    """Another tenant."""
    return await open_shop(db)

"""A throw-away database holding the tables of accounts, billing and the CRM, for the tests of all three."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import accounts.model  # noqa: F401
import billing.model  # noqa: F401
import crm.model  # noqa: F401
import kernel.model  # noqa: F401
from app.embedded import temporary
from billing.plans import SEED
from crm.store import FUNCTIONS
from kernel import rls
from kernel.db import Database
from kernel.schema import metadata
from kernel.wake import Wakes


@asynccontextmanager
async def database() -> AsyncIterator[Database]:
    with temporary() as url:
        await _build(url)
        db = Database(url, Wakes(url), pool=15)
        await db.open()
        try:
            yield db
        finally:
            await db.close()


async def _build(url: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as conn:
        for statement in [*rls.roles(), "CREATE EXTENSION IF NOT EXISTS pg_trgm"]:
            await conn.exec_driver_sql(statement)
        await conn.run_sync(metadata.create_all)
        for statement in [*rls.statements(metadata), *FUNCTIONS, *SEED]:
            await conn.exec_driver_sql(statement)
    await engine.dispose()

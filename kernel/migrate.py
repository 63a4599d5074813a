"""Brings a database to the newest schema. Safe to call from many processes at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7_310_251  # advisory lock: one migrator at a time


def upgrade(url: str) -> None:
    """`url`: a login that may create roles and tables. Not to be called inside an event loop."""
    asyncio.run(upgrade_async(url))


async def upgrade_async(url: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.connect() as conn:
            await conn.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            await conn.run_sync(_run)
            await conn.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    finally:
        await engine.dispose()


def _run(conn: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    conn.commit()

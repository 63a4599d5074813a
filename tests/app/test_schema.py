"""The migrated database is what the models say, and every tenant's table is closed to strangers."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app import schema
from kernel.db import Database
from kernel.ids import new_id
from kernel.schema import metadata


# Search indexes are made beside their functions (crm.store.FUNCTIONS); Alembic cannot compare them.
@pytest.mark.filterwarnings("ignore:Expression #:UserWarning")
async def test_migrations_make_what_the_models_say(migrated_url: str) -> None:
    def compare(conn: Connection) -> list[object]:
        options = {
            "include_object": lambda _o, name, kind, *_: (
                not (kind == "index" and str(name).startswith("ix_contact_search"))
            )
        }
        context = MigrationContext.configure(conn, opts={"compare_type": True, **options})
        return [d for d in compare_metadata(context, metadata) if "alembic_version" not in str(d)]

    assert schema.MODELS
    engine = create_async_engine(make_url(migrated_url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as conn:
        assert await conn.run_sync(compare) == []
    await engine.dispose()


async def test_every_table_with_a_tenant_has_a_forced_policy(migrated_url: str) -> None:
    engine = create_async_engine(make_url(migrated_url).set(drivername="postgresql+asyncpg"))
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND "
        "c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
    )
    async with engine.connect() as conn:
        assert (await conn.execute(query)).all() == []
        count = await conn.scalar(text("SELECT count(*) FROM pg_policy"))
        assert count is not None
        assert count > 20
    await engine.dispose()


async def test_neither_role_owns_or_bypasses_anything(migrated_url: str) -> None:
    engine = create_async_engine(make_url(migrated_url).set(drivername="postgresql+asyncpg"))
    query = text(
        "SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('konectus_app','konectus_dispatch') AND "
        "(r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcanlogin OR EXISTS "
        "(SELECT FROM pg_class c WHERE c.relowner = r.oid))"
    )
    async with engine.connect() as conn:
        assert (await conn.execute(query)).all() == []
    await engine.dispose()


async def test_the_app_role_sees_nothing_without_a_tenant_and_only_its_own_with_one(db: Database) -> None:
    tables = [t.name for t in metadata.sorted_tables if "tenant_id" in t.c and t.info.get("app", "x") != ""]
    async with db.tenant(new_id()) as tx:
        for name in tables:
            assert await tx.scalar(text(f'SELECT count(*) FROM "{name}"')) == 0, name
        await tx.run(text("SELECT set_config('app.tenant', '', true)"))
        for name in tables:
            assert await tx.scalar(text(f'SELECT count(*) FROM "{name}"')) == 0, name

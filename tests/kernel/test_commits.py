"""Which commits wait for the disk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from kernel import lanes
from kernel.db import Database
from kernel.ids import new_id

MODE = text("SELECT current_setting('synchronous_commit')")
DOES_WAIT = text("SELECT next_seq FROM lane WHERE lane = :lane")


async def mode(db: Database, tenant: UUID) -> str:
    async with db.tenant(tenant) as tx:
        return str(await tx.scalar(MODE))


async def test_what_may_be_forgotten_is_committed_all_the_same(db: Database, tenant: UUID) -> None:
    usual = await mode(db, tenant)
    lane = f"k{new_id().hex}:a"
    async with db.tenant(tenant) as tx:
        await lanes.push(tx, lane)
        tx.forgettable()
    async with db.tenant(tenant) as tx:
        assert await tx.scalar(DOES_WAIT, {"lane": lane}) == 2
    assert await mode(db, tenant) == usual  # the next transaction of the connection waits again


async def test_events_for_screens_wait_for_the_disk(db: Database, tenant: UUID) -> None:
    """Their numbers are known outside as soon as they are committed, and must not be given out twice."""
    async with db.tenant(tenant) as tx:
        tx.forgettable()
        tx.live("test.event", {})
        assert tx.last_words.startswith("EXECUTE live(")
        assert "synchronous_commit" not in tx.last_words


async def test_a_claim_leaves_the_connection_as_it_was(db: Database) -> None:
    async with db.dispatch() as tx:
        usual = await tx.scalar(MODE)
    async with db.statement() as tx:
        await lanes.claim(tx, f"k{new_id().hex}", limit=1, lease=timedelta(seconds=1))
        assert await tx.scalar(MODE) == usual

"""Transactions: one a request or job, as one of two roles, committed here and nowhere else.

What a transaction wants to happen outside (live events, wake-ups) is collected on it: events are
numbered and written by its last statements, wake-ups are published after the commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Row, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql import Executable

from kernel import jsons, rls
from kernel.clock import Clock, system_clock
from kernel.errors import Unavailable
from kernel.wake import Wakes

# Prepared statements kept by each connection: a worker has more than the driver's default of 100, and
# a statement that falls out is parsed and planned anew at each use.
STATEMENTS = 500
# Our statements are short and their best plan does not hang on the values: planning each anew cost half of
# the database's time under load.
SERVER = {"application_name": "konectus", "plan_cache_mode": "force_generic_plan", "jit": "off"}
SET_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")
TAKE_NUMBERS = text(
    "INSERT INTO live_head (tenant_id, head) VALUES (:tenant, :n) "
    "ON CONFLICT (tenant_id) DO UPDATE SET head = live_head.head + :n RETURNING head"
)
WRITE_EVENTS = text(
    "INSERT INTO live_event (tenant_id, id, type, data, at) "
    "SELECT :tenant, e.id, e.type, e.data::jsonb, :at "
    "FROM unnest(CAST(:ids AS bigint[]), CAST(:types AS text[]), CAST(:data AS text[])) AS e(id, type, data)"
)


class Tx:
    """One open transaction. `tenant_id` is None for the dispatch role."""

    def __init__(self, conn: AsyncConnection, tenant_id: UUID | None, now: datetime) -> None:
        self.conn = conn
        self._tenant_id = tenant_id
        self.now = now
        self._events: list[tuple[str, str]] = []
        self._wakes: set[str] = set()

    @property
    def tenant_id(self) -> UUID:
        if self._tenant_id is None:
            raise RuntimeError("the dispatch role has no tenant")
        return self._tenant_id

    async def all(self, query: Executable, params: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        return (await self.conn.execute(query, params or {})).all()

    async def one(self, query: Executable, params: Mapping[str, Any] | None = None) -> Row[Any] | None:
        return (await self.conn.execute(query, params or {})).first()

    async def scalar(self, query: Executable, params: Mapping[str, Any] | None = None) -> Any:
        return (await self.conn.execute(query, params or {})).scalar()

    async def run(self, query: Executable, params: Any = None) -> int:
        """Executes and returns the number of rows touched."""
        return (await self.conn.execute(query, params or {})).rowcount

    def live(self, type_: str, data: Any) -> None:
        """A durable event for this tenant's browsers; numbered when the transaction ends."""
        self._events.append((type_, jsons.dumps(data)))

    def wake(self, topic: str) -> None:
        """Something waits under this topic; said after the commit."""
        self._wakes.add(topic)

    async def flush_live(self) -> None:
        if not self._events:
            return
        count = len(self._events)
        head = await self.scalar(TAKE_NUMBERS, {"tenant": self.tenant_id, "n": count})
        types, data = zip(*self._events, strict=True)
        ids = list(range(head - count + 1, head + 1))
        row = {"tenant": self.tenant_id, "ids": ids, "types": list(types), "data": list(data), "at": self.now}
        await self.run(WRITE_EVENTS, row)
        self._wakes.add(f"live:{self.tenant_id}")
        self._events.clear()


class Database:
    """The two engines over one PostgreSQL, and a plain asyncpg pool for the hot path."""

    def __init__(self, url: str, wakes: Wakes, clock: Clock = system_clock, pool: int = 20) -> None:
        self.wakes = wakes
        self.clock = clock
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self._pool = pool
        self._app = self._engine(rls.APP)
        self._dispatch = self._engine(rls.DISPATCH)
        self.raw: asyncpg.Pool[asyncpg.Record]

    def _engine(self, role: str) -> AsyncEngine:
        return create_async_engine(
            self._url,
            pool_size=self._pool,
            max_overflow=self._pool,
            pool_timeout=5,
            pool_pre_ping=False,
            pool_use_lifo=True,  # few warm connections rather than many cold ones
            json_serializer=jsons.dumps,
            json_deserializer=jsons.loads,
            connect_args={
                "server_settings": {"role": role, **SERVER},
                "timeout": 5,
                "prepared_statement_cache_size": STATEMENTS,
            },
        )

    @property
    def dsn(self) -> str:
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def open(self) -> None:
        self.raw = await asyncpg.create_pool(
            self.dsn, min_size=1, max_size=4, server_settings={"role": rls.DISPATCH}, timeout=5
        )

    async def close(self) -> None:
        await self._app.dispose()
        await self._dispatch.dispose()
        await self.raw.close()

    @asynccontextmanager
    async def tenant(self, tenant_id: UUID) -> AsyncIterator[Tx]:
        """A transaction of the app role that sees this tenant only."""
        async with self._transaction(self._app, tenant_id) as tx:
            await tx.run(SET_TENANT, {"tenant": str(tenant_id)})
            yield tx

    @asynccontextmanager
    async def dispatch(self) -> AsyncIterator[Tx]:
        """A transaction of the dispatch role: lanes, jobs, raw bodies, look-ups; no tenant's content."""
        async with self._transaction(self._dispatch, None) as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, tenant_id: UUID | None) -> AsyncIterator[Tx]:
        tx: Tx | None = None
        try:
            async with engine.connect() as conn, conn.begin():
                tx = Tx(conn, tenant_id, self.clock())
                yield tx
                await tx.flush_live()
        except (OSError, OperationalError, InterfaceError, PoolTimeout) as error:
            raise Unavailable("the database does not answer", code="database") from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error.orig, ConnectionError):
                raise Unavailable("the database does not answer", code="database") from error
            raise
        if tx is not None and tx._wakes:
            self.wakes.publish(tx._wakes)

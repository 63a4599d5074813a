"""Transactions: one a request or job, as one of two roles, committed here and nowhere else.

What a transaction wants to happen outside (live events, wake-ups) is collected on it: events are
numbered and written by its last statement, wake-ups are published after the commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.engine import make_url

from kernel import driver, jsons, rls
from kernel.clock import Clock, system_clock
from kernel.driver import Row, Rows, prepared
from kernel.errors import Unavailable
from kernel.wake import Wakes

__all__ = ["Database", "Row", "Rows", "Tx"]
BEGIN = "BEGIN"
# One message to the server; the id is a UUID, so nothing can be smuggled in.
BEGIN_AS = "BEGIN; SET LOCAL app.tenant = '{}'"
# The tenant's counter is locked from here to the commit, so both go in one message: no client, however busy,
# stands between them while others wait. One message with several statements takes no parameters, but it may
# call a prepared one, which every connection has (LIVE).
LIVE_AND_COMMIT = "EXECUTE live({tenant}, {at}, ARRAY[{types}], ARRAY[{data}]); COMMIT"
LIVE = (
    "PREPARE live (uuid, timestamptz, text[], text[]) AS "
    "WITH counter AS (INSERT INTO live_head (tenant_id, head) VALUES ($1, cardinality($3)) "
    "ON CONFLICT (tenant_id) DO UPDATE SET head = live_head.head + cardinality($3) RETURNING head) "
    "INSERT INTO live_event (tenant_id, id, type, data, at) "
    "SELECT $1, c.head - cardinality($3) + e.place, e.type, e.data::jsonb, $2 FROM counter c CROSS JOIN "
    "unnest($3, $4) WITH ORDINALITY AS e(type, data, place)"
)


class Tx:
    """One open transaction. `tenant_id` is None for the dispatch role."""

    __slots__ = ("_commit", "_conn", "_endings", "_events", "_tenant_id", "_wakes", "extra", "now")

    def __init__(self, conn: asyncpg.Connection[Row], tenant_id: UUID | None, now: datetime) -> None:
        self._conn = conn
        self._tenant_id = tenant_id
        self._commit = "COMMIT"
        self.now = now
        self._events: list[tuple[str, str]] = []
        self._wakes: set[str] = set()
        self._endings: list[Callable[[Tx], Awaitable[None]]] = []
        self.extra: dict[str, Any] = {}  # what a service keeps for the length of this transaction

    @property
    def tenant_id(self) -> UUID:
        if self._tenant_id is None:
            raise RuntimeError("the dispatch role has no tenant")
        return self._tenant_id

    async def all(self, query: TextClause, params: Mapping[str, Any] | None = None) -> Rows:
        ready = prepared(query)
        found: Rows = await self._conn.fetch(ready.sql, *ready.values(params or {}))
        return found

    async def one(self, query: TextClause, params: Mapping[str, Any] | None = None) -> Row | None:
        rows = await self.all(query, params)
        return rows[0] if rows else None

    async def scalar(self, query: TextClause, params: Mapping[str, Any] | None = None) -> Any:
        rows = await self.all(query, params)
        return rows[0][0] if rows else None

    async def run(self, query: TextClause, params: Mapping[str, Any] | None = None) -> int:
        """Executes and returns the number of rows touched."""
        ready = prepared(query)
        return driver.touched(await self._conn.execute(ready.sql, *ready.values(params or {})))

    def live(self, type_: str, data: Any) -> None:
        """A durable event for this tenant's browsers; numbered when the transaction ends."""
        self._events.append((type_, jsons.dumps(data)))

    def wake(self, topic: str) -> None:
        """Something waits under this topic; said after the commit."""
        self._wakes.add(topic)

    @property
    def wakes(self) -> Iterable[str]:
        return self._wakes

    def forgettable(self) -> None:
        """Nobody waits for the disk at the commit. For work that is found waiting again if a crash of the
        server forgets it: nothing has left, nothing was acknowledged. What commits later takes it along."""
        self._commit = "SET LOCAL synchronous_commit = off; COMMIT"

    def at_end(self, ending: Callable[[Tx], Awaitable[None]]) -> None:
        """Runs with the last statements: a row that many transactions change is locked for a moment only."""
        self._endings.append(ending)

    @property
    def last_words(self) -> str:
        """The message that ends it."""
        return self._live_and_commit() if self._events else self._commit

    async def finish(self) -> None:
        """The last statements and the commit."""
        for ending in self._endings:
            await ending(self)
        done = await self._conn.execute(self.last_words)
        if done != "COMMIT":  # the server's word when an earlier error was swallowed
            raise RuntimeError("a statement had failed: nothing was committed")
        if self._events:
            self._wakes.add(f"live:{self.tenant_id}")

    def _live_and_commit(self) -> str:
        return LIVE_AND_COMMIT.format(
            tenant=literal(str(self.tenant_id)),
            at=literal(self.now.isoformat()),
            types=", ".join(literal(type_) for type_, _ in self._events),
            data=", ".join(literal(data) for _, data in self._events),
        )


def literal(value: str) -> str:
    """A string constant of SQL; right as long as backslashes are plain characters, see driver.SERVER."""
    if "\0" in value:
        raise ValueError("a NUL would end the statement")
    return "'" + value.replace("'", "''") + "'"


class Database:
    """Connections of the two roles to one PostgreSQL."""

    def __init__(self, url: str, wakes: Wakes, clock: Clock = system_clock, pool: int = 8) -> None:
        self.wakes = wakes
        self.clock = clock
        self._url = make_url(url).set(drivername="postgresql")
        self._size = pool
        self._app: asyncpg.Pool[Row]
        self.raw: asyncpg.Pool[Row]  # the dispatch role, for statements that are transactions of their own

    @property
    def dsn(self) -> str:
        return self._url.render_as_string(hide_password=False)

    async def open(self) -> None:
        self._app = await driver.pool(self.dsn, rls.APP, self._size, LIVE)
        self.raw = await driver.pool(self.dsn, rls.DISPATCH, max(2, self._size // 2))

    async def close(self) -> None:
        await driver.close(self._app)
        await driver.close(self.raw)

    def tenant(self, tenant_id: UUID) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the app role that sees this tenant only."""
        return _Opened(self, self._app, tenant_id, BEGIN_AS.format(UUID(str(tenant_id))))

    def dispatch(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the dispatch role: lanes, jobs, raw bodies, look-ups; no tenant's content."""
        return _Opened(self, self.raw, None, BEGIN)

    def statement(self) -> AbstractAsyncContextManager[Tx]:
        """For the dispatch role's single statements: each is a transaction of its own."""
        return _Opened(self, self.raw, None, "")


class _Opened(AbstractAsyncContextManager[Tx]):
    """A connection for one transaction, or, with no `begin`, for single statements. A class: the generators
    that this was made of took a fifth of a short transaction."""

    __slots__ = ("_begin", "_conn", "_db", "_pool", "_tenant_id", "_tx")

    def __init__(self, db: Database, pool: asyncpg.Pool[Row], tenant_id: UUID | None, begin: str) -> None:
        self._db, self._pool, self._tenant_id, self._begin = db, pool, tenant_id, begin

    async def __aenter__(self) -> Tx:
        try:
            self._conn = await driver.acquire(self._pool)
        except driver.GONE as error:
            raise _unavailable() from error
        self._tx = Tx(self._conn, self._tenant_id, self._db.clock())
        if self._begin:
            try:
                await self._conn.execute(self._begin)
            except BaseException as error:
                await self._leave(error)
                raise
        return self._tx

    async def __aexit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if error is None and self._begin:
            try:
                await self._tx.finish()
            except BaseException as failure:
                await self._leave(failure)
                raise
        await self._leave(error)
        if error is None and self._tx.wakes:
            self._db.wakes.publish(self._tx.wakes)

    async def _leave(self, error: BaseException | None) -> None:
        """Gives the connection back, clean; says that the server is gone, where the error means that."""
        try:
            if error is not None and self._begin:
                await _roll_back(self._conn)
        finally:
            await self._pool.release(self._conn)
        # Of the driver's interface errors the one about values is the caller's.
        if isinstance(error, driver.GONE) and not isinstance(error, asyncpg.DataError):
            raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable("the database does not answer", code="database")


async def _roll_back(conn: asyncpg.Connection[Row]) -> None:
    """A connection on which this fails is closed when it goes back to the pool."""
    try:
        await conn.execute("ROLLBACK", timeout=driver.CONNECT_WITHIN)
    except (asyncpg.PostgresError, *driver.GONE):
        conn.terminate()

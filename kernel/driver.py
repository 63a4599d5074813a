"""asyncpg as this house uses it: rows with attributes, JSON decoded, statements of SQLAlchemy prepared once.

SQLAlchemy describes the tables and reads the statements; between its engine and a statement on the wire
lay most of a worker's time, so statements go to the driver directly (docs/decisions/0010).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from kernel import jsons

# Prepared statements kept by each connection: a worker has more than the driver's default of 100, and
# a statement that falls out is parsed and planned anew at each use.
STATEMENTS = 500
# Our statements are short and their best plan does not hang on the values: planning each anew cost half of
# the database's time under load. A plan made while a table is nearly empty must serve when it is full: where
# there is an index it is used, row by row. Who reads a good part of a table says SET LOCAL before.
SERVER = {
    "application_name": "konectus",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "standard_conforming_strings": "on",  # kernel.db writes constants
}
CONNECT_WITHIN = 5.0  # seconds, to be connected or to be given a free connection
CLOSE_WITHIN = 10.0
IDLE = 300.0  # seconds until a connection that nobody needs is closed
JSONB_VERSION = b"\x01"  # leads the binary form of a jsonb
# What says that the server is not there, not that the statement is wrong.
GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


class Row(asyncpg.Record):
    """A row whose columns are attributes, too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the row has no column {name}") from None


class Connection(asyncpg.Connection):
    __slots__ = ()

    def get_reset_query(self) -> str:
        """Nothing to undo: all that we set ends with its transaction."""
        return ""


class Prepared(NamedTuple):
    sql: str  # with $1, $2 …
    names: tuple[str, ...]  # whose values they are

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[name] for name in self.names]


_prepared: dict[str, Prepared] = {}


def prepared(statement: TextClause) -> Prepared:
    """The statement in the driver's form; worked out once for each text."""
    found = _prepared.get(statement.text)
    if found is None:
        compiled = statement.compile(dialect=_DIALECT)
        found = Prepared(compiled.string, tuple(compiled.positiontup or ()))
        _prepared[statement.text] = found
    return found


async def pool(dsn: str, role: str, size: int, prepare: str = "") -> asyncpg.Pool[Row]:
    """Connections of one role, made when needed; the one used last is used first. `prepare`: a statement
    that each of them begins with."""

    async def init(conn: Any) -> None:
        await _init(conn)
        if prepare:
            await conn.execute(prepare)

    made: asyncpg.Pool[Row] = await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=IDLE,
        init=init,
        connection_class=Connection,
        record_class=Row,
        statement_cache_size=STATEMENTS,
        max_cached_statement_lifetime=0,
        server_settings={"role": role, **SERVER},
        timeout=CONNECT_WITHIN,
    )
    return made


async def acquire(pool: asyncpg.Pool[Row]) -> asyncpg.Connection[Row]:
    """A connection, within CONNECT_WITHIN seconds; no clock is set where one is free."""
    timeout = None if pool.get_idle_size() else CONNECT_WITHIN
    conn: asyncpg.Connection[Row] = await pool.acquire(timeout=timeout)
    return conn


async def close(pool: asyncpg.Pool[Row]) -> None:
    """Waits for what is under way, but not for ever."""
    try:
        await asyncio.wait_for(pool.close(), CLOSE_WITHIN)
    except TimeoutError:
        pool.terminate()


async def _init(conn: Any) -> None:
    await conn.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_write_jsonb, decoder=_read_jsonb
    )


def _write_jsonb(text: str) -> bytes:
    return JSONB_VERSION + text.encode()


def _read_jsonb(data: bytes) -> Any:
    return jsons.loads(bytes(data[1:]))


def touched(status: str) -> int:
    """The number of rows in a command's tag as `UPDATE 3`; 0 where it has none."""
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


Rows = Sequence[Row]

"""The whole schema as SQL statements, from the metadata: what the first migration runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from kernel import rls

EXTENSIONS = ("pg_trgm", "unaccent")


def statements(metadata: MetaData, extra: Sequence[str] = ()) -> Iterator[str]:
    """Roles, extensions, tables, indexes, policies and grants, then `extra` (functions, seeds)."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    yield from rls.roles()
    for name in EXTENSIONS:
        yield f"CREATE EXTENSION IF NOT EXISTS {name}"
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    yield from rls.statements(metadata)
    yield from extra

"""The one metadata of all tables, column helpers, and the rights each table gives to the two roles.

`Table.info` keys: "app" (rights of the app role, default all four), "dispatch" (rights of the
dispatch role, default none; a value may list columns: "select(id,lane),insert").
A table with a tenant_id column is under row-level security; see kernel.rls.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


def tenant_key() -> Column[Any]:
    return Column("tenant_id", Uuid, primary_key=True)


def id_key(name: str = "id") -> Column[Any]:
    return Column(name, Uuid, primary_key=True)


def when(name: str, *, nullable: bool = False) -> Column[Any]:
    """A moment in UTC. Not nullable columns default to the transaction's time."""
    default = None if nullable else text("now()")
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def words(name: str, *, nullable: bool = False, default: str | None = None) -> Column[Any]:
    server = text(f"'{default}'") if default is not None else None
    return Column(name, Text, nullable=nullable, server_default=server)


def number(name: str, *, nullable: bool = False, default: int | None = None) -> Column[Any]:
    server = text(str(default)) if default is not None else None
    return Column(name, BigInteger, nullable=nullable, server_default=server)


def document(name: str, *, nullable: bool = False, default: str | None = None) -> Column[Any]:
    server = text(f"'{default}'::jsonb") if default is not None else None
    return Column(name, JSONB, nullable=nullable, server_default=server)

"""Every query about tenants, users, invitations and agreed terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import jsons
from kernel.db import Row, Tx
from kernel.ids import new_id

CREATE_TENANT = text(
    "INSERT INTO tenant (tenant_id, name, locale, timezone, profile, created_at) "
    "VALUES (:tenant, :name, :locale, :timezone, CAST(:profile AS jsonb), :now)"
)
TENANT = text(
    "SELECT tenant_id, name, locale, timezone, profile, created_at FROM tenant WHERE tenant_id = :tenant"
)
LOCK_TENANT = text("SELECT 1 FROM tenant WHERE tenant_id = :tenant FOR UPDATE")
CHANGE_TENANT = text(
    "UPDATE tenant SET name = COALESCE(CAST(:name AS text), name), "
    "locale = COALESCE(CAST(:locale AS text), locale), timezone = COALESCE(CAST(:timezone AS text), timezone), "
    "profile = COALESCE(CAST(:profile AS jsonb), profile) WHERE tenant_id = :tenant"
)

CREATE_USER = text(
    "INSERT INTO app_user (tenant_id, id, name, email, role, locale, created_at) "
    "VALUES (:tenant, :id, :name, :email, :role, :locale, :now)"
)
CREATE_LOGIN = text(
    "INSERT INTO login (tenant_id, user_id, email, password_hash) VALUES (:tenant, :id, :email, :hash) "
    "ON CONFLICT (email) DO NOTHING"
)
SET_PASSWORD = text("UPDATE login SET password_hash = :hash WHERE tenant_id = :tenant AND user_id = :id")
USER = (
    "SELECT u.id, u.name, u.email, u.role, u.active, u.locale, u.created_at, "
    "(l.password_hash IS NULL) AS invited FROM app_user u "
    "LEFT JOIN login l ON l.tenant_id = u.tenant_id AND l.user_id = u.id WHERE u.tenant_id = :tenant"
)
USERS = text(f"{USER} ORDER BY u.active DESC, lower(u.name), u.id")
USER_BY_ID = text(f"{USER} AND u.id = :id")
USERS_BY_ID = text(f"{USER} AND u.id = ANY(CAST(:ids AS uuid[]))")
USER_BY_EMAIL = text(f"{USER} AND u.email = :email")
OTHER_OWNERS = text(
    "SELECT count(*) FROM app_user u JOIN login l ON l.tenant_id = u.tenant_id AND l.user_id = u.id "
    "WHERE u.tenant_id = :tenant AND u.id <> :id AND u.role = 'owner' AND u.active "
    "AND l.password_hash IS NOT NULL"
)
CHANGE_USER = text(
    "UPDATE app_user SET name = :name, role = :role, active = :active, locale = :locale "
    "WHERE tenant_id = :tenant AND id = :id"
)

PUT_INVITE = text(
    "INSERT INTO invite (tenant_id, user_id, token_hash, expires_at, created_at) "
    "VALUES (:tenant, :id, :hash, :until, :now) ON CONFLICT (tenant_id, user_id) DO UPDATE "
    "SET token_hash = :hash, expires_at = :until, used_at = NULL, created_at = :now"
)
INVITED_TENANT = text(
    "SELECT tenant_id FROM invite WHERE token_hash = :hash AND used_at IS NULL AND expires_at > :now"
)
USE_INVITE = text(
    "UPDATE invite SET used_at = :now WHERE token_hash = :hash AND tenant_id = :tenant "
    "AND used_at IS NULL AND expires_at > :now RETURNING user_id"
)
DROP_INVITE = text("DELETE FROM invite WHERE tenant_id = :tenant AND user_id = :id")
ACCEPT_TERMS = text(
    "INSERT INTO terms_acceptance (tenant_id, id, user_id, version, at, ip, user_agent) "
    "VALUES (:tenant, :id, :user, :version, :now, :ip, :agent)"
)


async def create_tenant(
    tx: Tx, name: str, locale: str, timezone: str, profile: object, now: datetime
) -> None:
    row = {"tenant": tx.tenant_id, "name": name, "locale": locale, "timezone": timezone}
    await tx.run(CREATE_TENANT, row | {"profile": jsons.dumps(profile), "now": now})


async def tenant(tx: Tx) -> Row | None:
    return await tx.one(TENANT, {"tenant": tx.tenant_id})


async def lock_tenant(tx: Tx) -> None:
    """Changes of rights within a tenant happen one after another."""
    await tx.run(LOCK_TENANT, {"tenant": tx.tenant_id})


async def change_tenant(
    tx: Tx, name: str | None, locale: str | None, timezone: str | None, profile: object | None
) -> None:
    document = None if profile is None else jsons.dumps(profile)
    row = {"tenant": tx.tenant_id, "name": name, "locale": locale, "timezone": timezone, "profile": document}
    await tx.run(CHANGE_TENANT, row)


async def create_user(tx: Tx, row: dict[str, Any], password_hash: str | None) -> bool:
    """False, and nothing to keep, when the address has an account anywhere: roll back then."""
    keyed = {"tenant": tx.tenant_id} | row
    await tx.run(CREATE_USER, keyed)
    login = {"tenant": tx.tenant_id, "id": row["id"], "email": row["email"], "hash": password_hash}
    return await tx.run(CREATE_LOGIN, login) == 1


async def set_password(tx: Tx, user: UUID, password_hash: str) -> None:
    await tx.run(SET_PASSWORD, {"tenant": tx.tenant_id, "id": user, "hash": password_hash})


async def users(tx: Tx) -> Sequence[Row]:
    return await tx.all(USERS, {"tenant": tx.tenant_id})


async def user(tx: Tx, user: UUID) -> Row | None:
    return await tx.one(USER_BY_ID, {"tenant": tx.tenant_id, "id": user})


async def users_by_id(tx: Tx, ids: Sequence[UUID]) -> Sequence[Row]:
    return await tx.all(USERS_BY_ID, {"tenant": tx.tenant_id, "ids": list(ids)})


async def user_by_email(tx: Tx, email: str) -> Row | None:
    return await tx.one(USER_BY_EMAIL, {"tenant": tx.tenant_id, "email": email})


async def other_owners(tx: Tx, user: UUID) -> int:
    """Active owners besides this one who are able to sign in."""
    return int(await tx.scalar(OTHER_OWNERS, {"tenant": tx.tenant_id, "id": user}))


async def change_user(tx: Tx, user: UUID, name: str, role: str, active: bool, locale: str) -> None:
    row = {"tenant": tx.tenant_id, "id": user, "name": name, "role": role, "active": active, "locale": locale}
    await tx.run(CHANGE_USER, row)


async def put_invite(tx: Tx, user: UUID, hash_: str, until: datetime, now: datetime) -> None:
    row = {"tenant": tx.tenant_id, "id": user, "hash": hash_, "until": until, "now": now}
    await tx.run(PUT_INVITE, row)


async def invited_tenant(tx: Tx, hash_: str, now: datetime) -> UUID | None:
    """Of the dispatch role: whose invitation this is, if it is still open."""
    found: UUID | None = await tx.scalar(INVITED_TENANT, {"hash": hash_, "now": now})
    return found


async def use_invite(tx: Tx, hash_: str, now: datetime) -> UUID | None:
    """The invited user, once; None when somebody was faster or it ran out."""
    found: UUID | None = await tx.scalar(USE_INVITE, {"tenant": tx.tenant_id, "hash": hash_, "now": now})
    return found


async def drop_invite(tx: Tx, user: UUID) -> None:
    await tx.run(DROP_INVITE, {"tenant": tx.tenant_id, "id": user})


async def accept_terms(tx: Tx, user: UUID, version: str, ip: str, agent: str, now: datetime) -> None:
    row = {"tenant": tx.tenant_id, "id": new_id(), "user": user, "version": version, "now": now}
    await tx.run(ACCEPT_TERMS, row | {"ip": ip, "agent": agent})

"""Every query about sessions, API tokens and attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel.db import Row, Tx

# Of the dispatch role: the tenant is not known yet.
LOGIN = text(
    "SELECT tenant_id, user_id, password_hash, failed, failed_at, locked_until FROM login "
    "WHERE email = :email FOR UPDATE"
)
COUNT_ATTEMPT = text(
    "UPDATE login SET failed = :failed, failed_at = :now, locked_until = :until WHERE email = :email"
)
SESSION = text(
    "SELECT tenant_id, id, user_id, user_name AS name, role, expires_at, seen_at FROM session "
    "WHERE token_hash = :hash AND expires_at > :now"
)
TOUCH_SESSION = text("UPDATE session SET seen_at = :now, expires_at = :until WHERE token_hash = :hash")
END_SESSION = text("DELETE FROM session WHERE token_hash = :hash")
PURGE_SESSIONS = text("DELETE FROM session WHERE expires_at <= :now")
TOKEN = text(
    "SELECT tenant_id, id, user_id, name, role, scopes, expires_at, last_used_at FROM api_token "
    "WHERE hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)"
)
TOUCH_TOKEN = text("UPDATE api_token SET last_used_at = :now WHERE hash = :hash")

TENANT_OF_EMAIL = text("SELECT tenant_id FROM login WHERE email = :email")
TENANT_IDS = text("SELECT DISTINCT tenant_id FROM login ORDER BY tenant_id")

# Of one tenant.
PASSED = text(
    "UPDATE login SET failed = 0, failed_at = NULL, locked_until = NULL, "
    "password_hash = COALESCE(CAST(:hash AS text), password_hash) WHERE tenant_id = :tenant AND user_id = :user"
)
OPEN_SESSION = text(
    "INSERT INTO session (tenant_id, id, token_hash, user_id, user_name, role, created_at, expires_at, "
    "seen_at, ip, user_agent) "
    "VALUES (:tenant, :id, :hash, :user, :name, :role, :now, :until, :now, :ip, :agent)"
)
END_SESSIONS = text("DELETE FROM session WHERE tenant_id = :tenant AND user_id = :user")
REVOKE_ALL = text(
    "UPDATE api_token SET revoked_at = :now WHERE tenant_id = :tenant AND user_id = :user AND revoked_at IS NULL"
)
RENAME_SESSIONS = text(
    "UPDATE session SET user_name = :name, role = :role WHERE tenant_id = :tenant AND user_id = :user"
)
LOWER_TOKENS = text(
    "UPDATE api_token SET role = :role WHERE tenant_id = :tenant AND user_id = :user "
    "AND role = ANY(CAST(:above AS text[]))"
)
CREATE_TOKEN = text(
    "INSERT INTO api_token (tenant_id, id, hash, prefix, user_id, name, role, scopes, expires_at, created_at) "
    "VALUES (:tenant, :id, :hash, :prefix, :user, :name, :role, CAST(:scopes AS text[]), :expires_at, :now)"
)
TOKENS = text(
    "SELECT id, user_id, name, prefix, role, scopes, expires_at, last_used_at, created_at FROM api_token "
    "WHERE tenant_id = :tenant AND revoked_at IS NULL ORDER BY created_at DESC, id DESC"
)
REVOKE = text(
    "UPDATE api_token SET revoked_at = :now WHERE tenant_id = :tenant AND id = :id AND revoked_at IS NULL"
)
OPEN_TOKEN = text(
    "SELECT role, user_id FROM api_token WHERE tenant_id = :tenant AND id = :id AND revoked_at IS NULL"
)


async def login(tx: Tx, email: str) -> Row | None:
    """Locked until the transaction ends, so that guesses at once are counted one by one."""
    return await tx.one(LOGIN, {"email": email})


async def count_attempt(tx: Tx, email: str, failed: int, until: datetime | None, now: datetime) -> None:
    await tx.run(COUNT_ATTEMPT, {"email": email, "failed": failed, "until": until, "now": now})


async def session(tx: Tx, hash_: str, now: datetime) -> Row | None:
    return await tx.one(SESSION, {"hash": hash_, "now": now})


async def touch_session(tx: Tx, hash_: str, now: datetime, until: datetime) -> None:
    await tx.run(TOUCH_SESSION, {"hash": hash_, "now": now, "until": until})


async def end_session(tx: Tx, hash_: str) -> None:
    await tx.run(END_SESSION, {"hash": hash_})


async def purge_sessions(tx: Tx, now: datetime) -> int:
    return await tx.run(PURGE_SESSIONS, {"now": now})


async def token(tx: Tx, hash_: str, now: datetime) -> Row | None:
    return await tx.one(TOKEN, {"hash": hash_, "now": now})


async def touch_token(tx: Tx, hash_: str, now: datetime) -> None:
    await tx.run(TOUCH_TOKEN, {"hash": hash_, "now": now})


async def passed(tx: Tx, user: UUID, new_hash: str | None) -> None:
    """Signed in: attempts are forgotten, and a new password hash is kept if there is one."""
    await tx.run(PASSED, {"tenant": tx.tenant_id, "user": user, "hash": new_hash})


async def open_session(tx: Tx, row: dict[str, Any]) -> None:
    await tx.run(OPEN_SESSION, {"tenant": tx.tenant_id} | row)


async def end_all(tx: Tx, user: UUID) -> None:
    await tx.run(END_SESSIONS, {"tenant": tx.tenant_id, "user": user})
    await tx.run(REVOKE_ALL, {"tenant": tx.tenant_id, "user": user, "now": tx.now})


async def follow(tx: Tx, user: UUID, name: str, role: str, above: Sequence[str]) -> None:
    """Open sessions get the new name and role; tokens of a higher role (`above`) come down to it."""
    row = {"tenant": tx.tenant_id, "user": user, "role": role}
    await tx.run(RENAME_SESSIONS, row | {"name": name})
    await tx.run(LOWER_TOKENS, row | {"above": list(above)})


async def create_token(tx: Tx, row: dict[str, Any]) -> None:
    await tx.run(CREATE_TOKEN, {"tenant": tx.tenant_id} | row)


async def tokens(tx: Tx) -> Sequence[Row]:
    return await tx.all(TOKENS, {"tenant": tx.tenant_id})


async def open_token(tx: Tx, token_id: UUID) -> Row | None:
    return await tx.one(OPEN_TOKEN, {"tenant": tx.tenant_id, "id": token_id})


async def revoke(tx: Tx, token_id: UUID) -> None:
    await tx.run(REVOKE, {"tenant": tx.tenant_id, "id": token_id, "now": tx.now})


async def tenant_of_email(tx: Tx, email: str) -> UUID | None:
    """Of the dispatch role."""
    found: UUID | None = await tx.scalar(TENANT_OF_EMAIL, {"email": email})
    return found


async def tenant_ids(tx: Tx) -> list[UUID]:
    """Of the dispatch role."""
    return [r.tenant_id for r in await tx.all(TENANT_IDS)]

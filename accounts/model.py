"""Tables of accounts: tenants, users, what they agreed to, and the look-ups by which they prove who they are.

The dispatch role finds a login, session, token or invite before the tenant is known; those tables hold
ids and hashes only. No row holds a secret that could be used: passwords, sessions, tokens and invites
are stored as hashes.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kernel.schema import document, id_key, metadata, number, tenant_key, when, words

ROLES = "role IN ('agent','supervisor','admin','owner')"
LOCALES = "locale IN ('pt-BR','es','en')"


def _of_tenant() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"])


def _of_user() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "user_id"], ["app_user.tenant_id", "app_user.id"])


tenant = Table(
    "tenant",
    metadata,
    tenant_key(),
    words("name"),
    words("locale"),
    words("timezone"),
    document("profile"),
    when("created_at"),
    CheckConstraint(LOCALES, name="locale"),
)

app_user = Table(
    "app_user",
    metadata,
    tenant_key(),
    id_key(),
    words("name"),
    words("email"),
    words("role"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    words("locale"),
    when("created_at"),
    UniqueConstraint("tenant_id", "email"),
    CheckConstraint(ROLES, name="role"),
    CheckConstraint(LOCALES, name="locale"),
    _of_tenant(),
)

terms_acceptance = Table(
    "terms_acceptance",
    metadata,
    tenant_key(),
    id_key(),
    Column("user_id", Uuid, nullable=False),
    words("version"),
    when("at"),
    words("ip"),
    words("user_agent"),
    _of_user(),
    info={"app": "select,insert"},  # proof: never changed
)

login = Table(
    "login",
    metadata,
    tenant_key(),
    id_key("user_id"),
    Column("email", Text, nullable=False, unique=True),  # lower case, one account per address on the platform
    words("password_hash", nullable=True),  # null: invited, has not chosen one yet
    number("failed", default=0),  # attempts since the last success
    when("failed_at", nullable=True),
    when("locked_until", nullable=True),
    _of_user(),
    info={"dispatch": "select,update(failed,failed_at,locked_until)"},
)

session = Table(
    "session",
    metadata,
    tenant_key(),
    id_key(),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", Uuid, nullable=False),
    words("user_name"),
    words("role"),
    when("created_at"),
    when("expires_at"),
    when("seen_at"),
    words("ip"),
    words("user_agent"),
    CheckConstraint(ROLES, name="role"),
    Index("ix_session_user", "tenant_id", "user_id"),
    Index("ix_session_expiry", "expires_at"),
    _of_user(),
    info={"dispatch": "select,update(seen_at,expires_at),delete"},
)

api_token = Table(
    "api_token",
    metadata,
    tenant_key(),
    id_key(),
    Column("hash", Text, nullable=False, unique=True),
    words("prefix"),
    Column("user_id", Uuid, nullable=False),
    words("name"),
    words("role"),
    Column("scopes", ARRAY(Text), nullable=True),  # null: all that the role may
    when("expires_at", nullable=True),
    when("last_used_at", nullable=True),
    when("revoked_at", nullable=True),
    when("created_at"),
    CheckConstraint(ROLES, name="role"),
    _of_user(),
    info={"dispatch": "select,update(last_used_at)"},
)

invite = Table(
    "invite",
    metadata,
    tenant_key(),
    id_key("user_id"),  # one open invitation a user; a new one replaces it
    Column("token_hash", Text, nullable=False, unique=True),
    when("expires_at"),
    when("used_at", nullable=True),
    when("created_at"),
    _of_user(),
    info={"dispatch": "select"},
)

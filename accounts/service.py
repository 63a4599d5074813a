"""The verbs of accounts: sign up, sign in, invite, and change tenants and users."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from accounts import rules, store, terms
from accounts.access import service as access
from accounts.access.service import (
    COOKIE,
    Known,
    authenticate,
    create_token,
    log_out,
    purge_sessions,
    revoke_token,
    tenant_ids,
    tenant_of_email,
    tokens,
)
from accounts.errors import EmailTaken, InviteGone, LastOwner, WeakPassword, WrongLogin, WrongTerms
from accounts.passwords import Guard, Passwords, fingerprint, new_secret
from accounts.schemas import (
    AcceptInviteIn,
    BusinessProfile,
    Invited,
    InviteIn,
    LoginIn,
    Me,
    SignUpIn,
    Tenant,
    TenantPatchIn,
    User,
    UserPatchIn,
    Users,
)
from kernel.db import Database, Row, Tx
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.web import Operator

__all__ = [
    "COOKIE", "Known", "accept_invite", "authenticate", "create_token", "get_tenant", "get_user", "invite",
    "list_users", "log_in", "log_out", "me", "patch_tenant", "patch_user", "purge_sessions", "revoke_token",
    "sign_up", "tenant_ids", "tenant_of_email", "tokens", "users_by_id",
]  # fmt: skip

Count = Callable[[Tx, str, int], Awaitable[None]]  # takes or gives back so many of a limited thing
OnCreated = Callable[[Tx, UUID], Awaitable[None]]


async def sign_up(
    db: Database,
    body: SignUpIn,
    *,
    passwords: Passwords,
    now: datetime,
    ip: str,
    agent: str,
    on_created: OnCreated,
    reserve: Count | None = None,
) -> tuple[Me, str]:
    """A tenant and its owner; the session's secret with it. `on_created` runs in the tenant's first
    transaction, before the owner is counted by `reserve`."""
    if body.terms_version != terms.VERSION:
        raise WrongTerms(terms.VERSION)
    email = rules.plain_email(body.email)
    if rules.is_weak(body.password, email, body.company, body.name):
        raise WeakPassword()
    password_hash = await passwords.hash(body.password)
    async with db.tenant(new_id()) as tx:
        user = await _found(tx, body, email, password_hash, now)
        await store.accept_terms(tx, user.id, terms.VERSION, ip[:64], agent[:300], now)
        await on_created(tx, tx.tenant_id)
        if reserve is not None:
            await reserve(tx, "agents", 1)
        secret = await access.open_session(tx, user, now=now, ip=ip, agent=agent)
        return await me(tx, user.id), secret


async def _found(tx: Tx, body: SignUpIn, email: str, password_hash: str, now: datetime) -> Row:
    profile = BusinessProfile(name=body.company)
    zone = rules.TIMEZONES[body.locale]
    await store.create_tenant(tx, body.company, body.locale, zone, profile, now)
    row = {"name": body.name, "email": email, "role": "owner", "locale": body.locale, "now": now}
    return await _create_user(tx, row, password_hash)


async def _create_user(tx: Tx, row: dict[str, Any], password_hash: str | None) -> Row:
    user_id = new_id()
    if not await store.create_user(tx, row | {"id": user_id}, password_hash):
        raise EmailTaken()
    return await _user(tx, user_id)


async def log_in(
    db: Database,
    body: LoginIn,
    *,
    passwords: Passwords,
    guard: Guard,
    now: datetime,
    ip: str,
    agent: str,
    replaces: str | None = None,
) -> tuple[Me, str]:
    """`replaces`: the session that the browser still holds; it ends."""
    email = rules.plain_email(body.email)
    guard.require(ip, now, email)
    login = await access.attempt(db, email, guard, now)
    known: str | None = login.password_hash if login is not None else None
    right = await passwords.verify(known, body.password)
    if login is None or known is None or not right:
        guard.failed(ip, now)
        raise WrongLogin()
    new_hash = await passwords.hash(body.password) if passwords.outdated(known) else None
    async with db.tenant(login.tenant_id) as tx:
        user = await store.user(tx, login.user_id)
        if user is None or not user.active:
            raise WrongLogin()
        secret = await access.open_session(tx, user, now=now, ip=ip, agent=agent, new_hash=new_hash)
        found = await me(tx, user.id)
    await log_out(db, replaces)
    return found, secret


async def invite(
    tx: Tx, operator: Operator, body: InviteIn, *, reserve: Count, now: datetime, site: str
) -> Invited:
    """A new user who chooses a password behind the link; who has not yet done so gets a new link."""
    if not rules.may_grant(_role(operator), body.role):
        raise Forbidden(f"you cannot give the role {body.role}")
    email = rules.plain_email(body.email)
    user = await store.user_by_email(tx, email)
    if user is None:
        await reserve(tx, "agents", 1)
        tenant = await get_tenant(tx)
        row = {"name": body.name, "email": email, "role": body.role, "locale": tenant.locale, "now": now}
        user = await _create_user(tx, row, None)
    elif not (user.active and user.invited and user.role == body.role):
        raise EmailTaken()
    secret = new_secret()
    await store.put_invite(tx, user.id, fingerprint(secret), now + rules.INVITE_LIFE, now)
    return Invited(_as_user(user), f"{site}/invite?token={secret}")


async def accept_invite(
    db: Database, body: AcceptInviteIn, *, passwords: Passwords, now: datetime, ip: str, agent: str
) -> tuple[Me, str]:
    """The invited user's password and first session."""
    key = fingerprint(body.token)
    async with db.dispatch() as lookup:
        tenant_id = await store.invited_tenant(lookup, key, now)
    if tenant_id is None:
        raise InviteGone()
    if rules.is_weak(body.password):
        raise WeakPassword()
    password_hash = await passwords.hash(body.password)
    async with db.tenant(tenant_id) as tx:
        user_id = await store.use_invite(tx, key, now)
        user = await store.user(tx, user_id) if user_id is not None else None
        if user is None or not user.active:
            raise InviteGone()
        await store.set_password(tx, user.id, password_hash)
        secret = await access.open_session(tx, user, now=now, ip=ip, agent=agent)
        return await me(tx, user.id), secret


async def me(tx: Tx, user_id: UUID) -> Me:
    return Me(await get_user(tx, user_id), await get_tenant(tx))


async def get_tenant(tx: Tx) -> Tenant:
    row = await store.tenant(tx)
    if row is None:
        raise NotFound("there is no such tenant")
    profile = msgspec.convert(row.profile, BusinessProfile)
    return Tenant(row.tenant_id, row.name, row.locale, row.timezone, profile, row.created_at)


async def patch_tenant(tx: Tx, body: TenantPatchIn) -> Tenant:
    if body.timezone is not None:
        _require_zone(body.timezone)
    await store.change_tenant(tx, body.name, body.locale, body.timezone, body.profile)
    return await get_tenant(tx)


async def get_user(tx: Tx, user_id: UUID) -> User:
    return _as_user(await _user(tx, user_id))


async def users_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, User]:
    return {row.id: _as_user(row) for row in await store.users_by_id(tx, ids)}


async def list_users(tx: Tx) -> Users:
    return Users([_as_user(row) for row in await store.users(tx)])


async def patch_user(
    tx: Tx, operator: Operator, user_id: UUID, body: UserPatchIn, *, reserve: Count, release: Count
) -> User:
    """Name and language by the user, everything by those above. Sessions and tokens follow at once."""
    await store.lock_tenant(tx)
    user = await _user(tx, user_id)
    role, active = body.role or user.role, user.active if body.active is None else body.active
    rights = role != user.role or active != user.active
    own = operator.user_id == user_id
    if not rules.may_change(_role(operator), own=own, target=user.role, rights=rights):
        raise Forbidden("you cannot change this user")
    if role != user.role and not rules.may_grant(_role(operator), role):
        raise Forbidden(f"you cannot give the role {role}")
    if user.role == "owner" and user.active and rights and not await store.other_owners(tx, user_id):
        raise LastOwner()
    if active != user.active:
        await (reserve if active else release)(tx, "agents", 1)
    if not active:
        await store.drop_invite(tx, user_id)
    name = body.name or user.name
    await store.change_user(tx, user_id, name, role, active, body.locale or user.locale)
    await access.follow(tx, user_id, name=name, role=role, active=active)
    return await get_user(tx, user_id)


async def _user(tx: Tx, user_id: UUID) -> Row:
    row = await store.user(tx, user_id)
    if row is None:
        raise NotFound("there is no such user")
    return row


def _as_user(row: Row) -> User:
    return User(row.id, row.name, row.email, row.role, row.active, row.invited, row.locale, row.created_at)


def _role(operator: Operator) -> Any:
    return operator.role


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid("is not a known time zone", field="timezone") from error

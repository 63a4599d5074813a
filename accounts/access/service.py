"""Who is calling: sessions of the browser and API tokens, and attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, cast
from uuid import UUID

import msgspec

from accounts import rules
from accounts.access import store
from accounts.errors import Locked
from accounts.passwords import Guard, fingerprint, new_secret, new_token
from accounts.schemas import CreatedToken, Role, Token, TokenIn, Tokens
from kernel.db import Database, Row, Tx
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.web import Operator

COOKIE = "konectus_session"
FRESH = timedelta(seconds=5)  # how long a known caller is believed without asking
TOUCH_SESSION = timedelta(minutes=10)  # no more often is a session's use written down
TOUCH_TOKEN = timedelta(minutes=1)


class Named(Protocol):
    """Headers or cookies."""

    def get(self, name: str, /) -> Any: ...


class Known(msgspec.Struct):
    """Callers seen in the last seconds, by fingerprint. Strangers are never remembered."""

    size: int = 10_000
    seen: dict[str, tuple[Operator, datetime]] = msgspec.field(default_factory=dict)

    def get(self, key: str, now: datetime) -> Operator | None:
        operator, until = self.seen.get(key, (None, now))
        return operator if until > now else None

    def put(self, key: str, operator: Operator, until: datetime) -> None:
        if len(self.seen) >= self.size:
            self.seen.clear()
        self.seen[key] = (operator, until)

    def forget_secret(self, secret: str) -> None:
        self.seen.pop(fingerprint(secret), None)

    def forget(self, user_id: UUID) -> None:
        for key in [k for k, (operator, _) in self.seen.items() if operator.user_id == user_id]:
            self.seen.pop(key, None)


async def authenticate(
    db: Database, headers: Named, cookies: Named, now: datetime, known: Known
) -> Operator | None:
    """The caller, by API token or else by session cookie; None for anybody else."""
    given = credential(headers, cookies)
    if given is None:
        return None
    secret, is_token = given
    key = fingerprint(secret)
    if operator := known.get(key, now):
        return operator
    async with db.dispatch() as tx:
        found = await (_by_token if is_token else _by_session)(tx, key, now)
    if found is None:
        return None
    operator, expires = found
    known.put(key, operator, min(now + FRESH, expires or now + FRESH))
    return operator


def credential(headers: Named, cookies: Named) -> tuple[str, bool] | None:
    """The secret and whether it is a token. A header counts alone: a wrong token is no session."""
    header = headers.get("authorization")
    if header:
        kind, _, token = str(header).partition(" ")
        token = token.strip()
        return (token, True) if kind.lower() == "bearer" and token.startswith("kt_") else None
    cookie = cookies.get(COOKIE)
    return (str(cookie), False) if cookie and len(cookie) <= 100 else None


async def _by_session(tx: Tx, key: str, now: datetime) -> tuple[Operator, datetime | None] | None:
    row = await store.session(tx, key, now)
    if row is None:
        return None
    if now - row.seen_at >= TOUCH_SESSION:
        await store.touch_session(tx, key, now, now + rules.SESSION_LIFE)
    return Operator(row.tenant_id, row.user_id, row.role, name=row.name, session_id=row.id), row.expires_at


async def _by_token(tx: Tx, key: str, now: datetime) -> tuple[Operator, datetime | None] | None:
    row = await store.token(tx, key, now)
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= TOUCH_TOKEN:
        await store.touch_token(tx, key, now)
    scopes = None if row.scopes is None else tuple(row.scopes)
    return Operator(row.tenant_id, row.user_id, row.role, "token", scopes, row.name), row.expires_at


async def attempt(db: Database, email: str, guard: Guard, now: datetime) -> Row | None:
    """Counts one more failure before the password is looked at (success takes it back), so that guesses
    at once cannot outrun the lock. Takes as long for an address without an account."""
    async with db.dispatch() as tx:
        row = await store.login(tx, email)
        if row is not None and row.locked_until is not None and row.locked_until > now:
            raise Locked((row.locked_until - now).total_seconds())
        count, last = (0, None) if row is None else (row.failed, row.failed_at)
        failed, until = rules.after_failure(rules.PER_ACCOUNT, count, last, now)
        await store.count_attempt(tx, email, failed, until, now)
    if row is None:
        guard.unknown(email, now)
    return row


async def open_session(
    tx: Tx, user: Row, *, now: datetime, ip: str, agent: str, new_hash: str | None = None
) -> str:
    """A new session's secret, for the cookie."""
    secret = new_secret()
    await store.passed(tx, user.id, new_hash)
    row = {"id": new_id(), "hash": fingerprint(secret), "user": user.id, "name": user.name, "role": user.role}
    times = {"now": now, "until": now + rules.SESSION_LIFE}
    await store.open_session(tx, row | times | {"ip": ip[:64], "agent": agent[:300]})
    return secret


async def log_out(db: Database, secret: str | None) -> None:
    """Ends the session, whosever it is; no session is fine."""
    if secret:
        async with db.dispatch() as tx:
            await store.end_session(tx, fingerprint(secret))


async def purge_sessions(db: Database, now: datetime) -> int:
    """Removes expired sessions; the scheduler calls it."""
    async with db.dispatch() as tx:
        return await store.purge_sessions(tx, now)


async def follow(tx: Tx, user_id: UUID, *, name: str, role: Role, active: bool) -> None:
    """Sessions and tokens follow their user's name, role and deactivation, in the same transaction."""
    if active:
        await store.follow(tx, user_id, name, role, rules.above(role))
    else:
        await store.end_all(tx, user_id)


async def create_token(tx: Tx, operator: Operator, body: TokenIn, now: datetime) -> CreatedToken:
    """No token may do more than its maker, nor make others."""
    if operator.via != "session":
        raise Forbidden("tokens are made by a signed-in user", code="session_only")
    if rules.rank(body.role) > rules.rank(_role(operator)):
        raise Forbidden(f"you cannot give the role {body.role}")
    if body.expires_at is not None and body.expires_at <= now:
        raise Invalid("must lie in the future", field="expires_at")
    secret, prefix = new_token()
    scopes = None if body.scopes is None else sorted(set(body.scopes))
    token = Token(new_id(), body.name, prefix, body.role, scopes, body.expires_at, None, now)
    row = {name: getattr(token, name) for name in ("id", "prefix", "name", "role", "scopes", "expires_at")}
    await store.create_token(tx, row | {"hash": fingerprint(secret), "user": operator.user_id, "now": now})
    return CreatedToken(token, secret)


async def tokens(tx: Tx) -> Tokens:
    return Tokens(_tokens(await store.tokens(tx)))


async def revoke_token(tx: Tx, operator: Operator, token_id: UUID) -> UUID:
    """Whose token it was."""
    token = await store.open_token(tx, token_id)
    if token is None:
        raise NotFound("there is no such token")
    if rules.rank(token.role) > rules.rank(_role(operator)):
        raise Forbidden(f"this token has the role {token.role}")
    await store.revoke(tx, token_id)
    owner: UUID = token.user_id
    return owner


def _tokens(rows: Sequence[Row]) -> list[Token]:
    return [
        Token(r.id, r.name, r.prefix, r.role, r.scopes, r.expires_at, r.last_used_at, r.created_at)
        for r in rows
    ]


def _role(operator: Operator) -> Role:
    return cast(Role, operator.role)


async def tenant_of_email(tx: Tx, email: str) -> UUID | None:
    """Whose user this is (dispatch role); for the operator's shell."""
    return await store.tenant_of_email(tx, email.strip().lower())


async def tenant_ids(tx: Tx) -> list[UUID]:
    """All tenants (dispatch role); for the operator's shell and the scheduler."""
    return await store.tenant_ids(tx)

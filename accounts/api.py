"""Handlers of accounts, and the authenticator of all routes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sanic import Request

from accounts import service, terms
from accounts.errors import EmailTaken
from accounts.passwords import Guard, Passwords
from accounts.rules import SESSION_LIFE
from accounts.schemas import (
    AcceptInviteIn,
    CreatedToken,
    Invited,
    InviteIn,
    LoginIn,
    Me,
    SignUpIn,
    Tenant,
    TenantPatchIn,
    Terms,
    TokenIn,
    Tokens,
    User,
    UserPatchIn,
    Users,
)
from kernel.db import Database
from kernel.web import Call, Operator, same_origin


class Authenticator:
    """What kernel.web.Shell asks who calls."""

    def __init__(self, db: Database, known: service.Known) -> None:
        self._db = db
        self._known = known

    async def __call__(self, request: Request[Any, Any]) -> Operator | None:
        now = self._db.clock()
        return await service.authenticate(self._db, request.headers, request.cookies, now, self._known)


class Api:
    def __init__(
        self,
        *,
        passwords: Passwords,
        known: service.Known,
        on_created: service.OnCreated,
        reserve: service.Count,
        release: service.Count,
        site: str,
    ) -> None:
        """`known`: the authenticator's. `reserve`, `release`: count users against the plan.
        `site`: the address of the console, for links."""
        self._passwords = passwords
        self._known = known
        self._on_created = on_created
        self._reserve = reserve
        self._release = release
        self._site = site.rstrip("/")
        self._guard = Guard()

    async def sign_up(self, call: Call, body: SignUpIn) -> Me:
        ip, agent = _visitor(call)
        self._guard.require(ip, call.now)
        try:
            me, secret = await service.sign_up(
                call.db, body, passwords=self._passwords, now=call.now, ip=ip, agent=agent,
                on_created=self._on_created, reserve=self._reserve,
            )  # fmt: skip
        except EmailTaken:
            self._guard.failed(ip, call.now)  # it tells which addresses exist: not to be asked at will
            raise
        return _signed_in(call, me, secret)

    async def log_in(self, call: Call, body: LoginIn) -> Me:
        ip, agent = _visitor(call)
        me, secret = await service.log_in(
            call.db, body, passwords=self._passwords, guard=self._guard, now=call.now, ip=ip, agent=agent,
            replaces=_cookie(call),
        )  # fmt: skip
        return _signed_in(call, me, secret)

    async def log_out(self, call: Call) -> None:
        secret = _cookie(call) or ""
        await service.log_out(call.db, secret)
        self._known.forget_secret(secret)
        call.set_cookie(service.COOKIE, None, 0)

    async def accept_invite(self, call: Call, body: AcceptInviteIn) -> Me:
        ip, agent = _visitor(call)
        me, secret = await service.accept_invite(
            call.db, body, passwords=self._passwords, now=call.now, ip=ip, agent=agent
        )
        return _signed_in(call, me, secret)

    async def me(self, call: Call) -> Me:
        return await service.me(call.tx, call.operator.user_id)

    async def terms(self, call: Call) -> Terms:
        return Terms(terms.VERSION, terms.texts())

    async def tenant(self, call: Call) -> Tenant:
        return await service.get_tenant(call.tx)

    async def patch_tenant(self, call: Call, body: TenantPatchIn) -> Tenant:
        return await service.patch_tenant(call.tx, body)

    async def users(self, call: Call) -> Users:
        return await service.list_users(call.tx)

    async def invite(self, call: Call, body: InviteIn) -> Invited:
        return await service.invite(
            call.tx, call.operator, body, reserve=self._reserve, now=call.now, site=self._site
        )

    async def patch_user(self, call: Call, user_id: UUID, body: UserPatchIn) -> User:
        user = await service.patch_user(
            call.tx, call.operator, user_id, body, reserve=self._reserve, release=self._release
        )
        self._known.forget(user_id)
        return user

    async def tokens(self, call: Call) -> Tokens:
        return await service.tokens(call.tx)

    async def create_token(self, call: Call, body: TokenIn) -> CreatedToken:
        return await service.create_token(call.tx, call.operator, body, call.now)

    async def delete_token(self, call: Call, token_id: UUID) -> None:
        self._known.forget(await service.revoke_token(call.tx, call.operator, token_id))


def _visitor(call: Call) -> tuple[str, str]:
    """Address and browser. A page of another site may not sign anybody in here."""
    request = call.request
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        same_origin(request)
    return request.remote_addr or request.ip, request.headers.get("user-agent", "")


def _cookie(call: Call) -> str | None:
    given: str | None = call.request.cookies.get(service.COOKIE)
    return given


def _signed_in(call: Call, me: Me, secret: str) -> Me:
    call.set_cookie(service.COOKIE, secret, int(SESSION_LIFE.total_seconds()))
    return me

"""Wire types of accounts: tenants, users, sessions, API tokens, terms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from kernel.forms import Email, In, Name, Out

Role = Literal["agent", "supervisor", "admin", "owner"]
Locale = Literal["pt-BR", "es", "en"]
Password = Annotated[str, msgspec.Meta(min_length=8, max_length=256)]
Scope = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+(:[a-z_]+)*$", max_length=60)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Fact = Annotated[str, msgspec.Meta(max_length=600)]


class BusinessProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the bot may tell customers of this business. A missing fact makes it offer a human."""

    name: Name
    assistant_name: Fact | None = None
    hours: Fact | None = None
    address: Fact | None = None
    phone: Fact | None = None
    site: Fact | None = None
    prices: Fact | None = None
    delivery: Fact | None = None
    exchange: Fact | None = None
    bill: Fact | None = None
    complaint_channel: Fact | None = None


class SignUpIn(In, kw_only=True):
    company: Name
    name: Name
    email: Email
    password: Password
    locale: Locale = "pt-BR"
    terms_version: str


class LoginIn(In):
    email: Email
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class AcceptInviteIn(In):
    token: str
    password: Password


class User(Out):
    id: UUID
    name: str
    email: str
    role: Role
    active: bool
    invited: bool  # has not set a password yet
    locale: Locale
    created_at: datetime


class Users(Out):
    items: list[User]


class Tenant(Out):
    id: UUID
    name: str
    locale: Locale
    timezone: str
    profile: BusinessProfile
    created_at: datetime


class TenantPatchIn(In):
    name: Name | None = None
    locale: Locale | None = None
    timezone: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    profile: BusinessProfile | None = None


class Me(Out):
    user: User
    tenant: Tenant


class InviteIn(In):
    name: Name
    email: Email
    role: Role = "agent"


class Invited(Out):
    user: User
    invite_url: str  # shown once; valid for 7 days


class UserPatchIn(In):
    name: Name | None = None
    role: Role | None = None
    active: bool | None = None
    locale: Locale | None = None


class TokenIn(In):
    name: Name
    role: Role = "agent"
    scopes: Annotated[list[Scope], msgspec.Meta(max_length=50)] | None = None  # None: all that the role may
    expires_at: Moment | None = None


class Token(Out):
    id: UUID
    name: str
    prefix: str
    role: Role
    scopes: list[str] | None
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class Tokens(Out):
    items: list[Token]


class CreatedToken(Out):
    token: Token
    secret: str  # shown once


class Terms(Out):
    version: str
    texts: dict[str, str]  # locale → text

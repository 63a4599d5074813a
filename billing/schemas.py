"""Wire types of billing: plans as versioned entitlements, the subscription's state, usage."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from kernel.forms import In, Out

SubscriptionState = Literal["active", "past_due", "suspended"]
LimitKey = Literal["agents", "channels", "contacts"]


class Money(Out):
    """Minor units (centavos, cents) of an ISO 4217 currency. Never a float."""

    minor: int
    currency: str


class Limit(Out):
    key: LimitKey
    value: int | None  # None: no limit


class Plan(Out):
    id: UUID
    code: str
    version: int
    name: str
    price: Money  # excludes tax; tax is a line of its own
    limits: list[Limit]


class Plans(Out):
    items: list[Plan]


class Usage(Out):
    key: LimitKey
    used: int
    limit: int | None


class Subscription(Out):
    state: SubscriptionState
    reason: str | None  # why it is not active, as a code: payment_failed, manual
    plan: Plan
    period_start: datetime
    period_end: datetime
    changed_at: datetime


class BillingOverview(Out):
    subscription: Subscription
    usage: list[Usage]


class ChangePlanIn(In):
    plan_id: UUID

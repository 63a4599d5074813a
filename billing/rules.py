"""Decisions of billing: the subscription's states and moves, periods, limits. Values in, value out."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import datetime

from billing.schemas import SubscriptionState

# active ⇄ past_due → suspended → active; an operator may suspend at once (abuse, a dispute).
MOVES: dict[SubscriptionState, frozenset[SubscriptionState]] = {
    "active": frozenset({"past_due", "suspended"}),
    "past_due": frozenset({"active", "suspended"}),
    "suspended": frozenset({"active"}),
}
LIMIT_KEYS = ("agents", "channels", "contacts")


def may_move(before: SubscriptionState, after: SubscriptionState) -> bool:
    return after in MOVES[before]


def may_send(state: SubscriptionState) -> bool:
    """Late payers keep their service until the suspension; suspended ones may only read and pay."""
    return state != "suspended"


def fits(used: int, n: int, limit: int | None) -> bool:
    return limit is None or used + n <= limit


def beyond(used: Mapping[str, int], limits: Mapping[str, int | None]) -> tuple[str, int, int] | None:
    """The first key (in the order of LIMIT_KEYS) of which more is used than the limit: key, used, limit."""
    for key in LIMIT_KEYS:
        limit = limits.get(key, 0)
        if limit is not None and used.get(key, 0) > limit:
            return key, used.get(key, 0), limit
    return None


def month_after(start: datetime, anchor_day: int, months: int = 1) -> datetime:
    """The anchor day so many months later, at the same time of day; clamped to the month's end, without drift."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(anchor_day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)


def period_at(start: datetime, end: datetime, anchor_day: int, now: datetime) -> tuple[datetime, datetime]:
    """The monthly period that holds `now`, counted on from a stored one."""
    while end <= now:
        start, end = end, month_after(end, anchor_day)
    return start, end

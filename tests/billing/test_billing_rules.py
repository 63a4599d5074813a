from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import rules
from billing.plans import PLANS, SEED

ALLOWED = {
    ("active", "suspended"),
    ("active", "past_due"),
    ("past_due", "active"),
    ("past_due", "suspended"),
    ("suspended", "active"),
}


@pytest.mark.parametrize("before", rules.MOVES)
@pytest.mark.parametrize("after", rules.MOVES)
def test_only_these_moves_exist(before, after):
    assert rules.may_move(before, after) is ((before, after) in ALLOWED)


def test_only_a_suspended_tenant_may_not_send():
    assert [state for state in rules.MOVES if not rules.may_send(state)] == ["suspended"]


def test_use_beyond_a_limit_names_key_use_and_limit():
    limits = {"agents": 3, "channels": 2, "contacts": None}
    assert rules.beyond({"agents": 3, "channels": 3, "contacts": 9}, limits) == ("channels", 3, 2)
    assert rules.beyond({"agents": 3, "channels": 2, "contacts": 9}, limits) is None
    assert rules.beyond({"contacts": 1}, {"agents": 3, "channels": 2}) == ("contacts", 1, 0)


def test_a_month_ends_at_its_last_day_and_the_anchor_does_not_drift():
    start = datetime(2027, 1, 31, 9, tzinfo=UTC)
    ends = []
    for _ in range(4):
        start = rules.month_after(start, 31)
        ends.append((start.month, start.day))
    assert ends == [(2, 28), (3, 31), (4, 30), (5, 31)]


@given(st.integers(0, 4000), st.integers(0, 3000))
def test_periods_tile_time_without_gap(first, days):
    start = datetime(2020, 1, 1, 15, 30, tzinfo=UTC) + timedelta(days=first)
    end = rules.month_after(start, start.day)
    now = start + timedelta(days=days)
    left, right = rules.period_at(start, end, start.day, now)
    assert left <= now < right
    assert timedelta(days=28) <= right - left <= timedelta(days=31)


def test_the_three_plans_are_offered_as_data():
    prices = {plan.code: plan.price_minor for plan in PLANS}
    assert prices == {"essencial": 14_900, "profissional": 39_900, "empresa": 99_900}
    assert all("ON CONFLICT DO NOTHING" in statement for statement in SEED)

"""Subscription states and usage counters, walked at random and compared with a model of a few lines."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from billing import service
from billing.plans import PLANS
from kernel.db import Database
from kernel.errors import KonectusError
from kernel.ids import new_id
from kernel.wake import Wakes

MOVES = {"active": {"past_due", "suspended"}, "past_due": {"active", "suspended"}, "suspended": {"active"}}
LIMITS = {plan.id: dict(plan.limits) for plan in PLANS}
KEYS = st.sampled_from(["agents", "channels"])
AMOUNTS = st.integers(1, 6)
LONG = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


class Subscription(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, db: Database) -> None:
        super().__init__()
        self.runner, self.db, self.tenant = runner, db, new_id()
        self.state, self.plan = "active", PLANS[0].id
        self.used = {"agents": 0, "channels": 0}
        assert self.call(service.start_subscription, PLANS[0].code) is None

    def call(self, verb, *args):
        """Runs one verb in its own transaction; the code of its refusal, None when it went through."""

        async def inside():
            async with self.db.tenant(self.tenant) as tx:
                await verb(tx, *args)

        try:
            self.runner.run(inside())
        except KonectusError as error:
            return error.code
        return None

    @rule(after=st.sampled_from(sorted(MOVES)))
    def move(self, after):
        legal = after == self.state or after in MOVES[self.state]
        assert self.call(service.set_state, after, "manual") == (None if legal else "subscription_move")
        self.state = after if legal else self.state

    @rule(key=KEYS, n=AMOUNTS)
    def reserve(self, key, n):
        fits = self.used[key] + n <= LIMITS[self.plan][key]
        expected = "subscription_suspended" if self.state == "suspended" else None if fits else "plan_limit"
        assert self.call(service.reserve, key, n) == expected
        self.used[key] += 0 if expected else n

    @rule(key=KEYS, n=AMOUNTS)
    def release(self, key, n):
        assert self.call(service.release_usage, key, n) is None
        self.used[key] = max(0, self.used[key] - n)

    @rule(key=KEYS, n=AMOUNTS)
    def count_over(self, key, n):
        assert self.call(service.count_over, key, n) is None
        self.used[key] += n

    @rule(plan=st.sampled_from(PLANS))
    def change(self, plan):
        fits = plan.id == self.plan or all(n <= LIMITS[plan.id][key] for key, n in self.used.items())
        assert self.call(service.change_plan, plan.id) == (None if fits else "plan_too_small")
        self.plan = plan.id if fits else self.plan

    @invariant()
    def the_overview_tells_the_model(self):
        async def look():
            async with self.db.tenant(self.tenant) as tx:
                return await service.overview(tx)

        view = self.runner.run(look())
        assert (view.subscription.state, view.subscription.plan.id) == (self.state, self.plan)
        assert {u.key: u.used for u in view.usage if u.key in self.used} == self.used


def test_no_walk_leaves_the_model(db):
    """On a loop and pool of its own: the machine is not a coroutine."""
    with asyncio.Runner() as runner:
        own = Database(db.dsn, Wakes(db.dsn), pool=2)

        class Walk(Subscription):
            def __init__(self) -> None:
                super().__init__(runner, own)

        runner.run(own.open())
        try:
            run_state_machine_as_test(Walk, settings=LONG)
        finally:
            runner.run(own.close())

"""Work for humans, walked at random: each step keeps what must always hold, and is logged as a known move."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kernel.db import Database
from kernel.wake import Wakes
from router.rules import WORK_MOVES, Policy
from tests.router.floor import Clock, Floor, Seen, check

AGENTS, CONVERSATIONS, CAPACITY = 3, 4, 2
WHO, WHICH = st.integers(0, AGENTS - 1), st.integers(0, CONVERSATIONS - 1)
WALK = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
REACH = timedelta(seconds=Policy().reachable_seconds)


class Work(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, db: Database, wakes: Wakes, clock: Clock) -> None:
        super().__init__()
        self.run, self.clock = runner.run, clock
        self.floor = Floor(db, wakes, capacity=CAPACITY)
        self.run(self.floor.open(AGENTS, CONVERSATIONS))
        self.before = self.look().conversations

    def look(self) -> Seen:
        return self.run(self.floor.look())

    def a(self, n: int) -> UUID:
        return self.floor.agents[n]

    def now(self, n: int) -> tuple[UUID, Any]:
        id_ = self.floor.conversations[n]
        return id_, self.look().conversations[id_]

    @rule(c=WHICH)
    def hand_off(self, c):
        id_, row = self.now(c)
        if row.owner == "bot":
            self.run(self.floor.hand_off(id_))

    @rule(c=WHICH)
    def customer_writes(self, c):
        self.run(self.floor.reopen(self.floor.conversations[c]))

    @rule(c=WHICH, a=WHO)
    def accept(self, c, a):
        id_, row = self.now(c)
        mine = row.owner == "offered" and row.assignee_id == self.a(a)
        assert self.run(self.floor.accept(id_, self.a(a))) == (None if mine else "already_taken")

    @rule(c=WHICH)
    def accept_own(self, c):
        id_, row = self.now(c)
        if row.owner == "offered":
            assert self.run(self.floor.accept(id_, row.assignee_id)) is None

    @rule(c=WHICH, a=WHO)
    def reject(self, c, a):
        id_, row = self.now(c)
        mine = row.owner == "offered" and row.assignee_id == self.a(a)
        assert self.run(self.floor.reject(id_, self.a(a))) == (None if mine else "already_taken")

    @rule(c=WHICH, a=WHO)
    def take(self, c, a):
        id_, row = self.now(c)
        room = self.look().rooms.get(self.a(a))
        fits = room is None or room.used < room.total or row.assignee_id == self.a(a)
        assert self.run(self.floor.take(id_, self.a(a))) == (None if fits else "capacity_full")

    @rule(c=WHICH, a=WHO)
    def resolve(self, c, a):
        assert self.run(self.floor.resolve(self.floor.conversations[c], self.a(a))) is None

    @rule(c=WHICH, a=WHO)
    def return_to_bot(self, c, a):
        id_, row = self.now(c)
        expected = "stale" if row.state == "resolved" else None
        assert self.run(self.floor.return_to_bot(id_, self.a(a))) == expected

    @rule(a=WHO, state=st.sampled_from(["ready", "ready", "ready", "paused", "offline"]))
    def presence(self, a, state):
        self.run(self.floor.presence(self.a(a), state))

    @rule(a=WHO)
    def seen(self, a):
        self.run(self.floor.seen(self.a(a)))

    @rule(seconds=st.sampled_from([1, 61, 95]))
    def time_passes(self, seconds):
        self.clock.offset += timedelta(seconds=seconds)
        self.settle()

    @rule()
    def settle(self):
        """All timers and jobs that are due; then nobody who can work is idle while a customer waits."""
        self.run(self.floor.settle())
        seen = self.look()
        assert self.run(self.floor.trouble()) == []
        there = self.clock() - REACH
        rooms = seen.rooms.values()
        free = [r for r in rooms if r.state == "ready" and r.seen_at > there and r.used < r.total]
        assert not (free and [item for item in seen.items if item.state == "queued"])
        away = {r.user_id for r in rooms if r.state != "ready"}
        assert not [item for item in seen.items if item.offered_to in away], "who left has no offers"

    @invariant()
    def what_must_hold_holds(self):
        seen = self.look()
        check(seen)
        check_epochs(self.before, seen.conversations)
        check_moves(seen)
        self.before = seen.conversations


def check_epochs(before: dict[UUID, Any], now: dict[UUID, Any]) -> None:
    """It grows with each change of owner."""
    for id_, row in now.items():
        was = before[id_]
        changed = (row.owner, row.assignee_id) != (was.owner, was.assignee_id)
        assert row.epoch > was.epoch if changed else row.epoch >= was.epoch


def check_moves(seen: Seen) -> None:
    """Every move is a known one and logged."""
    states: dict[UUID, str] = {}
    for move in seen.log:
        was = move.from_state or "new"
        assert was == states.get(move.work_item_id, "new")
        assert WORK_MOVES[was, move.event] == move.to_state
        states[move.work_item_id] = move.to_state
    assert states == {item.id: item.state for item in seen.items}


def test_no_walk_breaks_what_must_hold(db: Database) -> None:
    """On a loop and pool of its own: the machine is not a coroutine."""
    clock = Clock()
    with asyncio.Runner() as runner:
        wakes = Wakes(db.dsn)
        own = Database(db.dsn, wakes, clock, pool=4)

        class Walk(Work):
            def __init__(self) -> None:
                super().__init__(runner, own, wakes, clock)

        runner.run(own.open())
        try:
            run_state_machine_as_test(Walk, settings=WALK)
        finally:
            runner.run(own.close())

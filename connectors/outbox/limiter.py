"""How fast one account may send: a token bucket each, with room kept free for people.

Per process: with several delivery workers each takes its share of the figure. Who is refused gets a
place in time instead of a place in line, so that a long campaign is claimed about once a message.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from connectors.policy import Policy

LONGEST_WAIT = 60.0
# By priority: which part of the bucket must be left over. A fifth is kept for answers.
RESERVE = ((30, 0.0), (20, 0.05), (-1_000_000, 0.2))
SLOWEST = 1 / 64
RECOVERY = 0.05  # of the full rate, each second without a refusal


class Bucket:
    __slots__ = ("factor", "horizon", "rate", "seen", "slowed_at", "tokens")

    def __init__(self, rate: float, now: float) -> None:
        self.rate = rate
        self.tokens = max(rate, 1.0)
        self.factor = 1.0
        self.seen = now
        self.slowed_at = now
        self.horizon = now

    def refill(self, now: float) -> None:
        passed = max(0.0, now - self.seen)
        self.factor = min(1.0, self.factor + RECOVERY * passed)
        self.tokens = min(self.size, self.tokens + passed * self.rate * self.factor)
        self.seen = now

    @property
    def size(self) -> float:
        return max(self.rate * self.factor, 1.0)

    def take(self, now: float, reserve: float) -> float:
        self.refill(now)
        if self.tokens >= 1.0 + reserve * (self.size - 1.0):
            self.tokens -= 1.0
            return 0.0
        self.horizon = max(self.horizon, now) + 1.0 / (self.rate * self.factor)
        self.horizon = min(self.horizon, now + LONGEST_WAIT)
        return self.horizon - now

    def slow(self, now: float) -> None:
        """Halves the rate, once a second at most however many refusals come back together."""
        self.refill(now)
        if now - self.slowed_at >= 1.0 or self.factor == 1.0:
            self.factor = max(SLOWEST, self.factor / 2)
            self.slowed_at = now
        self.tokens = 0.0


class Limiter:
    def __init__(
        self, policy: Policy, *, workers: int = 1, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.policy = policy
        self._workers = workers
        self._monotonic = monotonic
        self._buckets: dict[UUID, Bucket] = {}

    def take(self, channel_id: UUID, channel: str, priority: int, now: datetime) -> float:
        """0.0: go now. Else the seconds after which to ask again."""
        reserve = next(part for least, part in RESERVE if priority >= least)
        return self._bucket(channel_id, channel, now).take(self._monotonic(), reserve)

    def slow(self, channel_id: UUID, channel: str, now: datetime) -> None:
        """Meta says that it is too fast."""
        self._bucket(channel_id, channel, now).slow(self._monotonic())

    def _bucket(self, channel_id: UUID, channel: str, now: datetime) -> Bucket:
        rate = max(1, self.policy.figure(channel, "per_second", now)) / self._workers
        bucket = self._buckets.get(channel_id)
        if bucket is None:
            bucket = self._buckets[channel_id] = Bucket(rate, self._monotonic())
        bucket.rate = rate
        return bucket

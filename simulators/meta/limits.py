"""How fast one may send: token buckets, and a meter of what really came in any one second."""

from __future__ import annotations

from collections import deque


class Bucket:
    """`burst` tokens at most, `rate` more each second."""

    __slots__ = ("level", "updated")

    def __init__(self, burst: float, now: float) -> None:
        self.level = burst
        self.updated = now

    def take(self, burst: float, rate: float, now: float, force: bool = False) -> bool:
        self.level = min(burst, self.level + max(0.0, now - self.updated) * rate)
        self.updated = now
        if self.level < 1 and not force:
            return False
        self.level = max(self.level - 1, -burst)
        return True


class Meter:
    """Counts, and remembers the fullest second: the judge of a sender's pacing."""

    __slots__ = ("peak", "recent", "total")

    def __init__(self) -> None:
        self.total = 0
        self.peak = 0
        self.recent: deque[float] = deque()

    def hit(self, now: float) -> None:
        recent = self.recent
        recent.append(now)
        while recent[0] <= now - 1:
            recent.popleft()
        self.total += 1
        self.peak = max(self.peak, len(recent))

"""How the host is doing for each tenant: turns, failures and time taken, of the recent past."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

RECENT_TURNS = 200
MOST_TENANTS = 2000


class Figures:
    def __init__(self) -> None:
        self._tenants: OrderedDict[str, _Tenant] = OrderedDict()

    def count(self, tenant: str, model: str, seconds: float, *, failed: bool) -> None:
        one = self._tenants.setdefault(tenant, _Tenant())
        self._tenants.move_to_end(tenant)
        one.model = model
        one.turns += 1
        one.failed += failed
        one.seconds.append(seconds)
        if len(self._tenants) > MOST_TENANTS:
            self._tenants.popitem(last=False)

    def report(self) -> dict[str, dict[str, Any]]:
        return {tenant: one.report() for tenant, one in self._tenants.items()}


class _Tenant:
    def __init__(self) -> None:
        self.model = ""
        self.turns = 0
        self.failed = 0
        self.seconds: deque[float] = deque(maxlen=RECENT_TURNS)

    def report(self) -> dict[str, Any]:
        ordered = sorted(self.seconds)
        return {
            "model": self.model,
            "turns": self.turns,
            "failed": self.failed,
            "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
            "p95_ms": round(1000 * ordered[int(len(ordered) * 0.95)], 1),
        }

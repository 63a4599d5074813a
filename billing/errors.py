"""What billing refuses.

PaymentRequired 402
├─ PlanLimit     plan_limit              the plan holds no more of this
├─ Suspended     subscription_suspended  unpaid for too long
└─ NotSubscribed not_subscribed          there is no subscription at all
Conflict 409
├─ WrongMove     subscription_move       the subscription's state allows no such step
└─ PlanTooSmall  plan_too_small          more is in use than the chosen plan holds
"""

from __future__ import annotations

from kernel.errors import Conflict, PaymentRequired

NOUNS = {"agents": "users", "channels": "channels", "contacts": "contacts"}


class PlanLimit(PaymentRequired):
    code = "plan_limit"

    def __init__(self, key: str, limit: int) -> None:
        noun = NOUNS.get(key, key)
        super().__init__(
            f"your plan includes {limit} {noun}; there is no room for more",
            params={"key": key, "limit": limit},
        )


class Suspended(PaymentRequired):
    code = "subscription_suspended"

    def __init__(self) -> None:
        super().__init__("the subscription is suspended; settle the open invoice to go on")


class NotSubscribed(PaymentRequired):
    code = "not_subscribed"

    def __init__(self) -> None:
        super().__init__("there is no subscription yet; choose a plan first")


class WrongMove(Conflict):
    code = "subscription_move"

    def __init__(self, before: str, after: str) -> None:
        super().__init__(f"a subscription cannot go from {before} to {after}")


class PlanTooSmall(Conflict):
    code = "plan_too_small"

    def __init__(self, key: str, used: int, limit: int) -> None:
        noun = NOUNS.get(key, key)
        super().__init__(
            f"you use {used} {noun} and that plan includes {limit}",
            field="plan_id",
            params={"key": key, "used": used, "limit": limit},
        )

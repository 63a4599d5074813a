"""The errors that may reach a caller, each with its HTTP status.

KonectusError
├─ Invalid 400            a field is wrong; `field` names it
├─ Unauthenticated 401    nobody, or nobody we know
├─ PaymentRequired 402    the plan or the subscription says no
├─ Forbidden 403          known, but not allowed
├─ NotFound 404           absent, or somebody else's: the two look the same
├─ Conflict 409           the world moved on: stale version, already taken
├─ TooLarge 413
├─ TooMany 429            `retry_after` seconds
└─ Unavailable 503        a part that this needs is down; trying again may help

Services derive their own beside their code. Anything else that escapes is a fault: 500.
"""

from __future__ import annotations


class KonectusError(Exception):
    status = 500
    code = "fault"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        retry_after: float | None = None,
        params: dict[str, str | int] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.retry_after = retry_after
        self.params = params or {}


class Invalid(KonectusError):
    status, code = 400, "invalid"


class Unauthenticated(KonectusError):
    status, code = 401, "unauthenticated"


class PaymentRequired(KonectusError):
    status, code = 402, "payment_required"


class Forbidden(KonectusError):
    status, code = 403, "forbidden"


class NotFound(KonectusError):
    status, code = 404, "not_found"


class Conflict(KonectusError):
    status, code = 409, "conflict"


class TooLarge(KonectusError):
    status, code = 413, "too_large"


class TooMany(KonectusError):
    status, code = 429, "too_many"


class Unavailable(KonectusError):
    status, code = 503, "unavailable"

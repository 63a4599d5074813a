"""What the host answers when it cannot answer a turn: a status, a code and a sentence each."""

from __future__ import annotations


class Refused(Exception):
    status = 500
    code = "internal"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def body(self) -> dict[str, object]:
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        return {"error": error}


class BadRequest(Refused):
    status, code = 400, "invalid"


class BadSignature(Refused):
    status, code = 401, "signature"


class TooLarge(Refused):
    status, code = 413, "too_large"


class UnreadableTracker(Refused):
    """The platform sends the turn again without the tracker."""

    status, code = 422, "tracker"


class ModelUnavailable(Refused):
    status, code = 503, "model"

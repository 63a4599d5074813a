"""What the Graph API answers when it refuses: one exception, and the titles and statuses of known codes."""

from __future__ import annotations

from typing import Any

from simulators.meta import ids

# code: (HTTP status, title). Unlisted codes answer 400 with a plain title.
KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "An unknown error occurred"),
    2: (503, "Service temporarily unavailable"),
    3: (500, "API Method"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    368: (403, "Temporarily blocked for policies violations"),
    551: (400, "This person isn't available right now."),
    613: (400, "Calls to this api have exceeded the rate limit."),
    1200: (400, "Temporary send message failure. Please try again later."),
    80007: (400, "Rate limit issues"),
    130403: (400, "User has been blocked by the business"),
    130429: (400, "Rate limit hit"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped user id not supported for this message"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "Template parameter text is not valid"),
    133004: (503, "Server is temporarily unavailable"),
    137000: (400, "Recipient identity key hash mismatch"),
}  # fmt: skip


class GraphError(Exception):
    """A refusal. `details` goes to error_data (WhatsApp), `subcode` to error_subcode (Messenger, Instagram)."""

    def __init__(
        self, code: int, details: str = "", *, subcode: int | None = None, whatsapp: bool = False,
        status: int | None = None,
    ) -> None:  # fmt: skip
        known_status, title = KNOWN.get(code, (400, "Error"))
        super().__init__(details or title)
        self.code, self.subcode, self.details, self.whatsapp = code, subcode, details, whatsapp
        self.status = status or known_status
        self.title = title

    def body(self) -> dict[str, Any]:
        text = self.title if self.whatsapp or not self.details else self.details
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {text}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": ids.trace(),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.whatsapp:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details or self.title}
        if self.code in (1, 2, 1200, 131000, 131016):
            error["is_transient"] = True
        return {"error": error}


class ControlError(Exception):
    """A refusal by the simulator's own control endpoints."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.field = status, code, field

    def body(self) -> dict[str, Any]:
        error = {"code": self.code, "message": str(self)}
        return {"error": error | ({"field": self.field} if self.field else {})}


def whatsapp_error(code: int, details: str = "") -> GraphError:
    return GraphError(code, details, whatsapp=True)


def status_error(code: int, details: str = "") -> dict[str, Any]:
    """An entry of statuses[].errors: the refusal that comes after a 200."""
    title = KNOWN.get(code, (400, "Error"))[1]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }

"""What all of Meta's platforms share: signatures, the challenge, error classes, the Graph client.

Runs in the services and in the Rasa host alike, so: 3.10 syntax, httpx and the standard library only.
"""

from __future__ import annotations

import hmac
import json as jsonlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from connectors.events import Channel, ErrorClass, SendError

SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
USER_AGENT = "konectus/1"
DAY = 86_400.0


# --- signatures ------------------------------------------------------------------------------


def sign(body: bytes, secret: str) -> str:
    """The value of X-Hub-Signature-256 for these raw bytes."""
    return "sha256=" + _hmac(secret, body)


def verify_signature(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """True if one of `secrets` signed the raw bytes. Empty ones verify nothing."""
    if header is None or not SIGNATURE.fullmatch(header):
        return False
    matches = [hmac.compare_digest(sign(body, secret), header) for secret in secrets if secret]
    return any(matches)


def verify_challenge(query: Mapping[str, str], token: str) -> str | None:
    """The challenge to echo as plain text, or None: answer 403."""
    given = query.get("hub.verify_token") or ""
    if not token or query.get("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode("utf-8", "replace")):
        return None
    return query.get("hub.challenge")


def appsecret_proof(token: str, secret: str) -> str:
    """Proves to Meta that the caller of this token also holds the app secret."""
    return _hmac(secret, token.encode())


def _hmac(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode("utf-8", "replace"), message, "sha256").hex()


# --- error classes ---------------------------------------------------------------------------


class Verdict(NamedTuple):
    kind: ErrorClass
    permanent: bool
    maybe_sent: bool = False
    retry_after: float | None = None


AUTH = Verdict("auth", False)  # held until the connection is renewed
PERMISSION = Verdict("permission", True)
THROTTLE = Verdict("throttle", False, retry_after=5.0)
PAIR = Verdict("pair", False, retry_after=4.0)
QUALITY = Verdict("quality", True)
WINDOW = Verdict("window", True)
CONSENT = Verdict("consent", True)
RECIPIENT = Verdict("recipient", True)
IDENTITY = Verdict("identity", True)
CONTENT = Verdict("content", True)
TEMPLATE = Verdict("template", True)
MEDIA = Verdict("media", False)  # once more, after a fresh upload
BILLING = Verdict("billing", False)  # held until the owner has paid
UNKNOWN = Verdict("unknown", False, maybe_sent=True)
OTHER = Verdict("other", True)

BY_CODE: dict[int, Verdict] = {
    **dict.fromkeys((0, 190), AUTH),
    **dict.fromkeys((3, 10, 131005), PERMISSION),
    **dict.fromkeys((4, 17, 32, 613, 80004, 80007, 130429), THROTTLE),
    131056: PAIR,
    9: PAIR._replace(retry_after=3600.0),
    **dict.fromkeys((131048, 131064, 368, 131031), QUALITY),
    131047: WINDOW,
    **dict.fromkeys((131050, 130472), CONSENT),
    131049: Verdict("consent", False, retry_after=DAY),  # a cap, not an opt-out
    **dict.fromkeys((131026, 130403, 130497, 131021, 131030, 551), RECIPIENT),
    **dict.fromkeys((131062, 137000), IDENTITY),
    **dict.fromkeys((33, 100, 131008, 131009, 131051, 132000, 132005, 132012, 132018, 135000), CONTENT),
    **dict.fromkeys((10900, 10903), CONTENT),
    **dict.fromkeys((132001, 132007, 132015, 132016, 134100, 134102), TEMPLATE),
    134101: Verdict("template", False, retry_after=600.0),  # still syncing
    132069: THROTTLE._replace(retry_after=60.0),
    **dict.fromkeys((131052, 131053), MEDIA),
    **dict.fromkeys((131042, 134011), BILLING),
    **dict.fromkeys((1, 2, 131000, 131016, 133004, 1200), UNKNOWN),
    **dict.fromkeys((131057, 2494100), UNKNOWN._replace(retry_after=60.0)),
}
# Messenger and Instagram say in the subcode what is really meant; it wins over the code.
BY_SUBCODE: dict[int, Verdict] = {
    **dict.fromkeys((2018278, 2018065, 2534022), WINDOW),
    **dict.fromkeys((2018001, 2018108, 2534014, 2534001, 2534029, 2534122, 1545041), RECIPIENT),
    **dict.fromkeys((2534013, 1893063, 2018344), QUALITY),
    **dict.fromkeys((2018047, 2018109), MEDIA),
    **dict.fromkeys((2534015, 2534025, 2534039, 2534040, 2534068), CONTENT),
    2534037: OTHER,  # another app holds the thread
    1545133: UNKNOWN,
}


def classify(status: int, body: Any, headers: Mapping[str, str], *, channel: Channel) -> SendError:
    """Meta's refusal in our words. `body` is the decoded JSON, or anything else if there was none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return _without_error_body(status, headers)
    code, subcode = _int(error.get("code")), _int(error.get("error_subcode"))
    verdict = _verdict(code, subcode, transient=error.get("is_transient") is True, channel=channel)
    name = "none" if code is None else str(code)
    return _error(verdict, f"{name}/{subcode}" if subcode else name, _detail(error), headers)


def _verdict(code: int | None, subcode: int | None, *, transient: bool, channel: Channel) -> Verdict:
    if subcode in BY_SUBCODE:
        return BY_SUBCODE[subcode]
    if code in BY_CODE:
        return BY_CODE[code]
    if code == 230 and channel != "whatsapp":
        return CONSENT
    if code is not None and 200 <= code <= 299:
        return PERMISSION
    return UNKNOWN if transient else OTHER


def _without_error_body(status: int, headers: Mapping[str, str]) -> SendError:
    """Something between us and Meta answered. A 5xx or 408 may come after the message got through."""
    verdict = OTHER
    if status == 429:
        verdict = THROTTLE
    elif status >= 500 or status in (200, 408):
        verdict = UNKNOWN
    return _error(verdict, f"http{status}", "answer without a Meta error body", headers)


def _error(verdict: Verdict, code: str, detail: str, headers: Mapping[str, str]) -> SendError:
    retry_after = verdict.retry_after
    if verdict.kind == "throttle":
        retry_after = _wait_asked(headers) or retry_after
    return SendError(
        verdict.kind,
        code,
        detail,
        permanent=verdict.permanent,
        maybe_sent=verdict.maybe_sent,
        retry_after=retry_after,
    )


def _detail(error: dict[str, Any]) -> str:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    for text in (details, error.get("error_user_msg"), error.get("message")):
        if isinstance(text, str) and text:
            return text[:500]
    return ""


def _wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by Retry-After, else by the business usage header (which speaks in minutes)."""
    lower = {name.lower(): value for name, value in headers.items()}
    after = lower.get("retry-after", "")
    if after.isascii() and after.isdigit() and len(after) < 7:
        return float(after)
    minutes = [int(m) for m in re.findall(r'"estimated_time_to_regain_access":\s*(\d{1,5})\b', _usage(lower))]
    return max(minutes) * 60.0 if minutes and max(minutes) > 0 else None


def _usage(headers: Mapping[str, str]) -> str:
    return headers.get("x-business-use-case-usage", "")[:10_000]


def _int(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    return None


# --- the Graph API ---------------------------------------------------------------------------

# Raised before a byte of the request left: nothing can have been sent.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
NEVER_LEFT_AIOHTTP = {"ClientConnectorError", "ConnectionTimeoutError", "InvalidURL", "NonHttpUrlClientError"}


def segment(value: str) -> str:
    """An id as one path segment: it can never climb out of its place."""
    return quote(value, safe="").replace(".", "%2E")


class Graph:
    """Calls graph.facebook.com (or graph.instagram.com, or a simulator) and raises only SendError."""

    def __init__(
        self, client: httpx.AsyncClient, base_url: str, version: str = "v26.0", app_secret: str = ""
    ) -> None:
        self._client = client
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._app_secret = app_secret

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        channel: Channel = "whatsapp",
    ) -> dict[str, Any]:
        """The decoded answer of a 2xx. `path` begins with a slash and has no version."""
        try:
            response = await self._client.request(
                method,
                self._root + path,
                json=json,
                params=self._params(token, params),
                headers={"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT},
                timeout=timeout,
            )
        except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as problem:
            raise SendError("content", "request", type(problem).__name__, permanent=True) from problem
        except Exception as problem:  # what a transport lets through unmapped may have come after sending
            raise _unanswered(problem) from problem
        return _answer(response, channel)

    def _params(self, token: str, params: Mapping[str, str] | None) -> dict[str, str] | None:
        if not self._app_secret:
            return dict(params) if params else None
        return {**(params or {}), "appsecret_proof": appsecret_proof(token, self._app_secret)}


def _unanswered(problem: Exception) -> SendError:
    # The text of an httpx error may hold the url, and the url the proof: only its name is kept.
    name, maybe_sent = type(problem).__name__, not _never_left(problem)
    return SendError("unknown", "network", name, permanent=False, maybe_sent=maybe_sent)


def _never_left(problem: Exception) -> bool:
    """The aiohttp transport calls a connection lost after sending a ConnectTimeout too: its cause is asked."""
    cause = type(problem.__cause__)
    if cause.__module__.startswith("aiohttp"):
        return any(base.__name__ in NEVER_LEFT_AIOHTTP for base in cause.__mro__)
    return isinstance(problem, NEVER_LEFT)


def _answer(response: httpx.Response, channel: Channel) -> dict[str, Any]:
    try:
        body = jsonlib.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    if response.is_success and isinstance(body, dict) and "error" not in body:
        return body
    status = 200 if response.is_success else response.status_code
    raise classify(status, body, response.headers, channel=channel)

"""Structured logs: one JSON object a line, customer data redacted before it is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Keys whose values are customers' content or secrets, wherever they appear.
PRIVATE = {
    "text", "body", "phone", "email", "name", "password", "token", "secret", "authorization",
    "cookie", "payload", "content", "user", "access_token", "profile",
}  # fmt: skip
LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{7,}\d")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _clean(key, value)
    return event


def _clean(key: str, value: Any) -> Any:
    if key in PRIVATE:
        return "[redacted]"
    if isinstance(value, dict):
        return {k: _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, str) and key not in ("timestamp", "tenant", "request_id", "id"):
        return MAIL.sub("[mail]", LONG_NUMBER.sub("[number]", value))
    return value


def configure(level: str = "INFO", process: str = "") -> None:
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s", force=True)
    for noisy in ("sanic.root", "sanic.access", "httpx", "httpcore", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)

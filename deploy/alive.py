"""A container's health check: whether ALIVE_URL answers 200 (by default this service's /health/own)."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=4) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(not answers(os.environ.get("ALIVE_URL", "http://127.0.0.1:8080/health/own")))

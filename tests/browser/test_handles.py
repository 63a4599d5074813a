"""What scripts rely on: the handles of a running demo, its health, and logs without customers' data."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx
import pytest

from tests.browser.demo import Demo

pytestmark = pytest.mark.browser
CANARY_USER = "5511933331234"
CANARY_WORDS = "canarinho-amarelo-77"


def test_the_demo_tells_its_handles(demo: Demo) -> None:
    shown = demo.handles
    assert set(shown) == {
        "base_url", "console_url", "phones_url", "graph_url", "app_secret", "verify_token", "channels",
        "tokens", "logins",
    }  # fmt: skip
    assert {c["kind"] for c in shown["channels"]} == {"whatsapp", "messenger", "instagram"}
    assert all(set(c) == {"kind", "account_id", "page_or_phone_number_id"} for c in shown["channels"])
    roles = {"owner", "admin", "supervisor", "agent"}
    assert set(shown["tokens"]) == set(shown["logins"]) == roles
    for role in roles:
        with demo.api(role) as api:
            assert api.get("/api/conversations").status_code == 200, role


def test_health_names_every_component(demo: Demo) -> None:
    answer = httpx.get(f"{demo.base}/health", timeout=10)
    assert answer.status_code == 200
    parts = answer.json()["components"]
    assert {"database", "worker", "scheduler", "bot", "actions"} <= set(parts)
    assert all(part["status"] == "ready" for part in parts.values())


def test_openapi_and_console_are_served(demo: Demo) -> None:
    document = httpx.get(f"{demo.base}/api/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert len(document["paths"]) > 25
    page = httpx.get(demo.handles["console_url"])
    assert page.status_code == 200
    assert "content-security-policy" in page.headers
    assert httpx.get(demo.handles["phones_url"]).status_code == 200


def test_a_token_from_the_command_line_works(demo: Demo) -> None:
    token = demo.cli(
        "token", "create", "--tenant", demo.handles["logins"]["owner"]["email"], "--role", "agent"
    )
    headers = {"authorization": f"Bearer {token}"}
    assert httpx.get(f"{demo.base}/api/conversations", headers=headers).status_code == 200
    assert httpx.get(f"{demo.base}/api/tokens", headers=headers).status_code == 403


def test_the_doctor_finds_nothing(demo: Demo) -> None:
    assert "✗" not in demo.cli("doctor")


def test_logs_hold_no_customers_data(demo: Demo) -> None:
    account = demo.handles["channels"][0]["account_id"]
    url = f"{demo.graph}/_sim/customers/whatsapp/{account}/{CANARY_USER}/messages"
    httpx.post(url, json={"text": f"{CANARY_WORDS} {uuid.uuid4()}"}).raise_for_status()
    _until(lambda: demo.sent(CANARY_USER))
    logs = {p.name: p.read_text(errors="replace") for p in (demo.home / "logs").glob("*.log")}
    assert logs
    for name, text in logs.items():
        if name != "simulator.log":  # it stands for the world outside
            for secret in (CANARY_USER, CANARY_WORDS, *demo.handles["tokens"].values()):
                assert secret not in text, name


def _until(found: Any, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.2)

"""Every service as a process of its own: the whole way works, and what is down takes only its own along."""

from __future__ import annotations

import hmac
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from tests.cluster.cluster import Cluster, Customer, until

pytestmark = [pytest.mark.slow, pytest.mark.bot]

SORRY = ("desculp", "problema", "não consegui")
COMPONENTS = {
    *("database", "redis", "worker", "scheduler", "bot", "actions"),
    *("router", "crm", "billing", "accounts", "connectors"),
}


def test_internal_paths_are_closed_at_the_front_door(cluster: Cluster) -> None:
    answer = cluster.owner.get("/internal/crm/orders/48213")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_front_door_serves_the_console_and_says_how_everything_is(cluster: Cluster) -> None:
    assert "<html" in cluster.owner.get("/").text.lower()
    status, parts = cluster.health()
    assert (status, set(parts)) == (200, COMPONENTS)
    assert {part["status"] for part in parts.values()} == {"ready"}


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram"])
def test_from_the_customer_to_the_bot_to_an_agent_and_back(cluster: Cluster, channel: str) -> None:
    customer = cluster.customer(channel)
    with cluster.live() as socket:
        assert json.loads(socket.recv(10))["type"] == "hello"
        assert customer.asks("oi, qual o horário de vocês?", "9h")
        assert "id" in json.loads(socket.recv(10))
    assert customer.asks("quero falar com um atendente")
    assert customer.is_with_a_person("asked")
    with customer.taken() as one:
        assert customer.reads_from_the_agent(one, "Olá, sou a Ana!")


def assert_down(cluster: Cluster, service: str, path: str) -> None:
    """Refused in good time to who asks first, at once to who asks next, and told by /health."""
    first = cluster.owner.get(path)
    began = time.monotonic()
    refused = cluster.owner.get(path)
    assert time.monotonic() - began < 2
    for answer in (first, refused):
        assert answer.status_code == 503
        assert answer.json() == {
            "error": {"code": "unavailable", "message": f"the {service} service is down"}
        }
    status, parts = cluster.health()
    assert status == 503
    assert [name for name, part in parts.items() if part["status"] != "ready"] == [service]


def assert_the_rest_goes_on(cluster: Cluster, known: Customer, one: str) -> None:
    assert cluster.owner.get("/api/conversations").status_code == 200
    assert cluster.customer().asks("oi, qual o horário de vocês?", "9h")
    assert known.reads_from_the_agent(one, f"Ainda estou aqui ({time.time()})")


def is_back(cluster: Cluster, path: str) -> bool:
    """The front door asks every second who lives."""
    return until(lambda: cluster.owner.get(path).status_code == 200)


@contextmanager
def with_an_agent(cluster: Cluster) -> Iterator[tuple[Customer, str]]:
    customer = cluster.customer()
    assert customer.asks("quero falar com um atendente")
    with customer.taken() as one:
        yield customer, one


def test_crm_down_takes_only_contacts_and_orders_along(cluster: Cluster) -> None:
    with with_an_agent(cluster) as (known, one), cluster.paused("crm"):
        assert_down(cluster, "crm", "/api/contacts")
        assert_the_rest_goes_on(cluster, known, one)
        asking = cluster.customer()
        assert asking.asks("cadê meu pedido 48213?", *SORRY)
        assert asking.is_with_a_person("error")
    assert is_back(cluster, "/api/contacts")
    assert cluster.customer().asks("cadê meu pedido 48213?", "a caminho")


def test_billing_down_takes_only_its_overview_along(cluster: Cluster) -> None:
    with with_an_agent(cluster) as (known, one), cluster.paused("billing"):
        assert_down(cluster, "billing", "/api/billing")
        assert_the_rest_goes_on(cluster, known, one)
    assert is_back(cluster, "/api/billing")


def test_accounts_down_takes_only_users_and_logins_along(cluster: Cluster) -> None:
    with with_an_agent(cluster) as (known, one), cluster.paused("accounts"):
        assert_down(cluster, "accounts", "/api/users")
        assert_the_rest_goes_on(cluster, known, one)
    assert is_back(cluster, "/api/users")


def test_router_down_takes_the_screens_along_and_no_customer(cluster: Cluster) -> None:
    with cluster.paused("router"):
        assert_down(cluster, "router", "/api/conversations")
        asking = cluster.customer()
        assert asking.asks("cadê meu pedido 48213?", "a caminho")
        assert cluster.owner.get("/api/contacts").status_code == 200
    assert is_back(cluster, "/api/conversations")
    assert asking.conversation()["owner"] == "bot"


def test_connectors_down_takes_only_webhooks_along(cluster: Cluster) -> None:
    with with_an_agent(cluster) as (known, one), cluster.paused("connectors"):
        assert_down(cluster, "connectors", "/api/channels")
        assert webhook(cluster, cluster.demo.handles["app_secret"]) == 503, "Meta is told to come again"
        assert known.reads_from_the_agent(one, "Sem webhooks ainda escrevo.")
    assert is_back(cluster, "/api/channels")
    assert webhook(cluster, cluster.demo.handles["app_secret"]) == 200


def test_without_a_worker_what_is_written_waits(cluster: Cluster) -> None:
    asking = cluster.customer()
    with with_an_agent(cluster) as (known, one):
        with cluster.paused("worker"):
            asking.writes("oi, qual o horário de vocês?")
            said = {"client_id": str(uuid4()), "text": "Já volto."}
            answer = cluster.agent.post(f"{one}/messages", json=said)
            assert (answer.status_code, answer.json()["status"]) == (201, "pending")
            assert until(lambda: cluster.component("worker") == "down")
            assert asking.got() == []
        assert asking.hears("9h")
        assert known.hears("já volto.")


def test_a_killed_service_is_refused_at_once_and_comes_back(cluster: Cluster) -> None:
    before = cluster.pid("crm")
    os.kill(before, signal.SIGKILL)
    began = time.monotonic()
    assert cluster.owner.get("/api/contacts").status_code == 503
    assert time.monotonic() - began < 2
    assert until(lambda: cluster.pid("crm") != before)
    assert is_back(cluster, "/api/contacts")


def lively(cluster: Cluster, count: int) -> None:
    """So many customers at once: each is heard and answered, and an agent's screen learns of each soon."""
    customers = [cluster.customer() for _ in range(count)]
    with cluster.live() as socket:
        assert json.loads(socket.recv(10))["type"] == "hello"
        for customer in customers:
            customer.writes("oi, qual o horário de vocês?")
            assert cluster.owner.get("/api/conversations").status_code == 200
        late = cluster.customer()
        late.writes("oi")
        assert until(late.conversation)
        began = time.monotonic()
        while late.name not in socket.recv(10):
            pass
        assert time.monotonic() - began < 5
    for customer in customers:
        assert customer.hears("9h")
        assert customer.conversation()["preview"] is not None


def test_without_redis_nothing_is_lost_and_screens_stay_live(cluster: Cluster) -> None:
    with cluster.paused("redis"):
        lively(cluster, 20)
        assert until(lambda: cluster.component("redis") == "degraded", 10)
        assert cluster.health()[0] == 200  # Redis only speeds things up
    lively(cluster, 3)


def test_a_redis_that_dies_is_missed_by_nobody(cluster: Cluster) -> None:
    before = cluster.pid("redis")
    os.kill(before, signal.SIGKILL)
    lively(cluster, 5)
    assert until(lambda: cluster.pid("redis") != before)
    assert until(lambda: cluster.component("redis") == "ready")


def test_without_the_bot_customers_hear_an_apology_and_reach_people(cluster: Cluster) -> None:
    customer = cluster.customer()
    with cluster.paused("bot"):
        customer.writes("oi, qual o horário de vocês?")
        assert customer.hears(*SORRY)
        assert customer.is_with_a_person("error")
        with customer.taken() as one:
            assert customer.reads_from_the_agent(one, "O bot descansa, eu não.")
    texts = [m["text"] for m in cluster.agent.get(f"{one}/messages").json()["items"]]
    assert "oi, qual o horário de vocês?" in texts
    assert cluster.customer().asks("oi, qual o horário de vocês?", "9h")


def test_without_actions_an_order_question_ends_with_a_person(cluster: Cluster) -> None:
    customer = cluster.customer()
    with cluster.paused("actions"):
        assert customer.asks("cadê meu pedido 48213?", *SORRY)
        assert customer.is_with_a_person("error")
    assert cluster.customer().asks("cadê meu pedido 48213?", "a caminho")


def test_webhooks_are_taken_while_everything_behind_them_hangs(cluster: Cluster) -> None:
    customer = cluster.customer()
    pids = [cluster.pid(name) for name in ("crm", "billing", "accounts", "router", "worker")]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        customer.writes("oi, qual o horário de vocês?")
        assert webhook(cluster, "wrong secret") == 401
        assert webhook(cluster, cluster.demo.handles["app_secret"]) == 200
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert customer.hears("9h")


def webhook(cluster: Cluster, secret: str) -> int:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    signed = {"x-hub-signature-256": "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()}
    url = f"{cluster.demo.base}/webhooks/whatsapp"
    return httpx.post(url, content=body, headers=signed, trust_env=False).status_code

"""Every service as a process of its own: the whole way works, and a stopped service takes only its own along."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.app.running import Run, Talk, own_environment, running, until

pytestmark = [pytest.mark.slow, pytest.mark.bot]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Run]:
    with own_environment() as environ, running(environ, "--cluster") as run:
        yield run


@pytest.fixture(scope="module")
def talk(cluster: Run) -> Iterator[Talk]:
    with Talk(cluster) as talk:
        yield talk


@contextmanager
def stopped(run: Run, *children: str) -> Iterator[None]:
    """They hang rather than die: the supervisor would start them again."""
    pids = [run.pid_of(child) for child in children]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_internal_paths_are_closed_at_the_front_door(talk: Talk) -> None:
    assert talk.api.get("/internal/crm/orders/48213").status_code == 404


def test_a_customer_is_answered_and_seen_in_the_console(talk: Talk) -> None:
    talk.write("5511910000001", "oi, qual o horário de vocês?")
    assert talk.answered("5511910000001")
    assert until(lambda: len(talk.api.get("/api/conversations").json()["items"]) == 1, 10)
    for path in ("/api/contacts", "/api/billing", "/api/users", "/api/channels", "/api/presence"):
        assert talk.api.get(path).status_code == 200, path


@pytest.mark.parametrize(("child", "path"), [("crm", "/api/contacts"), ("billing", "/api/billing")])
def test_a_stopped_service_takes_only_its_own_along(cluster: Run, talk: Talk, child: str, path: str) -> None:
    user = f"551192000{len(child):04d}"
    with stopped(cluster, child):
        refused = talk.api.get(path)
        assert refused.status_code in (503, 504)
        assert child in refused.json()["error"]["message"]
        assert talk.api.get("/api/conversations").status_code == 200
        talk.write(user, "oi, qual o horário de vocês?")
        assert talk.answered(user)
    assert until(lambda: talk.api.get(path).status_code == 200, 30)


def test_an_order_question_while_crm_is_stopped_ends_with_a_person(cluster: Run, talk: Talk) -> None:
    user = "5511930000001"
    with stopped(cluster, "crm"):
        talk.write(user, "cadê meu pedido 48213?")
        assert talk.answered(user)
        assert until(lambda: waiting(talk, user), 60)


def waiting(talk: Talk, user: str) -> bool:
    """Whether the customer's conversation waits for, or is with, a person."""
    items = talk.api.get("/api/conversations").json()["items"]
    return any(item["contact"]["phone"].lstrip("+") == user and item["owner"] != "bot" for item in items)


def test_a_killed_service_comes_back(cluster: Run, talk: Talk) -> None:
    before = cluster.pid_of("crm")
    os.kill(before, signal.SIGKILL)
    assert until(lambda: cluster.pid_of("crm") != before, 30)
    assert until(lambda: talk.api.get("/api/contacts").status_code == 200, 60)

"""A running cluster as its customers, its agents and its operator see it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.browser.demo import Demo

PATIENCE = 60.0  # seconds; a busy machine needs many times what an idle one does


def until[T](look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What `look` finds as soon as it finds something; what it found last when time is over."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


class Cluster:
    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.accounts = {c["kind"]: c["account_id"] for c in demo.handles["channels"]}
        self.owner, self.agent = demo.api("owner"), demo.api("agent")
        self.graph = httpx.Client(base_url=demo.graph, trust_env=False, timeout=20)

    def close(self) -> None:
        for client in (self.owner, self.agent, self.graph):
            client.close()

    def pid(self, name: str) -> int:
        return int(json.loads((self.demo.home / "run.json").read_text())["pids"][name])

    @contextlib.contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """It hangs rather than dies: the supervisor would start it again."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)
        assert until(lambda: self.component(name) == "ready"), f"{name} is not back"

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = self.owner.get("/health")
        return answer.status_code, answer.json().get("components", {})

    def component(self, name: str) -> str:
        return str(self.health()[1].get(name, {}).get("status"))

    def live(self) -> ClientConnection:
        token = {"authorization": f"Bearer {self.demo.handles['tokens']['agent']}"}
        address = f"ws{self.demo.base.removeprefix('http')}/api/live"
        return connect(address, additional_headers=token, proxy=None)

    def customer(self, channel: str = "whatsapp") -> Customer:
        start = "5511" if channel == "whatsapp" else "71"
        return Customer(self, channel, f"{start}{random.randrange(10**8, 10**9)}")


class Customer:
    """A phone, and the conversation that it becomes."""

    def __init__(self, cluster: Cluster, channel: str, user: str) -> None:
        self.cluster, self.user, self.name = cluster, user, f"Cliente {user}"
        self._phone = f"/_sim/customers/{channel}/{cluster.accounts[channel]}/{user}/messages"

    def writes(self, text: str) -> None:
        answer = self.cluster.graph.post(self._phone, json={"text": text, "name": self.name})
        assert answer.status_code == 201, answer.text

    def got(self) -> list[str]:
        """What reached the phone, as JSON."""
        sent = self.cluster.graph.get("/_sim/sent", params={"to": self.user}).json()
        return [json.dumps(message["body"], ensure_ascii=False) for message in sent]

    def hears(self, *words: str, after: int = 0) -> bool:
        """Whether a message with one of the words arrives beyond the first `after` messages."""
        return until(lambda: any(w in text.lower() for text in self.got()[after:] for w in words))

    def asks(self, text: str, *words: str) -> bool:
        """Whether what is written is answered, with one of the words if there are any."""
        before = len(self.got())
        self.writes(text)
        return self.hears(*(words or ("",)), after=before)

    def conversation(self) -> dict[str, Any]:
        query = {"limit": "100"}
        items = self.cluster.owner.get("/api/conversations", params=query).json()["items"]
        return next((item for item in items if item["contact"]["name"] == self.name), {})

    def is_with_a_person(self, reason: str) -> bool:
        def handed_over() -> bool:
            found = self.conversation()
            return found.get("owner") in ("queue", "offered", "agent") and found["handoff"] is not None

        return until(handed_over) and self.conversation()["handoff"]["reason"] == reason

    @contextlib.contextmanager
    def taken(self) -> Iterator[str]:
        """With the agent, until done: the conversation's address."""
        one = f"/api/conversations/{until(self.conversation)['id']}"
        answer = self.cluster.agent.post(f"{one}/take")
        assert answer.status_code == 200, answer.text
        try:
            yield one
        finally:
            assert self.cluster.agent.post(f"{one}/resolve", json={}).status_code == 200

    def reads_from_the_agent(self, one: str, text: str) -> bool:
        answer = self.cluster.agent.post(f"{one}/messages", json={"client_id": str(uuid4()), "text": text})
        assert answer.status_code == 201, answer.text
        return self.hears(text.lower())

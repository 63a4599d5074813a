"""What the screens' tests share: signed-in browsers, customers who write, and axe."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.demo import Demo

PATIENCE = 30_000
AXE = Path(__file__).resolve().parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
WIDTHS = ((1440, 900), (390, 844))


class Staff:
    """Browsers of people of the demo's shop; each signs in once and keeps that for all tests."""

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self._demo, self._browser = demo, browser
        self._states: dict[str, Any] = {}

    @contextlib.contextmanager
    def context(self, role: str, **options: Any) -> Iterator[BrowserContext]:
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "pt-BR", **options}
        context = self._browser.new_context(storage_state=self._state(role), **options)
        context.set_default_timeout(PATIENCE)
        try:
            yield context
        finally:
            context.close()

    @contextlib.contextmanager
    def page(self, role: str, path: str = "/c", **options: Any) -> Iterator[Page]:
        with self.context(role, **options) as context:
            page = context.new_page()
            page.goto(f"{self._demo.base}{path}")
            is_live(page)
            yield page

    def _state(self, role: str) -> Any:
        if role not in self._states:
            context = self._browser.new_context()
            login = self._demo.handles["logins"][role]
            answer = context.request.post(f"{self._demo.base}/api/auth/login", data=login)
            assert answer.ok, answer.text()
            self._states[role] = context.storage_state()
            context.close()
        return self._states[role]


class Customer:
    """Writes on WhatsApp through the simulator; `conversation` is theirs in the console."""

    def __init__(self, demo: Demo) -> None:
        mark = str(time.time_ns())[-9:]
        self._demo = demo
        self.user, self.name = f"5511{mark}", f"Cliente {mark}"
        account = next(c["account_id"] for c in demo.handles["channels"] if c["kind"] == "whatsapp")
        self._url = f"{demo.graph}/_sim/customers/whatsapp/{account}/{self.user}"

    def writes(self, text: str) -> None:
        httpx.post(f"{self._url}/messages", json={"text": text, "name": self.name}).raise_for_status()

    def got(self, text: str) -> int:
        """How often a message with these words reached the phone."""
        return sum(
            text in json.dumps(sent["body"], ensure_ascii=False) for sent in self._demo.sent(self.user)
        )

    def conversation(self) -> str:
        with self._demo.api("agent") as api:
            found = until(lambda: api.get("/api/conversations", params={"q": self.name}).json()["items"])
        return str(found[0]["id"])

    def is_done(self) -> None:
        """Whoever has the conversation resolves it: people hold only so many."""
        with self._demo.api("owner") as api:
            for item in api.get("/api/conversations", params={"q": self.name}).json()["items"]:
                holder = (item["assignee"] or {}).get("name")
                for login in self._demo.handles["logins"]:
                    with self._demo.api(login) as theirs:
                        if theirs.get("/api/auth/me").json()["user"]["name"] == holder:
                            theirs.post(f"/api/conversations/{item['id']}/resolve", json={"reason": ""})

    def is_with(self, role: str) -> str:
        """Greets, and is taken over by a person of that role."""
        self.writes("oi")
        conversation = self.conversation()
        until(lambda: self._demo.sent(self.user))  # the bot has had its turn
        with self._demo.api(role) as api:
            taken = api.post(f"/api/conversations/{conversation}/take")
            assert taken.is_success, taken.text
        return conversation


class Cable:
    """The page's line to the live log; can be pulled and put back."""

    def __init__(self, page: Page) -> None:
        self._pulled = False
        self._lines: list[WebSocketRoute] = []
        page.route_web_socket("**/api/live**", self._opened)

    def _opened(self, line: WebSocketRoute) -> None:
        if self._pulled:
            line.close()
            return
        line.connect_to_server()
        self._lines.append(line)

    def pull(self) -> None:
        self._pulled = True
        while self._lines:
            self._lines.pop().close()

    def put_back(self) -> None:
        self._pulled = False


def until[T](found: Callable[[], T], seconds: float = 30.0) -> T:
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.1)
    return answer


def is_live(page: Page) -> None:
    expect(page.get_by_test_id("live-light")).to_have_attribute("data-state", "live", timeout=PATIENCE)


def say(page: Page, text: str) -> None:
    box = page.get_by_test_id("composer-input")
    expect(box).to_be_enabled(timeout=PATIENCE)
    box.fill(text)
    box.press("Enter")


def violations(page: Page) -> list[str]:
    """What axe finds in the page as it stands, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [
        f"{v['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for v in found
        for node in v["nodes"]
    ]


def in_every_dress(page: Page) -> Iterator[str]:
    """The same page in light and dark, wide and narrow."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
            page.wait_for_timeout(60)  # media queries answer at the next frame
            yield f"{scheme} {width}"
    page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})


def words() -> str:
    return f"palavras {uuid.uuid4().hex[:8]}"

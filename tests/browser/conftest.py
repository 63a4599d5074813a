from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.demo import Demo, at_hand, chromium, running

SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
OFFLINE = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    given = os.environ.get("KONECTUS_TEST_DEMO")
    with at_hand(Path(given)) if given else running() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("No Chromium was found. Install one (Debian: apt-get install chromium) and run again.")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=OFFLINE)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's own browser: nothing kept from the test before."""
    found = browser.new_context(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    yield found
    found.close()

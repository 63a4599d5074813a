"""A whole demo as `make run` starts it, in a folder and on ports of its own, and Chromium to look at it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

START = 180.0  # seconds: a cold, loaded machine trains the bot first
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def free_stretch(length: int = 12) -> int:
    """The first of so many neighbouring ports, free a moment ago."""
    for first in range(20_000, 30_000, 20):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + length):
                probe = stack.enter_context(socket.socket())
                probe.bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no free ports")


@contextlib.contextmanager
def at_hand(home: Path) -> Iterator[Demo]:
    """A demo that runs already; quicker while writing tests (KONECTUS_TEST_DEMO=its data folder)."""
    env = {**os.environ, "KONECTUS_DATA_DIR": str(home)}
    yield Demo(_shown(env), home, env, None)


@contextlib.contextmanager
def running(*, cluster: bool = False, folder: Path | None = None) -> Iterator[Demo]:
    home = folder or Path(tempfile.mkdtemp(prefix="konectus-demo-"))
    home.chmod(0o711)
    env = {**os.environ, "KONECTUS_DATA_DIR": str(home), "PORT": str(free_stretch())}
    for name in ("DATABASE_URL", "REDIS_URL", "META_GRAPH_URL"):
        env.pop(name, None)
    command = [sys.executable, "-m", "app.cli", "run", "--demo", *(["--cluster"] if cluster else [])]
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            yield Demo(_handles(process, env, home), home, env, process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
    if folder is None:
        shutil.rmtree(home, ignore_errors=True)


def _handles(process: subprocess.Popen[bytes], env: dict[str, str], home: Path) -> dict[str, Any]:
    until = time.monotonic() + START
    while time.monotonic() < until:
        log = (home / "run.log").read_text(errors="replace")
        if process.poll() is not None:
            raise AssertionError(f"the demo did not start:\n{log}")
        if "ready in" in log:
            return _shown(env)
        time.sleep(0.3)
    raise AssertionError(f"the demo was not ready in time:\n{(home / 'run.log').read_text()}")


def _shown(env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "app.cli", "demo", "--json"]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, env=env, capture_output=True, check=True).stdout
    )
    return found


class Demo:
    def __init__(
        self,
        handles: dict[str, Any],
        home: Path,
        env: dict[str, str],
        process: subprocess.Popen[bytes] | None,
    ) -> None:
        self.handles, self.home, self.env, self.process = handles, home, env, process
        self.base = str(handles["base_url"])
        self.graph = str(handles["graph_url"])

    def phone(self, channel: str, user: str, name: str, account: str | None = None) -> str:
        known = {c["kind"]: c["account_id"] for c in self.handles["channels"]}
        query = f"channel={channel}&account={account or known[channel]}&user={user}&name={name}"
        return f"{self.handles['phones_url']}?{query}"

    def sent(self, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.graph}/_sim/sent", params={"to": user}).json()
        return found

    def api(self, role: str) -> httpx.Client:
        token = self.handles["tokens"][role]
        return httpx.Client(base_url=self.base, headers={"authorization": f"Bearer {token}"}, timeout=20)

    def cli(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            env=self.env,
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout.strip()

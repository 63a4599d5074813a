"""`konectus run` as a process of its own, for tests: start, talk to it, stop."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from app.places import PROJECT
from app.runstate import PORTS_OF_A_RUN

PATIENCE = 240.0  # seconds; a busy machine needs many times what an idle one does
KONECTUS = [sys.executable, "-m", "app.cli"]


@contextmanager
def own_environment() -> Iterator[dict[str, str]]:
    """A data folder and ports of their own."""
    folder = Path(tempfile.mkdtemp(prefix="konectus-run-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as another user
    dropped = {"DATABASE_URL", "REDIS_URL", "META_GRAPH_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    yield {**kept, "KONECTUS_DATA_DIR": str(folder / "data"), "PORT": str(_free_stretch())}
    shutil.rmtree(folder, ignore_errors=True)


class Run:
    """One run and what it printed. Its handles are those of `konectus demo --json`."""

    def __init__(self, environ: dict[str, str], *words: str) -> None:
        self.environ = environ
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*KONECTUS, "run", "--demo", *words],
            cwd=PROJECT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_ready(self) -> float:
        assert self.process.stdout is not None
        deadline = time.monotonic() + PATIENCE
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.match(r"ready in ([\d.]+) s", line):
                return float(found.group(1))
            assert time.monotonic() < deadline, "".join(self.lines)
        raise AssertionError("it ended:\n" + "".join(self.lines))

    def handles(self) -> dict[str, Any]:
        command = [*KONECTUS, "demo", "--json"]
        done = subprocess.run(command, cwd=PROJECT, env=self.environ, capture_output=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def pid_of(self, child: str) -> int:
        state = json.loads((Path(self.environ["KONECTUS_DATA_DIR"]) / "run.json").read_text())
        return int(state["pids"][child])

    def family(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self, word: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(word)
        self.process.communicate(timeout=90)
        return self.process.returncode


@contextmanager
def running(environ: dict[str, str], *words: str) -> Iterator[Run]:
    run = Run(environ, *words)
    try:
        run.until_ready()
        yield run
    finally:
        run.end()


class Talk:
    """A customer's phone and an agent's API against a running demo."""

    def __init__(self, run: Run, role: str = "owner") -> None:
        self.handles = run.handles()
        token = self.handles["tokens"][role]
        self.api = httpx.Client(
            base_url=self.handles["base_url"],
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
        )
        self.graph = httpx.Client(base_url=self.handles["graph_url"], trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()
        self.graph.close()

    def write(self, user: str, text: str) -> None:
        account = next(c["account_id"] for c in self.handles["channels"] if c["kind"] == "whatsapp")
        reply = self.graph.post(f"/_sim/customers/whatsapp/{account}/{user}/messages", json={"text": text})
        reply.raise_for_status()

    def sent(self, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.graph.get("/_sim/sent", params={"to": user}).json()
        return found

    def answered(self, user: str, seconds: float = 60) -> bool:
        return until(lambda: bool(self.sent(user)), seconds)


def until(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def alive(processes: list[psutil.Process]) -> list[str]:
    """Those that still live after ten seconds, by their commands."""
    _, left = psutil.wait_procs(processes, timeout=10)
    return [" ".join(p.cmdline()) for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def _free_stretch() -> int:
    for first in range(9240, 9900, 10):
        if all(_is_free(port) for port in range(first, first + len(PORTS_OF_A_RUN))):
            return first
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

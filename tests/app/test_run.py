"""`konectus run --demo` as people use it: ready, found by scripts, stopped without orphans, found again."""

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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.places import PROJECT
from app.runstate import PORTS_OF_A_RUN

pytestmark = [pytest.mark.slow, pytest.mark.bot]
PATIENCE = 180.0
KONECTUS = [sys.executable, "-m", "app.cli"]


def free_stretch() -> int:
    for first in range(9240, 9900, 10):
        try:
            for port in range(first, first + len(PORTS_OF_A_RUN)):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="konectus-run-"))
    folder.chmod(0o711)
    dropped = {"DATABASE_URL", "REDIS_URL", "META_GRAPH_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    yield {**kept, "KONECTUS_DATA_DIR": str(folder / "data"), "PORT": str(free_stretch())}
    shutil.rmtree(folder, ignore_errors=True)


class Run:
    """One `konectus run`, with what it printed."""

    def __init__(self, environ: dict[str, str], *words: str) -> None:
        self.environ = environ
        self.lines: list[str] = []
        command = [*KONECTUS, "run", *words]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
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

    def family(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self, word: signal.Signals) -> int:
        self.process.send_signal(word)
        self.process.communicate(timeout=60)
        return self.process.returncode


def demo(environ: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [*KONECTUS, "demo", "--json"], cwd=PROJECT, env=environ, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def alive(processes: list[psutil.Process]) -> list[str]:
    """Those that still live after ten seconds, by their commands."""
    _, left = psutil.wait_procs(processes, timeout=10)
    return [" ".join(p.cmdline()) for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_a_run_is_ready_found_by_scripts_stopped_and_found_again(environ: dict[str, str]) -> None:
    run = Run(environ, "--demo")
    try:
        run.until_ready()
        handles = demo(environ)
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"{handles['base_url']}/health").status_code == 200
            assert client.get(f"{handles['graph_url']}/_sim/accounts").status_code == 200
            token = {"Authorization": f"Bearer {handles['tokens']['owner']}"}
            tenant = client.get(f"{handles['base_url']}/api/tenant", headers=token).json()
        family = run.family()
        assert len(family) >= 7
        assert run.end(signal.SIGINT) == 0
        assert alive(family) == []

        run = Run(environ, "--demo")
        run.until_ready()
        with httpx.Client(trust_env=False) as client:
            again = demo(environ)
            token = {"Authorization": f"Bearer {again['tokens']['owner']}"}
            assert client.get(f"{again['base_url']}/api/tenant", headers=token).json()["id"] == tenant["id"]
    finally:
        run.process.terminate()
        run.process.communicate(timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is signalled on Linux only")
def test_a_killed_run_leaves_nobody_behind_and_the_next_one_recovers(environ: dict[str, str]) -> None:
    run = Run(environ, "--demo")
    run.until_ready()
    family = run.family()
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert alive(family) == []

    run = Run(environ, "--demo")
    run.until_ready()
    assert run.end(signal.SIGTERM) == 0


def test_a_second_run_on_the_same_data_says_where_the_first_is(environ: dict[str, str]) -> None:
    run = Run(environ, "--demo")
    try:
        run.until_ready()
        second = subprocess.run([*KONECTUS, "run"], cwd=PROJECT, env=environ, capture_output=True, text=True)
        assert second.returncode == 1
        assert f"already running at http://127.0.0.1:{environ['PORT']}" in second.stderr
    finally:
        run.process.terminate()
        run.process.communicate(timeout=60)

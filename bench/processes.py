"""Real processes to measure: started, waited for, weighed, stopped or killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from app.places import PROJECT
from app.processes import die_with_parent

PEERS_PYTHON = PROJECT / ".venv-bench/bin/python"
PATIENCE = 60.0


class NotMeasured(RuntimeError):
    """The measurement could not be made; the message says why."""


class Server:
    """One process behind one address. Its words go to a log file, whose end is quoted when it fails."""

    def __init__(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], url: str, log: Path
    ) -> None:
        self.name, self.url = name, url
        self._command, self._environ, self._log = list(command), dict(environ), log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = spawn(self._command, self._environ, log)
        deadline = time.monotonic() + PATIENCE
        while not answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NotMeasured(f"{self.name} does not answer at {self.url}:\n{self.last_words()}")
            time.sleep(0.05)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise NotMeasured(f"{self.name} was not started")
        return self._process

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-15:] if self._log.exists() else []
        return "\n".join(f"    {line}" for line in lines)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def spawn(
    command: Sequence[str], environ: Mapping[str, str], log: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=dict(environ),
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def peer(module: str, *words: str) -> list[str]:
    if not PEERS_PYTHON.exists():
        raise NotMeasured("The peers are not installed in .venv-bench: run `make bench`, which does it.")
    return [str(PEERS_PYTHON), "-m", f"bench.peers.{module}", *words]


def ours(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]


def answers(url: str) -> bool:
    """Is anybody there? Any HTTP answer will do."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

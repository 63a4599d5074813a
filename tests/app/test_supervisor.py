"""Children are started, waited for, restarted and stopped; none outlives its supervisor."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.places import PROJECT
from app.supervisor import Child, ChildFailed, Supervisor

SERVER = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server(name: str, port: int) -> Child:
    command = [sys.executable, "-c", SERVER, str(port)]
    return Child(name, command, dict(os.environ), f"http://127.0.0.1:{port}/")


def script(name: str, code: str, stop_within: float = 10, leaves: int = 0) -> Child:
    command = [sys.executable, "-c", code]
    return Child(name, command, dict(os.environ), stop_within=stop_within, leaves=leaves)


def ended(process: psutil.Process) -> bool:
    """Within five seconds; nobody may be there to collect an orphan, so a zombie counts."""
    deadline = time.monotonic() + 5
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


async def test_a_child_that_never_lives_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor([script("worker", "raise SystemExit('no luck today')")], tmp_path, lambda _: None)
    with pytest.raises(ChildFailed, match="no luck today"):
        await supervisor.start(20)
    await supervisor.stop()


async def test_a_child_that_never_answers_fails_the_start(tmp_path: Path) -> None:
    silent = Child(
        "web", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), "http://127.0.0.1:9/"
    )
    supervisor = Supervisor([silent], tmp_path, lambda _: None)
    with pytest.raises(ChildFailed, match="web is not ready"):
        await supervisor.start(0.5)
    await supervisor.stop()


async def test_a_child_that_is_up_but_not_ready_is_quoted(tmp_path: Path) -> None:
    port = free_port()
    unready = SERVER.replace("send_response(200)", "send_response(503)").replace(
        "str(os.getpid())", "'bot: down'"
    )
    child = Child(
        "web", [sys.executable, "-c", unready, str(port)], dict(os.environ), f"http://127.0.0.1:{port}/"
    )
    supervisor = Supervisor([child], tmp_path, lambda _: None)
    with pytest.raises(ChildFailed, match="It answers 503: bot: down"):
        await supervisor.start(5)
    await supervisor.stop()


async def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([server("web", free_port())], tmp_path, said.append)
    await supervisor.start(20)
    first = supervisor.pids["web"]
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(10):
        while supervisor.pids["web"] == first:
            await asyncio.sleep(0.05)
    assert any("web ended with code -9" in words for words in said)
    await supervisor.stop()


async def test_those_others_need_leave_last_and_equals_leave_together(tmp_path: Path) -> None:
    slow = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (time.sleep(2), sys.exit()))\n"
    code = f"{slow}print('up', flush=True)\ntime.sleep(60)"
    leaves = {"needed": 1, "one": 0, "other": 0}
    asked = [script(name, code, leaves=turn) for name, turn in leaves.items()]
    supervisor = Supervisor(asked, tmp_path, lambda _: None)
    await supervisor.start(20)
    processes = {name: psutil.Process(pid) for name, pid in supervisor.pids.items()}
    stopping = asyncio.create_task(supervisor.stop())
    began = time.monotonic()
    while processes["one"].is_running() or processes["other"].is_running():
        assert processes["needed"].is_running()
        await asyncio.sleep(0.01)
    assert time.monotonic() - began < 3.9, "one after the other takes four seconds"
    await stopping
    assert not processes["needed"].is_running()


async def test_a_child_that_ignores_the_stop_is_killed_with_what_it_started(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    supervisor = Supervisor([script("stubborn", code, stop_within=0.3)], tmp_path, lambda _: None)
    await supervisor.start(20)
    grandchild = psutil.Process(int((tmp_path / "stubborn.log").read_text()))
    await supervisor.stop()
    assert ended(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is signalled on Linux only")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from app.supervisor import Child, Supervisor\n"
        "async def main():\n"
        "    child = Child('web', [sys.executable, '-c', 'import time; time.sleep(60)'], {})\n"
        f"    supervisor = Supervisor([child], Path({str(tmp_path)!r}), lambda words: None)\n"
        "    await supervisor.start(20); print(supervisor.pids['web'], flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        child = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    assert ended(child)

"""`konectus run`: everything on one machine, under one supervisor, until Ctrl-C.

With --demo the Graph simulator with its phones and demo data; with --cluster each service as a process
of its own behind a proxy. DATABASE_URL and REDIS_URL replace the embedded parts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from app import runstate
from app.embedded import EmbeddedError, EmbeddedPostgres
from app.places import data_dir
from app.runstate import RunError
from app.supervisor import ChildFailed, Supervisor
from app.topology import Plan, children, environment

PATIENCE = 120.0  # seconds: a cold disk and two cores may need one minute


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="konectus run", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="simulated phones and demo data")
    parser.add_argument("--cluster", action="store_true", help="each service as a process of its own")
    asked = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the loop takes the signals over
    try:
        return _run(asked.demo, asked.cluster, os.environ)
    except (RunError, EmbeddedError, ChildFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(demo_asked: bool, cluster: bool, environ: Mapping[str, str]) -> int:
    folder = data_dir(environ)
    with runstate.only_run(folder):
        ports = runstate.ports(environ)
        if not environ.get("PORT") and ports["web"] != runstate.FIRST_PORT:
            _say(f"port {runstate.FIRST_PORT} is in use; taking {ports['web']}")
        plan = Plan(ports, environ, demo=demo_asked, cluster=cluster)
        return asyncio.run(_supervise(plan, folder))


def _given(environ: Mapping[str, str], name: str) -> str:
    if path := environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return environ.get(name, "")


async def _supervise(plan: Plan, folder: Path) -> int:
    stop = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    given = _given(plan.environ, "DATABASE_URL")
    server = None if given else EmbeddedPostgres(folder)
    url = server.url if server else given
    environ = environment(plan, runstate.secrets_for(folder, plan.environ), url, folder)
    run = Starting(plan, environ, folder, server)
    try:
        if await _until(stop, run.start()):
            run.write_down()
            print(_welcome(run.state, time.monotonic() - run.began), flush=True)
            await stop.wait()
        _say("stopping")
        return 0
    finally:
        await run.supervisor.stop()
        if server:
            server.stop()
        runstate.forget(folder)


class Starting:
    """The order of a start: what needs nothing, then the database, then what needs it and the demo's data."""

    def __init__(
        self, plan: Plan, environ: Mapping[str, str], folder: Path, server: EmbeddedPostgres | None
    ) -> None:
        self.began = time.monotonic()
        self._plan, self._environ, self._folder, self._server = plan, environ, folder, server
        self._children = children(plan, environ, folder)
        self.state = _state(plan, folder, environ)
        self.supervisor = Supervisor(self._children, folder / "logs", _say)

    def write_down(self) -> None:
        runstate.write(self._folder, {**self.state, "pids": self.supervisor.pids})

    async def start(self) -> None:
        self.supervisor.on_change = self.write_down
        await self.supervisor.launch([child for child in self._children if child.first])
        await self._database()
        demo = [self._demo()] if self._plan.demo else []
        await _all(self.supervisor.start(PATIENCE), *demo)

    async def _database(self) -> None:
        from kernel import migrate  # takes a moment, in which those who came first have started

        if self._server:
            self._server.start()  # blocks: the server must be a child of this thread (app/processes.py)
            self._said("database")
        await migrate.upgrade_async(self._environ["DATABASE_URL"])
        self._said("migrations")

    async def _demo(self) -> None:
        from app import demo  # all services: a second, in which their own processes start

        await self.supervisor.wait_for("simulator")
        self.state["demo"] = await demo.seed(self._environ)
        self._said("demo data")

    def _said(self, name: str) -> None:
        _say(f"{name:<12}{time.monotonic() - self.began:6.1f} s")


async def _all(*works: Coroutine[Any, Any, None]) -> None:
    """All of them done; at the first that fails the others are given up."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(stop: asyncio.Event, work: Any) -> bool:
    """Whether the work ended before a stop was asked for; its error is raised here."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            return True
        return False
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _state(plan: Plan, folder: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    base = plan.url("web")
    urls = {"base": base, "console": f"{base}/", "bot": plan.url("bot"), "actions": plan.url("actions")}
    if plan.demo:
        urls |= {"phones": f"{plan.url('simulator')}/phones", "graph": plan.url("simulator")}
    return {
        "pid": os.getpid(),
        "ports": dict(plan.ports),
        "urls": urls,
        "database_url": environ["DATABASE_URL"],
        "redis_url": environ.get("REDIS_URL", ""),
        "secrets": str(folder / "secrets.json"),
        "logs": str(folder / "logs"),
        "demo": None,
    }


def _welcome(state: Mapping[str, Any], seconds: float) -> str:
    urls = state["urls"]
    lines = [f"\nready in {seconds:.1f} s\n", f"  console     {urls['console']}"]
    if "phones" in urls:
        lines.append(f"  phones      {urls['phones']}   write as a customer here")
    lines.append(f"  API         {urls['base']}/api/openapi.json")
    for role, login in (state["demo"] or {}).get("logins", {}).items():
        lines.append(f"  {role:<12}{login['email']}  {login['password']}")
    return "\n".join([*lines, f"\nCtrl-C stops everything; the data stays in {Path(state['logs']).parent}\n"])


def _say(words: str) -> None:
    print(f"  {words}", flush=True)

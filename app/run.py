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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import demo, runstate
from app.embedded import EmbeddedError, EmbeddedPostgres
from app.places import data_dir
from app.runstate import RunError
from app.supervisor import ChildFailed, Supervisor
from app.topology import Plan, children, environment
from kernel import migrate

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
    began = time.monotonic()
    folder = data_dir(environ)
    with runstate.only_run(folder):
        ports = runstate.ports(environ)
        if not environ.get("PORT") and ports["web"] != runstate.FIRST_PORT:
            _say(f"port {runstate.FIRST_PORT} is in use; taking {ports['web']}")
        plan = Plan(ports, environ, demo=demo_asked, cluster=cluster)
        with _database(folder, environ) as url:
            _said("database", began)
            migrate.upgrade(url)
            _said("migrations", began)
            return asyncio.run(_supervise(plan, url, folder, began))


@contextmanager
def _database(folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    if url := _given(environ, "DATABASE_URL"):
        yield url
        return
    server = EmbeddedPostgres(folder)
    try:
        yield server.start()
    finally:
        server.stop()


def _given(environ: Mapping[str, str], name: str) -> str:
    if path := environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return environ.get(name, "")


async def _supervise(plan: Plan, database_url: str, folder: Path, began: float) -> int:
    stop = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    environ = environment(plan, runstate.secrets_for(folder, plan.environ), database_url, folder)
    state = _state(plan, folder, environ)
    supervisor = Supervisor(children(plan, environ, folder), folder / "logs", _say)
    supervisor.on_change = lambda: runstate.write(folder, {**state, "pids": supervisor.pids})
    try:
        if await _until(stop, _start(supervisor, plan, environ, state)):
            supervisor.on_change()
            print(_welcome(state, time.monotonic() - began), flush=True)
            await stop.wait()
        _say("stopping")
        return 0
    finally:
        await supervisor.stop()
        runstate.forget(folder)


async def _start(
    supervisor: Supervisor, plan: Plan, environ: Mapping[str, str], state: dict[str, Any]
) -> None:
    starting = asyncio.create_task(supervisor.start(PATIENCE))
    try:
        if plan.demo:
            ready = asyncio.create_task(supervisor.wait_for("simulator"))
            await asyncio.wait({ready, starting}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                began = time.monotonic()
                state["demo"] = await demo.seed(environ)
                _said("demo data", began)
            ready.cancel()
        await starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)


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


def _said(name: str, began: float) -> None:
    _say(f"{name:<12}{time.monotonic() - began:6.1f} s")


def _say(words: str) -> None:
    print(f"  {words}", flush=True)

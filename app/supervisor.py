"""Keeps a set of child processes alive: starts them, waits until they answer, restarts, stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import httpx

from app.places import PROJECT
from app.processes import die_with_parent

TRIES_TO_START = 3
SETTLED_AFTER = 30.0  # seconds of life after which a crash counts as the first again
LONGEST_PAUSE = 30.0
ALIVE_IS_READY = 1.0  # for a child that has no address to ask


class ChildFailed(RuntimeError):
    """A child did not become ready; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Child:
    """`health`: an address that answers 200 when the child is ready; empty when it has none.

    `first`: it needs nothing of the others, so it can start before anything else is there.
    `leaves`: the lowest stop first, those of the same number together.
    """

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    health: str = ""
    stop_within: float = 10.0
    first: bool = False
    leaves: int = 0


@dataclass(slots=True)
class _Running:
    child: Child
    launched: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None
    task: asyncio.Task[None] | None = None
    stopping: bool = False
    last_answer: str = ""


class Supervisor:
    """`start` returns when every child is ready; `stop` ends them in the order of their `leaves`."""

    def __init__(self, children: Sequence[Child], logs: Path, say: Callable[[str], None]) -> None:
        self._children = {child.name: _Running(child) for child in children}
        self._logs = logs
        self._say = say
        self._began = time.monotonic()
        self.on_change: Callable[[], None] = lambda: None  # called when a child has a new process

    @property
    def pids(self) -> dict[str, int]:
        return {name: run.process.pid for name, run in self._children.items() if run.process}

    async def launch(self, children: Sequence[Child]) -> None:
        """Starts them and returns when their processes exist; `start` waits until they answer."""
        runs = [self._children[child.name] for child in children]
        self._set_logs_aside(runs)
        for run in runs:
            run.task = asyncio.create_task(self._keep(run))
        for run in runs:
            await run.launched.wait()

    async def start(self, patience: float) -> None:
        await self.launch([run.child for run in self._children.values() if run.task is None])
        waits = [asyncio.create_task(self._until_ready(run, patience)) for run in self._children.values()]
        try:
            await asyncio.gather(*waits)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def wait_for(self, name: str) -> None:
        await self._children[name].ready.wait()

    async def stop(self) -> None:
        runs = self._children.values()
        for run in runs:
            run.stopping = True
        for turn in sorted({run.child.leaves for run in runs}):
            await asyncio.gather(*(self._stop(run) for run in runs if run.child.leaves == turn))

    async def _keep(self, run: _Running) -> None:
        crashes = 0
        while True:
            began = time.monotonic()
            code = await self._live(run)
            if run.stopping:
                return
            crashes = 1 if time.monotonic() - began > SETTLED_AFTER else crashes + 1
            if not run.ready.is_set() and crashes >= TRIES_TO_START:
                raise ChildFailed(
                    f"{run.child.name} ended with code {code}.\n{self.last_words(run.child.name)}"
                )
            pause = min(0.5 * 2 ** (crashes - 1), LONGEST_PAUSE)
            self._say(f"{run.child.name} ended with code {code}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)

    async def _live(self, run: _Running) -> int:
        try:
            with self._open_log(run.child.name) as log:
                process = await asyncio.create_subprocess_exec(
                    *run.child.command,
                    env=run.child.environ,
                    cwd=PROJECT,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C reaches the supervisor alone
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
        finally:
            run.launched.set()  # or never will be
        run.process = process
        self.on_change()
        code = await process.wait()
        _end_group(process.pid)
        return code

    async def _until_ready(self, run: _Running, patience: float) -> None:
        assert run.task is not None
        ask = asyncio.create_task(self._ask(run))
        try:
            await asyncio.wait({ask, run.task}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if run.task.done():
                await run.task  # raises what it died of
            if not ask.done():
                words = f"{run.last_answer}\n{self.last_words(run.child.name)}"
                raise ChildFailed(f"{run.child.name} is not ready after {patience:g} s. {words}")
        finally:
            ask.cancel()
        run.ready.set()
        self._say(f"{run.child.name:<12}{time.monotonic() - self._began:6.1f} s")

    async def _ask(self, run: _Running) -> None:
        if not run.child.health:
            await self._ask_for_life(run)
            return
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    answer = await client.get(run.child.health)
                    if answer.status_code == 200:
                        return
                    run.last_answer = f"It answers {answer.status_code}: {answer.text[:1000]}"
                await asyncio.sleep(0.1)

    async def _ask_for_life(self, run: _Running) -> None:
        while True:
            process = run.process
            await asyncio.sleep(ALIVE_IS_READY)
            if process is not None and process is run.process and process.returncode is None:
                return

    async def _stop(self, run: _Running) -> None:
        if run.task is None:
            return
        process = run.process
        if process is not None and process.returncode is None:
            process.terminate()
            await asyncio.wait({run.task}, timeout=run.child.stop_within)
            if process.returncode is None:
                self._say(f"{run.child.name} did not stop within {run.child.stop_within:g} s and was killed")
                process.kill()
                await asyncio.wait({run.task}, timeout=5)
        run.task.cancel()
        await asyncio.gather(run.task, return_exceptions=True)

    def last_words(self, name: str) -> str:
        path = self._logs / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines()[-15:] if path.exists() else []
        return "\n".join(f"    {line}" for line in lines) + f"\n(the whole log: {path})"

    def _open_log(self, name: str) -> BinaryIO:
        return (self._logs / f"{name}.log").open("ab")

    def _set_logs_aside(self, runs: Sequence[_Running]) -> None:
        """Each run writes new logs and keeps those of the run before."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for run in runs:
            path = self._logs / f"{run.child.name}.log"
            if path.exists():
                path.replace(path.with_suffix(".log.1"))


def _end_group(pid: int) -> None:
    """Whatever a child started and left behind goes with it; its group bears its number."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)

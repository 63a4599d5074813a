"""The platform as processes that can be killed: web, workers, a scripted bot, Meta's simulator."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import asyncpg
import httpx

from app.places import PROJECT
from app.processes import die_with_parent

SECRET = "app-secret-of-the-crash-test"
VERIFY = "verify-token-of-the-crash-test"
ALIVE = "SELECT count(*) FROM process WHERE role = 'worker' AND detail->>'pid' = $1"
PATIENCE = 180.0  # seconds: on a busy machine imports alone take long


class Child:
    """`ready`: whether the process with this number is at work."""

    def __init__(
        self,
        name: str,
        words: list[str],
        environ: Mapping[str, str],
        log: Path,
        ready: Callable[[int], Awaitable[bool]],
    ) -> None:
        self.name = name
        self._command, self._environ, self._log, self._ready = [sys.executable, *words], environ, log, ready
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=dict(self._environ),
                cwd=PROJECT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        async with asyncio.timeout(PATIENCE):
            while not await self._ready(self._process.pid):
                assert self._process.returncode is None, f"{self.name} ended:\n{self.last_words()}"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        assert self._process is not None
        assert self._process.returncode is None, f"{self.name} died by itself:\n{self.last_words()}"
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 10)
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])


class Platform:
    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.web_port, self.bot_port, self.sim_port = (free_port() for _ in range(3))
        self.base, self.graph = (f"http://127.0.0.1:{port}" for port in (self.web_port, self.sim_port))
        self.environ = self._environ()
        self.web = self._child("web", ["-m", "app.cli", "web"], self._port_answers(self.web_port))
        self.workers = [
            self._child(f"worker{n}", ["-m", "app.cli", "worker"], self._worker_is_up) for n in range(2)
        ]
        bot = ["-m", "tests.crash.scripted_bot", str(self.bot_port)]
        self.bot = self._child("bot", bot, self._port_answers(self.bot_port))
        simulator = ["-m", "simulators.meta", "--port", str(self.sim_port)]
        self.simulator = self._child("simulator", simulator, self._port_answers(self.sim_port))
        self.all = [self.simulator, self.bot, self.web, *self.workers]

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PORT": str(self.web_port),
            "DATABASE_URL": self.database,
            "REDIS_URL": "",
            "KONECTUS_INTERNAL_SECRET": secrets.token_hex(32),
            "KONECTUS_ENCRYPTION_KEY": secrets.token_hex(32),
            "META_GRAPH_URL": self.graph,
            "META_APP_SECRET": SECRET,
            "META_VERIFY_TOKEN": VERIFY,
            "META_APP_ID": "100000000000001",
            "BOT_URL": f"http://127.0.0.1:{self.bot_port}",
            "WEBHOOK_BASE": self.base,
        }

    def _child(self, name: str, words: list[str], ready: Callable[[int], Awaitable[bool]]) -> Child:
        return Child(name, words, self.environ, self.folder / f"{name}.log", ready)

    def _port_answers(self, port: int) -> Callable[[int], Awaitable[bool]]:
        async def ready(_pid: int) -> bool:
            try:
                async with httpx.AsyncClient(timeout=5) as client:
                    await client.get(f"http://127.0.0.1:{port}/health")
                return True
            except httpx.HTTPError:
                return False

        return ready

    async def _worker_is_up(self, pid: int) -> bool:
        return bool(await self.ask(ALIVE, str(pid)))

    async def ask(self, query: str, *values: object) -> object:
        conn = await asyncpg.connect(self.database)
        try:
            return await conn.fetchval(query, *values)
        finally:
            await conn.close()

    async def rows(self, query: str) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.database)
        try:
            return list(await conn.fetch(query))
        finally:
            await conn.close()

    async def start(self) -> None:
        for child in self.all:
            await child.start()

    async def stop(self) -> None:
        for child in reversed(self.all):
            await child.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

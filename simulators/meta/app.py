"""The web application: Graph API, control, phones, joined to one simulator."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse

from simulators.meta import control, edges_media, memory, people, phones, routes
from simulators.meta.config import Config
from simulators.meta.errors import ControlError, GraphError
from simulators.meta.graph import answer
from simulators.meta.sim import Simulator

REMEMBER_EVERY = 2.0
_names = itertools.count(1)


def create_app(config: Config) -> Sanic[Any, Any]:
    app = Sanic(f"meta-simulator-{next(_names)}", configure_logging=False)
    app.config.update({
        "REQUEST_MAX_SIZE": 110 * 1024 * 1024,
        "RESPONSE_TIMEOUT": 3600,
        "KEEP_ALIVE_TIMEOUT": 120,
        "GRACEFUL_SHUTDOWN_TIMEOUT": 1,  # open phones stream for ever
        "ACCESS_LOG": False,
        "FALLBACK_ERROR_FORMAT": "json",
        "OAS": False,
    })  # fmt: skip
    app.ctx.sim = Simulator(config)
    app.blueprint(
        [control.blueprint.copy(f"control_{app.name}"), people.blueprint.copy(f"people_{app.name}")]
    )
    app.blueprint(phones.blueprint.copy(f"phones_{app.name}"))
    _add_graph(app)
    app.exception(ControlError)(_refused)
    app.exception(GraphError)(_refused)
    app.exception(SanicException)(_plain)
    app.before_server_start(_start)
    app.before_server_stop(_stop)
    return app


def _add_graph(app: Sanic[Any, Any]) -> None:
    methods = ["GET", "POST", "DELETE"]
    app.add_route(routes.graph, "/<version:str>/<rest:path>", methods=methods)
    app.add_route(routes.graph, "/<version:str>", methods=methods, name="graph_root")
    app.add_route(_attachments, "/attachments/file", methods=["GET"])
    app.add_route(_health, "/health", methods=["GET"])


async def _attachments(request: Request) -> HTTPResponse:
    return edges_media.fetch(request.app.ctx.sim, request)


async def _health(request: Request) -> HTTPResponse:
    return answer({"status": "ready", "accounts": len(request.app.ctx.sim.world.accounts)})


async def _refused(request: Request, error: ControlError | GraphError) -> HTTPResponse:
    return answer(error.body(), error.status)


async def _plain(request: Request, error: SanicException) -> HTTPResponse:
    return answer({"error": {"code": "refused", "message": str(error)[:200]}}, error.status_code)


async def _start(app: Sanic[Any, Any]) -> None:
    sim: Simulator = app.ctx.sim
    await sim.delivery.start()
    if sim.config.state_file:
        memory.load(sim.world, Path(sim.config.state_file))
        app.ctx.remember = asyncio.create_task(_remember(sim))


async def _remember(sim: Simulator) -> None:
    """A killed process loses a few seconds at most."""
    while True:
        await asyncio.sleep(REMEMBER_EVERY)
        memory.save(sim.world, Path(sim.config.state_file))


async def _stop(app: Sanic[Any, Any]) -> None:
    sim: Simulator = app.ctx.sim
    if sim.config.state_file:
        app.ctx.remember.cancel()
        memory.save(sim.world, Path(sim.config.state_file))
    await app.ctx.sim.delivery.stop()

"""The web process: API, webhooks, live socket and console on one origin; `services` narrows it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import structlog
from sanic import Request, Sanic
from sanic.response import BaseHTTPResponse, HTTPResponse, raw

from app import apis, console, health, webhooks
from app.deps import Deps, build, connected
from app.processes import settle
from app.settings import Settings
from connectors.webhooks.receive import Receiver
from kernel import jsons, logs, openapi
from kernel.web import Shell, request_id

BODY_LIMIT = 4 * 1024 * 1024
VERSION = "0.1.0"
log = structlog.get_logger("web")


def main(settings: Settings, services: Sequence[str]) -> None:
    logs.configure(settings.log_level, "web")
    app = make_app(settings, services)
    how: dict[str, Any] = {"single_process": True, "access_log": False, "motd": False}
    app.run(settings.host, settings.port, protocol=webhooks.FrontProtocol, **how)


def make_app(settings: Settings, services: Sequence[str], given: Deps | None = None) -> Sanic[Any, Any]:
    """An app that opens its own collaborators at start, or uses open ones that are handed in."""
    app: Sanic[Any, Any] = Sanic(f"konectus-{'-'.join(services) or 'web'}", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT + 64 * 1024
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.WEBSOCKET_MAX_SIZE = 4096
    app.config.KEEP_ALIVE_TIMEOUT = 60
    app.config.PROXIES_COUNT = settings.proxies or None
    deps = given or build(settings)
    built = apis.build(deps)
    app.before_server_start(partial(_start, deps=None if given else deps, receiver=built.receiver))
    app.after_server_stop(_stop)
    app.register_middleware(_begin, "request")
    app.register_middleware(_headers, "response")
    _mount(app, deps, built, services)
    return app


def _mount(app: Sanic[Any, Any], deps: Deps, built: apis.Built, services: Sequence[str]) -> None:
    shell = Shell(app, deps.db, built.authenticate, secure=deps.settings.production)
    shell.mount([r for name in services for r in built.routes[name]])
    if "connectors" in services:
        webhooks.mount(app, built.receiver)
    if "router" in services:
        app.add_websocket_route(built.router.live, "/api/live", name="live")
        graph = deps.settings.meta_graph_url
        console.mount(app, files=graph if graph.startswith("http:") else "")
    app.add_route(partial(_health, own_checks(deps)), "/health/own", name="health_own")
    app.add_route(partial(_health, checks_of(deps)), "/health", name="health")
    document = openapi.document("KONECTUS", VERSION, apis.all_routes(built), apis.EXTRA_TYPES)
    app.add_route(partial(_openapi, jsons.dumps(document)), "/api/openapi.json", name="openapi")


async def _start(app: Sanic[Any, Any], *_: Any, deps: Deps | None, receiver: Receiver) -> None:
    app.ctx.stack = AsyncExitStack()
    if deps is not None:
        await app.ctx.stack.enter_async_context(connected(deps))
        settle()
    app.ctx.stack.push_async_callback(receiver.close)


async def _stop(app: Sanic[Any, Any], *_: Any) -> None:
    await app.ctx.stack.aclose()


def own_checks(deps: Deps) -> dict[str, health.Check]:
    """What this process needs by itself."""
    checks = {"database": health.database(deps.db)}
    if deps.settings.redis_url:
        checks["redis"] = health.redis(deps.wakes)
    return checks


def checks_of(deps: Deps) -> dict[str, health.Check]:
    """The whole platform as seen from here."""
    s = deps.settings
    others = {name: f"{url}/health/own" for name, url in s.services.items()}
    others |= {name: f"{url}/health" for name, url in (("bot", s.bot_url), ("actions", s.actions_url)) if url}
    return {
        **own_checks(deps),
        "worker": health.process_alive(deps.db, "worker"),
        "scheduler": health.process_alive(deps.db, "scheduler"),
        **{name: health.answers(deps.http, url) for name, url in others.items()},
    }


async def _health(checks: dict[str, health.Check], _request: Request[Any, Any]) -> HTTPResponse:
    status, body = await health.report(checks)
    return raw(jsons.dumps(body), status, content_type="application/json")


async def _openapi(document: str, _request: Request[Any, Any]) -> HTTPResponse:
    return raw(document, content_type="application/json")


def _begin(request: Request[Any, Any]) -> None:
    request.ctx.request_id = request_id(request)
    request.ctx.began = asyncio.get_running_loop().time()
    structlog.contextvars.bind_contextvars(request_id=request.ctx.request_id)


def _headers(request: Request[Any, Any], response: BaseHTTPResponse) -> None:
    if not hasattr(request.ctx, "request_id"):
        return
    response.headers.setdefault("x-content-type-options", "nosniff")
    response.headers.setdefault("referrer-policy", "same-origin")
    response.headers.setdefault("cache-control", "no-store")
    response.headers["x-request-id"] = request.ctx.request_id
    if request.path.startswith("/api/"):
        took = round((asyncio.get_running_loop().time() - request.ctx.began) * 1000, 1)
        operation = getattr(request.ctx, "operation", "")
        log.info("request", operation=operation, method=request.method, status=response.status, ms=took)
    structlog.contextvars.clear_contextvars()  # the connection's next request is another's

"""The host's HTTP: POST /turn, POST /models/reload, GET /health. Internal callers only, by signature."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import msgspec
from sanic import Sanic
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.host import channels, turns, wire
from bot.host.action_server import ActionServer
from bot.host.dialogue import Dialogue
from bot.host.errors import BadSignature, Refused, TooLarge
from bot.host.figures import Figures
from bot.host.memory import resident_mb
from bot.host.models import Models
from bot.host.settings import Settings
from connectors.meta import verify_signature

SIGNATURE = "X-Konectus-Signature"
log = logging.getLogger("konectus.bot.server")


class Host:
    """What the handlers share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.actions = ActionServer(settings.actions_url, settings.action_timeout)
        self.open(settings.models)

    def open(self, folder: Path) -> None:
        """Serves the models in this folder, with none loaded and nothing counted yet."""
        self.figures = Figures()
        self.models: Models[Dialogue] = Models(
            folder,
            lambda path, name: Dialogue(path, self.actions, name),
            most=self.settings.most_models,
            most_megabytes=self.settings.most_megabytes,
        )

    def body(self, request: Request) -> bytes:
        body: bytes = request.body
        if len(body) > self.settings.body_limit:
            raise TooLarge(f"more than {self.settings.body_limit} bytes")
        if not verify_signature(body, request.headers.get(SIGNATURE), [self.settings.secret]):
            raise BadSignature("the signature does not belong to this body")
        return body

    async def turn(self, request: Request) -> HTTPResponse:
        asked = wire.decode_turn(self.body(request))
        dialogue = await self.models.get(asked.tenant)
        began = time.perf_counter()
        answered = await turns.answer(dialogue, asked, self.settings.turn_timeout)
        failed = any(control.get("reason") == "error" for control in answered.controls)
        self.figures.count(str(asked.tenant), dialogue.name, time.perf_counter() - began, failed=failed)
        return _json(answered)

    async def reload(self, request: Request) -> HTTPResponse:
        asked = wire.decode_reload(self.body(request))
        dialogue = await self.models.reload(asked.tenant)
        return _json({"model": dialogue.name})

    async def health(self, _: Request) -> HTTPResponse:
        shared = self.models.failures.get("default")
        status = "ready" if "default" in self.models.loaded() else "failing" if shared else "starting"
        report = {
            "status": status,
            "tenants": self.figures.report(),
            "models": self.models.loaded(),
            "failing": {key: failure.message for key, failure in self.models.failures.items()},
            "rss_mb": round(resident_mb(), 1),
        }
        return _json(report, 200 if status == "ready" else 503)


def _json(value: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(msgspec.json.encode(value), status=status, content_type="application/json")


def _refusal(_: Request, problem: Exception) -> HTTPResponse:
    if isinstance(problem, Refused):
        return _json(problem.body(), problem.status)
    if isinstance(problem, PayloadTooLarge):
        return _json(TooLarge("more than this host takes").body(), TooLarge.status)
    if isinstance(problem, SanicException):
        return _json({"error": {"code": "http", "message": str(problem)}}, problem.status_code)
    log.error("unexpected", exc_info=problem)
    return _json({"error": {"code": "internal", "message": "unexpected"}}, 500)


def build(settings: Settings, name: str = "konectus_bot") -> tuple[Sanic, Host]:
    if not settings.secret:
        raise ValueError(
            "KONECTUS_INTERNAL_SECRET must be set: without it nobody could be told from a stranger"
        )
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = settings.body_limit + (64 << 10)
    app.config.RESPONSE_TIMEOUT = 30
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    channels.load()
    host = Host(settings)
    app.add_route(host.turn, "/turn", methods=["POST"])
    app.add_route(host.reload, "/models/reload", methods=["POST"])
    app.add_route(host.health, "/health", methods=["GET"])
    app.error_handler.add(Exception, _refusal)

    @app.after_server_start
    async def _pin_shared_model(*_: Any) -> None:
        try:
            await host.models.get(None)
        except Refused as problem:
            log.error("%s; tenants with models of their own are served", problem)

    @app.before_server_stop
    async def _close(*_: Any) -> None:
        await host.actions.close()

    return app, host

"""Wires the actions into rasa-sdk's server: one HTTP client a process, opened and closed with it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.order import ActionOrderStatus, ValidateOrderForm
from actions.services import TIMEOUT, Services, crm_url
from actions.talk import ActionAskAffirmation, ActionHandoff, ActionOptIn, ActionOptOut

DEFAULT_ZONE = "America/Sao_Paulo"


class Executor(ActionExecutor):
    """Takes each call's domain as it comes: rasa-sdk would keep one tenant's for the next one's calls."""

    def update_and_return_domain(self, payload: Mapping[str, Any], action_name: str) -> dict[str, Any]:
        return payload.get("domain") or {}


def executor(services: Services, zone: ZoneInfo) -> Executor:
    run = Executor()
    for action in (
        ActionOrderStatus(services, zone),
        ValidateOrderForm(),
        ActionHandoff(),
        ActionOptOut(),
        ActionOptIn(),
        ActionAskAffirmation(),
    ):
        run.register_action(action)
    return run


def create(env: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None) -> Sanic[Any, Any]:
    """The action server. `transport` stands in for the services in tests."""
    # Rasa 3.6 in the host and rasa-sdk 3.21 here speak the same protocol; the warning would come on every call.
    warnings.filterwarnings("ignore", message="Your versions of rasa and", module=r"rasa_sdk\..*")
    client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT)
    services = Services(client, crm_url(env), env.get("KONECTUS_INTERNAL_SECRET", ""))
    zone = ZoneInfo(env.get("KONECTUS_TIMEZONE") or DEFAULT_ZONE)
    app: Sanic[Any, Any] = create_app(executor(services, zone), cors_origins=[])

    async def close(_: Sanic[Any, Any]) -> None:
        await client.aclose()

    app.register_listener(close, "after_server_stop")
    return app

"""Builds the Apis of all services from the collaborators, and their routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

import accounts.api
import billing.api
import connectors.api
import crm.api
import router.api
from accounts import service as accounts_service
from accounts.passwords import Passwords
from app import routes
from app.deps import Deps
from app.settings import load
from billing import rules as billing_rules
from billing import service as billing_service
from connectors.meta import Graph
from connectors.webhooks.receive import Receiver
from kernel.crypto import Vault
from kernel.db import Database, Tx
from kernel.wake import Wakes
from kernel.web import Authenticate, Route
from router import schemas as router_schemas
from router.live import Hub
from router.work import service as work_items

SERVICES = routes.SERVICES
EXTRA_TYPES: Sequence[Any] = (router_schemas.LiveMessage,)
QUEUE_NAMES = {"pt-BR": "Atendimento", "es": "Atención", "en": "Service"}


@dataclass(frozen=True, slots=True)
class Built:
    authenticate: Authenticate
    receiver: Receiver
    router: router.api.Api
    routes: dict[str, list[Route]]


def build(deps: Deps) -> Built:
    s = deps.settings
    known = accounts_service.Known()
    authenticate = accounts.api.Authenticator(deps.db, known)
    receiver = Receiver(deps.db, deps.wakes, secrets=s.meta_app_secrets, verify_token=s.meta_verify_token)
    router_api = router.api.Api(deps.db, Hub(deps.db, deps.wakes), authenticate)
    accounts_api = accounts.api.Api(
        passwords=Passwords(),
        known=known,
        on_created=on_created,
        reserve=billing_service.reserve,
        release=billing_service.release_usage,
        site=s.public_url,
    )
    connectors_api = connectors.api.Api(
        receiver,
        deps.graph,
        deps.vault,
        reserve=billing_service.reserve,
        release=billing_service.release_usage,
        public_url=s.public_url,
    )
    crm_api = crm.api.Api(internal_secret=s.internal_secret, may_serve=may_serve)
    return Built(
        authenticate,
        receiver,
        router_api,
        {
            "router": routes.router_routes(router_api),
            "crm": routes.crm_routes(crm_api),
            "billing": routes.billing_routes(billing.api.Api()),
            "accounts": routes.accounts_routes(accounts_api),
            "connectors": routes.connectors_routes(connectors_api),
        },
    )


def all_routes(built: Built) -> list[Route]:
    return [route for name in SERVICES for route in built.routes[name]]


async def on_created(tx: Tx, tenant_id: UUID) -> None:
    """What a new tenant has from its first transaction on: a plan and a queue."""
    await billing_service.start_subscription(tx, now=tx.now)
    tenant = await accounts_service.get_tenant(tx)
    await work_items.create_default_queue(tx, QUEUE_NAMES[tenant.locale])


async def may_serve(tx: Tx) -> bool:
    return billing_rules.may_send(await billing_service.state(tx))


def offline_deps() -> Deps:
    """Collaborators that never connect: enough to build the routes and describe them."""
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    wakes = Wakes(nowhere)
    settings = load(
        {
            "DATABASE_URL": nowhere,
            "KONECTUS_INTERNAL_SECRET": "x" * 32,
            "KONECTUS_ENCRYPTION_KEY": "x" * 32,
            "META_APP_SECRET": "x" * 32,
            "META_VERIFY_TOKEN": "x" * 32,
        }
    )
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    graph = Graph(client, settings.meta_graph_url)
    return Deps(settings, Database(nowhere, wakes), wakes, Vault(settings.encryption_keys), client, graph)

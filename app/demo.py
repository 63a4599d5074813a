"""The demo: one tenant with people, three simulated channels and some orders; seeded once, shown by command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts import service as accounts
from accounts.passwords import Passwords
from accounts.schemas import AcceptInviteIn, BusinessProfile, InviteIn, SignUpIn, TenantPatchIn
from accounts.terms import VERSION
from app import apis, operate, runstate
from app.deps import Deps, open_deps
from app.places import data_dir
from app.settings import load
from billing import service as billing
from connectors import service as connectors
from connectors.schemas import ConnectIn
from crm import service as crm
from crm.schemas import OrderIn
from kernel.db import Tx
from kernel.web import Operator

COMPANY = "Loja Aurora"
PASSWORD = "aurora-2026-demo"  # noqa: S105 - of the demo, printed at start
PEOPLE = {
    "owner": ("Olívia Prado", "olivia@aurora.example"),
    "admin": ("Adriano Lima", "adriano@aurora.example"),
    "supervisor": ("Sueli Ramos", "sueli@aurora.example"),
    "agent": ("Ana Torres", "ana@aurora.example"),
}
CHANNELS: tuple[dict[str, str], ...] = (
    {
        "kind": "whatsapp",
        "account_id": "500000000000202",
        "waba_id": "400000000000101",
        "name": "Loja Aurora",
        "phone": "5511955500001",
        "token": "demo-whatsapp-token",
    },
    {
        "kind": "messenger",
        "account_id": "610000000000001",
        "name": "Loja Aurora",
        "token": "demo-messenger-token",
    },
    {
        "kind": "instagram",
        "account_id": "17800000000000001",
        "page_id": "610000000000001",
        "name": "loja.aurora",
        "token": "demo-instagram-token",
    },
)
PROFILE = BusinessProfile(
    name=COMPANY,
    assistant_name="Lua",
    hours="segunda a sexta, das 9h às 18h, e sábado, das 9h às 13h",
    address="Rua das Acácias, 120, Centro, São Paulo",
    phone="+55 11 95550-0001",
    site="https://loja-aurora.example",
    prices="O plano Básico custa R$ 49 por mês e o Completo, R$ 89.",
    delivery="Entregamos em todo o Brasil: capitais em 3 dias úteis, demais cidades em até 8.",
    exchange="Você tem 30 dias para trocar ou devolver, com a nota fiscal.",
    bill="A segunda via do boleto está em https://loja-aurora.example/boleto.",
    complaint_channel="ouvidoria@aurora.example",
)
ORDERS = {
    "48213": (
        "a caminho",
        "Saiu do centro de distribuição hoje de manhã.",
        "https://loja-aurora.example/r/48213",
    ),
    "90122": ("em separação", "Previsão de envio: amanhã.", None),
    "55012": ("entregue", "Recebido por M. Souza.", None),
}


async def seed(environ: Mapping[str, str]) -> dict[str, Any]:
    """Creates what is missing and returns what `konectus demo --json` shows. Safe to repeat."""
    async with open_deps(load(environ)) as deps:
        await _accounts_at_meta(deps)
        async with deps.db.dispatch() as tx:
            tenant_id = await accounts.tenant_of_email(tx, PEOPLE["owner"][1])
        if tenant_id is None:
            tenant_id = await _tenant(deps)
            await _people(deps, tenant_id)
        await _channels(deps, tenant_id)
        return await _handles(deps, tenant_id)


async def _accounts_at_meta(deps: Deps) -> None:
    for account in CHANNELS:
        response = await deps.http.post(
            f"{deps.settings.meta_graph_url}/_sim/accounts", json=account | {"subscribed": True}
        )
        response.raise_for_status()


async def _tenant(deps: Deps) -> UUID:
    name, email = PEOPLE["owner"]
    body = SignUpIn(company=COMPANY, name=name, email=email, password=PASSWORD, terms_version=VERSION)
    me, _ = await accounts.sign_up(
        deps.db,
        body,
        passwords=Passwords(),
        now=deps.clock(),
        ip="127.0.0.1",
        agent="demo",
        on_created=apis.on_created,
        reserve=billing.reserve,
    )
    async with deps.db.tenant(me.tenant.id) as tx:
        await accounts.patch_tenant(tx, TenantPatchIn(profile=PROFILE))
        for number, (status, detail, url) in ORDERS.items():
            await crm.put_order(tx, number, OrderIn(status=status, detail=detail, tracking_url=url))
    return me.tenant.id


async def _people(deps: Deps, tenant_id: UUID) -> None:
    for role in ("admin", "supervisor", "agent"):
        name, email = PEOPLE[role]
        async with deps.db.tenant(tenant_id) as tx:
            owner = await operate.user_with_role(tx, "owner")
            operator = Operator(tenant_id, owner.id, "owner", name=owner.name)
            invited = await accounts.invite(
                tx,
                operator,
                InviteIn(name=name, email=email, role=role),
                now=tx.now,
                reserve=billing.reserve,
                site=deps.settings.public_url,
            )
        token = invited.invite_url.rsplit("token=", 1)[1]
        await accounts.accept_invite(
            deps.db,
            AcceptInviteIn(token=token, password=PASSWORD),
            passwords=Passwords(),
            now=deps.clock(),
            ip="127.0.0.1",
            agent="demo",
        )


async def _channels(deps: Deps, tenant_id: UUID) -> None:
    async with deps.db.tenant(tenant_id) as tx:
        known = {c.external_id for c in (await connectors.list_channels(tx, deps.settings.public_url)).items}
    for account in CHANNELS:
        if account["account_id"] in known:
            continue
        body = ConnectIn(
            kind=account["kind"],  # type: ignore[arg-type]  # the demo's own table of accounts
            external_id=account["account_id"],
            parent_id=account.get("waba_id") or account.get("page_id"),
            access_token=account["token"],
            name=account["name"],
        )
        await connectors.connect(
            deps.db, tenant_id, body, graph=deps.graph, vault=deps.vault, reserve=billing.reserve
        )


async def _handles(deps: Deps, tenant_id: UUID) -> dict[str, Any]:
    tokens = {}
    async with deps.db.tenant(tenant_id) as tx:
        await _revoke_earlier_tokens(tx)
        for role in PEOPLE:
            user = await operate.user_with_role(tx, role)
            tokens[role] = await operate.make_token(tx, user, role, f"demo {role}")
    s = deps.settings
    return {
        "base_url": s.public_url,
        "console_url": f"{s.public_url}/",
        "phones_url": f"{s.meta_graph_url}/phones",
        "graph_url": s.meta_graph_url,
        "app_secret": s.meta_app_secrets[0],
        "verify_token": s.meta_verify_token,
        "channels": [
            {"kind": c["kind"], "account_id": c["account_id"], "page_or_phone_number_id": _address(c)}
            for c in CHANNELS
        ],
        "tokens": tokens,
        "logins": {role: {"email": email, "password": PASSWORD} for role, (_, email) in PEOPLE.items()},
    }


async def _revoke_earlier_tokens(tx: Tx) -> None:
    """Their secrets were shown at an earlier start and are kept nowhere."""
    owner = await operate.user_with_role(tx, "owner")
    operator = Operator(tx.tenant_id, owner.id, "owner", name=owner.name)
    for token in (await accounts.tokens(tx)).items:
        if token.name.startswith("demo "):
            await accounts.revoke_token(tx, operator, token.id)


def _address(account: Mapping[str, str]) -> str:
    return account.get("page_id") or account["account_id"]


def show(as_json: bool) -> int:
    state = runstate.running(data_dir(os.environ))
    demo = state.get("demo") if state else None
    if not demo:
        print("No demo is running here. Start one with `make run`.", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(demo, ensure_ascii=False))
        return 0
    print(f"console  {demo['console_url']}\nphones   {demo['phones_url']}")
    for role, login in demo["logins"].items():
        print(f"{role:<11}{login['email']}  {login['password']}")
    return 0

"""What an operator does from a shell: tokens, tenants, dead letters. Works on a running or a named system."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

from accounts import service as accounts
from accounts.schemas import TokenIn, User
from app import apis, runstate, settings
from app.deps import Deps, open_deps
from app.places import data_dir
from billing import service as billing
from kernel import jobs, jsons, openapi
from kernel.db import Tx
from kernel.errors import KonectusError, NotFound
from kernel.web import RANK, Operator


def environ() -> dict[str, str]:
    """The caller's environment, completed by what the run on this data folder has decided."""
    env = dict(os.environ)
    folder = data_dir(env)
    state = runstate.running(folder)
    if state is None:
        return env
    ports = state["ports"]
    found = {
        **runstate.secrets_for(folder, env),
        "DATABASE_URL": state["database_url"],
        "REDIS_URL": state.get("redis_url", ""),
        "PORT": str(ports["web"]),
        "KONECTUS_DATA_DIR": str(folder),
        "KONECTUS_PUBLIC_URL": state["urls"]["base"],
    }
    if "bot" in state["urls"]:
        found |= {"BOT_URL": state["urls"]["bot"], "ACTIONS_URL": state["urls"]["actions"]}
    if "graph" in state["urls"]:
        found["META_GRAPH_URL"] = state["urls"]["graph"]
    return {**env, **{k: v for k, v in found.items() if v and k not in env}}


def run_with(work: Callable[[Deps], Awaitable[None]]) -> int:
    async def main() -> None:
        async with open_deps(settings.load(environ())) as deps:
            await work(deps)

    try:
        asyncio.run(main())
    except KonectusError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


async def tenant_of(deps: Deps, name: str) -> UUID:
    """By id, or by the e-mail of one of its users."""
    try:
        return UUID(name)
    except ValueError:
        pass
    async with deps.db.dispatch() as tx:
        found = await accounts.tenant_of_email(tx, name)
    if found is None:
        raise NotFound(f"no tenant {name}: give its id or the e-mail of one of its users")
    return found


async def user_with_role(tx: Tx, role: str) -> User:
    """The user of that role, else the lowest one above it."""
    users = [u for u in (await accounts.list_users(tx)).items if u.active and RANK[u.role] >= RANK[role]]
    if not users:
        raise NotFound(f"this tenant has no active user who may act as {role}")
    return min(users, key=lambda u: (RANK[u.role], u.created_at))


async def make_token(tx: Tx, user: User, role: str, name: str) -> str:
    operator = Operator(tx.tenant_id, user.id, user.role, name=user.name)
    created = await accounts.create_token(tx, operator, TokenIn(name=name, role=role), tx.now)  # type: ignore[arg-type]  # the command line has checked the role
    return created.secret


def token_create(asked: argparse.Namespace) -> int:
    async def work(deps: Deps) -> None:
        async with deps.db.tenant(await tenant_of(deps, asked.tenant)) as tx:
            user = await user_with_role(tx, asked.role)
            print(await make_token(tx, user, asked.role, asked.name))

    return run_with(work)


def tenant_list(_asked: argparse.Namespace) -> int:
    async def work(deps: Deps) -> None:
        async with deps.db.dispatch() as tx:
            ids = await accounts.tenant_ids(tx)
        for id_ in ids:
            async with deps.db.tenant(id_) as tx:
                tenant, state = await accounts.get_tenant(tx), await billing.state(tx)
                print(f"{id_}  {state:<10} {tenant.name}")

    return run_with(work)


def tenant_state(asked: argparse.Namespace) -> int:
    async def work(deps: Deps) -> None:
        async with deps.db.tenant(await tenant_of(deps, asked.tenant)) as tx:
            await billing.set_state(tx, asked.state, "manual" if asked.state != "active" else None)
        print(asked.state)

    return run_with(work)


def jobs_dead(_asked: argparse.Namespace) -> int:
    async def work(deps: Deps) -> None:
        async with deps.db.dispatch() as tx:
            for job in await jobs.dead_letters(tx):
                print(f"{job.id}  {job.topic:<28} {job.attempts} attempts  {job.error}")

    return run_with(work)


def jobs_replay(asked: argparse.Namespace) -> int:
    async def work(deps: Deps) -> None:
        async with deps.db.dispatch() as tx:
            await jobs.replay(tx, UUID(asked.id))

    return run_with(work)


def openapi_document() -> str:
    """The same document that GET /api/openapi.json gives; needs no database."""
    built = apis.build(apis.offline_deps())
    document = openapi.document("KONECTUS", "0.1.0", apis.all_routes(built), apis.EXTRA_TYPES)
    return jsons.dumps(document)

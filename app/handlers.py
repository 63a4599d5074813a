"""Who reacts to what: one table of hooks, one of jobs, and the worker's parts built from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

import router.jobs
from app import housekeeping
from app.apis import may_serve
from app.deps import Deps
from billing import service as billing
from connectors import jobs as connector_jobs
from connectors import profile as customer_profile
from connectors import service as connectors
from connectors.inbox.statuses import StatusWorker
from connectors.inbox.worker import InboxWorker
from connectors.outbox import service as outbox
from connectors.outbox.delivery import Delivery
from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.outbox.settle import Settler
from connectors.webhooks.splitter import Splitter
from crm import service as crm
from kernel.db import Tx
from kernel.jobs import Handler, Run
from kernel.runner import JobRunner
from router import aftermath, intake, owed, views
from router import store as threads
from router.bot import BotClient
from router.desk import Desk
from router.fates import store as fates


class Part(Protocol):
    """A loop of the worker; returns once `stop` is set and its work is put down."""

    async def run(self, stop: asyncio.Event) -> None: ...


async def consent_out(tx: Tx, message_id: UUID) -> bool:
    """Has the customer behind this message opted out of marketing?"""
    contact = await threads.contact_of_message(tx, message_id)
    return contact is not None and await crm.consent_state(tx, contact, "marketing") == "out"


HOOKS = Hooks(
    may_send=may_serve,
    consent_out=consent_out,
    epochs=fates.epochs,
    outcomes=aftermath.outcomes,
)


async def subscription_changed(run: Run) -> None:
    """Back in service: what was queued leaves, what the bot owes is said."""
    async with run.tx() as tx:
        if run.job.payload["state"] != "suspended":
            await outbox.unpark(tx)
            await owed.settle(tx)
        await run.finish(tx)


def profile(deps: Deps) -> Handler:
    """A new customer of Messenger or Instagram gets a name."""

    async def handle(run: Run) -> None:
        id_ = UUID(run.job.payload["conversation"])
        async with run.tx() as tx:
            found = await threads.conversation(tx, id_)
        if found is None or run.job.tenant_id is None:
            return
        name = await customer_profile.name_of(
            deps.db, run.job.tenant_id, found.channel_id, found.user_key, graph=deps.graph, vault=deps.vault
        )
        async with run.tx() as tx:
            if name is not None:
                await crm.introduce(tx, found.contact_id, name)
                await views.say_conversation(tx, id_)
            await run.finish(tx)

    return handle


def job_handlers(deps: Deps) -> Mapping[str, Handler]:
    """Topic → handler, of all services."""
    return {
        **router.jobs.HANDLERS,
        **connector_jobs.handlers(deps.graph, deps.vault),
        housekeeping.TOPIC: housekeeping.run,
        billing.STATE_CHANGED: subscription_changed,
        intake.PROFILE: profile(deps),
    }


async def worker_parts(deps: Deps) -> Sequence[Part]:
    async with deps.db.dispatch() as tx:
        policy = await connectors.policy(tx)
    bot = BotClient(deps.http, deps.settings.bot_url, deps.settings.internal_secret)
    settler = Settler(HOOKS)
    return (
        Splitter(deps.db, deps.wakes, deps.settings.meta_app_id),
        InboxWorker(deps.db, deps.wakes, Desk(deps.db, bot).handle, settler=settler),
        StatusWorker(deps.db, deps.wakes, settler),
        Delivery(deps.db, deps.wakes, deps.graph, deps.vault, HOOKS, Limiter(policy)),
        JobRunner(deps.db, deps.wakes, job_handlers(deps)),
    )

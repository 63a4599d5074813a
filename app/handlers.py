"""Who reacts to what: one table of jobs, one of hooks, and the worker's parts built from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

import router.jobs
from app.apis import may_serve
from app.deps import Deps
from billing import service as billing
from connectors import jobs as connector_jobs
from connectors.inbox.worker import InboxWorker
from connectors.outbox.delivery import Delivery
from connectors.outbox.hooks import Hooks
from connectors.splitter import Splitter
from crm import service as crm
from kernel.db import Tx
from kernel.jobs import Handler
from kernel.runner import JobRunner
from router import aftermath
from router import store as threads
from router.bot import BotClient
from router.desk import Desk


class Part(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...


async def consent_out(tx: Tx, message_id: UUID) -> bool:
    """Has the customer behind this message opted out of marketing?"""
    contact = await threads.contact_of_message(tx, message_id)
    return contact is not None and await crm.consent_state(tx, contact, "marketing") == "out"


HOOKS = Hooks(
    may_send=may_serve,
    consent_out=consent_out,
    epoch_is_current=aftermath.epoch_is_current,
    outcome=aftermath.outcome,
)


def job_handlers(deps: Deps) -> Mapping[str, Handler]:
    return {**router.jobs.HANDLERS, **connector_jobs.handlers(deps.graph, deps.vault)}


def worker_parts(deps: Deps) -> Sequence[Part]:
    bot = BotClient(deps.http, deps.settings.bot_url, deps.settings.internal_secret)
    return parts(deps, bot)


def parts(deps: Deps, bot: BotClient) -> Sequence[Part]:
    raise NotImplementedError


__all__ = ["HOOKS", "Delivery", "Desk", "InboxWorker", "JobRunner", "Splitter", "billing"]

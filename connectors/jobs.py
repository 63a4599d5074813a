"""Jobs of the connectors: read marks and typing, and the removal of what need not be kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from connectors import store
from connectors.channels import CHANNEL
from connectors.events import SendError
from connectors.inbox import store as inbox
from connectors.meta import Graph
from connectors.outbox import store as outbox
from connectors.outbox.service import SIGNAL
from connectors.tokens import place
from connectors.webhooks import store as webhooks
from kernel.crypto import SealBroken, Vault
from kernel.db import Tx
from kernel.jobs import Handler, Run, enqueue

SWEEP = "connectors.sweep"
SWEEP_TENANT = "connectors.sweep_tenant"
# Meta repeats a webhook for up to seven days, so keys are kept for longer.
KEEP_KEYS = timedelta(days=10)
KEEP_ORPHANS = timedelta(days=30)
KEEP_OUTBOX = timedelta(days=90)
PATIENCE = 5.0
log = logging.getLogger(__name__)


class Jobs:
    def __init__(self, graph: Graph, vault: Vault) -> None:
        self._graph = graph
        self._vault = vault

    async def signal(self, run: Run) -> None:
        """Shows the customer that we read or type. What fails is not worth a second try."""
        payload = run.job.payload
        async with run.tx() as tx:
            row = await store.channel(tx, UUID(payload["channel_id"]))
        if row is None or row.state == "disconnected":
            return
        typing = payload["kind"] == "typing"
        send = CHANNEL[row.kind].send
        try:
            token = self._vault.open(row.token_sealed, place(row_tenant(run), row.id))
            for body in send.mark_read(payload["message_id"], payload["user"], typing=typing):
                await self._graph.call(
                    "POST", send.path(row.external_id), token=token, json=body, timeout=PATIENCE,
                    channel=row.kind,
                )  # fmt: skip
        except (SendError, SealBroken) as error:
            log.info("a read mark was not taken: %s", type(error).__name__)

    async def sweep(self, run: Run) -> None:
        """Raw bodies and orphans beyond their time; then each tenant's own, in jobs of their own."""
        async with run.tx() as tx:
            await webhooks.purge_raw(tx, tx.now - KEEP_KEYS, tx.now - KEEP_ORPHANS)
            for tenant_id in await store.tenants(tx):
                await enqueue_sweep(tx, tenant_id)
            await run.finish(tx)

    async def sweep_tenant(self, run: Run) -> None:
        async with run.tx() as tx:
            await inbox.purge_events(tx, tx.now - KEEP_KEYS)
            await outbox.purge(tx, tx.now - KEEP_OUTBOX)
            await run.finish(tx)


async def enqueue_sweep(tx: Tx, tenant_id: UUID) -> None:
    await enqueue(tx, SWEEP_TENANT, {}, tenant_id=tenant_id, unique_key=str(tenant_id))


def row_tenant(run: Run) -> UUID:
    if run.job.tenant_id is None:
        raise ValueError(f"a job of {run.job.topic} needs a tenant")
    return run.job.tenant_id


def handlers(graph: Graph, vault: Vault) -> Mapping[str, Handler]:
    """Topic → handler. Enqueue "connectors.sweep" once a day, as dispatch."""
    jobs = Jobs(graph, vault)
    return {SIGNAL: jobs.signal, SWEEP: jobs.sweep, SWEEP_TENANT: jobs.sweep_tenant}

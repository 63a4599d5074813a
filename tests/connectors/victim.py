"""A delivery process to be killed. Arguments: database, Meta's address, seconds that its clock is ahead."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from connectors.meta import Graph
from connectors.outbox.delivery import Delivery
from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.outbox.rules import Outcome
from connectors.policy import Policy
from kernel import http
from kernel.crypto import Vault
from kernel.db import Database, Tx
from kernel.wake import Wakes

VAULT_KEY = "a key of the tests, long enough to be one"


async def yes(tx: Tx) -> bool:
    return True


async def no(tx: Tx, message_id: UUID) -> bool:
    return False


async def epochs(tx: Tx, ids: Collection[UUID]) -> dict[UUID, int]:
    return {}


async def nothing(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    return None


async def main(url: str, meta: str, ahead: float) -> None:
    wakes = Wakes(url)
    db = Database(url, wakes, lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    await db.open()
    graph = Graph(http.client(), meta)
    hooks = Hooks(yes, no, epochs, nothing)
    delivery = Delivery(db, wakes, graph, Vault([VAULT_KEY]), hooks, Limiter(Policy()), in_flight=16)
    print("ready", flush=True)
    await delivery.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))

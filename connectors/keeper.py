"""Keeps the leases of lanes alive while they are being worked."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from datetime import timedelta

from kernel import lanes
from kernel.db import Database
from kernel.errors import KonectusError
from kernel.lanes import Claim, LaneLost

# So long a lane waits when its worker was killed; longer than a call to Meta may take (10 s), so that
# even without one extension nobody takes a lane over while its message is in the air.
LEASE = timedelta(seconds=15)
EVERY = 5.0
log = logging.getLogger(__name__)


class Keeper:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._claims: set[Claim] = set()

    @contextlib.contextmanager
    def keep(self, claim: Claim) -> Iterator[None]:
        self.add(claim)
        try:
            yield
        finally:
            self.drop(claim)

    def add(self, claim: Claim) -> None:
        self._claims.add(claim)

    def drop(self, claim: Claim) -> None:
        self._claims.discard(claim)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.extend()
            except KonectusError as error:
                log.warning("leases could not be extended: %s", error.code)

    async def extend(self) -> None:
        """Who lost a lane finds out when recording; here it is only no longer extended."""
        async with self._db.dispatch() as tx:
            for claim in sorted(self._claims, key=lambda c: (c.tenant_id, c.lane)):
                with contextlib.suppress(LaneLost):
                    await lanes.extend(tx, claim, LEASE)

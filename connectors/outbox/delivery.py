"""Delivers the outbox: claims lanes, calls Meta with no transaction open, records what came of it.

Per tenant one transaction is under way at a time; answers and newly claimed lanes that arrive meanwhile
form its next batch. A row is marked `sending` and committed before its call, so that after a crash it
becomes `unknown` and is never sent twice. A lane has one row in the air; its next one follows the answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from connectors.channels import CHANNEL
from connectors.events import Accepted, SendError
from connectors.keeper import LEASE, Keeper
from connectors.meta import Graph
from connectors.outbox.advance import Advance, Flight, Turn
from connectors.outbox.gate import Circuits
from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.tokens import Tokens
from kernel import lanes
from kernel.crypto import SealBroken, Vault
from kernel.db import Database
from kernel.errors import Unavailable
from kernel.lanes import Claim
from kernel.loops import Breath, pump
from kernel.wake import Wakes

IN_FLIGHT = 200
BATCH = 200
FEW = 8  # turns of a batch after which the next shall have more
SWEEP = 1.0
CALL_TIMEOUT = 10.0
STOP_PATIENCE = 15.0
TRIES = 3
log = logging.getLogger(__name__)


class Delivery:
    def __init__(
        self,
        db: Database,
        wakes: Wakes,
        graph: Graph,
        vault: Vault,
        hooks: Hooks,
        limiter: Limiter,
        *,
        in_flight: int = IN_FLIGHT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.db = db
        self.hooks = hooks
        self.limiter = limiter
        self.circuits = Circuits()
        self.counters = {"accepted": 0, "refused": 0, "unknown": 0}
        self._wakes = wakes
        self._graph = graph
        self._tokens = Tokens(vault, monotonic)
        self._limit = in_flight
        self._active: set[Claim] = set()
        self._crews: dict[UUID, Crew] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._keeper = Keeper(db)

    async def run(self, stop: asyncio.Event) -> None:
        keeping = asyncio.create_task(self._keeper.run())
        try:
            await pump(self._wakes, "lane:out", self._start_some, stop, sweep=SWEEP)
            await asyncio.wait_for(self.idle(), STOP_PATIENCE)
        except TimeoutError:
            log.warning("stopped with %s lanes at work; their leases run out", len(self._active))
        finally:
            keeping.cancel()

    async def once(self) -> int:
        """Takes the lanes that are due and works them to their end; the number of lanes."""
        count = len(await self._start(self._limit))
        await self.idle()
        return count

    async def idle(self) -> None:
        while self._active:
            self._freed.clear()
            await self._freed.wait()

    async def _start_some(self) -> bool:
        free = self._limit - len(self._active)
        if free < max(1, self._limit // 8):  # a claim for one or two lanes costs as much as for many
            self._freed.clear()
            await self._freed.wait()
            return True
        free = min(free, BATCH)
        return len(await self._start(free)) == free

    async def _start(self, limit: int) -> list[Claim]:
        async with self.db.statement() as tx:
            claims = await lanes.claim(tx, "out", limit=limit, lease=LEASE)
        for claim in claims:
            self._active.add(claim)
            self._keeper.add(claim)
            self._crew(claim.tenant_id).add(Turn(claim))
        return claims

    def _crew(self, tenant_id: UUID) -> Crew:
        crew = self._crews.get(tenant_id)
        if crew is None:
            crew = self._crews[tenant_id] = Crew(self, tenant_id)
        return crew

    def crew_done(self, tenant_id: UUID) -> None:
        self._crews.pop(tenant_id, None)

    def release(self, claim: Claim) -> None:
        """The lane is no longer ours to work."""
        self._active.discard(claim)
        self._keeper.drop(claim)
        self._freed.set()

    def launch(self, flight: Flight) -> None:
        task = asyncio.create_task(self._fly(flight))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _fly(self, flight: Flight) -> None:
        answer = await self.call(flight)
        self._crew(flight.claim.tenant_id).add(Turn(flight.claim, flight.row.id, answer, flight.troubled))

    async def call(self, flight: Flight) -> Accepted | SendError:
        """Never raises: whatever goes wrong is an answer to record."""
        row = flight.row
        try:
            token = self._tokens.open(flight.token_sealed, flight.claim.tenant_id, row.channel_id)
            send = CHANNEL[row.channel].send
            body = send.envelope(
                row.native, user=row.user_key, phone=row.phone, reference=str(row.id),
                human_agent=flight.human_agent,
            )  # fmt: skip
            path = send.path(row.account)
        except SealBroken as error:
            return SendError("auth", "seal", str(error), permanent=False)
        except Exception as error:
            log.exception("outbox row %s cannot be put into the channel's form", row.id)
            return SendError("content", "envelope", f"{type(error).__name__}: {error}", permanent=True)
        return await self._post(row.channel, path, token, body)

    async def _post(self, channel: Any, path: str, token: str, body: dict[str, Any]) -> Accepted | SendError:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):  # in all: httpx counts each of its phases anew
                answer = await self._graph.call(
                    "POST", path, token=token, json=body, timeout=CALL_TIMEOUT, channel=channel
                )
            accepted = CHANNEL[channel].send.accepted(answer)
        except SendError as error:
            self.counters["unknown" if error.maybe_sent else "refused"] += 1
            return error
        except TimeoutError:
            self.counters["unknown"] += 1
            return SendError("unknown", "timeout", "no answer in time", permanent=False, maybe_sent=True)
        except Exception as error:
            log.exception("a call ended in a fault of ours")
            self.counters["unknown"] += 1
            return SendError("unknown", "fault", type(error).__name__, permanent=False, maybe_sent=True)
        self.counters["accepted"] += 1
        return accepted


class Crew:
    """Batches the work of one tenant's lanes, as long as there is some."""

    def __init__(self, delivery: Delivery, tenant_id: UUID) -> None:
        self._delivery = delivery
        self._tenant_id = tenant_id
        self._turns: list[Turn] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, turn: Turn) -> None:
        self._turns.append(turn)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._turns:
            batch, self._turns = self._turns[:BATCH], self._turns[BATCH:]
            breath = Breath()
            await self._work(batch)
            if len(batch) < FEW:
                breath.work_done()
                await breath.taken()
        self._task = None
        self._delivery.crew_done(self._tenant_id)

    async def _work(self, batch: list[Turn], tries: int = TRIES) -> None:
        try:
            flights = await self._advance(batch)
        except Exception as error:
            await self._failed(batch, error, tries - 1)
            return
        for flight in flights:
            self._delivery.launch(flight)
        flying = {flight.claim for flight in flights}
        for turn in batch:
            if turn.claim not in flying:
                self._delivery.release(turn.claim)

    async def _advance(self, batch: list[Turn]) -> list[Flight]:
        delivery = self._delivery
        async with delivery.db.tenant(self._tenant_id) as tx:
            return await Advance(tx, delivery.hooks, delivery.limiter, delivery.circuits).run(batch)

    async def _failed(self, batch: list[Turn], error: Exception, tries: int) -> None:
        """Answers are worth waiting for the database; a fault is narrowed down to the turn that has it."""
        if isinstance(error, Unavailable):
            await self._again_later(batch)
        elif len(batch) > 1:
            log.error("delivery failed (%s); taking the lanes one by one", type(error).__name__)
            for turn in batch:
                await self._work([turn])
        elif tries > 0:  # it may have been a deadlock
            await asyncio.sleep(0.2)
            await self._work(batch, tries)
        else:
            log.error("a lane failed; it is taken up again when its lease ends", exc_info=error)
            self._delivery.release(batch[0].claim)

    async def _again_later(self, batch: list[Turn]) -> None:
        """The keeper cannot extend without the database either: what has no answer yet is let go."""
        await asyncio.sleep(1)
        for turn in batch:
            if turn.answer is None:
                self._delivery.release(turn.claim)
            else:
                self._turns.append(turn)

"""One transaction of delivery for many lanes of one tenant: records answers, chooses what goes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from connectors import service
from connectors.events import Accepted, SendError
from connectors.keeper import LEASE
from connectors.outbox import store
from connectors.outbox.gate import Circuits, Gate, Step
from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.outbox.rules import ACCOUNT_WIDE, OutboxRow, Outcome, outcome, settle_refusal
from connectors.outbox.store import Front
from kernel import lanes
from kernel.db import Tx
from kernel.lanes import Claim

ROUNDS = 10  # finished rows of one lane in one transaction: expired ones may be many


class Turn(msgspec.Struct, frozen=True):
    """A lane to look at; with `row_id` and `answer` when a call has come back."""

    claim: Claim
    row_id: UUID | None = None
    answer: Accepted | SendError | None = None
    troubled: bool = False  # the channel was in trouble when it was called


class Flight(msgspec.Struct, frozen=True):
    """A call to make, once its transaction is committed."""

    claim: Claim
    row: OutboxRow
    token_sealed: str
    human_agent: bool
    troubled: bool


class Advance:
    """Use once. After `run`, `flights` are to be called and all other lanes are given back."""

    def __init__(self, tx: Tx, hooks: Hooks, limiter: Limiter, circuits: Circuits) -> None:
        self._tx = tx
        self._hooks = hooks
        self._limiter = limiter
        self._circuits = circuits
        self._gate = Gate(tx, hooks, limiter, circuits)
        self._changed: dict[UUID, OutboxRow] = {}
        self._ready: dict[str, tuple[datetime | None, int]] = {}
        self._told: list[Outcome] = []
        self.flights: list[Flight] = []

    async def run(self, turns: Sequence[Turn]) -> list[Flight]:
        held = await lanes.hold_many(self._tx, [turn.claim for turn in turns])
        await self._record([turn for turn in turns if turn.row_id is not None])
        claims = {turn.claim.lane: turn.claim for turn in turns if turn.claim.lane in held}
        await self._choose(claims)
        if self._told:
            await self._hooks.outcomes(self._tx, self._told)
        await lanes.release_many(self._tx, self._ready)
        # The others' leases have just begun with their claims.
        again = {turn.claim.lane for turn in turns if turn.row_id is not None}
        flying = [flight.claim.lane for flight in self.flights if flight.claim.lane in again]
        await lanes.extend_many(self._tx, flying, self._tx.now + LEASE)
        return self.flights

    # --- answers -----------------------------------------------------------------------------

    async def _record(self, turns: Sequence[Turn]) -> None:
        """An answer holds also where the lane was lost meanwhile: a row is called once at a time."""
        rows = await store.locked(self._tx, [turn.row_id for turn in turns if turn.row_id])
        recovered: set[UUID] = set()
        for turn in turns:
            row = rows.get(turn.row_id) if turn.row_id else None
            if row is None:
                continue
            if isinstance(turn.answer, Accepted):
                self._accepted(row, turn.answer)
                if turn.troubled:
                    recovered.add(row.channel_id)
                self._circuits.close(row.channel_id)
            elif isinstance(turn.answer, SendError):
                await self._refused(row, turn.answer)
        if recovered:
            await service.recover(self._tx, sorted(recovered))

    def _accepted(self, row: OutboxRow, answer: Accepted) -> None:
        row.provider_id = row.provider_id or answer.message_id
        self._changed[row.id] = row
        if row.state in ("sent", "expired", "queued") or row.delivered_state == "failed":
            return  # its status came first
        row.move("sent")
        row.sent_at = row.sent_at or self._tx.now
        row.delivered_state = row.delivered_state or "sent"
        row.error_kind = row.error_code = row.error_detail = None
        self._tell(row)

    async def _refused(self, row: OutboxRow, error: SendError) -> None:
        now = self._tx.now
        if row.state in ("unknown", "unconfirmed") and not error.maybe_sent:
            return self._refused_late(row, error)
        if row.state != "sending":
            return  # its status came first
        state = settle_refusal(row, error, now)
        self._changed[row.id] = row
        if error.kind == "throttle":
            self._limiter.slow(row.channel_id, row.channel, now)
        if error.kind in ACCOUNT_WIDE:
            self._circuits.open(row.channel_id, now)
            await service.trouble(self._tx, row.channel_id, f"{error.kind}: {error.detail or error.code}")
        if error.kind == "window":
            await service.close_window(self._tx, row.channel_id, row.user_key, row.phone)
        if state != "queued":
            self._tell(row)

    def _refused_late(self, row: OutboxRow, error: SendError) -> None:
        """The lane was taken over while we waited, but now we know that nothing was sent."""
        row.fail(error.kind, error.code, error.detail[:500])
        self._changed[row.id] = row
        self._tell(row)

    # --- what goes next ----------------------------------------------------------------------

    async def _choose(self, claims: dict[str, Claim]) -> None:
        """Walks each lane to its first row that flies or must wait."""
        await store.save(self._tx, list(self._changed.values()))
        self._changed.clear()
        open_lanes = dict(claims)
        for _ in range(ROUNDS):
            if not open_lanes:
                return
            fronts = await store.front(self._tx, sorted(open_lanes))
            for lane in open_lanes.keys() - fronts.keys():
                self._ready[lane] = (None, 0)
                del open_lanes[lane]
            await self._gate.look_up(front.row for front in fronts.values())
            for lane, front in sorted(fronts.items(), key=lambda item: -item[1].row.priority):
                step = await self._step(front)
                if step.kind != "next":
                    self._end(open_lanes.pop(lane), front, step)
            await store.save(self._tx, list(self._changed.values()))
            self._changed.clear()
        for lane in open_lanes:
            self._ready[lane] = (self._tx.now, 0)

    async def _step(self, front: Front) -> Step:
        row, before = front.row, front.row.state
        step = await self._gate.step(front)
        if row.state != before:
            self._changed[row.id] = row
            if row.state != "sending":
                self._tell(row)
        return step

    def _end(self, claim: Claim, front: Front, step: Step) -> None:
        if step.kind == "park":
            self._ready[claim.lane] = (step.until, front.row.priority)
            return
        troubled = front.channel_state == "needs_attention"
        self.flights.append(Flight(claim, front.row, front.token_sealed, step.human_agent, troubled))

    def _tell(self, row: OutboxRow) -> None:
        self._told.append(outcome(row, self._tx.now))

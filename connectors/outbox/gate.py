"""The send gate: what happens next to the oldest row of a lane, decided anew when it is about to go."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from connectors.outbox.hooks import Hooks
from connectors.outbox.limiter import Limiter
from connectors.outbox.rules import PARK, TOO_OLD, UNKNOWN_PATIENCE, OutboxRow
from connectors.outbox.store import Front
from connectors.rules import verdict
from kernel.db import Tx

PROBE = timedelta(seconds=10)


class Step(msgspec.Struct, frozen=True):
    """`fly`: call now. `park`: look again at `until`. `next`: this row is finished, see the next one."""

    kind: Literal["fly", "park", "next"]
    until: datetime | None = None
    human_agent: bool = False


class Circuits:
    """Channels whose token or payment failed: after a minute one message tries again, the others wait."""

    def __init__(self) -> None:
        self._until: dict[UUID, datetime] = {}

    def wait(self, channel_id: UUID, now: datetime) -> datetime | None:
        until = self._until.get(channel_id)
        if until is None:
            return None
        if now < until:
            return until + timedelta(seconds=random.uniform(0, 5))  # noqa: S311 - spreads, hides nothing
        self._until[channel_id] = now + PROBE
        return None

    def open(self, channel_id: UUID, now: datetime) -> None:
        self._until[channel_id] = now + PARK

    def close(self, channel_id: UUID) -> None:
        self._until.pop(channel_id, None)


class Gate:
    """One transaction's view: what is the same for many rows is asked once."""

    def __init__(self, tx: Tx, hooks: Hooks, limiter: Limiter, circuits: Circuits) -> None:
        self._tx = tx
        self._hooks = hooks
        self._limiter = limiter
        self._circuits = circuits
        self._may_send: bool | None = None
        self._epochs: dict[UUID, int] = {}

    async def look_up(self, rows: Iterable[OutboxRow]) -> None:
        said = {row.message_id for row in rows if row.state == "queued" and row.epoch is not None}
        wanted = {id_ for id_ in said if id_ is not None}
        if wanted:
            self._epochs.update(await self._hooks.epochs(self._tx, wanted))

    async def step(self, front: Front) -> Step:
        """Moves the row and says what to do with it and its lane."""
        row, now = front.row, self._tx.now
        if row.state == "sending":
            row.move("unknown")  # who called it never came back: it may have been sent
        if row.state == "unknown":
            return self._unknown(row, now)
        if row.expires_at is not None and row.expires_at <= now:
            return self._expire(row)
        if row.not_before is not None and row.not_before > now:
            return Step("park", row.not_before)
        if refused := await self._refusal(front):
            row.fail(*refused)
            return Step("next")
        if (wait := await self._wait(row, now)) is not None:
            meant_for = max(row.created_at, row.not_before or row.created_at)
            return self._expire(row) if meant_for + TOO_OLD < now else Step("park", wait)
        return self._fly(front, now)

    def _unknown(self, row: OutboxRow, now: datetime) -> Step:
        until = (row.call_at or now) + UNKNOWN_PATIENCE
        if now < until:
            return Step("park", until)
        row.move("unconfirmed")
        return Step("next")

    def _expire(self, row: OutboxRow) -> Step:
        row.move("expired")
        return Step("next")

    async def _refusal(self, front: Front) -> tuple[str, str, str] | None:
        """For ever: kind, code and words."""
        row = front.row
        if front.channel_state in (None, "disconnected"):
            return "auth", "disconnected", "the channel is not connected any more"
        if not self._may_speak(row):
            return "superseded", "epoch", "somebody else has the conversation"
        if not await self._consents(row):
            return "consent", "opted_out", "the customer wants no marketing"
        return None

    def _may_speak(self, row: OutboxRow) -> bool:
        if row.origin != "bot" or row.epoch is None:
            return True
        return row.message_id is not None and self._epochs.get(row.message_id) == row.epoch

    async def _consents(self, row: OutboxRow) -> bool:
        if row.purpose != "marketing":
            return True
        return row.message_id is not None and not await self._hooks.consent_out(self._tx, row.message_id)

    async def _wait(self, row: OutboxRow, now: datetime) -> datetime | None:
        """Not now, but later."""
        if self._may_send is None:
            self._may_send = await self._hooks.may_send(self._tx)
        if not self._may_send:
            return now + PARK
        return self._circuits.wait(row.channel_id, now)

    def _fly(self, front: Front, now: datetime) -> Step:
        row = front.row
        allowed = verdict(
            row.channel, now, front.opened_at, row.origin, row.human, row.native, row.purpose,
            self._limiter.policy,
        )  # fmt: skip
        if not allowed.ok:
            row.fail("window", allowed.code, "outside the customer's window")
            return Step("next")
        wait = self._limiter.take(row.channel_id, row.channel, row.priority, now)
        if wait > 0:
            return Step("park", now + timedelta(seconds=wait))
        row.move("sending")
        row.attempts += 1
        row.call_at = now
        row.not_before = None
        return Step("fly", human_agent=allowed.human_agent)

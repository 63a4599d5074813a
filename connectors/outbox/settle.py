"""What became of what we sent: statuses and echoes, applied to outbox rows. Only ever forwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from connectors import service
from connectors.events import Event, Status
from connectors.meta import classify
from connectors.outbox import store
from connectors.outbox.hooks import Hooks
from connectors.outbox.rules import (
    CLOCK_SKEW,
    OPEN,
    UNKNOWN_PATIENCE,
    OutboxRow,
    Outcome,
    mark_of_echo,
    mark_of_native,
    outcome,
)
from connectors.rules import ChannelRef, merge_delivery, out_lane, outbox_id
from kernel.db import Tx

Whose = Literal["ours", "unclear", "foreign"]


class Trace(msgspec.Struct):
    """One piece of news, and the rows it is about."""

    event: Event
    status: Status
    rows: list[UUID]
    early: bool = False


class Settler:
    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    # --- statuses, and echoes that are surely ours -------------------------------------------

    async def apply(self, tx: Tx, channel: ChannelRef, events: Sequence[Event]) -> list[bool]:
        """Applies news in the order in which it happened; False where its message is not known (yet)."""
        traces = await self._traces(tx, channel, events)
        rows = await store.locked(tx, [id_ for trace in traces for id_ in trace.rows])
        changed: dict[UUID, OutboxRow] = {}
        told: list[Outcome] = []
        for trace in sorted(traces, key=lambda trace: trace.event.at):
            for id_ in trace.rows:
                if id_ in rows and await self._news(tx, rows[id_], trace, told):
                    changed[id_] = rows[id_]
        await store.save(tx, list(changed.values()))
        if told:
            await self._hooks.outcomes(tx, told)
        return [
            not trace.early and (bool(trace.rows) or trace.status.watermark is not None) for trace in traces
        ]

    async def _traces(self, tx: Tx, channel: ChannelRef, events: Sequence[Event]) -> list[Trace]:
        traces = [Trace(event, as_status(event), []) for event in events]
        names = {t.status.message_id for t in traces if t.status.message_id}
        references = {id_ for t in traces if (id_ := outbox_id(t.status.reference))}
        open_lanes: set[str] = set()
        by_name: dict[str, UUID] = {}
        found = await store.find(tx, channel.id, sorted(names), sorted(references))
        for row in found:
            by_name[str(row.id)] = row.id
            if row.provider_id:
                by_name[row.provider_id] = row.id
            if row.state in OPEN:
                open_lanes.add(row.lane)
        for trace in traces:
            if trace.status.watermark is not None and trace.event.sender is not None:
                until = trace.status.watermark
                seen = await store.unread(tx, channel.id, trace.event.sender.user, until)
                trace.rows = [row.id for row in seen if row.state != "sending"]
                # A call without an answer yet may be among those meant: the news is looked at again.
                trace.early = len(trace.rows) < len(seen)
            else:
                trace.rows = _rows_named(trace.status, by_name)
        await store.touch(tx, open_lanes)
        return traces

    async def _news(self, tx: Tx, row: OutboxRow, trace: Trace, told: list[Outcome]) -> bool:
        status, at = trace.status, trace.event.at
        before = msgspec.structs.astuple(row)
        row.provider_id = row.provider_id or status.message_id
        if status.state == "failed":
            await self._refused(tx, row, status, at, told)
        elif status.state != "deleted":
            self._arrived(row, status.state, at, told)
        return msgspec.structs.astuple(row) != before

    def _arrived(self, row: OutboxRow, state: str, at: datetime, told: list[Outcome]) -> None:
        if row.state == "failed" and state == "sent":
            return
        news = merge_delivery(row.delivered_state, state)
        if row.state not in ("sent", "expired"):
            row.move("sent")
            row.error_kind = row.error_code = row.error_detail = None
        row.sent_at = row.sent_at or row.call_at or at
        if news is not None:
            row.delivered_state = news
            told.append(outcome(row, at, news))

    async def _refused(
        self, tx: Tx, row: OutboxRow, status: Status, at: datetime, told: list[Outcome]
    ) -> None:
        if merge_delivery(row.delivered_state, "failed") is None or row.state in ("failed", "expired"):
            return
        row.delivered_state = "failed"
        row.error_kind = kind_of(row, status.error_code)
        row.error_code, row.error_detail = status.error_code or "none", (status.error_detail or "")[:500]
        if row.state != "sent":
            row.move("failed")
        if row.error_kind == "window":
            await service.close_window(tx, row.channel_id, row.user_key, row.phone)
        told.append(outcome(row, at, "failed"))

    # --- echoes that may be ours -------------------------------------------------------------

    async def echo(self, tx: Tx, channel: ChannelRef, event: Event) -> Whose:
        """Whose words are these? Unclear while a call with equal content has not been answered yet."""
        if event.message is None or event.sender is None:
            return "foreign"
        if (await self.apply(tx, channel, [event]))[0]:
            return "ours"
        if channel.kind != "instagram":
            return "foreign"
        lane = out_lane(channel.id, event.sender.user, event.sender.phone)
        likely = [row for row in await store.in_the_air(tx, lane) if same_content(row, event)]
        if any(row.state == "sending" for row in likely):
            return "unclear"
        return "ours" if likely and await self._settle(tx, likely[0], event) else "foreign"

    async def _settle(self, tx: Tx, row: OutboxRow, event: Event) -> bool:
        """An Instagram call without an answer: the echo of equal content to the same person is its trace."""
        await store.touch(tx, [row.lane])
        now = (await store.locked(tx, [row.id])).get(row.id)
        if now is None or now.state != "unknown":
            return False
        told: list[Outcome] = []
        await self._news(tx, now, Trace(event, as_status(event), [row.id]), told)
        await store.save(tx, [now])
        await self._hooks.outcomes(tx, told)
        return True


def _rows_named(status: Status, by_name: dict[str, UUID]) -> list[UUID]:
    """By our reference if it is one of ours, else by the channel's id."""
    reference = outbox_id(status.reference)
    named = by_name.get(str(reference)) if reference else None
    row = named or (by_name.get(status.message_id) if status.message_id else None)
    return [row] if row else []


def as_status(event: Event) -> Status:
    """An echo of ours says as much as the status "sent"."""
    if event.status is not None:
        return event.status
    return Status("sent", message_id=event.message.id if event.message else None, reference=event.reference)


def same_content(row: OutboxRow, event: Event) -> bool:
    if row.call_at is None or event.message is None:
        return False
    if not row.call_at - CLOCK_SKEW <= event.at <= row.call_at + UNKNOWN_PATIENCE:
        return False
    return mark_of_native(row.native) == mark_of_echo(event.message)


def kind_of(row: OutboxRow, code: str | None) -> str:
    """The class of an error that came in a status, by the same table as one that came in an answer."""
    return classify(400, {"error": {"code": code}}, {}, channel=row.channel).kind

"""Gives each lane its next events, and takes it back once there are none that are due.

Per tenant two transactions are under way at a time, so that one is worked on here while the database works
on the other; what lanes ask for meanwhile is done in the next ones.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from connectors import service
from connectors.events import Event
from connectors.inbox import store
from connectors.inbox.store import Stored
from connectors.rules import ChannelRef, channel_of
from kernel import lanes
from kernel.db import Database, Tx
from kernel.errors import NotFound, Unavailable
from kernel.lanes import Claim, LaneLost
from kernel.loops import Breath

BATCH = 20  # events of one lane
LANES = 32  # in one transaction
FEW = 8  # of them: the next batch shall have more
AT_ONCE = 2  # transactions of one tenant


class Waiting(NamedTuple):
    """`event` is None where the stored one cannot be read: said again, and recorded, when its turn comes."""

    stored: Stored
    event: Event | None


class Loaded(NamedTuple):
    channel: ChannelRef
    events: list[Waiting]


class Request(NamedTuple):
    claim: Claim
    finished: Sequence[Stored]
    last: bool
    answer: asyncio.Future[Loaded]


class Loader:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._requests: dict[UUID, list[Request]] = {}
        self._running: Counter[UUID] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: dict[UUID, datetime] = {}

    async def next(self, claim: Claim, finished: Sequence[Stored], *, last: bool) -> Loaded:
        """Records what is finished and returns the events that are due, in order; none, or `last`: the lane
        has been given back. LaneLost when it is another worker's by now."""
        request = Request(claim, finished, last, asyncio.get_running_loop().create_future())
        self._requests.setdefault(claim.tenant_id, []).append(request)
        if self._running[claim.tenant_id] < AT_ONCE:
            self._running[claim.tenant_id] += 1
            task = asyncio.create_task(self._run(claim.tenant_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await request.answer

    async def _run(self, tenant_id: UUID) -> None:
        while requests := self._requests.get(tenant_id):
            self._requests[tenant_id] = requests[LANES:]
            breath = Breath()
            await self._answer(tenant_id, requests[:LANES])
            if len(requests) < FEW:
                breath.work_done()
                await breath.taken()
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]
            self._requests.pop(tenant_id, None)

    async def _answer(self, tenant_id: UUID, requests: list[Request]) -> None:
        answers: list[Loaded | Exception]
        try:
            async with self._db.tenant(tenant_id) as tx:
                answers = await self._load(tx, requests)
                tx.forgettable()
        except Exception as error:
            if len(requests) > 1 and not isinstance(error, Unavailable):
                for request in requests:  # one of them is at fault, or it was a deadlock
                    await self._answer(tenant_id, [request])
                return
            answers = [error] * len(requests)
        for request, answer in zip(requests, answers, strict=True):
            if request.answer.done():
                continue
            if isinstance(answer, Exception):
                request.answer.set_exception(answer)
            else:
                request.answer.set_result(answer)

    async def _load(self, tx: Tx, requests: Sequence[Request]) -> list[Loaded | Exception]:
        held = await lanes.hold_many(tx, [request.claim for request in requests])
        ours = [request for request in requests if request.claim.lane in held]
        await store.done_between(tx, [request.finished for request in ours if request.finished])
        names = [request.claim.lane for request in ours]
        ready = await store.ready_many(tx, names, BATCH)
        channels = await service.channel_refs(tx, {channel_of(lane) for lane in names})
        answers = {
            request.claim.lane: _answer_to(request, ready, channels, tx.now)
            for request in requests
            if request.claim.lane in held
        }
        await self._note(tx, [answer for answer in answers.values() if isinstance(answer, Loaded)])
        await _give_back(tx, {lane: ready.get(lane, []) for lane in names if _is_over(answers[lane])})
        lost = LaneLost("the lane was taken over")
        return [answers.get(request.claim.lane, lost) for request in requests]

    async def _note(self, tx: Tx, answers: Sequence[Loaded]) -> None:
        activity = [
            (answer.channel, [waiting.event for waiting in answer.events if waiting.event is not None])
            for answer in answers
            if answer.events
        ]
        await service.note_activity(tx, activity, self._seen)


def _answer_to(
    request: Request, ready: dict[str, list[Stored]], channels: dict[UUID, ChannelRef], now: datetime
) -> Loaded | Exception:
    lane = request.claim.lane
    channel = channels.get(channel_of(lane))
    if channel is None:
        return NotFound(f"lane {lane} is of no channel")
    due = [] if request.last else due_of(ready.get(lane, []), now)
    return Loaded(channel, [Waiting(stored, _read(stored)) for stored in due])


def _is_over(answer: Loaded | Exception) -> bool:
    return isinstance(answer, Loaded) and not answer.events


async def _give_back(tx: Tx, left: dict[str, list[Stored]]) -> None:
    """The oldest event that is left decides when an ordered lane goes on."""
    ready = {lane: ((events[0].not_before or tx.now) if events else None, 0) for lane, events in left.items()}
    await lanes.release_many(tx, ready)


def due_of(ready: Sequence[Stored], now: datetime) -> list[Stored]:
    """The leading events that need not wait: order is kept."""
    due: list[Stored] = []
    for stored in ready:
        if stored.not_before is not None and stored.not_before > now:
            break
        due.append(stored)
    return due


def _read(stored: Stored) -> Event | None:
    try:
        return stored.event()
    except ValueError:
        return None

"""Webhooks on their way: subscribed, batched, signed, retried; in order for each customer unless shuffled.

A lane is one customer's events. A lane with a POST in flight (or waiting to be retried) sends nothing
else, so order holds; lanes that are ready share the next POST, so a burst becomes a batch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from simulators.meta import envelopes
from simulators.meta.config import Config
from simulators.meta.envelopes import Event
from simulators.meta.faults import Faults, Knobs, chance
from simulators.meta.state import Account


@dataclass(slots=True)
class Counts:
    events: int = 0
    unsubscribed: int = 0
    dropped: int = 0
    posts: int = 0
    acknowledged: int = 0
    refused: int = 0
    duplicated: int = 0
    given_up: int = 0
    largest_batch: int = 0
    ack_ms: deque[float] = field(default_factory=lambda: deque(maxlen=10_000))

    def view(self) -> dict[str, Any]:
        times = sorted(self.ack_ms)
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "ack_ms"}
        if times:
            shown |= {"ack_p50_ms": times[len(times) // 2], "ack_p99_ms": times[int(len(times) * 0.99)]}
        return shown


@dataclass(slots=True)
class Batch:
    events: list[Event]
    body: bytes
    first_try: float
    attempts: int = 0


class Pipe:
    """The way out for one account."""

    def __init__(self, post: Callable[[Pipe, Batch], Any]) -> None:
        self.post = post
        self.lanes: dict[str, deque[Event]] = {}
        self.ready: deque[str] = deque()
        self.inflight = 0
        self.failing_since: float | None = None
        self.scheduled = False

    def put(self, event: Event) -> None:
        waiting = self.lanes.get(event.lane)
        if waiting is None:
            self.lanes[event.lane] = deque([event])
            self.ready.append(event.lane)
        else:
            waiting.append(event)

    def take(self, most: int) -> list[Event]:
        events: list[Event] = []
        while self.ready and len(events) < most:
            waiting = self.lanes[self.ready.popleft()]
            while waiting and len(events) < most:
                events.append(waiting.popleft())
        return events

    def free(self, events: list[Event]) -> None:
        for lane in dict.fromkeys(event.lane for event in events):
            if self.lanes.get(lane):
                self.ready.append(lane)
            else:
                self.lanes.pop(lane, None)


class Delivery:
    def __init__(self, config: Config, faults: Faults) -> None:
        self.config, self.faults = config, faults
        self.counts = Counts()
        self.session: aiohttp.ClientSession | None = None
        self._pipes: dict[tuple[str, str], Pipe] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._serial = 0
        self._heard: dict[str, int] = {}  # events per lane, names the draws of chance

    async def start(self) -> None:
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        self.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.session is not None:
            await self.session.close()

    def clear(self) -> None:
        for timer in self._timers:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        self._timers.clear()
        self._pipes.clear()
        self._heard.clear()
        self.counts = Counts()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Run `act` then, unless all is cleared first."""
        handle: asyncio.TimerHandle

        def run() -> None:
            self._timers.discard(handle)
            act()

        handle = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(handle)

    def spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- from event to batch ---

    def put(self, event: Event) -> None:
        account = event.account
        knobs = self.faults.of(account.account_id)
        self.counts.events += 1
        self._serial += 1
        wanted = account.kind != "messenger" or account.fields is None or event.field in account.fields
        if not account.subscribed or not wanted or not self.callback(account):
            self.counts.unsubscribed += 1
        elif knobs.drop_webhook_rate and self._lost(event, knobs):
            self.counts.dropped += 1
        elif knobs.shuffle_webhooks:
            event.lane = f"{event.lane}#{self._serial}"
            wait = chance(knobs, "shuffle", event.lane) * knobs.shuffle_spread_ms / 1000
            self.later(wait, lambda: self._enqueue(event))
        else:
            self._enqueue(event)

    def _lost(self, event: Event, knobs: Knobs) -> bool:
        turn = self._heard[event.lane] = self._heard.get(event.lane, 0) + 1
        return chance(knobs, "drop", event.account.account_id, event.lane, turn) < knobs.drop_webhook_rate

    def callback(self, account: Account) -> str:
        if account.callback:
            return account.callback
        return f"{self.config.webhook_base}/webhooks/{account.kind}" if self.config.webhook_base else ""

    def _enqueue(self, event: Event) -> None:
        pipe = self._pipe(event.account)
        pipe.put(event)
        self._schedule(pipe, event.account)

    def _pipe(self, account: Account) -> Pipe:
        return self._pipes.setdefault((account.kind, account.account_id), Pipe(self._post))

    def _schedule(self, pipe: Pipe, account: Account) -> None:
        """Look at the queue once this turn of the loop is over, so that what came together goes together."""
        if not pipe.scheduled:
            pipe.scheduled = True
            asyncio.get_running_loop().call_soon(self._pump, pipe, account)

    def _pump(self, pipe: Pipe, account: Account) -> None:
        pipe.scheduled = False
        knobs = self.faults.of(account.account_id)
        while pipe.ready and pipe.inflight < knobs.webhook_concurrency:
            self._launch(pipe, self._batch(pipe.take(knobs.batch_max), knobs))

    def _batch(self, events: list[Event], knobs: Knobs) -> Batch:
        body = envelopes.wrap(events, knobs.envelope)
        slashes = chance(knobs, "slashes", events[0].lane, self._serial) < 0.5
        self.counts.largest_batch = max(self.counts.largest_batch, len(events))
        return Batch(events, envelopes.encode(body, slashes), asyncio.get_running_loop().time())

    # --- from batch to callback ---

    def _launch(self, pipe: Pipe, batch: Batch) -> None:
        pipe.inflight += 1
        self.spawn(pipe.post(pipe, batch))

    async def _post(self, pipe: Pipe, batch: Batch) -> None:
        account = batch.events[0].account
        knobs = self.faults.of(account.account_id)
        try:
            acknowledged = await self.send(account, batch.body, knobs)
        finally:
            pipe.inflight -= 1
        if acknowledged:
            pipe.failing_since = None
            pipe.free(batch.events)
            self._duplicate(account, batch, knobs)
        else:
            self._retry(pipe, batch, account, knobs)
        if self._pipes.get((account.kind, account.account_id)) is pipe:
            self._schedule(pipe, account)

    async def send(self, account: Account, body: bytes, knobs: Knobs) -> bool:
        """One signed POST. Only 200 within the time limit counts as received."""
        if self.session is None:
            return False
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": envelopes.sign(body, self.config.secret_for(account.kind)),
        }
        timeout = aiohttp.ClientTimeout(total=knobs.webhook_timeout_ms / 1000)
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.counts.posts += 1
        try:
            async with self.session.post(
                self.callback(account), data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                received = answer.status == 200
        except (aiohttp.ClientError, TimeoutError, ValueError):
            received = False
        self.counts.acknowledged += received
        self.counts.refused += not received
        if received:
            self.counts.ack_ms.append((loop.time() - began) * 1000)
        return received

    def _retry(self, pipe: Pipe, batch: Batch, account: Account, knobs: Knobs) -> None:
        now = asyncio.get_running_loop().time()
        pipe.failing_since = pipe.failing_since or now
        limit = knobs.unsubscribe_after_s
        if limit is not None and account.kind != "whatsapp" and now - pipe.failing_since > limit:
            account.subscribed = False
        if now - batch.first_try > knobs.retry_give_up_s or not account.subscribed:
            self.counts.given_up += len(batch.events)
            pipe.free(batch.events)
            return
        wait = min(knobs.retry_max_ms, knobs.retry_base_ms * 2 ** min(batch.attempts, 20)) / 1000
        batch.attempts += 1
        jitter = 0.5 + chance(knobs, "retry", batch.events[0].lane, batch.attempts)
        self.later(wait * jitter, lambda: self._launch(pipe, batch))

    def _duplicate(self, account: Account, batch: Batch, knobs: Knobs) -> None:
        if knobs.duplicate_rate and chance(knobs, "duplicate", batch.body) < knobs.duplicate_rate:
            self.counts.duplicated += 1
            wait = chance(knobs, "duplicate-wait", batch.body) * 0.2
            self.later(wait, lambda: self.spawn(self._again(account, batch.body, knobs)))

    async def _again(self, account: Account, body: bytes, knobs: Knobs) -> None:
        await self.send(account, body, knobs)

    async def drain(self, seconds: float) -> bool:
        """Wait until nothing is queued, in flight or timed; say whether it came to that."""
        return await _until(lambda: not (self._tasks or self._timers or self.backlog()), seconds)

    async def settled(self, account: Account, lane: str, seconds: float) -> None:
        """Wait until this customer's events are acknowledged, at most so long."""
        await _until(lambda: lane not in self._pipe(account).lanes, seconds)

    def backlog(self) -> int:
        return sum(len(waiting) for pipe in self._pipes.values() for waiting in pipe.lanes.values())


async def _until(quiet: Callable[[], bool], seconds: float, step: float = 0.005) -> bool:
    for _ in range(int(seconds / step) + 1):
        if quiet():
            return True
        await asyncio.sleep(step)
    return False

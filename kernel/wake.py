"""Wake-ups between processes: "something waits under this topic". Never truth: all may be lost.

Published through Redis where one is configured and answers, else through PostgreSQL's NOTIFY;
heard on both. Who waits also sweeps on a timer, so a lost wake-up costs a moment, not a message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    import redis.asyncio as redis

CHANNEL = "konectus"
# Seconds between two packets to other processes; the first leaves at once. Less urgent: what has been heard by
# somebody here, who will do the work if there is room, and what is for people's screens.
GAP = 0.01
GAP_IF_CALM = 0.03
SCREENS = "live:"
REDIS_WITHIN = 0.5  # seconds: a Redis that is slower than this does not speed anything up
REDIS_CHECK = 1.0  # seconds of silence after which it is asked whether it is still there
log = logging.getLogger(__name__)


class Wakes:
    def __init__(self, dsn: str, redis_url: str = "") -> None:
        self._dsn = dsn
        self._redis_url = redis_url
        self._id = os.urandom(6).hex()  # who publishes: what comes back to us has been told already
        self._waiters: dict[str, set[asyncio.Event]] = {}
        self._hooks: dict[str, Callable[[str], None]] = {}
        self._urgent: set[str] = set()
        self._calm: set[str] = set()
        self._calm_next = 0.0  # the loop's time from which they may leave
        self._pending = asyncio.Event()
        self._wanted = asyncio.Event()  # somebody here listens
        self._tasks: list[asyncio.Task[None]] = []
        self._redis: redis.Redis | None = None
        self.redis_ready = False

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._keep(self._postgres)),
            asyncio.create_task(self._keep(self._publish)),
        ]
        if self._redis_url:
            self._redis = _redis(self._redis_url)
            self._tasks.append(asyncio.create_task(self._keep(self._hear_redis)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    def publish(self, topics: Iterable[str]) -> None:
        """Tells waiters here at once and other processes in a moment; topics are merged."""
        for topic in topics:
            self._tell(topic)
            calm = topic in self._waiters or topic.startswith(SCREENS)
            (self._calm if calm else self._urgent).add(topic)
        self._pending.set()

    @contextlib.contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Event]:
        """An Event that is set at each wake-up of the topic; clear it before looking for work."""
        event = asyncio.Event()
        self._waiters.setdefault(topic, set()).add(event)
        self._wanted.set()
        try:
            yield event
        finally:
            group = self._waiters[topic]
            group.discard(event)
            if not group:
                del self._waiters[topic]

    def on(self, prefix: str, hook: Callable[[str], None]) -> None:
        """Calls `hook` with each topic that starts with `prefix`, wherever it was published."""
        self._hooks[prefix] = hook
        self._wanted.set()

    def _tell(self, topic: str) -> None:
        for prefix, hook in self._hooks.items():
            if topic.startswith(prefix):
                hook(topic)
        for event in self._waiters.get(topic, ()):
            event.set()

    def _tell_all(self) -> None:
        """After a gap in hearing nobody knows what was said: everyone looks."""
        for topic in list(self._waiters):
            self._tell(topic)

    async def _keep(self, run: Any) -> None:
        while True:
            try:
                await run()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # any fault of a helper line is survived: the sweeps go on
                log.warning("wake line lost: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def _postgres(self) -> None:
        await self._wanted.wait()  # each listener costs the server a signal for each packet
        conn = await asyncpg.connect(self._dsn, timeout=5)
        try:
            await conn.add_listener(CHANNEL, lambda _c, _p, _ch, payload: self._heard(str(payload)))
            self._tell_all()
            while not conn.is_closed():
                await asyncio.sleep(2)
                await conn.execute("SELECT 1", timeout=5)
        finally:
            conn.terminate()

    def _heard(self, payload: str) -> None:
        sender, _, topics = payload.partition("|")
        if sender != self._id:
            for topic in topics.split(","):
                self._tell(topic)

    async def _hear_redis(self) -> None:
        assert self._redis is not None
        try:
            async with self._redis.pubsub() as pubsub:
                await asyncio.wait_for(pubsub.subscribe(CHANNEL), REDIS_WITHIN)
                await self._redis_answers()
                self.redis_ready = True
                self._tell_all()
                while self.redis_ready:  # who publishes may find it gone
                    item = await pubsub.get_message(timeout=REDIS_CHECK)
                    if item is None:
                        await self._redis_answers()
                    elif item["type"] == "message":
                        self._heard(item["data"].decode())
        finally:
            self.redis_ready = False

    async def _redis_answers(self) -> None:
        """A Redis that hangs keeps its connections: only a question tells."""
        assert self._redis is not None
        await asyncio.wait_for(self._redis.ping(), REDIS_WITHIN)

    async def _publish(self) -> None:
        conn = await asyncpg.connect(self._dsn, timeout=5)
        try:
            while True:
                await self._pending.wait()
                self._pending.clear()
                for packet in _packets(self._take()):
                    await self._send(conn, f"{self._id}|{packet}")
                await asyncio.sleep(GAP)  # what is said meanwhile goes in one packet
        finally:
            conn.terminate()

    def _take(self) -> set[str]:
        topics, self._urgent = self._urgent, set()
        loop = asyncio.get_running_loop()
        if self._calm and loop.time() < self._calm_next:
            loop.call_at(self._calm_next, self._pending.set)
        elif self._calm:
            topics |= self._calm
            self._calm.clear()
            self._calm_next = loop.time() + GAP_IF_CALM
        return topics

    async def _send(self, conn: Any, payload: str) -> None:
        if self._redis is not None and self.redis_ready:
            try:
                await asyncio.wait_for(self._redis.publish(CHANNEL, payload), REDIS_WITHIN)
                return
            except Exception:  # whatever ails it, there is another way
                self.redis_ready = False
        await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, payload, timeout=5)


def _redis(url: str) -> redis.Redis:
    """Imported only where it is used: it takes a fifth of a process's start."""
    import redis.asyncio as redis

    return redis.from_url(url, socket_timeout=None, socket_connect_timeout=REDIS_WITHIN)


def _packets(topics: set[str]) -> Iterable[str]:
    """Topics joined into payloads below NOTIFY's limit of 8,000 bytes."""
    packet: list[str] = []
    size = 0
    for topic in sorted(topics):
        if size + len(topic) > 7000:
            yield ",".join(packet)
            packet, size = [], 0
        packet.append(topic)
        size += len(topic) + 1
    if packet:
        yield ",".join(packet)

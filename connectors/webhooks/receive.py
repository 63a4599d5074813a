"""Takes webhooks in: signature over the raw bytes, then stored, then answered. Knows no web framework.

Group commit: one flush is under way at a time, requests that arrive meanwhile form the next batch,
and each is answered after the commit of its own batch. There is no timer: alone, nobody waits.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from connectors.channels import CHANNEL
from connectors.errors import BadSignature, BadVerifyToken, UnknownChannel
from connectors.events import CHANNELS, Channel
from connectors.webhooks import store
from kernel.db import Database
from kernel.errors import TooLarge, Unavailable
from kernel.wake import Wakes

BODY_LIMIT = 4 * 1024 * 1024
BATCH_ROWS = 1_000
BATCH_BYTES = 16 * 1024 * 1024
WAITING_BYTES = 64 * 1024 * 1024  # more than this waits nowhere: Meta is told to come again
# Bodies that only say what became of our messages are told of a moment later, in one word for many: nobody
# waits for a tick as they wait for an answer. Meta writes compactly; what is written otherwise counts as urgent.
QUIET = (b'"statuses":[', b'"delivery":{', b'"read":{')
LOUD = (b'"messages":[', b'"message":{', b'"postback":{')
MOMENT = 0.1  # seconds
PATIENCE = 10.0  # seconds for one flush; Meta gives up on us at about five
log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    channel: str
    hash: bytes
    body: bytes
    at: datetime
    done: asyncio.Future[None]
    urgent: bool


class Receiver:
    """`secrets`: the app secrets that may have signed, current ones and the previous during a change."""

    def __init__(self, db: Database, wakes: Wakes, *, secrets: Sequence[str], verify_token: str) -> None:
        self._db = db
        self._wakes = wakes
        self._secrets = tuple(secrets)
        self._verify_token = verify_token
        self._waiting: list[Waiting] = []
        self._waiting_bytes = 0
        self._flusher: asyncio.Task[None] | None = None
        self._telling: asyncio.TimerHandle | None = None
        self.counters = {"stored": 0, "duplicates": 0, "refused": 0, "failed": 0}

    def challenge(self, channel: str, query: Mapping[str, str]) -> str:
        """The text to echo to Meta when it checks the address."""
        answer = CHANNEL[known(channel)].verify.challenge(query, self._verify_token)
        if answer is None:
            raise BadVerifyToken("the verify token is not the one configured here")
        return answer

    async def receive(self, channel: str, body: bytes, signature: str | None) -> None:
        """Returns once the body is committed; a body seen before counts as committed."""
        kind = known(channel)
        if len(body) > BODY_LIMIT:
            raise TooLarge(f"a webhook body has at most {BODY_LIMIT} bytes")
        if not self._signed(kind, body, signature):
            self.counters["refused"] += 1
            raise BadSignature("the signature does not fit the body")
        if self._full:
            self.counters["failed"] += 1
            raise Unavailable("too much waits to be stored", code="ingest", retry_after=5)
        await self._store(kind, body)

    def offer(self, channel: Channel, body: bytes, signature: str) -> asyncio.Future[None] | None:
        """Done once the body is committed. None: it is not taken, and `receive` says why."""
        if self._full or len(body) > BODY_LIMIT or not self._signed(channel, body, signature):
            return None
        return self._store(channel, body)

    @property
    def _full(self) -> bool:
        return self._waiting_bytes > WAITING_BYTES

    def _signed(self, channel: Channel, body: bytes, signature: str | None) -> bool:
        return CHANNEL[channel].verify.verify(body, signature, self._secrets)

    def _store(self, channel: Channel, body: bytes) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mark = hashlib.sha256(channel.encode() + b"\0" + body).digest()
        self._waiting.append(Waiting(channel, mark, body, self._db.clock(), done, is_urgent(body)))
        self._waiting_bytes += len(body)
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        return done

    async def close(self) -> None:
        """Waits for what has been taken in; call before the database closes."""
        if self._flusher is not None:
            await self._flusher
        if self._telling is not None:
            self._tell()

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch = self._take()
                try:
                    await self._insert(batch)
                except BaseException as error:  # whatever it was: nobody may wait for ever
                    self._fail(batch, error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    self._answer(batch)
        finally:
            self._flusher = None

    def _take(self) -> list[Waiting]:
        size = count = 0
        for item in self._waiting[:BATCH_ROWS]:
            size += len(item.body)
            if count and size > BATCH_BYTES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        self._waiting_bytes -= sum(len(item.body) for item in batch)
        return batch

    async def _insert(self, batch: list[Waiting]) -> None:
        columns = tuple(zip(*batch, strict=True))[:4]
        try:
            stored = await store.store_bodies(self._db.raw, columns, PATIENCE)
        except asyncpg.DeadlockDetectedError:
            # Two processes met with the same bodies in another order; the other one is through by now.
            stored = await store.store_bodies(self._db.raw, columns, PATIENCE)
        self.counters["stored"] += stored
        self.counters["duplicates"] += len(batch) - stored

    def _answer(self, batch: list[Waiting]) -> None:
        if any(item.urgent for item in batch):
            self._tell()
        elif self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(MOMENT, self._tell)
        for item in batch:
            if not item.done.done():
                item.done.set_result(None)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        self._wakes.publish(("raw",))

    def _fail(self, batch: list[Waiting], error: BaseException) -> None:
        log.error("webhooks could not be stored: %s", type(error).__name__)
        self.counters["failed"] += len(batch)
        for item in batch:
            if not item.done.done():
                item.done.set_exception(Unavailable("the message could not be stored", code="ingest"))

    def health(self) -> dict[str, Any]:
        return {**self.counters, "waiting": len(self._waiting)}


def known(channel: str) -> Channel:
    for name in CHANNELS:
        if name == channel:
            return name
    raise UnknownChannel(f"there is no channel {channel[:40]}")


def is_urgent(body: bytes) -> bool:
    """Does somebody wait for an answer?"""
    return any(key in body for key in LOUD) or not any(key in body for key in QUIET)

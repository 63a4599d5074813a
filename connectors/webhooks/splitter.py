"""Raw webhook bodies → inbox events, each once, each in its lane.

One splitter works at a time (advisory lock). A body that breaks a batch is taken alone and put aside; it
never blocks the others.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from connectors.channels import CHANNEL
from connectors.events import Event, Parsed, Unparsable
from connectors.rules import lane_of
from connectors.webhooks import store
from connectors.webhooks.receive import known
from connectors.webhooks.routing import Accounts, ids_of
from connectors.webhooks.store import Body, Entry, Orphan
from kernel import jsons, lanes
from kernel.db import Database, Tx
from kernel.errors import Unavailable
from kernel.ids import new_id
from kernel.loops import pump
from kernel.wake import Wakes

BATCH_BYTES = 4 * 1024 * 1024  # parsed in one go, between two turns of the event loop
RAW_LIMIT = 64 * 1024
BATCH = 500
SWEEP = 1.0
GAP = 0.015  # seconds: at a hundred webhooks a second three or four are split in one go
log = logging.getLogger(__name__)


class Splitter:
    """`app_id`: our own app at Meta, by which we know echoes of what we sent ourselves."""

    def __init__(self, db: Database, wakes: Wakes, app_id: str = "") -> None:
        self._db = db
        self._wakes = wakes
        self._app_id = app_id
        self._full = False  # the last batch took all that one may: more may wait
        self.counters: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        await pump(self._wakes, "raw", self._look, stop, sweep=SWEEP, gap=GAP)

    async def _look(self) -> bool:
        return await self.once() > 0 and self._full

    async def once(self, limit: int = BATCH) -> int:
        """Splits up to `limit` new bodies; the number of bodies dealt with."""
        try:
            return await self._batch(limit)
        except Unavailable:
            raise
        except Exception:
            log.exception("a batch of webhooks could not be split; taking them one by one")
            return await self._one_by_one(limit)

    async def _batch(self, limit: int) -> int:
        async with self._db.dispatch() as tx:
            if not await store.lock_splitter(tx):
                return 0
            bodies = await store.new_bodies(tx, limit, BATCH_BYTES)
            if bodies:
                await self._split(tx, bodies)
            tx.forgettable()
        self._full = len(bodies) == limit or sum(len(body.body) for body in bodies) >= BATCH_BYTES
        return len(bodies)

    async def _one_by_one(self, limit: int) -> int:
        """As many single steps as the batch had, the first bad body ends up unparsable."""
        for count in range(limit):
            try:
                if await self._batch(1) == 0:
                    return count
            except Unavailable:
                raise
            except Exception as error:
                await self._put_aside(error)
        return limit

    async def _put_aside(self, error: Exception) -> None:
        async with self._db.dispatch() as tx:
            if await store.lock_splitter(tx):
                for body in await store.new_bodies(tx, 1, BATCH_BYTES):
                    reason = f"{type(error).__name__}: {error}"[:500].replace("\x00", "")
                    await store.drop_bodies(tx, {body.id: reason})
                    self.counters["unparsable"] += 1

    async def _split(self, tx: Tx, bodies: Sequence[Body]) -> None:
        problems: dict[int, str | None] = {}
        found: list[tuple[Body, Parsed]] = []
        for body in bodies:
            parsed, problem = _parse(body)
            problems[body.id] = problem
            found.append((body, parsed))
            self.counters["unparsable" if problem else "split"] += 1
        entries, orphans = await self._route(tx, found)
        await self._store(tx, entries)
        orphans += [_rejected(body, item.raw) for body, parsed in found for item in parsed.rejected]
        if orphans:
            self.counters["orphans"] += len(orphans)
            await store.add_orphans(tx, orphans, [new_id() for _ in orphans])
        await store.drop_bodies(tx, problems)

    async def _route(self, tx: Tx, found: Sequence[tuple[Body, Parsed]]) -> tuple[list[Entry], list[Orphan]]:
        events = [(body, event) for body, parsed in found for event in parsed.events]
        accounts = Accounts(await store.accounts(tx, {i for _, event in events for i in ids_of(event)}))
        entries: list[Entry] = []
        orphans: list[Orphan] = []
        for body, event in events:
            homes = accounts.homes(event)
            if not homes:
                orphans.append(_orphan(event))
            for home in homes:
                lane = lane_of(event, home.id, self._app_id)
                data = jsons.dumps(event)
                entries.append(Entry(home.tenant_id, home.id, lane, event, body.received_at, data))
        return entries, orphans

    async def _store(self, tx: Tx, entries: list[Entry]) -> None:
        """Writes what is new, in the order in which it happened."""
        unique = {(entry.channel_id, entry.event.key): entry for entry in reversed(entries)}
        first = sorted(reversed(unique.values()), key=lambda entry: entry.event.at)
        if not first:
            return
        numbers = await lanes.push_many(tx, Counter((entry.tenant_id, entry.lane) for entry in first))
        rows: list[tuple[Entry, UUID, int]] = []
        for entry in first:
            place = (entry.tenant_id, entry.lane)
            rows.append((entry, new_id(), numbers[place]))
            numbers[place] += 1
        added = await store.add_events(tx, rows)
        self.counters["events"] += added
        self.counters["repeated"] += len(entries) - added


def _parse(body: Body) -> tuple[Parsed, str | None]:
    """The events of a body, and why it has none. A fault in our own reading is such a reason, too."""
    try:
        return CHANNEL[known(body.channel)].parse.parse(body.body), None
    except Unparsable as problem:
        return Parsed(events=()), str(problem)[:500].replace("\x00", "") or "unparsable"
    except Exception as error:
        log.exception("webhook body %s could not be read", body.id)
        return Parsed(events=()), f"fault: {type(error).__name__}: {error}"[:500].replace("\x00", "")


def _orphan(event: Event) -> Orphan:
    reason = "account_news" if event.kind == "account" else "unknown_account"
    return Orphan(event.channel, event.account, event.key, reason, bytes(event.raw)[:RAW_LIMIT])


def _rejected(body: Body, raw: bytes) -> Orphan:
    mark = hashlib.sha256(bytes(raw)).hexdigest()[:40]
    return Orphan(body.channel, "", mark, "rejected", bytes(raw)[:RAW_LIMIT])

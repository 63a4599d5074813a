"""Who is looking at a phone right now, and what they are told."""

from __future__ import annotations

import asyncio
from typing import Any

from simulators.meta.state import Customer

Note = dict[str, Any]


class Streams:
    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], set[asyncio.Queue[Note]]] = {}

    @staticmethod
    def _key(customer: Customer) -> tuple[str, str, str]:
        return customer.account.kind, customer.account.account_id, customer.user

    def open(self, customer: Customer) -> asyncio.Queue[Note]:
        queue: asyncio.Queue[Note] = asyncio.Queue(maxsize=1000)
        self._open.setdefault(self._key(customer), set()).add(queue)
        return queue

    def close(self, customer: Customer, queue: asyncio.Queue[Note]) -> None:
        listeners = self._open.get(self._key(customer), set())
        listeners.discard(queue)
        if not listeners:
            self._open.pop(self._key(customer), None)

    def watched(self, customer: Customer) -> bool:
        return bool(self._open) and self._key(customer) in self._open

    def tell(self, customer: Customer, event: str, data: Note) -> None:
        if not self._open:
            return
        for queue in self._open.get(self._key(customer), ()):
            if not queue.full():  # a stuck reader loses notes, never slows the rest
                queue.put_nowait({"event": event, "data": data})

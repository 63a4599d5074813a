"""Direct mode's way out: a channel's native messages, sent in order, tried again where that is safe."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from connectors.channels import Send
from connectors.events import Channel, Native, SendError
from connectors.meta import Graph

TRIES = 3
LONGEST_WAIT = 30.0

log = logging.getLogger("konectus.channels")


class Outlet:
    """`account` is what the path is built from: phone number id, Page, Instagram account."""

    def __init__(
        self,
        graph: Graph,
        send: Send,
        *,
        channel: Channel,
        account: str,
        token: str,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._graph = graph
        self._send = send
        self._channel = channel
        self._path = send.path(account)
        self._token = token
        self._sleep = sleep

    async def say(self, native: Native, *, user: str, phone: str | None) -> bool:
        """True if the channel accepted it. A message that may have been sent is never sent again."""
        body = self._send.envelope(native, user=user, phone=phone, reference=uuid.uuid4().hex)
        for left in reversed(range(TRIES)):
            try:
                self._send.accepted(await self._post(body))
            except SendError as problem:
                if not left or problem.maybe_sent or problem.permanent or problem.kind in ("auth", "billing"):
                    log.error("not sent on %s: %s", self._channel, problem)
                    return False
                await self._sleep(min(problem.retry_after or 1.0, LONGEST_WAIT))
            else:
                return True
        return False

    async def mark_read(self, message_id: str, user: str, *, typing: bool) -> None:
        """A courtesy: its failure is noted and costs nothing."""
        for body in self._send.mark_read(message_id, user, typing=typing):
            try:
                await self._post(body)
            except SendError as problem:
                log.warning("not marked read on %s: %s", self._channel, problem)
                return

    async def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        return await self._graph.call("POST", self._path, token=self._token, json=body, channel=self._channel)

"""The webhooks' way in: mounted on the framework, with a short cut past it for what is plain.

The framework takes five times as long as storing does. A request that came whole, is plain and is
signed goes to the receiver straight from the connection. Everything else, and everything that is wrong,
takes the framework's way, which knows partial, pipelined and chunked requests and says what is wrong.
What a stranger sends never takes the short cut: it has no signature over exactly these bytes.
"""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import Any, NamedTuple

from sanic import Request, Sanic
from sanic.http import Stage
from sanic.response import HTTPResponse
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

from connectors.events import CHANNELS, Channel
from connectors.webhooks.receive import Receiver
from kernel.web import error_response

FIRST_LINES = {f"POST /webhooks/{channel} HTTP/1.1".encode(): channel for channel in CHANNELS}
UNUSUAL = frozenset((b"transfer-encoding", b"expect", b"upgrade"))
TAKEN = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n"


class Plain(NamedTuple):
    channel: Channel
    body: bytes
    signature: str


def mount(app: Sanic[Any, Any], receiver: Receiver) -> None:
    app.ctx.receiver = receiver
    app.add_route(partial(_webhook, receiver), "/webhooks/<channel>", methods=["POST"], name="webhook")


async def _webhook(receiver: Receiver, request: Request[Any, Any], channel: str) -> HTTPResponse:
    """No typed shell around it: the receiver says all there is to say."""
    try:
        await receiver.receive(channel, request.body, request.headers.get("x-hub-signature-256"))
    except Exception as error:
        return error_response(request, error)
    return HTTPResponse(status=200)


class FrontProtocol(WebSocketProtocol):
    """Sanic's, with the short cut. Between two requests of a connection only; one is under way at a time,
    and what arrives meanwhile waits for its answer, so answers keep the order of the requests."""

    __slots__ = ("_asked", "_later")

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._asked = b""  # the request under way, as it came
        self._later = bytearray()

    def data_received(self, data: bytes) -> None:
        if self._asked:
            self._wait(data)
        elif not self._short_cut(data):
            self._long_way(data)

    def _long_way(self, data: bytes) -> None:
        super().data_received(data)  # type: ignore[no-untyped-call]  # Sanic leaves it untyped

    def _wait(self, data: bytes) -> None:
        self._later += data
        if self.transport and len(self._later) >= self.app.config.REQUEST_BUFFER_SIZE:
            self.transport.pause_reading()

    def _short_cut(self, data: bytes) -> bool:
        """Is it on its way to the receiver?"""
        if self.http is None or self.http.stage is not Stage.IDLE or self.recv_buffer:
            return False
        found = plain(data)
        if found is None or not self._can_write.is_set():
            return False
        # Where the connectors run in another process there is none.
        receiver: Receiver | None = getattr(self.app.ctx, "receiver", None)
        stored = receiver.offer(found.channel, found.body, found.signature) if receiver else None
        if stored is None:
            return False
        self._asked, self._time = data, monotonic()
        self.http.stage = Stage.HANDLER  # so that a shutdown waits for it
        self.state["requests_count"] += 1
        stored.add_done_callback(self._stored)
        return True

    def _stored(self, stored: asyncio.Future[None]) -> None:
        asked, later = self._asked, bytes(self._later)
        self._asked, self._later = b"", bytearray()
        failed = stored.cancelled() or stored.exception() is not None
        if self.http is None or self.transport is None or self.transport.is_closing():
            return
        self.http.stage = Stage.IDLE
        self.transport.resume_reading()
        if failed:  # the framework's way tries once more, and says what is wrong
            self._long_way(asked + later)
            return
        self.transport.write(TAKEN)
        self._time = monotonic()
        if later:
            self.data_received(later)


def plain(data: bytes) -> Plain | None:
    """The webhook that these bytes are from first to last, or None if they are anything less simple."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    channel = FIRST_LINES.get(first)
    if channel is None:
        return None
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    if len(headers) != len(lines) or not UNUSUAL.isdisjoint(headers):
        return None
    if headers.get(b"content-length") != b"%d" % len(body):
        return None
    if headers.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    return Plain(channel, body, headers.get(b"x-hub-signature-256", b"").decode("latin-1"))

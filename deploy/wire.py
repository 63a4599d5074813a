"""Requests on their way through the proxy: read strictly by h11, written anew, never copied.

What a caller sends beyond one request never reaches a service, so no two of us can disagree on where it ends.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus

import h11

HEAD_LIMIT = 64 * 1024
CHUNK = 64 * 1024
HEAD_WITHIN = 30.0
BODY_WITHIN = 30.0  # for the next piece
HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"expect", b"proxy-connection"}
OURS = (b"forwarded", b"x-forwarded-", b"x-real-ip")  # how these begin: whom services believe


class BadRequest(Exception):
    """Not a request that can be passed on."""


class Caller:
    """The one request of a caller's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        self.peer = str((writer.get_extra_info("peername") or ["unknown"])[0])

    async def request(self) -> h11.Request:
        async with asyncio.timeout(HEAD_WITHIN):
            found = await self._next()
        if not isinstance(found, h11.Request):
            raise BadRequest("no request")
        _check(found)
        return found

    async def body(self) -> AsyncIterator[bytes]:
        if self._http.they_are_waiting_for_100_continue:
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while True:
            async with asyncio.timeout(BODY_WITHIN):
                event = await self._next()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def raw(self) -> AsyncIterator[bytes]:
        """After an upgrade: the bytes as they come, those that are here already first."""
        waiting, _ = self._http.trailing_data
        if waiting:
            yield waiting
        while chunk := await self._reader.read(CHUNK):
            yield chunk

    async def _next(self) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(CHUNK))
        except h11.RemoteProtocolError as error:
            raise BadRequest(str(error)) from error
        if isinstance(event, h11.ConnectionClosed):
            raise ConnectionResetError
        return event


def _check(request: h11.Request) -> None:
    names = [name for name, _ in request.headers]
    if b"transfer-encoding" in names and (b"content-length" in names or request.http_version == b"1.0"):
        raise BadRequest("the length of the body is said in two ways")
    if not request.target.startswith(b"/"):
        raise BadRequest("the target is not a path")


def upgrades(request: h11.Request) -> bool:
    """Whether it asks to go on as a websocket; no other protocol is let through."""
    headers = dict(request.headers)
    return request.method == b"GET" and headers.get(b"upgrade", b"").lower() == b"websocket"


def passed_on(request: h11.Request, peer: str) -> h11.Request:
    """The request as the service gets it: who really asks, and an end after one answer unless it upgrades."""
    headers = dict(request.headers)
    named = {name.strip().lower() for name in headers.get(b"connection", b"").split(b",")}
    dropped = HOP_BY_HOP | (named - {b"host", b"content-length", b"transfer-encoding"})
    kept = [(n, value) for n, value in request.headers if n not in dropped and not n.startswith(OURS)]
    kept += [(b"X-Forwarded-For", peer.encode()), (b"X-Forwarded-Proto", b"http")]
    if host := headers.get(b"host"):
        kept.append((b"X-Forwarded-Host", host))
    if upgrades(request):
        kept += [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    else:
        kept.append((b"Connection", b"close"))
    return h11.Request(method=request.method, target=request.target, headers=kept)


def answer(status: HTTPStatus, code: str, message: str) -> bytes:
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
    more = f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    return (head + more).encode() + body

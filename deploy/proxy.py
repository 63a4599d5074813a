"""A small reverse proxy for `make run-cluster`: picks a service by path prefix and passes one request on.

One request a connection; a websocket or a stream lasts as long as it likes. Real deployments use Caddy
with the same table (deploy/Caddyfile).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import h11

from deploy.pulse import Pulse
from deploy.table import NAMES, services_for
from deploy.wire import CHUNK, HEAD_LIMIT, BadRequest, Caller, answer, passed_on, upgrades

CONNECT_WITHIN = 2.0
ANSWER_WITHIN = 30.0  # for the first byte, from a service that lives
NEXT_WITHIN = 60.0  # for each further piece of an answer
LINGER = 2.0  # to let a caller that still sends read its answer
SWITCHED = b" 101 "


class Refused(Exception):
    """The proxy itself has to answer."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.reply = answer(status, code, message)


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Proxy:
    def __init__(
        self, upstreams: Mapping[str, str], pulse: Pulse, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._upstreams = {name: urlsplit(url) for name, url in upstreams.items()}
        self._pulse = pulse
        self._answer_within = answer_within

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = Caller(reader, writer)
        with contextlib.suppress(OSError, TimeoutError):  # one of the two went away
            try:
                await self._one(caller)
            except BadRequest as error:
                writer.write(answer(HTTPStatus.BAD_REQUEST, "bad_request", str(error)))
            except Refused as refusal:
                writer.write(refusal.reply)
            await _linger(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _one(self, caller: Caller) -> None:
        request = await caller.request()
        service = await self._reach(services_for(request.target.decode("ascii")))
        sending = asyncio.create_task(_send(service, passed_on(request, caller.peer), caller))
        try:
            first = await self._first_word(service, sending)
            caller.writer.write(first)
            if upgrades(request) and SWITCHED in first.split(b"\r\n", 1)[0]:
                await sending
                await _both_ways(service, caller)
            else:
                await _pour(_pieces(service.reader), caller.writer)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            service.writer.close()

    async def _reach(self, names: Sequence[str]) -> Service:
        if not names:
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", "there is nothing here")
        for name in filter(self._pulse.lives, names):
            at = self._upstreams[name]
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_WITHIN):
                    return Service(name, *await asyncio.open_connection(at.hostname, at.port))
        raise _down(names[0])

    async def _first_word(self, service: Service, sending: asyncio.Task[None]) -> bytes:
        """The beginning of the answer. One that comes before all is sent is an answer too."""
        reading = asyncio.create_task(service.reader.read(CHUNK))
        gone = asyncio.create_task(self._pulse.until_gone(service.name))
        try:
            await asyncio.wait({sending, gone, reading}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and isinstance(error := sending.exception(), BadRequest | TimeoutError):
                raise error  # the caller's body is at fault
            patience = self._answer_within
            await asyncio.wait({gone, reading}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and not reading.exception() and reading.result():
                return reading.result()
            if reading.done() or gone.done():
                raise _down(service.name)
            message = f"the {service.name} service does not answer"
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, "timeout", message)
        finally:
            reading.cancel()
            gone.cancel()
            await asyncio.gather(reading, gone, return_exceptions=True)


def _down(name: str) -> Refused:
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", f"the {name} service is down")


async def _send(service: Service, request: h11.Request, caller: Caller) -> None:
    http = h11.Connection(h11.CLIENT)
    service.writer.write(http.send(request) or b"")
    async for piece in caller.body():
        service.writer.write(http.send(h11.Data(data=piece)) or b"")
        await service.writer.drain()
    service.writer.write(http.send(h11.EndOfMessage()) or b"")
    await service.writer.drain()


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(NEXT_WITHIN):
            piece = await reader.read(CHUNK)
        if not piece:
            return
        yield piece


async def _pour(pieces: AsyncIterator[bytes], target: asyncio.StreamWriter) -> None:
    async for piece in pieces:
        target.write(piece)
        await target.drain()


async def _both_ways(service: Service, caller: Caller) -> None:
    """Until one side is done."""
    there = asyncio.create_task(_pour(caller.raw(), service.writer))
    back = asyncio.create_task(_pour(_endless(service.reader), caller.writer))
    try:
        await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (there, back):
            task.cancel()
        await asyncio.gather(there, back, return_exceptions=True)


async def _endless(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await reader.read(CHUNK):
        yield piece


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closing on a caller that still sends would take away the answer it has not read yet."""
    await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    async with asyncio.timeout(LINGER):
        while await reader.read(CHUNK):
            pass


async def run(host: str, port: int, upstreams: Mapping[str, str]) -> None:
    stop = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    pulse = Pulse(upstreams)
    watching = asyncio.create_task(pulse.run())
    proxy = Proxy(upstreams, pulse)
    server = await asyncio.start_server(proxy.serve, host, port, limit=HEAD_LIMIT, backlog=1024)
    await stop.wait()
    server.close()
    watching.cancel()


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="deploy.proxy", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("upstreams", nargs="+", metavar="NAME=URL")
    asked = parser.parse_args(argv)
    upstreams = dict(word.split("=", 1) for word in asked.upstreams)
    if missing := set(NAMES) - set(upstreams):
        parser.error(f"no address for {', '.join(sorted(missing))}")
    asyncio.run(run(asked.host, asked.port, upstreams))


if __name__ == "__main__":
    main()

"""A small reverse proxy for `make run-cluster`: picks a service by path prefix and joins the two sockets.

One request a connection (websockets and event streams last as long as they like), so that nothing but the
request's head has to be understood. Real deployments use Caddy with the same table (deploy/Caddyfile).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

ROUTES = {
    "/api/auth": "accounts",
    "/api/tenant": "accounts",
    "/api/users": "accounts",
    "/api/tokens": "accounts",
    "/api/terms": "accounts",
    "/webhooks": "connectors",
    "/api/channels": "connectors",
    "/api/conversations": "router",
    "/api/presence": "router",
    "/api/queues": "router",
    "/api/live": "router",
    "/api/contacts": "crm",
    "/api/contact-fields": "crm",
    "/api/orders": "crm",
    "/api/billing": "billing",
}
ELSE = "router"  # the console's files, /health, /api/openapi.json
HIDDEN = "/internal"  # services reach each other directly, never through the front door
HEAD_LIMIT = 64 * 1024
CONNECT_WITHIN = 2.0
HEAD_WITHIN = 30.0
ANSWER_WITHIN = 15.0  # for the first byte: a service that hangs must not hold its callers


class BadHead(Exception):
    """Not a request that can be passed on."""


def service_for(path: str) -> str | None:
    """The service that owns a path; None for what is not to be reached from outside."""
    plain = path.split("?", 1)[0]
    if _below(plain, HIDDEN):
        return None
    return next((name for prefix, name in ROUTES.items() if _below(plain, prefix)), ELSE)


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def path_of(head: bytes) -> str:
    parts = head.split(b"\r\n", 1)[0].split(b" ")
    if len(parts) != 3 or not parts[1].startswith(b"/") or not parts[2].startswith(b"HTTP/1."):
        raise BadHead("not an HTTP/1.1 request")
    return parts[1].decode("latin-1")


def forwarded(head: bytes, peer: str) -> bytes:
    """The head as the service gets it: who really asks, and an end after one answer unless it upgrades."""
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
    ours = (b"x-forwarded-", b"forwarded:", *(() if upgrade else (b"connection:", b"keep-alive:")))
    kept = [line for line in lines if not line.lower().startswith(ours)]
    kept += [f"X-Forwarded-For: {peer}".encode(), b"X-Forwarded-Proto: http"]
    if not upgrade:
        kept.append(b"Connection: close")
    return b"\r\n".join([first, *kept, b"", b""])


def answer(status: str, code: str, message: str) -> bytes:
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


class Proxy:
    def __init__(self, upstreams: Mapping[str, str], answer_within: float = ANSWER_WITHIN) -> None:
        self._upstreams = {name: urlsplit(url) for name, url in upstreams.items()}
        self._answer_within = answer_within

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._pass_on(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass  # the caller went away
        except (asyncio.LimitOverrunError, BadHead):
            writer.write(answer("400 Bad Request", "bad_request", "this is not an HTTP/1.1 request"))
        finally:
            with contextlib.suppress(ConnectionError):
                await writer.drain()
                writer.close()
                await writer.wait_closed()

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = path_of(head)
        if path == "/proxy-health":
            writer.write(answer("200 OK", "ready", "the proxy answers"))
            return
        name = service_for(path)
        if name is None:
            writer.write(answer("404 Not Found", "not_found", "there is nothing here"))
            return
        upstream = self._upstreams[name]
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                answers, requests = await asyncio.open_connection(upstream.hostname, upstream.port)
        except (OSError, TimeoutError):
            writer.write(answer("503 Service Unavailable", "unavailable", f"the {name} service is down"))
            return
        requests.write(forwarded(head, writer.get_extra_info("peername")[0]))
        if not await _join(reader, requests, answers, writer, self._answer_within):
            writer.write(answer("504 Gateway Timeout", "timeout", f"the {name} service does not answer"))


async def _join(
    reader: asyncio.StreamReader,
    requests: asyncio.StreamWriter,
    answers: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    within: float,
) -> bool:
    """Copies both ways until one side is done; False when the service let the time pass without a word."""
    begun = asyncio.Event()
    sending = asyncio.create_task(_copy(reader, requests, asyncio.Event()))
    answering = asyncio.create_task(_copy(answers, writer, begun))
    try:
        await asyncio.wait({sending, answering}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if begun.is_set() or sending.done() or answering.done():
            await asyncio.wait({sending, answering}, return_when=asyncio.FIRST_COMPLETED)
            return True
        return False
    finally:
        for task in (sending, answering):
            task.cancel()
        await asyncio.gather(sending, answering, return_exceptions=True)
        requests.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, begun: asyncio.Event) -> None:
    while chunk := await source.read(64 * 1024):
        begun.set()
        target.write(chunk)
        await target.drain()


async def run(host: str, port: int, upstreams: Mapping[str, str]) -> None:
    stop = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    server = await asyncio.start_server(Proxy(upstreams).serve, host, port, limit=HEAD_LIMIT, backlog=1024)
    await stop.wait()
    server.close()


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="deploy.proxy", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("upstreams", nargs="+", metavar="NAME=URL")
    asked = parser.parse_args(argv)
    upstreams = dict(word.split("=", 1) for word in asked.upstreams)
    if missing := {*ROUTES.values(), ELSE} - set(upstreams):
        parser.error(f"no address for {', '.join(sorted(missing))}")
    asyncio.run(run(asked.host, asked.port, upstreams))


if __name__ == "__main__":
    main()

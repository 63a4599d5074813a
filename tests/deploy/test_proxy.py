"""The cluster's reverse proxy: the right service, both directions, nothing internal, nothing smuggled."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import h11
import httpx
import pytest
import websockets

from deploy.proxy import Proxy
from deploy.pulse import Pulse
from deploy.table import ELSE, ROUTES, services_for
from deploy.wire import HEAD_LIMIT, passed_on

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", ["/internal", "/internal/crm/orders/1?tenant=x"])
def test_internal_paths_are_not_reached_from_outside(path: str) -> None:
    assert services_for(path) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/contacts?q=ana", "crm"),
        ("/api/contacts-export", ELSE),  # a prefix ends at a slash
        ("/api/billing/usage", "billing"),
        ("/webhooks/whatsapp", "connectors"),
        ("/api/live", "router"),
        ("/api/users/me", "accounts"),
        ("/health/own", ELSE),
        ("/", ELSE),
    ],
)
def test_a_path_goes_to_its_service(path: str, name: str) -> None:
    assert services_for(path) == [name]


def test_any_service_can_tell_how_all_are() -> None:
    assert services_for("/health") == ["router", "accounts", "billing", "connectors", "crm"]


def test_the_caller_cannot_say_who_it_is() -> None:
    given = [("Host", "shop.example"), ("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Host", "evil.example")]
    given += [("Forwarded", "for=1.2.3.4"), ("Connection", "keep-alive, X-Odd"), ("X-Odd", "1"), ("TE", "x")]
    given += [("X-Forwarded-Port", "1"), ("X-Forwarded-Path", "/x"), ("X-Real-IP", "1.2.3.4")]
    request = h11.Request(method="GET", target="/", headers=given)
    assert dict(passed_on(request, "9.9.9.9").headers) == {
        b"host": b"shop.example",
        b"x-forwarded-for": b"9.9.9.9",
        b"x-forwarded-proto": b"http",
        b"x-forwarded-host": b"shop.example",
        b"connection": b"close",
    }


def test_caddy_has_the_same_table() -> None:
    caddyfile = (ROOT / "deploy/Caddyfile").read_text()
    for prefix, name in ROUTES.items():
        line = next(line for line in caddyfile.splitlines() if f" {prefix} " in f"{line} ")
        assert line.split()[0] == f"@{name}"


async def echo(connection: websockets.ServerConnection) -> None:
    async for message in connection:
        await connection.send(f"echo {message!s}")


async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with all that it gets within a moment, as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
    body = await reader.readexactly(int(sizes[0]) if sizes else 0)
    if b"chunked" in head:
        body = await reader.readuntil(b"0\r\n\r\n")
    more = b""
    try:
        async with asyncio.timeout(0.2):
            more = await reader.read()
    except TimeoutError:
        pass
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + head + body + more)
    await writer.drain()
    writer.close()


async def refuse_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(0.5)
    writer.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lives (its health answers) but has nothing to say."""
    head = await reader.readuntil(b"\r\n\r\n")
    if b"/health/own" in head:
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n")
    else:
        await reader.read()
    writer.close()


async def freeze(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.fixture
async def base() -> AsyncIterator[str]:
    """router: a websocket; crm: tells; connectors: lives and hangs; billing: frozen; accounts: not there."""
    async with websockets.serve(echo, "127.0.0.1", 0) as live:
        made = {"crm": tell, "connectors": hang, "billing": freeze}
        servers = {name: await asyncio.start_server(how, "127.0.0.1", 0) for name, how in made.items()}
        at = {name: server.sockets[0] for name, server in servers.items()}
        at["router"] = next(iter(live.sockets))
        upstreams = {name: f"http://127.0.0.1:{sock.getsockname()[1]}" for name, sock in at.items()}
        upstreams["accounts"] = "http://127.0.0.1:9"
        pulse = Pulse(upstreams, every=0.1, within=0.3)
        watching = asyncio.create_task(pulse.run())
        proxy = Proxy(upstreams, pulse, answer_within=1.5)
        front = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
        yield f"127.0.0.1:{front.sockets[0].getsockname()[1]}"
        watching.cancel()
        for server in (front, *servers.values()):
            server.close()


async def say(base: str, words: bytes) -> bytes:
    host, port = base.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(words)
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "words",
    [
        b"hello there\r\n\r\n",
        b"GET http://crm/api/contacts HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/contacts HTTP/1.1\r\n\r\n",
        b"GET /api/contacts HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"POST /api/contacts HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /api/contacts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /api/contacts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/contacts HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n",
        b"POST /api/contacts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET /api/contacts HTTP/1.1\r\nHost: x\r\nX: " + b"y" * HEAD_LIMIT * 3,
    ],
)
async def test_what_can_be_read_in_two_ways_is_a_400(base: str, words: bytes) -> None:
    assert (await say(base, words)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("more", [b"", b"Upgrade: h2c\r\nConnection: upgrade\r\n", b"Upgrade: websocket\r\n"])
async def test_what_follows_a_request_reaches_nobody(base: str, more: bytes) -> None:
    first = b"POST /api/contacts HTTP/1.1\r\nHost: x\r\n" + more + b"Content-Length: 2\r\n\r\nok"
    reply = await say(base, first + b"GET /internal/crm/orders/1 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert reply.endswith(b"\r\n\r\nok")


async def test_an_upgrade_that_is_not_taken_opens_nothing(base: str) -> None:
    first = b"GET /api/contacts HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    reply = await say(base, first + b"GET /internal/crm/orders/1 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert b"/internal" not in reply


async def test_a_service_that_is_not_there_is_a_503_at_once(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(f"http://{base}/api/users")
    assert reply.status_code == 503
    assert reply.json() == {"error": {"code": "unavailable", "message": "the accounts service is down"}}


async def test_a_frozen_service_is_a_503_for_who_waits_and_at_once_for_the_next(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        waited = await client.get(f"http://{base}/api/billing")
        began = time.monotonic()
        next_one = await client.get(f"http://{base}/api/billing")
    assert (waited.status_code, waited.json()["error"]["code"]) == (503, "unavailable")
    assert next_one.status_code == 503
    assert time.monotonic() - began < 0.3


async def test_a_service_that_lives_and_does_not_answer_is_a_504(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(f"http://{base}/api/channels")
    assert (reply.status_code, reply.json()["error"]["code"]) == (504, "timeout")


async def test_health_is_asked_of_the_next_when_one_is_down() -> None:
    server = await asyncio.start_server(tell, "127.0.0.1", 0)
    upstreams = dict.fromkeys(ROUTES.values(), "http://127.0.0.1:9")
    upstreams["crm"] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    front = await asyncio.start_server(Proxy(upstreams, Pulse(upstreams)).serve, "127.0.0.1", 0)
    at = f"127.0.0.1:{front.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://{at}/health")).status_code == 200
        assert (await client.get(f"http://{at}/")).status_code == 503
    front.close()
    server.close()


async def test_a_large_body_passes_whole_and_as_it_is_framed(base: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with httpx.AsyncClient(trust_env=False) as client:
        sized = await client.post(f"http://{base}/api/contacts", content=b"x" * 3_000_000)
        chunked = await client.post(f"http://{base}/api/contacts", content=pieces())
    assert sized.content.endswith(b"x" * 3_000_000)
    assert chunked.content.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


async def test_an_early_answer_is_heard_by_who_still_sends() -> None:
    server = await asyncio.start_server(refuse_early, "127.0.0.1", 0)
    upstreams = dict.fromkeys(ROUTES.values(), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    front = await asyncio.start_server(Proxy(upstreams, Pulse(upstreams)).serve, "127.0.0.1", 0)
    at = f"127.0.0.1:{front.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"http://{at}/api/contacts", content=b"x" * 9_000_000)).status_code == 413
    front.close()
    server.close()


async def test_a_websocket_passes_both_ways(base: str) -> None:
    async with websockets.connect(f"ws://{base}/api/live", proxy=None) as socket:
        for word in ("one", "two"):
            await socket.send(word)
            assert await socket.recv() == f"echo {word}"

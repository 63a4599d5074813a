"""The cluster's reverse proxy: the right service, both directions, nothing internal."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import websockets

from deploy.proxy import ELSE, HEAD_LIMIT, ROUTES, Proxy, forwarded, service_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", ["/internal", "/internal/crm/orders/1?tenant=x"])
def test_internal_paths_are_not_reached_from_outside(path: str) -> None:
    assert service_for(path) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/contacts?q=ana", "crm"),
        ("/api/contacts-export", ELSE),  # a prefix ends at a slash
        ("/api/billing/usage", "billing"),
        ("/webhooks/whatsapp", "connectors"),
        ("/api/live", "router"),
        ("/api/users/me", "accounts"),
        ("/", ELSE),
    ],
)
def test_a_path_goes_to_its_service(path: str, name: str) -> None:
    assert service_for(path) == name


def test_the_caller_cannot_say_who_it_is() -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\nConnection: keep-alive\r\n\r\n"
    assert forwarded(head, "9.9.9.9") == (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: http\r\n"
        b"Connection: close\r\n\r\n"
    )


def test_caddy_has_the_same_table() -> None:
    caddyfile = (ROOT / "deploy/Caddyfile").read_text()
    for prefix, name in ROUTES.items():
        line = next(line for line in caddyfile.splitlines() if f" {prefix} " in f"{line} ")
        assert line.split()[0] == f"@{name}"


async def echo(connection: websockets.ServerConnection) -> None:
    async for message in connection:
        await connection.send(f"echo {message!s}")


async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the path that it was asked for and the size of the body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    lengths = [line.split(":")[1] for line in head.splitlines() if line.startswith("content-length")]
    body = await reader.readexactly(int(lengths[0]) if lengths else 0)
    writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{head.split()[1]} {len(body)}".encode())
    await writer.drain()
    writer.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.fixture
async def base() -> AsyncIterator[str]:
    async with websockets.serve(echo, "127.0.0.1", 0) as live:
        crm = await asyncio.start_server(tell, "127.0.0.1", 0)
        connectors = await asyncio.start_server(hang, "127.0.0.1", 0)
        at = {"router": next(iter(live.sockets)), "crm": crm.sockets[0], "connectors": connectors.sockets[0]}
        upstreams = {name: f"http://127.0.0.1:{sock.getsockname()[1]}" for name, sock in at.items()}
        upstreams |= dict.fromkeys(("billing", "accounts"), "http://127.0.0.1:9")
        front = await asyncio.start_server(Proxy(upstreams, 0.5).serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
        yield f"127.0.0.1:{front.sockets[0].getsockname()[1]}"
        for server in (front, crm, connectors):
            server.close()


async def test_a_service_that_is_down_is_a_named_503(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(f"http://{base}/api/billing/usage")
    assert reply.status_code == 503
    assert reply.json() == {"error": {"code": "unavailable", "message": "the billing service is down"}}


async def test_a_service_that_hangs_is_a_named_504(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(f"http://{base}/api/channels")
    assert (reply.status_code, reply.json()["error"]["code"]) == (504, "timeout")


async def test_what_is_not_http_is_a_400(base: str) -> None:
    host, port = base.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello there\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    writer.close()
    await writer.wait_closed()


async def test_a_large_body_passes_whole(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        replies = [
            await client.post(f"http://{base}/api/contacts", content=b"x" * 3_000_000) for _ in range(2)
        ]
    assert [reply.text for reply in replies] == ["/api/contacts 3000000"] * 2


async def test_a_websocket_passes_both_ways(base: str) -> None:
    async with websockets.connect(f"ws://{base}/api/live", proxy=None) as socket:
        await socket.send("one")
        assert await socket.recv() == "echo one"

"""The Graph client on real sockets, over both transports that the project uses: what may have been sent?"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from connectors.events import SendError
from connectors.meta import Graph
from kernel.http import client as scaling_client

CLIENTS: dict[str, Callable[[], httpx.AsyncClient]] = {"httpx": httpx.AsyncClient, "aiohttp": scaling_client}


@pytest.fixture(params=sorted(CLIENTS))
async def client(request):
    async with CLIENTS[request.param]() as made:
        yield made


@asynccontextmanager
async def server(answer: bytes, *, hang: bool = False):
    """Reads a request, then answers with these bytes and closes, or hangs."""
    done = asyncio.Event()

    async def serve(reader, writer):
        await reader.read(65_536)
        if hang:
            await done.wait()
        writer.write(answer)
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        await asyncio.sleep(0.01)
        running.close()
        await running.wait_closed()


async def failure(client, url, timeout=5.0) -> SendError:
    with pytest.raises(SendError) as caught:
        await Graph(client, url).call("POST", "/1/messages", token="T", json={"a": 1}, timeout=timeout)
    assert (caught.value.kind, caught.value.permanent) == ("unknown", False)
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_whatever_goes_wrong_after_asking_may_have_sent(client, answer):
    async with server(answer) as url:
        assert (await failure(client, url)).maybe_sent


async def test_silence_may_have_sent(client):
    async with server(b"", hang=True) as url:
        assert (await failure(client, url, timeout=0.2)).maybe_sent


async def test_a_refused_connection_did_not_send(client):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        assert not (await failure(client, f"http://127.0.0.1:{unheard.getsockname()[1]}")).maybe_sent


async def test_an_answer_is_an_answer(client):
    async with server(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}') as url:
        assert await Graph(client, url).call("GET", "/1", token="T") == {"a": 1}

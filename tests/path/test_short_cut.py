"""Webhooks on the wire: however the bytes come, each request is answered once, in order, and stored once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from sanic import Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy import text

from app import webhooks
from connectors.meta import sign
from connectors.webhooks.receive import Receiver
from kernel.db import Database
from kernel.wake import Wakes
from tests.path.house import SECRET, VERIFY, House, serve


def body() -> bytes:
    return b'{"object":"page","entry":[{"id":"%s"}]}' % uuid4().hex.encode()


def request(content: bytes, *more: str, path: str = "/webhooks/messenger", **headers: Any) -> bytes:
    """A webhook as Meta sends it; a header given as None is left out."""
    given = {
        "Host": "konectus.example",
        "X-Hub-Signature-256": sign(content, SECRET),
        "Content-Length": len(content),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, *more])
    return head.encode() + b"\r\n\r\n" + content


HEALTH = b"GET /health/own HTTP/1.1\r\nHost: konectus.example\r\n\r\n"


class Line:
    """One connection, its bytes written as a test wants them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.003)  # so that it arrives by itself

    async def answer(self) -> int:
        """The status of the next answer; its body is read and dropped."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 10)
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await self._reader.readexactly(int(length.partition(b":")[2]))
        return int(head[9:12])

    async def silent(self) -> bool:
        try:
            await asyncio.wait_for(self._reader.read(1), 0.2)
        except TimeoutError:
            return True
        return False

    async def ended(self) -> bool:
        return await asyncio.wait_for(self._reader.read(), 10) == b""


@asynccontextmanager
async def line(base: str) -> AsyncIterator[Line]:
    url = urlsplit(base)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def stored(house: House, contents: Iterable[bytes]) -> int:
    async with house.db.dispatch() as tx:
        count = text("SELECT count(*) FROM webhook_body WHERE body = ANY(CAST(:bodies AS bytea[]))")
        return int(await tx.scalar(count, {"bodies": list(contents)}))


# --- refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (401, lambda b: request(b, X_Hub_Signature_256=sign(b + b" ", SECRET))),
        (401, lambda b: request(b, X_Hub_Signature_256=None)),
        (401, lambda b: request(b, X_Hub_Signature_256="sha256=\u00e9")),
        (404, lambda b: request(b, path="/webhooks/telegram")),
        (405, lambda b: request(b).replace(b"POST", b"PUT", 1)),
        (400, lambda b: request(b, f"Content-Length: {len(b)}")),
        (400, lambda b: request(b, "Transfer-Encoding: chunked")),
        (400, lambda b: request(b, Content_Length="many")),
        (400, lambda b: request(b).replace(b"HTTP/1.1", b"HTTP/9", 1)),
        (401, lambda b: request(b, Content_Length=len(b) - 1)),
    ],
)
async def test_what_is_wrong_is_refused_as_ever_and_not_stored(house: House, status: int, sent: Any) -> None:
    content = body()
    async with line(house.base) as meta:
        await meta.say(sent(content))
        assert await meta.answer() == status
    assert await stored(house, [content, content[:-1]]) == 0


async def test_the_first_of_two_that_say_where_the_body_ends_is_not_believed(house: House) -> None:
    """What follows a refused request on its connection is not read as one of its own."""
    hidden = body()
    async with line(house.base) as meta:
        await meta.say(request(body(), "Content-Length: 0") + request(hidden))
        assert await meta.answer() == 400
        assert await meta.ended()
    assert await stored(house, [hidden]) == 0


# --- taken -------------------------------------------------------------------------------------


async def test_a_connection_serves_webhooks_and_all_else_in_turn(house: House) -> None:
    contents = [body() for _ in range(3)]
    async with line(house.base) as proxy:
        for content in contents:
            await proxy.say(request(content))
            assert await proxy.answer() == 200
            await proxy.say(HEALTH)
            assert await proxy.answer() == 200
    assert await stored(house, contents) == 3


async def test_requests_of_any_kind_cut_anywhere_are_answered_in_order(house: House) -> None:
    rng = random.Random(20_261_130)
    for _ in range(40):
        good, stream, expected = [], b"", []
        for _ in range(rng.randint(1, 8)):
            content = body()
            kind, status = rng.choice([("good", 200), ("good", 200), ("unsigned", 401), ("health", 200)])
            if kind == "good":
                good.append(content)
            unsigned = request(content, X_Hub_Signature_256="sha256=" + "0" * 64)
            stream += {"good": request(content), "unsigned": unsigned, "health": HEALTH}[kind]
            expected.append(status)
        cuts = sorted(rng.sample(range(1, len(stream)), min(rng.randint(0, 5), len(stream) - 1)))
        async with line(house.base) as meta:
            await meta.say(*(stream[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)))
            assert [await meta.answer() for _ in expected] == expected
        assert await stored(house, good) == len(good)


async def test_who_asks_to_end_the_connection_sees_it_end(house: House) -> None:
    async with line(house.base) as meta:
        await meta.say(request(body(), Connection="close"))
        assert await meta.answer() == 200
        assert await meta.ended()


async def test_answers_follow_the_commit_in_the_order_of_the_requests(house: House) -> None:
    contents = [body() for _ in range(3)]
    async with line(house.base) as meta:
        async with locked(house.db.dsn):
            for content in contents:
                await meta.say(request(content))
            assert await meta.silent()
        assert [await meta.answer() for _ in contents] == [200, 200, 200]
    assert await stored(house, contents) == 3


@asynccontextmanager
async def locked(dsn: str) -> AsyncIterator[None]:
    """Nothing can be stored meanwhile."""
    conn = await asyncpg.connect(dsn)
    try:
        async with conn.transaction():
            await conn.execute("LOCK TABLE webhook_body IN EXCLUSIVE MODE")
            yield
    finally:
        await conn.close()


# --- when storing fails --------------------------------------------------------------------------


async def test_without_a_database_meta_is_told_to_come_again() -> None:
    dsn = "postgresql://nobody@127.0.0.1:9/none"
    db = Database(dsn, Wakes(dsn))
    await db.open()
    receiver = Receiver(db, db.wakes, secrets=[SECRET], verify_token=VERIFY)
    app: Sanic[Any, Any] = Sanic("short-cut", configure_logging=False)
    webhooks.mount(app, receiver)
    async with serve(app) as base, line(base) as meta:
        await meta.say(request(body()))
        assert await meta.answer() == 503
        await meta.say(request(body()))  # the connection goes on
        assert await meta.answer() == 503
    await db.close()


async def nothing(_request: Any) -> HTTPResponse:
    return empty()


async def test_a_process_without_the_connectors_has_no_such_address() -> None:
    app: Sanic[Any, Any] = Sanic("no-short-cut", configure_logging=False)
    app.add_route(nothing, "/")
    async with serve(app) as base, line(base) as meta:
        await meta.say(request(body()))
        assert await meta.answer() == 404

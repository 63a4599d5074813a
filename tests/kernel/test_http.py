"""The short way of a plain request shows the outside what httpx's own way shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kernel.http import Client

URL = "https://graph.test/v26.0/5/messages"


class Ear:
    """A transport's far end: keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[httpx.Request] = []
        self.answer = httpx.Response(200, json={"ok": True})

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        return self.answer


@pytest.fixture
async def ear() -> Ear:
    return Ear()


@pytest.fixture
async def ours(ear: Ear) -> AsyncIterator[Client]:
    async with Client(httpx.MockTransport(ear), 10.0) as client:
        yield client


@pytest.fixture
async def theirs(ear: Ear) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(ear), timeout=10.0) as client:
        yield client


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("POST", {"json": {"to": "5511", "text": "Olá"}, "headers": {"Authorization": "Bearer t"}}),
    ("POST", {"content": b"raw", "headers": {"content-type": "application/json"}, "timeout": 3.5}),
    ("GET", {"params": {"fields": "name,id", "proof": "a&b=c"}}),
    ("GET", {"params": {}, "headers": None}),
    ("POST", {"data": {"form": "1"}}),
    ("GET", {"auth": ("user", "password")}),
    ("DELETE", {}),
]


@pytest.mark.parametrize(("method", "given"), ASKED)
async def test_what_is_sent_is_what_httpx_sends(
    ear: Ear, ours: Client, theirs: httpx.AsyncClient, method: str, given: dict[str, Any]
) -> None:
    answers = [await client.request(method, URL, **given) for client in (ours, theirs)]
    mine, other = ear.heard
    assert (mine.method, mine.url, mine.content) == (other.method, other.url, other.content)
    sent = {name: value for name, value in mine.headers.items()}
    defaults = {"accept", "accept-encoding", "connection", "user-agent"}
    assert sent.items() <= other.headers.items()
    assert other.headers.keys() - sent.keys() <= defaults
    assert mine.extensions["timeout"] == other.extensions["timeout"]
    assert [answer.json() for answer in answers] == [{"ok": True}] * 2
    assert all(answer.is_closed and str(answer.request.url) == str(mine.url) for answer in answers)


async def test_an_address_that_is_none_is_refused(ours: Client) -> None:
    with pytest.raises(httpx.InvalidURL):
        await ours.post("https://graph.test:port/", json={})


async def test_a_redirect_is_not_followed(ear: Ear, ours: Client) -> None:
    ear.answer = httpx.Response(302, headers={"location": "https://elsewhere.test/"})
    assert (await ours.get(URL)).status_code == 302
    assert len(ear.heard) == 1


async def test_nothing_leaves_a_closed_client(ear: Ear, ours: Client) -> None:
    await ours.aclose()
    with pytest.raises(RuntimeError):
        await ours.get(URL)
    assert ear.heard == []

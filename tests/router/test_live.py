"""The live line: who may listen, in what order, what a cut costs, and what a slow listener gets."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError

from kernel import live
from kernel.ids import new_id
from router.live import BACKLOG, Hub
from tests.path.house import Shop
from tests.path.shop import _sign_up
from tests.router.counter import begun
from tests.router.listening import hear, hello, line, until

USER = "5511955553001"


async def note(agent: httpx.AsyncClient, id_: str, words: str) -> None:
    body = {"client_id": str(uuid4()), "text": words}
    assert (await agent.post(f"/api/conversations/{id_}/notes", json=body)).status_code == 201


async def head(shop: Shop) -> int:
    return int((await shop.agent.get("/api/conversations")).json()["as_of"])


async def closed(shop: Shop, browser: httpx.AsyncClient, **how: Any) -> int:
    async with line(shop.house, browser, **how) as socket:
        with pytest.raises(ConnectionClosedError) as refusal:
            await hear(socket)
    assert refusal.value.rcvd is not None
    return refusal.value.rcvd.code


async def test_who_is_not_signed_in_or_comes_from_elsewhere_hears_nothing(shop: Shop) -> None:
    async with shop.house.client() as nobody:
        assert await closed(shop, nobody) == 4401
        nobody.headers["authorization"] = "Bearer kt_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbb"
        assert await closed(shop, nobody) == 4401
    assert await closed(shop, shop.agent, origin="https://outro.example") == 4400
    assert await closed(shop, shop.agent, after="ontem") == 4400


async def test_events_come_in_order_and_without_gaps_while_20_write(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    made = await shop.owner.post("/api/tokens", json={"name": "leitor", "role": "agent"})
    async with shop.house.client() as robot:
        robot.headers["authorization"] = f"Bearer {made.json()['secret']}"
        async with line(shop.house, shop.agent) as one, line(shop.house, robot) as two:
            start, resumed = await hello(one)
            assert (await hello(two), resumed) == ((start, True), True)
            words = [f"nota {n}.{m}" for n in range(20) for m in range(2)]
            await asyncio.gather(
                *(note(shop.agent, id_, w) for w in words[::2]),
                *(note(shop.owner, id_, w) for w in words[1::2]),
            )
            end = await head(shop)
            for socket in (one, two):
                events = await until(socket, end)
                assert [e["id"] for e in events] == list(range(start + 1, end + 1))
                assert {e["message"]["text"] for e in events if e["type"] == "message.created"} == set(words)


async def test_after_a_cut_exactly_what_was_missed_comes(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    async with line(shop.house, shop.agent) as socket:
        await hello(socket)
        await note(shop.agent, id_, "antes")
        cursor = (await hear(socket))["id"]
    for n in range(5):
        await note(shop.owner, id_, f"perdida {n}")
    async with line(shop.house, shop.agent, after=cursor) as socket:
        end, resumed = await hello(socket)
        assert resumed
        await note(shop.owner, id_, "depois")
        events = await until(socket, end + 1)
        assert [e["id"] for e in events] == list(range(cursor + 1, end + 2))
        assert [e["message"]["text"] for e in events] == [f"perdida {n}" for n in range(5)] + ["depois"]


async def test_a_cursor_that_the_log_does_not_reach_is_told_so(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    end = await head(shop)
    async with line(shop.house, shop.agent, after=end) as socket:
        assert await hello(socket) == (end, True), "nothing missed"
    async with line(shop.house, shop.agent, after=end + 1000) as socket:
        assert await hello(socket) == (end, False), "a number of another log"
    async with shop.house.db.tenant(shop.tenant_id) as tx:
        assert await live.purge(tx, timedelta(seconds=-60)) > 0
    async with line(shop.house, shop.agent, after=end - 1) as socket:
        assert await hello(socket) == (end, False), "forgotten"
        await note(shop.agent, id_, "nova")
        assert [e["id"] for e in await until(socket, end + 1)] == [end + 1]


async def test_another_tenants_events_are_never_heard(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    async with shop.house.client() as stranger:
        await _sign_up(stranger, new_id().hex[-12:])
        async with line(shop.house, stranger) as socket, line(shop.house, shop.agent) as ours:
            own, _ = await hello(socket)
            start, _ = await hello(ours)
            await note(shop.agent, id_, "segredo")
            assert (await shop.agent.post(f"/api/conversations/{id_}/typing")).status_code == 204
            assert (await stranger.put("/api/presence", json={"state": "ready"})).status_code == 200
            assert {(await hear(ours))["type"], (await hear(ours))["type"]} == {"message.created", "typing"}
            assert start > 0
            heard = await hear(socket)
            assert (heard["type"], heard["state"]) == ("presence", "ready"), "its own, and only that"
        async with line(shop.house, stranger, after=own) as socket:
            assert await hello(socket) == (own, True), "its log holds nothing of ours"


class SlowSocket:
    """A browser that reads nothing until it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Semaphore(0)
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None

    async def send(self, data: str) -> None:
        await self.reads.acquire()
        self.frames.append(json.loads(data))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.code = code

    async def read(self, n: int) -> None:
        for _ in range(n):
            self.reads.release()
        await asyncio.sleep(0.3)

    @property
    def ids(self) -> list[int]:
        return [f["id"] for f in self.frames if "id" in f]


async def speak(shop: Shop, n: int) -> None:
    async with shop.house.db.tenant(shop.tenant_id) as tx:
        for _ in range(n):
            tx.live("contact.changed", {"contact_id": new_id()})


async def heard_up_to(socket: SlowSocket, id_: int) -> None:
    async with asyncio.timeout(20):
        while not socket.ids or socket.ids[-1] < id_:
            await asyncio.sleep(0.02)


async def test_a_socket_that_cannot_keep_up_is_closed_without_a_gap_and_catches_up(shop: Shop) -> None:
    hub, slow, quick, again = Hub(shop.house.db, shop.house.deps.wakes), *(SlowSocket() for _ in range(3))
    start = await head(shop)
    async with asyncio.TaskGroup() as group:
        serving = {s: group.create_task(hub.serve(shop.tenant_id, s, start)) for s in (slow, quick)}
        await quick.read(BACKLOG * 2)
        await speak_and_hear(shop, quick, BACKLOG, 300)
        end = await head(shop)
        await slow.read(100)
        # What comes when there is room again must not jump over what was left out.
        await speak_and_hear(shop, quick, 10)
        await slow.read(BACKLOG * 2)
        await asyncio.wait_for(serving[slow], 20)
        assert slow.code == 1013
        assert slow.ids == list(range(start + 1, start + 1 + len(slow.ids)))
        assert BACKLOG <= len(slow.ids) < end - start

        serving[again] = group.create_task(hub.serve(shop.tenant_id, again, slow.ids[-1]))
        await again.read(BACKLOG)
        await heard_up_to(again, end + 10)
        for task in serving.values():
            task.cancel()
    assert again.frames[0]["resumed"] is True
    assert again.ids == list(range(slow.ids[-1] + 1, end + 11))
    assert quick.code is None


async def speak_and_hear(shop: Shop, socket: SlowSocket, *amounts: int) -> None:
    """So many events each, and all of them read."""
    for n in amounts:
        await speak(shop, n)
        await heard_up_to(socket, await head(shop))


async def test_who_is_too_far_behind_reads_everything_anew(shop: Shop) -> None:
    start = await head(shop)
    await speak(shop, BACKLOG + 1)
    async with line(shop.house, shop.agent, after=start) as socket:
        assert await hello(socket) == (start + BACKLOG + 1, False)

"""Many at once: one owner, no lost capacity, nobody over it, oldest first, and no ring of locks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kernel.db import Database
from kernel.wake import Wakes
from tests.router.floor import Floor, check

Open = Callable[..., Awaitable[Floor]]


@pytest.fixture
async def wide(db: Database, wakes: Wakes) -> AsyncIterator[Database]:
    """Connections enough for all who run at once."""
    found = Database(db.dsn, wakes, pool=20)
    await found.open()
    yield found
    await found.close()


async def floor_of(db: Database, *, agents: int, conversations: int, capacity: int = 5) -> Floor:
    floor = Floor(db, db.wakes, capacity=capacity)
    await floor.open(agents, conversations)
    return floor


async def test_of_32_who_accept_one_offer_one_gets_it(wide: Database) -> None:
    floor = await floor_of(wide, agents=32, conversations=1)
    await asyncio.gather(*(floor.presence(agent, "ready") for agent in floor.agents))
    [one] = floor.conversations
    await floor.hand_off(one)
    codes = await asyncio.gather(*(floor.accept(one, agent) for agent in floor.agents))
    assert Counter(codes) == {None: 1, "already_taken": 31}
    seen = await floor.look()
    check(seen)
    assert seen.conversations[one].assignee_id == floor.agents[codes.index(None)]
    assert sum(room.used for room in seen.rooms.values()) == 1


async def test_of_32_who_take_one_conversation_one_has_it_in_the_end(wide: Database) -> None:
    """Taking means taking over: each succeeds in its turn, and all rooms but the last one's are free."""
    floor = await floor_of(wide, agents=32, conversations=1, capacity=1)
    [one] = floor.conversations
    codes = await asyncio.gather(*(floor.take(one, agent) for agent in floor.agents))
    assert set(codes) == {None}
    seen = await floor.look()
    check(seen)
    owner = seen.conversations[one].assignee_id
    assert {user: room.used for user, room in seen.rooms.items()} == {
        agent: int(agent == owner) for agent in floor.agents
    }


async def test_accepts_takes_rejects_and_resolves_of_one_conversation_leave_it_whole(wide: Database) -> None:
    floor = await floor_of(wide, agents=8, conversations=1, capacity=2)
    await asyncio.gather(*(floor.presence(agent, "ready") for agent in floor.agents))
    [one] = floor.conversations
    for _ in range(4):
        await floor.reopen(one)
        if (await floor.look()).conversations[one].owner == "bot":
            await floor.hand_off(one)
        verbs = [floor.accept, floor.take, floor.reject, floor.resolve]
        calls = [verbs[n % 4](one, agent) for n, agent in enumerate(floor.agents)]
        codes = await asyncio.gather(*calls, floor.settle())
        assert set(codes) <= {None, "already_taken", "capacity_full"}
        check(await floor.look())
    assert await floor.trouble() == []


async def test_20_handoffs_to_3_agents_fill_their_rooms_and_the_rest_waits_its_turn(wide: Database) -> None:
    floor = await floor_of(wide, agents=3, conversations=20)
    for agent in floor.agents:
        await floor.presence(agent, "ready")
    await asyncio.gather(*(floor.hand_off(one) for one in floor.conversations), floor.settle())
    await floor.settle()
    seen = await floor.look()
    check(seen)
    assert Counter(item.state for item in seen.items) == {"offered": 15, "queued": 5}
    assert [room.used for room in seen.rooms.values()] == [5, 5, 5]
    waiting = sorted((i for i in seen.items if i.state == "queued"), key=lambda i: (i.queued_at, i.id))
    offered = [item for item in seen.items if item.state == "offered"]
    for n, item in enumerate(offered[:5]):
        assert await floor.accept(item.conversation_id, item.offered_to) is None
        assert await floor.resolve(item.conversation_id, item.offered_to, "agent") is None
        await floor.settle()
        states = {item.id: item.state for item in (await floor.look()).items}
        assert [states[w.id] for w in waiting] == ["offered"] * (n + 1) + ["queued"] * (4 - n), "oldest first"
    check(await floor.look())
    assert await floor.trouble() == []


async def test_rooms_that_free_up_while_others_hand_off_are_all_used(wide: Database) -> None:
    """Releases and handoffs cross: no item waits while somebody has room."""
    floor = await floor_of(wide, agents=3, conversations=18, capacity=2)
    for agent in floor.agents:
        await floor.presence(agent, "ready")
    held, fresh = floor.conversations[:6], floor.conversations[6:]
    for one, agent in zip(held, floor.agents * 2, strict=True):
        assert await floor.take(one, agent) is None
    releases = [floor.resolve(one, agent) for one, agent in zip(held, floor.agents * 2, strict=True)]
    handoffs = [floor.hand_off(one) for one in fresh]
    await asyncio.gather(*releases, *handoffs, floor.settle(), floor.settle())
    await floor.settle()
    seen = await floor.look()
    check(seen)
    assert [room.used for room in seen.rooms.values()] == [2, 2, 2]
    assert await floor.trouble() == []


async def test_two_who_take_from_each_other_do_not_wait_in_a_ring(wide: Database) -> None:
    floor = await floor_of(wide, agents=2, conversations=2)
    (ana, bia), (one, two) = floor.agents, floor.conversations
    for _ in range(12):
        assert set(await asyncio.gather(floor.take(one, ana), floor.take(two, bia))) == {None}
        assert set(await asyncio.gather(floor.take(one, bia), floor.take(two, ana))) == {None}
    check(await floor.look())


async def test_agents_come_and_go_while_work_is_given_out(wide: Database) -> None:
    """Presence, handoffs, rejections and the jobs between them cross without one waiting for ever."""
    floor = await floor_of(wide, agents=4, conversations=16, capacity=3)
    for agent in floor.agents:
        await floor.presence(agent, "ready")

    async def restless(agent):
        for state in ("paused", "ready", "offline", "ready") * 2:
            await floor.presence(agent, state)
            await floor.seen(agent)

    async def choosy(agent):
        for one in floor.conversations:
            assert await floor.reject(one, agent) in (None, "already_taken")

    await asyncio.gather(
        *(floor.hand_off(one) for one in floor.conversations),
        *(restless(agent) for agent in floor.agents[:2]),
        *(choosy(agent) for agent in floor.agents[2:]),
        *(floor.settle() for _ in range(3)),
    )
    await floor.settle()
    seen = await floor.look()
    check(seen)
    assert [room.used for room in seen.rooms.values()] == [3, 3, 3, 3]
    assert await floor.trouble() == []

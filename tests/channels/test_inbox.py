import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from connectors.events import Event, Message, Sender
from connectors.shared.inbox import Full, Inbox

START = datetime(2026, 9, 21, tzinfo=UTC)


def said(key, user="ana", second=0, account="1"):
    return Event(
        channel="whatsapp",
        account=account,
        key=key,
        kind="message",
        at=START + timedelta(seconds=second),
        sender=Sender(user=user),
        message=Message(id=key, type="text", text=key),
    )


class Worker:
    """Notes who began and ended; waits where told to."""

    def __init__(self):
        self.done = []
        self.running = set()
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, event):
        user = event.sender.user
        assert user not in self.running, "one customer twice at once"
        self.running.add(user)
        self.most = max(self.most, len(self.running))
        await self.gate.wait()
        await asyncio.sleep(0)
        self.running.discard(user)
        if event.key.startswith("bad"):
            raise RuntimeError(event.key)
        self.done.append(event.key)


async def test_a_full_inbox_says_so_and_keeps_what_it_took():
    worker = Worker()
    worker.gate.clear()
    inbox = Inbox(worker, waiting=2)
    with pytest.raises(Full):
        inbox.put([said("a"), said("b", second=1), said("c", second=2)])
    worker.gate.set()
    await inbox.drain()
    assert worker.done == ["a", "b"]
    assert inbox.put([said("a"), said("b", second=1), said("c", second=2)]) == 1
    await inbox.drain()
    assert worker.done == ["a", "b", "c"]


async def test_a_message_that_fails_silences_nobody():
    worker = Worker()
    inbox = Inbox(worker)
    inbox.put([said("bad1"), said("a", second=1), said("b", user="bia")])
    await inbox.drain()
    assert sorted(worker.done) == ["a", "b"]
    assert inbox.waiting == 0


async def test_no_message_is_worked_twice():
    worker = Worker()
    inbox = Inbox(worker)
    assert inbox.put([said("a"), said("a")]) == 1
    assert inbox.put([said("a")]) == 0
    await inbox.drain()
    assert inbox.put([said("a")]) == 0
    assert inbox.put([said("a", account="2")]) == 1
    await inbox.drain()
    assert worker.done == ["a", "a"]


async def test_memory_is_bounded():
    worker = Worker()
    inbox = Inbox(worker, remembered=3)
    inbox.put([said(str(n), second=n) for n in range(5)])
    assert inbox.put([said("4")]) == 0
    assert inbox.put([said("0")]) == 1
    await inbox.drain()


async def test_one_customers_messages_are_worked_in_the_order_of_their_time():
    worker = Worker()
    inbox = Inbox(worker)
    inbox.put([said("c", second=3), said("a", second=1), said("b", second=2)])
    inbox.put([said("d", second=4)])
    await inbox.drain()
    assert worker.done == ["a", "b", "c", "d"]


async def test_customers_are_worked_side_by_side_up_to_the_limit():
    worker = Worker()
    worker.gate.clear()
    inbox = Inbox(worker, at_once=4)
    inbox.put([said(f"{user}{n}", user=str(user), second=n) for user in range(10) for n in range(3)])
    await asyncio.sleep(0.01)
    assert len(worker.running) == 4
    worker.gate.set()
    await inbox.drain()
    assert len(worker.done) == 30
    assert worker.most == 4
    for user in range(10):
        assert [key for key in worker.done if key[0] == str(user)] == [f"{user}{n}" for n in range(3)]

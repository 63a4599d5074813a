"""Live events to browsers: one reader a tenant, each event encoded once, written to every socket.

A socket subscribes before the log is read from its cursor, so nothing falls between; the client drops
what it already has. A socket that cannot keep up is closed and catches up from its cursor.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog

from kernel import live
from kernel.db import Database
from kernel.wake import Wakes

BACKLOG = 2_000  # frames a slow socket may be behind before it is closed
PAGE = 500
QUIET = 25.0  # seconds after which a line with no news says hello again: browsers do not see pings
SWEEP = 2.0  # seconds: how late an event may be when its wake-up was lost
log = structlog.get_logger("live")


class Socket(Protocol):
    async def send(self, data: str) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None: ...


class Line:
    """One browser. Frames wait here; `pump` writes them."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.frames: deque[str] = deque()
        self.ready = asyncio.Event()
        self.overrun = False
        self.sign_of_life = ""

    def put(self, frame: str) -> None:
        """Once a frame has been left out, none may follow: the cursor would move over the gap."""
        if len(self.frames) >= BACKLOG:
            self.overrun = True
        if not self.overrun:
            self.frames.append(frame)
        self.ready.set()

    async def pump(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self.ready.wait(), QUIET)
            except TimeoutError:
                self.put(self.sign_of_life)
            self.ready.clear()
            while self.frames:
                await self.socket.send(self.frames.popleft())
            if self.overrun:
                await self.socket.close(1013, "too slow: reconnect with your cursor")
                return


class Room:
    """The sockets of one tenant and the task that reads its log."""

    def __init__(self, tenant_id: UUID, cursor: int) -> None:
        self.tenant_id = tenant_id
        self.lines: set[Line] = set()
        self.cursor = cursor
        self.task: asyncio.Task[None] | None = None


class Hub:
    def __init__(self, db: Database, wakes: Wakes) -> None:
        self.db = db
        self.wakes = wakes
        self._rooms: dict[UUID, Room] = {}
        wakes.on("ephemeral:", self._ephemeral)

    async def serve(self, tenant_id: UUID, socket: Socket, after: int | None) -> None:
        """Runs until the socket ends. `after`: the client's cursor, None for "from now on"."""
        line = Line(socket)
        room = await self._enter(tenant_id, line)
        try:
            await self._catch_up(tenant_id, line, after)
            await line.pump()
        finally:
            self._leave(room, line)

    async def _enter(self, tenant_id: UUID, line: Line) -> Room:
        if tenant_id not in self._rooms:
            async with self.db.tenant(tenant_id) as tx:
                head = await live.head(tx)
            if tenant_id not in self._rooms:  # nobody opened it while we asked
                opened = self._rooms[tenant_id] = Room(tenant_id, head)
                opened.task = asyncio.create_task(self._read(opened))
        room = self._rooms[tenant_id]
        room.lines.add(line)
        return room

    def _leave(self, room: Room, line: Line) -> None:
        room.lines.discard(line)
        if not room.lines and self._rooms.get(room.tenant_id) is room:
            del self._rooms[room.tenant_id]
            if room.task is not None:
                room.task.cancel()

    async def _catch_up(self, tenant_id: UUID, line: Line, after: int | None) -> None:
        async with self.db.tenant(tenant_id) as tx:
            head = await live.head(tx)
            # Further behind than a socket may be, reading everything anew is less work.
            resumed = after is not None and head - after <= BACKLOG and await live.reaches(tx, after)
            line.frames.appendleft(_hello(head, resumed or after is None))
            line.sign_of_life = _hello(head, True)
            missed: list[live.LiveEvent] = []
            while resumed and after is not None and after < head:
                page = await live.after(tx, after, PAGE)
                if not page:
                    break
                missed += page
                after = page[-1].id
        # Replayed events go out before those that arrived meanwhile; the client drops repeats.
        later = list(line.frames)[1:]
        line.frames = deque([line.frames[0], *(frame(e) for e in missed), *later])
        line.ready.set()

    async def _read(self, room: Room) -> None:
        with self.wakes.listen(f"live:{room.tenant_id}") as woken:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), SWEEP)
                woken.clear()
                try:
                    await self._broadcast_new(room)
                except Exception as error:  # whatever it was: the next round tries again
                    log.warning("live_read_failed", detail=f"{type(error).__name__}: {error}")

    async def _broadcast_new(self, room: Room) -> None:
        while True:
            async with self.db.tenant(room.tenant_id) as tx:
                events = await live.after(tx, room.cursor, PAGE)
            for event in events:
                self._broadcast(room, frame(event))
                room.cursor = event.id
            if len(events) < PAGE:
                return

    def _broadcast(self, room: Room, text: str) -> None:
        for line in room.lines:
            line.put(text)

    def say(self, tenant_id: UUID, message: Any) -> None:
        """An event that is not kept: typing, presence. To every process's sockets of the tenant."""
        text = msgspec.json.encode(message).decode()
        self.wakes.publish([f"ephemeral:{tenant_id}:{text.encode().hex()}"])

    def _ephemeral(self, topic: str) -> None:
        _, tenant, packed = topic.split(":", 2)
        room = self._rooms.get(UUID(tenant))
        if room is not None:
            self._broadcast(room, bytes.fromhex(packed).decode())


def _hello(head: int, resumed: bool) -> str:
    return msgspec.json.encode({"type": "hello", "head": head, "resumed": resumed}).decode()


def frame(event: live.LiveEvent) -> str:
    return msgspec.json.encode({**event.data, "type": event.type, "id": event.id}).decode()

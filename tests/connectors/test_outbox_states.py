"""The outbox under anything that may happen: each row ends once, and nothing is accepted twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors.bodies import PHONE, wa_status
from tests.connectors.fake_meta import FakeMeta, reference_of, refusal
from tests.connectors.world import TEXT, World

FINAL = {"sent", "failed", "expired", "unconfirmed"}
ANSWERS: dict[str, Any] = {
    "yes": lambda: None,
    "refused": lambda: refusal(131026),
    "too fast": lambda: refusal(130429),
    "pair": lambda: refusal(131056),
    "token": lambda: refusal(190, status=401),
    "lost": lambda: httpx.ReadTimeout("lost"),
    "reset": lambda: httpx.RemoteProtocolError("reset"),
    "no route": lambda: httpx.ConnectError("refused"),
    "fault": lambda: refusal(131000, status=500),
    "gateway": lambda: httpx.Response(504),
}
step = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("answers"), st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=3)),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("crash"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 61, 130, 3600])),
    st.tuples(st.just("news"), st.sampled_from(["sent", "delivered", "read", "failed"])),
    st.tuples(st.just("suspend"), st.booleans()),
    st.tuples(st.just("cancel")),
)
USERS = (PHONE, "5511900000001")


class Player:
    """Does to one tenant's outbox what the steps say."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: list[UUID] = []

    async def play(self, name: str, *args: Any) -> None:
        await getattr(self, f"_{name}")(*args)

    async def _say(self, who: int, count: int) -> None:
        self.ids += await self.world.say(natives=[TEXT["whatsapp"]] * count, user=USERS[who])

    async def _answers(self, names: list[str]) -> None:
        self.world.meta.script += [answer for name in names if (answer := ANSWERS[name]())]

    async def _deliver(self) -> None:
        await self.world.delivery.once()

    async def _crash(self, before: bool) -> None:
        self.world.meta.gate_before = before
        await self.world.crash_in_call()

    async def _wait(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    async def _news(self, state: str) -> None:
        """Meta tells about the last message that it took."""
        if self.world.meta.accepted:
            body = self.world.meta.accepted[-1]
            name = FakeMeta.name_of(len(self.world.meta.accepted))
            now = self.world.clock.now
            await self.world.news(wa_status(name, state, at=now, reference=reference_of(body)))

    async def _suspend(self, suspended: bool) -> None:
        self.world.upstairs.sending = not suspended

    async def _cancel(self) -> None:
        await self.world.cancel(self.ids[-1:])

    async def end(self) -> None:
        """All is well again: within some hours each row has come to its end."""
        self.world.upstairs.sending = True
        self.world.meta.script.clear()
        for _ in range(60):
            self.world.clock.forward(minutes=3)
            for user in USERS:
                await self.world.window(user=user)
            if await self.world.delivery.once() == 0 and await self._all_final():
                return

    async def _all_final(self) -> bool:
        return {await self.world.state(id_) for id_ in self.ids} <= FINAL


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step, min_size=3, max_size=14))
async def test_each_row_ends_once_and_none_is_accepted_twice(
    world: World, steps: list[tuple[Any, ...]]
) -> None:
    world = await world.again()
    player = Player(world)
    for user in USERS:
        await world.window(user=user)
    for name, *args in steps:
        await player.play(name, *args)
    await player.end()

    references = world.meta.references
    for id_ in player.ids:
        row = await world.row(id_)
        assert row["state"] in FINAL
        assert references[str(id_)] <= 1, "accepted twice"
        if row["state"] == "sent":
            assert references[str(id_)] == 1
        if row["state"] in ("failed", "expired") and row["delivered_state"] != "failed":
            assert references[str(id_)] == 0
        told = world.upstairs.states(id_)
        assert told.count("sent") <= 1
    lanes: dict[str, list[str]] = {}
    for body in world.meta.accepted:
        lanes.setdefault(body["to"], []).append(reference_of(body))
    for order in lanes.values():
        assert order == sorted(order, key=[str(id_) for id_ in player.ids].index)

"""What a browser had, with the events folded in, is what it would read anew: for the list and the thread."""

from __future__ import annotations

from typing import Any

from kernel.ids import new_id
from tests.path.house import Shop
from tests.router.counter import ASK, act, begun, does, ready, say
from tests.router.listening import fold_list, fold_thread, hello, line, until

USER, OTHER = "90000000000013001", "5511955554001"


async def read(shop: Shop, id_: str) -> tuple[dict[str, Any], dict[str, Any]]:
    listed = await shop.agent.get("/api/conversations")
    thread = await shop.agent.get(f"/api/conversations/{id_}/messages", params={"limit": 200})
    assert (listed.status_code, thread.status_code) == (200, 200)
    return listed.json(), thread.json()


async def a_day_at_the_shop(shop: Shop, id_: str) -> list[Any]:
    """All that can happen to one conversation, and to another beside it; snapshots taken in between."""
    taken = []
    await shop.house.says("instagram", USER, text=ASK)
    await act(shop.agent, id_, "accept")
    taken.append(await read(shop, id_))
    mine = await shop.house.says("instagram", USER, text="vocês têm azul?")
    assert (await say(shop.agent, id_, "Temos!")).status_code == 201
    taken.append(await read(shop, id_))
    await shop.house.settle()
    sent = await shop.house.sent(USER)
    await does(shop.house, "instagram", USER, "read")
    await shop.house.says("instagram", USER, reaction={"message_id": sent[-1]["message_id"], "emoji": "❤"})
    await shop.house.says("instagram", USER, edit={"message_id": mine, "text": "vocês têm verde?"})
    await shop.house.says("whatsapp", OTHER, text="oi")
    taken.append(await read(shop, id_))
    last = await shop.house.says("instagram", USER, text="deixa pra lá")
    await shop.house.says("instagram", USER, delete=last)
    await shop.house.says("instagram", USER, reaction={"message_id": sent[-1]["message_id"], "emoji": ""})
    note = {"client_id": str(new_id()), "text": "cliente indeciso"}
    assert (await shop.agent.post(f"/api/conversations/{id_}/notes", json=note)).status_code == 201
    assert (await shop.agent.post(f"/api/conversations/{id_}/read")).status_code == 204
    await act(shop.agent, id_, "return")
    await shop.house.says("instagram", USER, text="oi de novo")
    await does(shop.house, "whatsapp", OTHER, "echo", text="respondido pelo celular")
    taken.append(await read(shop, id_))
    await act(shop.owner, id_, "take")
    await act(shop.owner, id_, "resolve", reason="feito")
    taken.append(await read(shop, id_))
    await shop.house.says("instagram", USER, text="mais uma")
    return taken


async def test_an_old_snapshot_with_the_events_is_a_fresh_one(shop: Shop) -> None:
    await ready(shop.agent)
    id_ = await begun(shop, USER, "instagram")
    snapshots = [await read(shop, id_)]
    async with line(shop.house, shop.agent, after=snapshots[0][0]["as_of"]) as socket:
        await hello(socket)
        snapshots += await a_day_at_the_shop(shop, id_)
        fresh_list, fresh_thread = await read(shop, id_)
        events = await until(socket, fresh_list["as_of"])
    assert fresh_list["as_of"] == fresh_thread["as_of"] == events[-1]["id"]
    assert len(fresh_list["items"]) == 2
    for listed, thread in snapshots:
        missed = [e for e in events if e["id"] > listed["as_of"]]
        assert fold_list(listed["items"], missed) == fresh_list["items"]
        missed = [e for e in events if e["id"] > thread["as_of"]]
        assert fold_thread(thread["items"], missed, id_) == fresh_thread["items"]

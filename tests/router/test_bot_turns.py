"""The bot in flight, the bot repeated, the bot down: one voice at a time, and never two answers."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import text

from router.texts import APOLOGY
from tests.path.house import Shop
from tests.path.test_refusals import post, wa_body, wa_message
from tests.router.counter import ASK, act, begun, now, ready, say

USER = "5511955551001"


async def rows(shop: Shop, query: str) -> Any:
    async with shop.house.db.tenant(shop.tenant_id) as tx:
        return await tx.scalar(text(query))


async def test_what_the_bot_says_after_the_take_over_reaches_nobody_and_leaves_no_trace(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    tracker = await rows(shop, "SELECT data FROM tracker")

    async def taken(question: dict[str, Any]) -> None:
        await act(shop.agent, id_, "take")

    shop.house.bot.before_answer = taken
    await shop.house.says("whatsapp", USER, text="mais uma coisa")
    assert await shop.house.texts(USER) == ["Você disse: oi"]
    shown = [(m["direction"], m["text"]) for m in await shop.thread(id_) if m["direction"] != "system"]
    assert shown == [("in", "oi"), ("out", "Você disse: oi"), ("in", "mais uma coisa")]
    assert await rows(shop, "SELECT count(*) FROM turn") == 1
    assert await rows(shop, "SELECT data FROM tracker") == tracker
    assert (await now(shop, id_))["assignee"]["id"] == shop.agent_id
    assert (await say(shop.agent, id_, "Oi, aqui é a Ana")).status_code == 201
    await shop.house.settle()
    assert (await shop.house.texts(USER))[1:] == ["Oi, aqui é a Ana"]


async def test_words_of_the_bot_that_still_wait_are_void_once_an_agent_has_the_conversation(
    shop: Shop,
) -> None:
    id_ = await begun(shop, USER)
    await shop.house.says("whatsapp", USER, settle=False, text="e agora?")
    await shop.house.sim.post("/_sim/drain", json={})
    splitter, inbox = shop.house.parts[:2]
    assert await splitter.once() and await inbox.once()  # answered, not delivered yet
    assert [m["status"] for m in await shop.thread(id_)][-1] == "pending"
    await act(shop.agent, id_, "take")
    await shop.house.settle()
    assert await shop.house.texts(USER) == ["Você disse: oi"]
    [last] = [m for m in await shop.thread(id_) if m["text"] == "Você disse: e agora?"]
    assert (last["status"], last["failure"]["reason"]) == ("failed", "superseded")


async def test_a_handoff_has_one_closing_line_and_then_the_bot_is_silent(shop: Shop) -> None:
    await ready(shop.agent)
    id_ = await begun(shop, USER, text=ASK)
    await shop.house.says("whatsapp", USER, text="alô?")
    assert await shop.house.texts(USER) == ["Vou chamar uma pessoa."]
    system = [m["kind"] for m in await shop.thread(id_) if m["direction"] == "system"]
    assert system == ["handoff"]
    assert len(shop.house.bot.asked) == 1


async def test_a_message_delivered_again_is_answered_once(shop: Shop) -> None:
    body = wa_body(wa_message("wamid.repeated", "oi", user=USER, at=int(time.time())))
    for _ in range(3):
        assert (await post(shop.house, body)).status_code == 200
        await shop.house.settle()
    # The same message in another body: Meta packs anew what it repeats.
    other = wa_body(
        wa_message("wamid.repeated", "oi", user=USER), wa_message("wamid.second", "e aí?", user=USER)
    )
    assert (await post(shop.house, other)).status_code == 200
    await shop.house.settle()
    assert [q["event"]["message"]["text"] for q in shop.house.bot.asked] == ["oi", "e aí?"]
    [one] = await shop.conversations()
    said = [m["text"] for m in await shop.thread(one["id"]) if m["direction"] == "out"]
    assert said == ["Você disse: oi", "Você disse: e aí?"]


async def test_a_bot_that_fails_apologises_in_the_customers_language_and_calls_a_person(shop: Shop) -> None:
    assert (await shop.owner.patch("/api/tenant", json={"locale": "es"})).status_code == 200
    shop.house.bot.fail = 1
    id_ = await begun(shop, "71000000000010001", "messenger", text="hola, ¿está abierto?")
    assert await shop.house.texts("71000000000010001") == [APOLOGY["es"]]
    found = await now(shop, id_)
    assert (found["owner"], found["handoff"]["reason"]) == ("queue", "error")
    assert found["handoff"]["summary"] == "hola, ¿está abierto?"
    await shop.house.says("messenger", "71000000000010001", text="¿hola?")
    assert len(shop.house.bot.asked) == 1, "a person is awaited now"

"""Offers: to whom they go, what ends them, and what comes after the work is done."""

from __future__ import annotations

import pytest

from tests.path.house import Shop
from tests.router.counter import ASK, act, begun, colleague, later, now, ready, refused, say

USER = "5511955552001"


async def test_an_agent_who_is_away_paused_or_not_heard_of_is_offered_nothing(shop: Shop) -> None:
    await ready(shop.agent)
    later(shop.house, seconds=91)
    await shop.house.says("whatsapp", USER, text=ASK)
    [found] = (await shop.owner.get("/api/conversations")).json()["items"]
    assert found["owner"] == "queue"
    await ready(shop.agent, "paused")
    await shop.house.settle()
    assert (await now(shop, found["id"]))["owner"] == "queue"


async def test_an_agent_heard_of_again_gets_what_waited(shop: Shop) -> None:
    await ready(shop.agent)
    later(shop.house, seconds=91)
    await shop.house.says("whatsapp", USER, text=ASK)
    [found] = await shop.conversations("queue")  # the agent calls: that is a sign of life
    await shop.house.settle()
    assert (await now(shop, found["id"]))["assignee"]["id"] == shop.agent_id


async def test_an_offer_that_runs_out_goes_to_the_next_agent(shop: Shop) -> None:
    await ready(shop.agent)
    async with colleague(shop) as (bia, bia_id):
        id_ = await begun(shop, USER, text=ASK)
        assert (await now(shop, id_))["assignee"]["id"] == shop.agent_id, "idle for longer"
        later(shop.house, seconds=61)
        await shop.house.settle()
        assert (await now(shop, id_))["assignee"]["id"] == bia_id
        assert refused(await shop.agent.post(f"/api/conversations/{id_}/accept")) == (409, "already_taken")
        assert (await act(bia, id_, "accept"))["owner"] == "agent"
        assert (await shop.agent.get("/api/presence")).json()["active"] == 0


@pytest.mark.parametrize("state", ["paused", "offline"])
async def test_an_agent_who_leaves_gives_the_offers_away(shop: Shop, state: str) -> None:
    await ready(shop.agent)
    async with colleague(shop, "paused") as (bia, bia_id):
        id_ = await begun(shop, USER, text=ASK)
        await ready(bia)
        assert (await ready(shop.agent, state))["state"] == state
        await shop.house.settle()
        assert (await now(shop, id_))["assignee"]["id"] == bia_id
        assert (await ready(shop.agent, "ready"))["active"] == 0


async def test_a_rejected_offer_goes_to_the_next_agent_and_then_round_again(shop: Shop) -> None:
    await ready(shop.agent)
    async with colleague(shop) as (bia, bia_id):
        id_ = await begun(shop, USER, text=ASK)
        assert refused(await bia.post(f"/api/conversations/{id_}/reject")) == (409, "already_taken")
        for agent, next_id in ((shop.agent, bia_id), (bia, shop.agent_id)):
            assert (await act(agent, id_, "reject"))["owner"] == "queue"
            await shop.house.settle()
            assert (await now(shop, id_))["assignee"]["id"] == next_id


async def test_returned_to_the_bot_it_answers_with_a_clean_memory(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    await shop.house.says("whatsapp", USER, text="tudo bem?")
    assert shop.house.bot.asked[-1]["tracker"] == {"turns": 1}
    await act(shop.agent, id_, "take")
    await shop.house.says("whatsapp", USER, text="você é uma pessoa?")
    assert (await act(shop.agent, id_, "return"))["owner"] == "bot"
    await shop.house.settle()
    assert len(shop.house.bot.asked) == 2, "it does not answer what a person has read"
    await shop.house.says("whatsapp", USER, text="e agora?")
    assert shop.house.bot.asked[-1]["tracker"] is None
    assert (await shop.house.texts(USER))[-1] == "Você disse: e agora?"
    assert refused(await say(shop.agent, id_, "eu")) == (409, "not_owner")


async def test_after_the_end_the_next_word_opens_a_new_episode_with_the_bot_first(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    await act(shop.agent, id_, "take")
    done = await act(shop.agent, id_, "resolve", reason="resolvido")
    assert (done["state"], done["owner"], done["assignee"]) == ("resolved", "none", None)
    assert [c["id"] for c in await shop.conversations("resolved")] == [id_]
    assert await shop.conversations() == []
    await shop.house.says("whatsapp", USER, text="voltei")
    found = await now(shop, id_)
    assert (found["state"], found["owner"]) == ("open", "bot")
    assert found["epoch"] > done["epoch"]
    assert shop.house.bot.asked[-1]["tracker"] is None
    assert (await shop.house.texts(USER))[-1] == "Você disse: voltei"


async def test_taking_what_one_has_changes_nothing(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    first, again = await act(shop.agent, id_, "take"), await act(shop.agent, id_, "take")
    assert first == again
    assert [m["kind"] for m in await shop.thread(id_) if m["direction"] == "system"] == ["taken"]


async def test_an_agent_who_calls_with_a_token_is_there(shop: Shop) -> None:
    """No live socket, no browser: the calls themselves are the sign of life."""
    made = await shop.owner.post("/api/tokens", json={"name": "integração", "role": "agent"})
    assert made.status_code == 201, made.text
    async with shop.house.client() as robot:
        robot.headers["authorization"] = f"Bearer {made.json()['secret']}"
        await ready(robot)
        later(shop.house, seconds=60)
        assert (await robot.get("/api/queues")).json()["items"][0]["ready_agents"] == 1
        later(shop.house, seconds=60)
        await shop.house.says("whatsapp", USER, text=ASK)
        [mine] = (await robot.get("/api/conversations", params={"filter": "mine"})).json()["items"]
        assert mine["owner"] == "offered"
        assert (await act(robot, mine["id"], "accept"))["owner"] == "agent"

"""What happens to messages after they were said: reactions, edits, deletions, news, echoes, wishes."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest

from tests.path.house import Shop
from tests.path.test_refusals import NUMBER, WABA, post, wa_body, wa_message
from tests.router.counter import act, begun, does, now, say

USER = {"whatsapp": "5511955555001", "messenger": "71000000000015001", "instagram": "90000000000015001"}


async def shown(shop: Shop, id_: str, message_id: str) -> dict[str, Any]:
    [found] = [m for m in await shop.thread(id_) if m["id"] == message_id]
    return found


async def last(shop: Shop, id_: str, direction: str) -> dict[str, Any]:
    return [m for m in await shop.thread(id_) if m["direction"] == direction][-1]


@pytest.mark.parametrize("channel", ["whatsapp", "instagram"])
async def test_a_reaction_comes_changes_and_goes(shop: Shop, channel: str) -> None:
    user = USER[channel]
    id_ = await begun(shop, user, channel)
    answer, [sent] = await last(shop, id_, "out"), await shop.house.sent(user)
    for emoji in ("👍", "❤", None):
        reaction = {"message_id": sent["message_id"], "emoji": emoji}
        await shop.house.says(channel, user, reaction=reaction)
        assert (await shown(shop, id_, answer["id"]))["reaction"] == emoji
    assert len(shop.house.bot.asked) == 1, "a reaction is shown, not answered"


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_an_edited_message_reads_as_it_is_now_also_in_the_list(shop: Shop, channel: str) -> None:
    user = USER[channel]
    id_ = await begun(shop, user, channel)
    await act(shop.agent, id_, "take")
    said = await shop.house.says(channel, user, text="entregam hoje?")
    await shop.house.says(channel, user, edit={"message_id": said, "text": "entregam amanhã?"})
    found = await last(shop, id_, "in")
    assert (found["text"], found["edited"]) == ("entregam amanhã?", True)
    assert (await now(shop, id_))["preview"]["text"] == "entregam amanhã?"


@pytest.mark.parametrize("channel", ["whatsapp", "instagram"])
async def test_deleted_words_are_nowhere_any_more(shop: Shop, channel: str) -> None:
    user = USER[channel]
    id_ = await begun(shop, user, channel)
    await act(shop.agent, id_, "take")
    said = await shop.house.says(channel, user, text="minha senha é 1234")
    await shop.house.says(channel, user, delete=said)
    found = await last(shop, id_, "in")
    assert (found["text"], found["deleted"]) == ("", True)
    listed = await shop.agent.get("/api/conversations")
    thread = await shop.agent.get(f"/api/conversations/{id_}/messages")
    assert "1234" not in listed.text + thread.text


@pytest.mark.parametrize("channel", USER)
async def test_the_bot_steps_back_when_the_business_answers_elsewhere(shop: Shop, channel: str) -> None:
    user = USER[channel]
    id_ = await begun(shop, user, channel)
    await does(shop.house, channel, user, "echo", text="Oi, sou o dono!")
    found = await now(shop, id_)
    assert (found["owner"], found["handoff"]["reason"]) == ("queue", "rule")
    assert (await last(shop, id_, "system"))["kind"] == "answered_elsewhere"
    echo = await last(shop, id_, "out")
    assert (echo["text"], echo["origin"]) == ("Oi, sou o dono!", "system")
    await shop.house.says(channel, user, text="ah, oi!")
    assert len(shop.house.bot.asked) == 1


async def test_our_own_words_that_come_back_as_echo_are_no_news(shop: Shop) -> None:
    id_ = await begun(shop, USER["messenger"], "messenger")
    assert (await now(shop, id_))["owner"] == "bot"
    assert [m["text"] for m in await shop.thread(id_) if m["direction"] == "out"] == ["Você disse: oi"]


def statuses(wamid: str, *states: str, code: int = 131026) -> bytes:
    told = []
    for state in states:
        one: dict[str, Any] = {"id": wamid, "status": state, "recipient_id": USER["whatsapp"]}
        one["timestamp"] = str(int(time.time()))
        if state == "failed":
            one["errors"] = [{"code": code, "title": "Message undeliverable"}]
        told.append(one)
    metadata = {"display_phone_number": "1", "phone_number_id": NUMBER}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": told}
    entry = {"id": WABA, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


async def sent_by_ana(shop: Shop, id_: str) -> tuple[str, str]:
    """Our id and Meta's of a message of which Meta will tell nothing by itself."""
    said = (await say(shop.agent, id_, "Bom dia")).json()
    await shop.house.settle()
    return said["id"], (await shop.house.sent(USER["whatsapp"]))[-1]["message_id"]


@pytest.fixture
async def taken(shop: Shop) -> str:
    """A conversation of Ana's, on a day when Meta tells no statuses."""
    await shop.house.faults(no_statuses=True)
    id_ = await begun(shop, USER["whatsapp"])
    await act(shop.agent, id_, "take")
    return id_


async def test_a_failed_message_says_why_and_is_healed_when_it_arrives_after_all(
    shop: Shop, taken: str
) -> None:
    message, wamid = await sent_by_ana(shop, taken)
    assert (await shown(shop, taken, message))["status"] == "sent"
    for state, status in ("failed", "failed"), ("sent", "failed"), ("delivered", "delivered"):
        assert (await post(shop.house, statuses(wamid, state))).status_code == 200
        await shop.house.settle()
        found = await shown(shop, taken, message)
        assert found["status"] == status
        if status == "failed":
            assert (found["failure"]["reason"], found["failure"]["code"]) == ("recipient", "131026")
        else:
            assert found["failure"] is None


async def test_a_status_never_goes_back(shop: Shop, taken: str) -> None:
    """All orders in which the news can come, each for a message of its own."""
    rank = ["sent", "delivered", "read"]
    orders = list(itertools.permutations(rank))
    sent = [await sent_by_ana(shop, taken) for _ in orders]
    best = [0] * len(orders)
    for step in range(4):
        for n, order in enumerate(orders):
            state = (*order, "failed")[step]
            best[n] = max(best[n], rank.index(state)) if state in rank else best[n]
            assert (await post(shop.house, statuses(sent[n][1], state))).status_code == 200
        await shop.house.settle()
        status = {m["id"]: m["status"] for m in await shop.thread(taken)}
        assert [status[id_] for id_, _ in sent] == [rank[n] for n in best]


async def test_a_thread_is_shown_by_the_providers_time_and_then_by_arrival(shop: Shop) -> None:
    base = int(time.time()) - 100
    arrivals = [("c", 30), ("a", 10), ("b1", 20), ("b2", 20), ("d", 30)]
    for words, at in arrivals:
        body = wa_body(wa_message(f"wamid.order.{words}", words, user=USER["whatsapp"], at=base + at))
        assert (await post(shop.house, body)).status_code == 200
        await shop.house.settle()
    [one] = await shop.conversations()
    assert [m["text"] for m in await shop.thread(one["id"]) if m["direction"] == "in"] == [
        "a", "b1", "b2", "c", "d",
    ]  # fmt: skip
    page = await shop.agent.get(f"/api/conversations/{one['id']}/messages", params={"limit": 4})
    older = {"limit": 200, "before": page.json()["next"]}
    rest = await shop.agent.get(f"/api/conversations/{one['id']}/messages", params=older)
    assert [m["id"] for m in rest.json()["items"] + page.json()["items"]] == [
        m["id"] for m in await shop.thread(one["id"])
    ]

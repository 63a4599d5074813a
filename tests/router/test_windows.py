"""Until when a person may write freely: a day on WhatsApp, a week with the agent's tag on Meta's pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.path.house import Shop
from tests.router.counter import act, begun, later, now, refused, say

PAGES = {"messenger": "71000000000017001", "instagram": "90000000000017001"}


async def pass_everywhere(shop: Shop, **by: float) -> None:
    later(shop.house, **by)
    seconds = timedelta(**by).total_seconds()
    assert (await shop.house.sim.post("/_sim/clock", json={"advance_s": seconds})).status_code == 200


async def test_on_whatsapp_the_window_closes_after_a_day_and_opens_with_the_next_word(shop: Shop) -> None:
    user = "5511955557001"
    id_ = await begun(shop, user)
    await act(shop.agent, id_, "take")
    await pass_everywhere(shop, hours=23, minutes=58)
    assert (await say(shop.agent, id_, "ainda posso")).status_code == 201
    await pass_everywhere(shop, minutes=3)
    assert refused(await say(shop.agent, id_, "agora não")) == (409, "window_closed")
    await shop.house.settle()
    await shop.house.says("whatsapp", user, text="voltei")
    assert (await say(shop.agent, id_, "que bom")).status_code == 201
    await shop.house.settle()
    assert (await shop.house.texts(user))[-1] == "que bom"


@pytest.mark.parametrize("channel", PAGES)
async def test_on_pages_a_person_may_answer_for_a_week_and_says_so(shop: Shop, channel: str) -> None:
    user = PAGES[channel]
    id_ = await begun(shop, user, channel)
    await act(shop.agent, id_, "take")
    closes = datetime.fromisoformat((await now(shop, id_))["window_closes_at"])
    assert timedelta(days=6, hours=23) < closes - shop.house.deps.clock() <= timedelta(days=7)
    for text, by in (("no mesmo dia", {"hours": 1}), ("dias depois", {"days": 6})):
        await pass_everywhere(shop, **by)
        assert (await say(shop.agent, id_, text)).status_code == 201
        await shop.house.settle()
    early, late = (sent["body"] for sent in (await shop.house.sent(user))[1:])
    assert early.get("tag") is None
    assert late["tag"] == "HUMAN_AGENT"
    await pass_everywhere(shop, days=1)
    assert refused(await say(shop.agent, id_, "tarde demais")) == (409, "window_closed")

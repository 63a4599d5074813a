"""Messenger and Instagram: refusals by subcode, windows, echoes, receipts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.conftest import BIA, INSTAGRAM, PAGE, Meta

DAY = 86_400
WHERE = {
    "messenger": f"/_sim/customers/messenger/{PAGE}/{BIA}",
    "instagram": f"/_sim/customers/instagram/{INSTAGRAM}/{BIA}",
}


def refusal(answer: Any) -> tuple[int, int | None]:
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


async def bia(meta: Meta, kind: str, **act: Any) -> str:
    return await meta.says(kind, PAGE if kind == "messenger" else INSTAGRAM, BIA, **act)


def replies(count: int, **more: Any) -> dict[str, Any]:
    made = [{"content_type": "text", "title": f"T{n}", "payload": f"P{n}"} | more for n in range(count)]
    return {"text": "?", "quick_replies": made}


def template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


BUTTON = {"type": "postback", "title": "Sim", "payload": "S"}
REFUSED = [
    ("messenger", {"text": "x" * 2001}),
    ("messenger", {}),
    ("messenger", {"text": "a", "attachment": {"type": "image", "payload": {"url": "https://x.example/a"}}}),
    ("messenger", replies(14)),
    ("messenger", replies(1, title="x" * 21)),
    ("messenger", template(template_type="button", text="?", buttons=[BUTTON] * 4)),
    ("messenger", template(template_type="generic", elements=[{"title": "só título"}])),
    ("messenger", template(template_type="unknown")),
    ("messenger", {"text": "a", "metadata": "x" * 1001}),
    ("instagram", {"text": "ç" * 501}),
    ("instagram", replies(1, content_type="user_email")),
    ("instagram", template(template_type="receipt", order_number="1")),
    ("instagram", {"attachment": {"type": "image", "payload": {"url": "javascript:alert(1)"}}}),
]


@pytest.mark.parametrize(("kind", "message"), REFUSED)
async def test_a_bad_message_is_refused_with_100(meta: Meta, kind: str, message: dict[str, Any]):
    await bia(meta, kind, text="oi")
    answer = await meta.page(kind, message or {"text": None})
    assert (answer.status_code, refusal(answer)[0]) == (400, 100), answer.text


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"])
async def test_removed_tags_are_refused(meta: Meta, tag: str):
    await bia(meta, "messenger", text="oi")
    answer = await meta.page("messenger", messaging_type="MESSAGE_TAG", tag=tag)
    assert refusal(answer)[0] == 100


async def test_a_thousand_bytes_are_enough_for_instagram(meta: Meta):
    await bia(meta, "instagram", text="oi")
    assert (await meta.page("instagram", {"text": "ç" * 500})).status_code == 200
    assert (await meta.page("messenger", {"text": "ç" * 500})).status_code == 400


@pytest.mark.parametrize(("kind", "wanted"), [("messenger", (100, 2018001)), ("instagram", (100, 2534014))])
async def test_nobody_can_be_written_to_first(meta: Meta, kind: str, wanted: tuple[int, int]):
    assert refusal(await meta.page(kind)) == wanted


@pytest.mark.parametrize(("kind", "subcode"), [("messenger", 2018278), ("instagram", 2534022)])
async def test_windows_close_after_a_day_and_for_human_agents_after_seven(
    meta: Meta, kind: str, subcode: int
):
    await bia(meta, kind, text="oi")
    await meta.client.post(WHERE[kind], json={"window_age_s": DAY + 1})
    assert refusal(await meta.page(kind)) == (10, subcode)
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert (await meta.page(kind, **human)).status_code == 200
    await meta.client.post(WHERE[kind], json={"window_age_s": 7 * DAY + 1})
    assert refusal(await meta.page(kind, **human)) == (10, subcode)


async def test_a_blocked_page_gets_551(meta: Meta):
    await bia(meta, "messenger", text="oi")
    await meta.client.post(WHERE["messenger"], json={"blocked": True})
    assert refusal(await meta.page("messenger")) == (551, 1545041)


async def test_messenger_echoes_and_receipts_carry_reference_and_watermark(meta: Meta):
    await bia(meta, "messenger", text="oi")
    sent = (await meta.page("messenger", {"text": "Olá", "metadata": "job:9"})).json()
    await meta.client.post(f"{WHERE['messenger']}/read", json={})
    await meta.drained()
    (echo,) = [i for i in meta.receiver.messaging("message") if i["message"].get("is_echo")]
    assert echo["sender"]["id"] == PAGE
    assert echo["message"] | {"app_id": 0} == {
        "mid": sent["message_id"], "text": "Olá", "metadata": "job:9", "is_echo": True, "app_id": 0,
    }  # fmt: skip
    (delivery,) = meta.receiver.messaging("delivery")
    (read,) = meta.receiver.messaging("read")
    assert delivery["delivery"]["mids"] == [sent["message_id"]]
    assert delivery["delivery"]["watermark"] == read["read"]["watermark"]
    assert isinstance(read["timestamp"], int)


async def test_a_delivery_may_name_the_watermark_only(meta: Meta):
    await meta.faults(watermark_only=True)
    await bia(meta, "messenger", text="oi")
    await meta.page("messenger")
    await meta.drained()
    assert set(meta.receiver.messaging("delivery")[0]["delivery"]) == {"watermark"}


async def test_instagram_reads_by_mid_and_delivers_silently(meta: Meta):
    await bia(meta, "instagram", text="oi")
    sent = (await meta.page("instagram")).json()["message_id"]
    await meta.drained()
    await meta.client.post(f"{WHERE['instagram']}/read", json={})
    await meta.drained()
    assert meta.receiver.messaging("delivery") == []
    assert meta.receiver.messaging("read")[0]["read"] == {"mid": sent}
    assert len(sent) >= 150
    echo = meta.receiver.messaging("message")[1]["message"]
    assert echo["is_echo"]
    assert "metadata" not in echo


async def test_presses_come_as_quick_reply_or_postback(meta: Meta):
    await bia(meta, "messenger", text="oi")
    await meta.page("messenger", replies(2))
    await bia(meta, "messenger", button={"id": "P1", "title": "T1"})
    await bia(meta, "messenger", postback={"title": "Sim", "payload": "S"})
    await meta.drained()
    pressed = meta.receiver.messaging("message")[-1]["message"]
    assert (pressed["text"], pressed["quick_reply"]) == ("T1", {"payload": "P1"})
    postback = meta.receiver.messaging("postback")[0]["postback"]
    assert (postback["title"], postback["payload"]) == ("Sim", "S")
    assert postback["mid"]


async def test_reactions_edits_and_deletions_name_the_message(meta: Meta):
    mine = await bia(meta, "instagram", text="oi")
    await bia(meta, "instagram", reaction={"message_id": mine, "emoji": "❤️"})
    await bia(meta, "instagram", reaction={"message_id": mine, "emoji": None})
    await bia(meta, "instagram", edit={"message_id": mine, "text": "olá"})
    await bia(meta, "instagram", delete=mine)
    await meta.drained()
    on, off = meta.receiver.messaging("reaction")
    assert (on["reaction"]["action"], on["reaction"]["reaction"]) == ("react", "love")
    assert off["reaction"] == {"mid": mine, "action": "unreact"}
    assert meta.receiver.messaging("message_edit")[0]["message_edit"] == {
        "mid": mine,
        "text": "olá",
        "num_edit": 1,
    }
    assert meta.receiver.messaging("message")[-1]["message"] == {"mid": mine, "is_deleted": True}
    thread = await meta.get(f"/_sim/thread/instagram/{INSTAGRAM}/{BIA}")
    assert thread[0]["body"] == {"deleted": True}


async def test_one_comment_gets_one_private_reply(meta: Meta):
    where = WHERE["instagram"]
    comment = (await meta.client.post(f"{where}/comment", json={"text": "preço?", "username": "bia"})).json()[
        "comment_id"
    ]
    recipient = {"comment_id": comment}
    assert (await meta.page("instagram", recipient=recipient)).status_code == 200
    assert refusal(await meta.page("instagram", recipient=recipient)) == (10903, 2534025)
    assert refusal(await meta.page("instagram")) == (100, 2534014)
    await meta.drained()
    change = meta.receiver.json[0]["entry"][0]["changes"][0]
    assert (change["field"], change["value"]["text"]) == ("comments", "preço?")


async def test_somebody_in_the_inbox_is_an_echo_with_a_foreign_app(meta: Meta):
    await bia(meta, "messenger", text="oi")
    await meta.client.post(f"{WHERE['messenger']}/echo", json={"text": "Aqui é o João"})
    await meta.drained()
    echo = meta.receiver.messaging("message")[1]["message"]
    assert (echo["is_echo"], echo["app_id"]) == (True, 263902037430900)
    assert await meta.get("/_sim/sent", to=BIA) == []


async def test_a_thread_taken_by_another_app_goes_to_standby(meta: Meta):
    await bia(meta, "messenger", text="oi")
    await meta.client.post(f"{WHERE['messenger']}/handover", json={"action": "take"})
    await bia(meta, "messenger", postback={"title": "Sim", "payload": "S"})
    await meta.drained()
    entries = [e for body in meta.receiver.json for e in body["entry"]]
    (standby,) = [e["standby"][0] for e in entries if "standby" in e]
    assert "payload" not in standby["postback"]
    assert meta.receiver.messaging("take_thread_control")


async def test_sender_actions_are_recorded_and_refused_with_a_message(meta: Meta):
    await bia(meta, "messenger", text="oi")
    assert refusal(await meta.page("messenger", sender_action="typing_on"))[0] == 100
    body = {"recipient": {"id": BIA}, "sender_action": "typing_on"}
    url = "/v26.0/me/messages?access_token=T-messenger"
    assert (await meta.client.post(url, json=body)).json() == {"recipient_id": BIA}
    assert [a["action"] for a in await meta.get("/_sim/actions", to=BIA)] == ["typing_on"]


async def test_profiles_are_known_once_the_person_wrote(meta: Meta):
    unknown = await meta.client.get(f"/v26.0/{BIA}?access_token=T-messenger")
    assert refusal(unknown) == (100, 33)
    await bia(meta, "messenger", text="oi", name="Bia Lima")
    found = await meta.get(f"/v26.0/{BIA}", access_token="T-messenger", fields="first_name,last_name")
    assert found == {"id": BIA, "first_name": "Bia", "last_name": "Lima"}
    me = await meta.get("/v26.0/me", access_token="T-instagram", fields="user_id,username")
    assert me["user_id"] == INSTAGRAM != me["id"]


async def test_a_story_is_gone_after_a_day(meta: Meta):
    await bia(meta, "instagram", story_mention=True)
    await bia(meta, "instagram", unsupported=True)
    await meta.drained()
    story, odd = meta.receiver.messaging("message")
    attachment = story["message"]["attachments"][0]
    assert attachment["type"] == "story_mention"
    path = "/attachments/" + attachment["payload"]["url"].partition("/attachments/")[2]
    assert (await meta.client.get(path)).status_code == 200
    await meta.client.post("/_sim/clock", json={"advance_s": DAY + 1})
    assert (await meta.client.get(path)).status_code == 404
    assert odd["message"]["is_unsupported"] is True


async def test_utility_templates_and_forms_are_taken(meta: Meta):
    await bia(meta, "messenger", text="oi")
    form = {"recipient": f'{{"id":"{BIA}"}}', "message": '{"text":"Olá"}', "access_token": "T-messenger"}
    answer = await meta.client.post(f"/v26.0/{PAGE}/messages", data=form)
    assert answer.status_code == 200, answer.text
    sent = await meta.get("/_sim/sent", to=BIA)
    assert sent[0]["body"]["message"] == {"text": "Olá"}

"""WhatsApp: what is refused in the call, what later in a status, what is said by statuses."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.simulators.conftest import ANA, NUMBER, WABA, Meta


def code(answer: Any) -> int:
    return int(answer.json()["error"]["code"])


def interactive(kind: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": "?"}, "action": action}}


def buttons(*titles: str) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": f"b{n}", "title": title}} for n, title in enumerate(titles)]
    return interactive("button", {"buttons": replies})


def rows(count: int, **more: Any) -> dict[str, Any]:
    made = [{"id": f"r{n}", "title": f"Linha {n}"} | more for n in range(count)]
    return interactive("list", {"button": "Ver", "sections": [{"rows": made}]})


REFUSED = [
    ({"messaging_product": "sms"}, 100),
    ({"to": None}, 131008),
    ({"to": "not a phone"}, 131009),
    ({"to": None, "recipient": "not a bsuid"}, 131009),
    ({"to": 5511955550123}, 131009),
    ({"type": "hologram"}, 100),
    ({"type": ["text"]}, 100),
    ({"text": "Olá"}, 131009),
    ({"text": {}}, 131008),
    ({"text": {"body": "x" * 4097}}, 100),
    ({"biz_opaque_callback_data": "x" * 513}, 131009),
    ({"to": "+55 11 4000-0001"}, 131021),
    (buttons(), 131009),
    (buttons("a", "b", "c", "d"), 131009),
    (buttons("x" * 21), 131009),
    (buttons("same", "same"), 131009),
    (rows(11), 131009),
    (rows(2, id="same"), 131009),
    (rows(1, title="x" * 25), 131009),
    (rows(1, description="x" * 73), 131009),
    ({"type": "image", "image": {}}, 131008),
    ({"type": "image", "image": {"id": "1", "link": "https://x.example/a.png"}}, 131008),
    ({"type": "image", "image": {"id": "404"}}, 131009),
    ({"type": "image", "image": {"link": "ftp://x"}}, 131009),
    ({"type": "audio", "audio": {"link": "https://x.example/a.ogg", "caption": "oi"}}, 100),
    ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}]}, 131008),
    ({"type": "template", "template": {"name": "nope", "language": {"code": "pt_BR"}}}, 132001),
    ({"type": "template", "template": {"name": "promocao_semana", "language": {"code": "pt_BR"}}}, 132000),
]


@pytest.mark.parametrize(("body", "wanted"), REFUSED)
async def test_a_bad_body_is_refused_with_the_right_code(meta: Meta, body: dict[str, Any], wanted: int):
    await meta.ana(text="oi")
    answer = await meta.whatsapp(body)
    assert answer.status_code in (400, 404), answer.text
    assert code(answer) == wanted, answer.text
    assert await meta.get("/_sim/sent", to=ANA) == []


async def test_unknown_tokens_are_refused_with_190(meta: Meta):
    for headers in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "T-whatsapp"}):
        answer = await meta.client.post(f"/v26.0/{NUMBER}/messages", json={}, headers=headers)
        assert (answer.status_code, code(answer)) == (401, 190)


async def test_a_token_opens_its_own_numbers_only(meta: Meta):
    answer = await meta.client.post("/v26.0/500000000000999/messages?access_token=T-whatsapp", json={})
    assert answer.json()["error"]["error_subcode"] == 33


async def test_a_wrong_proof_is_refused(meta: Meta):
    url = f"/v26.0/{NUMBER}?access_token=T-whatsapp&appsecret_proof=00"
    assert code(await meta.client.get(url)) == 100


async def test_writing_outside_the_window_fails_by_status(meta: Meta):
    answer = await meta.whatsapp(biz_opaque_callback_data="job:1")
    assert answer.status_code == 200
    await meta.drained()
    (status,) = meta.receiver.whatsapp("statuses")
    assert status["status"] == "failed"
    assert status["errors"][0]["code"] == 131047
    assert status["biz_opaque_callback_data"] == "job:1"


async def test_a_day_later_the_window_is_closed(meta: Meta):
    await meta.ana(text="oi")
    await meta.client.post("/_sim/clock", json={"advance_s": 86_401})
    await meta.whatsapp()
    await meta.drained()
    assert [s["status"] for s in meta.receiver.whatsapp("statuses")] == ["failed"]


async def test_a_blocked_business_reaches_nobody(meta: Meta):
    await meta.ana(text="oi")
    await meta.client.post(f"/_sim/customers/whatsapp/{NUMBER}/{ANA}", json={"blocked": True})
    await meta.whatsapp()
    await meta.drained()
    assert meta.receiver.whatsapp("statuses")[0]["errors"][0]["code"] == 131026


async def test_the_pair_limit_is_forty_five_at_once(meta: Meta):
    await meta.faults(pair_interval_s=3600)
    await meta.ana(text="oi")
    answers = [await meta.whatsapp() for _ in range(46)]
    assert [a.status_code for a in answers] == [200] * 45 + [400]
    assert code(answers[-1]) == 131056
    await meta.client.post("/_sim/clock", json={"advance_s": 3601})
    assert (await meta.whatsapp()).status_code == 200


async def test_the_ceiling_of_a_number_can_be_set(meta: Meta):
    await meta.faults(throughput_per_s=1, pair_burst=0)
    answers = await asyncio.gather(*(meta.whatsapp() for _ in range(20)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {code(answer) for answer in refused} == {130429}
    tally = (await meta.get("/_sim/tally"))[f"whatsapp/{NUMBER}"]
    assert tally["accepted"] == 20 - len(refused)
    assert 1 <= tally["peak_per_s"] <= 2


async def test_an_accepted_message_is_sent_delivered_and_read(meta: Meta):
    await meta.ana(text="oi", name="Ana")
    answer = (await meta.whatsapp(biz_opaque_callback_data="job:7")).json()
    await meta.drained()
    await meta.client.post(f"/_sim/customers/whatsapp/{NUMBER}/{ANA}/read", json={})
    await meta.drained()
    statuses = meta.receiver.whatsapp("statuses")
    assert [s["status"] for s in statuses] == ["sent", "delivered", "read"]
    assert {s["id"] for s in statuses} == {answer["messages"][0]["id"]}
    assert {s["biz_opaque_callback_data"] for s in statuses} == {"job:7"}
    assert statuses[0]["pricing"]["category"] == "service"
    assert answer["contacts"] == [{"input": f"+{ANA}", "wa_id": ANA}]


async def test_read_may_come_without_delivered(meta: Meta):
    await meta.faults(read_without_delivered=True)
    await meta.ana(text="oi")
    await meta.whatsapp()
    await meta.drained()
    assert [s["status"] for s in meta.receiver.whatsapp("statuses")] == ["sent", "read"]


async def test_statuses_may_be_shuffled_or_left_out(meta: Meta):
    await meta.faults(status_order="shuffled", account=NUMBER)
    await meta.ana(text="oi")
    for _ in range(8):
        await meta.whatsapp()
    await meta.drained()
    orders: dict[str, list[str]] = {}
    for status in meta.receiver.whatsapp("statuses"):
        orders.setdefault(status["id"], []).append(status["status"])
    assert {tuple(order) for order in orders.values()} == {("sent", "delivered"), ("delivered", "sent")}
    meta.receiver.forget()
    await meta.faults(no_statuses=True)
    await meta.whatsapp()
    await meta.drained()
    assert meta.receiver.bodies == []


async def test_a_status_can_outrun_the_answer(meta: Meta):
    await meta.faults(status_before_response=True)
    await meta.ana(text="oi")
    answer = await meta.whatsapp()
    told = {status["id"] for status in meta.receiver.whatsapp("statuses")}
    assert answer.json()["messages"][0]["id"] in told


async def test_templates_need_no_window_and_fit_their_places(meta: Meta):
    template = {"name": "promocao_semana", "language": {"code": "pt_BR"}}
    filled = template | {"components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]}
    answer = await meta.whatsapp(type="template", template=filled)
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    thread = await meta.get(f"/_sim/thread/whatsapp/{NUMBER}/{ANA}")
    assert thread[0]["template"]["text"].startswith("Oi Ana,")
    lines = template | {"components": [{"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}]}
    assert code(await meta.whatsapp(type="template", template=lines)) == 132018


async def test_a_stopped_marketing_reader_fails_with_131050(meta: Meta):
    where = f"/_sim/customers/whatsapp/{NUMBER}/{ANA}"
    await meta.client.post(f"{where}/preference", json={"value": "stop"})
    body = {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}
    await meta.whatsapp(
        type="template",
        template={"name": "promocao_semana", "language": {"code": "pt_BR"}, "components": [body]},
    )
    await meta.drained()
    assert meta.receiver.whatsapp("user_preferences")[0]["value"] == "stop"
    assert meta.receiver.whatsapp("statuses")[0]["errors"][0]["code"] == 131050


async def test_a_paused_template_is_told_and_refused(meta: Meta):
    await meta.client.post(
        f"/_sim/accounts/whatsapp/{NUMBER}/templates/promocao_semana",
        json={"language": "pt_BR", "status": "PAUSED"},
    )
    await meta.drained()
    change = meta.receiver.json[0]["entry"][0]["changes"][0]
    assert change["field"] == "message_template_status_update"
    assert change["value"]["event"] == "PAUSED"
    assert isinstance(change["value"]["message_template_id"], int)
    template = {"name": "promocao_semana", "language": {"code": "pt_BR"}}
    assert code(await meta.whatsapp(type="template", template=template)) == 132015


async def test_a_new_template_is_pending_then_approved(meta: Meta):
    new: dict[str, Any] = {"name": "novo", "language": "pt_BR", "category": "UTILITY"}
    new |= {"components": [{"type": "BODY", "text": "Oi {{1}}, tudo certo."}]}
    answer = await meta.client.post(f"/v26.0/{WABA}/message_templates?access_token=T-whatsapp", json=new)
    assert answer.json()["status"] == "PENDING"
    await meta.drained()
    listed = await meta.get(f"/v26.0/{WABA}/message_templates", access_token="T-whatsapp", name="novo")
    assert listed["data"][0]["status"] == "APPROVED"
    again = await meta.client.post(f"/v26.0/{WABA}/message_templates?access_token=T-whatsapp", json=new)
    assert again.status_code == 400


async def test_a_changed_number_keeps_the_thread_and_names_both_ids(meta: Meta):
    await meta.ana(text="oi", name="Ana")
    await meta.client.post(f"/_sim/customers/whatsapp/{NUMBER}/{ANA}/number", json={"new": "5511955550456"})
    await meta.drained()
    first, news = meta.receiver.whatsapp("messages")
    assert news["system"]["type"] == "user_changed_number"
    assert news["from"] == ANA
    assert news["system"]["previous_user_id"] == first["from_user_id"] != news["system"]["user_id"]
    assert len(await meta.get(f"/_sim/thread/whatsapp/{NUMBER}/5511955550456")) == 1


async def test_a_person_the_business_blocked_is_neither_heard_nor_reached(meta: Meta):
    url = f"/v26.0/{NUMBER}/block_users?access_token=T-whatsapp"
    body = {"messaging_product": "whatsapp", "block_users": [{"user": f"+{ANA}"}]}
    assert "errors" in (await meta.client.post(url, json=body)).json()["block_users"]["failed_users"][0]
    await meta.ana(text="oi")
    added = (await meta.client.post(url, json=body)).json()["block_users"]["added_users"]
    assert added[0]["wa_id"] == ANA
    await meta.ana(text="alô?")
    await meta.drained()
    assert [m["text"]["body"] for m in meta.receiver.whatsapp("messages")] == ["oi"]
    assert code(await meta.whatsapp()) == 130403
    assert (await meta.get(f"/v26.0/{NUMBER}/block_users", access_token="T-whatsapp"))["data"][0][
        "block_users"
    ]


async def test_reach_and_allowance_run_out_by_status(meta: Meta):
    await meta.faults(unique_users_limit=1, service_allowance=1)
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    for user in ("5511955550201", "5511955550202", "5511955550201"):
        await meta.whatsapp(to=f"+{user}", type="template", template=template)
    await meta.ana(text="oi")
    await meta.whatsapp()
    await meta.whatsapp()
    await meta.drained()
    failed = [s for s in meta.receiver.whatsapp("statuses") if s["status"] == "failed"]
    assert [(s["recipient_id"], s["errors"][0]["code"]) for s in failed] == [
        ("5511955550202", 131048),
        (ANA, 131042),
    ]


async def test_read_marks_and_typing_are_recorded(meta: Meta):
    mine = await meta.ana(text="oi")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": mine}
    headers = {"Authorization": "Bearer T-whatsapp"}
    url = f"/v26.0/{NUMBER}/messages"
    assert code(await meta.client.post(url, json=body | {"message_id": "wamid.x"}, headers=headers)) == 100
    marked = await meta.client.post(url, json=body | {"typing_indicator": {"type": "text"}}, headers=headers)
    assert marked.json() == {"success": True}
    (action,) = await meta.get("/_sim/actions", to=ANA)
    assert (action["action"], action["to"]) == ("typing_on", ANA)


async def test_a_press_answers_the_message_it_belongs_to(meta: Meta):
    await meta.ana(text="oi")
    sent = (await meta.whatsapp(buttons("Sim", "Não"))).json()["messages"][0]["id"]
    await meta.ana(button={"id": "b0", "title": "Sim"}, reply_to=sent)
    await meta.ana(list={"id": "r1", "title": "Linha"})
    await meta.ana(template_button={"payload": "OK", "text": "Ok"})
    await meta.drained()
    _, button, row, quick = meta.receiver.whatsapp("messages")
    assert button["interactive"] == {"type": "button_reply", "button_reply": {"id": "b0", "title": "Sim"}}
    assert button["context"]["id"] == sent
    assert row["interactive"]["list_reply"]["id"] == "r1"
    assert quick["button"] == {"payload": "OK", "text": "Ok"}

"""Order look-ups through the executor: refusals, trouble, then what customers hear."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from actions.services import Services
from connectors.meta import sign
from tests.actions.conftest import MESSAGE, SECRET, TENANT, Crm, Rasa, did, user

ASKED = [user("cadê meu pedido 12345", "order_status"), did("order_form")]


async def test_a_timeout_apologises_and_hands_over(crm: Crm, rasa: Rasa):
    def too_slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    crm.reply = too_slow
    answer = await rasa.run("action_order_status", events=ASKED, order_number="12345")
    assert answer.lines == ["utter_error"]
    assert [control["reason"] for control in answer.controls] == ["error"]


async def test_a_server_that_hangs_is_left_after_three_seconds():
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as client, asyncio.timeout(5):
        rasa = Rasa(Services(client, "http://crm.test", SECRET))
        answer = await rasa.run("action_order_status", events=ASKED, order_number="12345")
    assert [control["reason"] for control in answer.controls] == ["error"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (401, b"{}"),
        (402, b'{"error":{"code":"suspended","message":"-"}}'),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"number":"12345"}'),
        (200, b'{"number":12345,"status":"ok"}'),
    ],
)
async def test_a_bad_answer_apologises_and_hands_over(crm: Crm, rasa: Rasa, status: int, body: bytes):
    crm.answers(status, body)
    answer = await rasa.run("action_order_status", events=ASKED, order_number="12345", language="es")
    assert answer.lines == ["utter_error"]
    (control,) = answer.controls
    assert control["kind"] == "handoff"
    assert control["reason"] == "error"
    assert control["summary"].startswith("Una consulta del bot falló.")
    assert control["slots"] == {"language": "es", "order_number": "12345"}


async def test_the_apology_names_the_phone_where_it_is_known(crm: Crm, rasa: Rasa):
    crm.answers(500)
    answer = await rasa.run("action_order_status", events=ASKED, order_number="1", business_phone="0800 1")
    assert answer.lines == ["utter_error_phone"]


async def test_a_message_without_tenant_is_not_looked_up(crm: Crm, rasa: Rasa):
    events = [user("pedido 12345", "order_status", metadata={})]
    answer = await rasa.run("action_order_status", events=events, order_number="12345")
    assert crm.asked == []
    assert [control["reason"] for control in answer.controls] == ["error"]


async def test_what_nobody_foresaw_apologises_and_hands_over(crm: Crm, rasa: Rasa):
    def broken(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    crm.reply = broken
    answer = await rasa.run("action_order_status", events=ASKED, order_number="12345")
    assert answer.lines == ["utter_error"]
    assert [control["reason"] for control in answer.controls] == ["error"]


async def test_the_first_unknown_number_is_asked_again(crm: Crm, rasa: Rasa):
    answer = await rasa.run("action_order_status", events=ASKED, order_number="999")
    assert answer.lines == ["utter_order_not_found"]
    assert answer.said[0]["number"] == "999"
    assert answer.followups == ["order_form"]
    assert answer.slots == {"order_number": None, "order_attempts": 1}
    assert answer.controls == []


async def test_the_second_unknown_number_goes_to_a_human(crm: Crm, rasa: Rasa):
    answer = await rasa.run("action_order_status", events=ASKED, order_number="999", order_attempts=1.0)
    assert answer.lines == ["utter_order_handoff"]
    assert [control["reason"] for control in answer.controls] == ["rule"]
    assert answer.slots == {"order_number": None, "order_attempts": 0}
    assert answer.followups == []


async def test_a_form_given_up_goes_to_a_human(crm: Crm, rasa: Rasa):
    answer = await rasa.run("action_order_status", events=ASKED, order_number=None, order_attempts=2.0)
    assert crm.asked == []
    assert answer.lines == ["utter_order_handoff"]


async def test_a_known_order_is_told_in_the_customers_language(crm: Crm, rasa: Rasa):
    crm.knows(
        number="12345",
        status="Em transporte.",
        detail="Saiu do centro de distribuição.",
        updated_at="2026-03-01T01:30:00Z",
        tracking_url="https://rastreio.example/12345",
    )
    answer = await rasa.run("action_order_status", events=ASKED, order_number="12345", language="pt")
    assert answer.lines == ["utter_order_found"]
    assert answer.said[0]["status"] == "Em transporte"
    assert answer.said[0]["more"] == (
        "\nSaiu do centro de distribuição.\nAtualizado em 28/02/2026.\nAcompanhe: https://rastreio.example/12345"
    )
    assert answer.controls == []
    assert answer.slots == {"order_number": None, "order_attempts": 0}


async def test_an_order_with_little_known_has_no_empty_lines(crm: Crm, rasa: Rasa):
    crm.knows(number="12345", status="Shipped", updated_at="soon", tracking_url=None, detail="")
    answer = await rasa.run("action_order_status", events=ASKED, order_number="12345", language="en")
    assert answer.said[0]["more"] == ""


async def test_the_call_is_signed_and_can_be_repeated(crm: Crm, rasa: Rasa):
    for _ in range(2):
        await rasa.run("action_order_status", events=ASKED, order_number="KX-12")
    first, again = crm.asked
    target = f"/internal/crm/orders/KX-12?tenant={TENANT}"
    assert first.url == f"http://crm.test{target}"
    assert first.headers["X-Konectus-Signature"] == sign(f"GET {target}".encode(), SECRET)
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"] == f"{MESSAGE}:2"


@pytest.mark.parametrize("text", ["não sei", "12", "11 98765-4321", "R$ 1.200,00", "", "x" * 40])
async def test_what_is_no_number_is_refused_once(rasa: Rasa, text: str):
    answer = await rasa.run("validate_order_form", events=_answered(text), order_number=text)
    assert answer.slots == {"order_number": None, "order_attempts": 1}
    assert answer.lines == ["utter_order_number_odd"]


async def test_the_second_refusal_ends_the_form_without_a_word(rasa: Rasa):
    answer = await rasa.run(
        "validate_order_form", events=_answered("sei lá"), order_number="sei lá", order_attempts=1.0
    )
    assert answer.slots == {"order_number": None, "order_attempts": 2, "requested_slot": None}
    assert answer.lines == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12345", "12345"),
        ("#12345", "12345"),
        ("é o kx-1042, pode ver?", "KX-1042"),
        ("pedido nº 10987.", "10987"),
        ("1 2 3 4 5", "12345"),
        ("12.345", "12345"),
    ],
)
async def test_a_number_is_taken_out_of_the_answer(rasa: Rasa, text: str, number: str):
    answer = await rasa.run("validate_order_form", events=_answered(text), order_number=text)
    assert answer.slots == {"order_number": number}


async def test_the_number_just_looked_up_is_not_taken_again(rasa: Rasa):
    slot = {"event": "slot", "name": "order_number", "value": "999"}
    events = [user("pedido 999", "order_status"), did("action_order_status"), slot]
    answer = await rasa.run("validate_order_form", events=events, order_number="999", order_attempts=1.0)
    assert answer.slots == {"order_number": None}
    assert answer.lines == []


def _answered(text: str) -> list[dict]:
    slot = {"event": "slot", "name": "order_number", "value": text}
    return [user("meu pedido", "order_status"), did("order_form"), user(text, "inform_number"), slot]

"""The host over loopback: what it refuses, what it answers, and that it keeps nothing."""

from __future__ import annotations

import json

import pytest

from tests.bot.hosting import Caller, body, texts


async def test_a_body_with_a_wrong_signature_is_refused(caller: Caller) -> None:
    response = await caller.post("/turn", body(), secret="guessed")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "signature"


async def test_a_body_without_signature_is_refused(caller: Caller) -> None:
    assert (await caller.http.post("/turn", content=body())).status_code == 401


async def test_a_reload_without_signature_is_refused(caller: Caller) -> None:
    assert (await caller.http.post("/models/reload", content=b"{}")).status_code == 401


async def test_a_body_that_is_not_json_is_refused(caller: Caller) -> None:
    response = await caller.post("/turn", b"{nonsense")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tenant": "nobody"}, "tenant"),
        ({"epoch": "one"}, "epoch"),
        ({"channel": "telegram"}, "channel"),
        ({"locale": "fr"}, "locale"),
        ({"channel": "messenger"}, "channel"),
        ({"profile": {"hours": 9}}, "profile.hours"),
    ],
)
async def test_a_wrong_field_is_named(caller: Caller, changes: dict, field: str) -> None:
    response = await caller.post("/turn", body(**changes))
    assert response.status_code == 400
    assert response.json()["error"]["field"] == field


async def test_a_missing_field_is_named(caller: Caller) -> None:
    request = json.loads(body())
    del request["event"]["at"]
    response = await caller.post("/turn", json.dumps(request).encode())
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "event.at"


async def test_an_event_that_is_no_message_is_refused(caller: Caller) -> None:
    request = json.loads(body())
    request["event"]["kind"] = "status"
    response = await caller.post("/turn", json.dumps(request).encode())
    assert (response.status_code, response.json()["error"]["field"]) == (400, "event.kind")


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20])
async def test_a_body_over_a_megabyte_is_refused(caller: Caller, size: int) -> None:
    assert (await caller.post("/turn", b" " * size)).status_code == 413


@pytest.mark.parametrize(
    "tracker",
    [
        "scribble",
        {"events": "none"},
        {"events": [{"event": "nothing_of_rasas", "timestamp": 1.0}]},
        {"events": [{"event": "user", "text": "oi"}]},
        {"events": [{"timestamp": 1.0}]},
        {"events": [{"event": "slot", "timestamp": 1.0}]},
    ],
)
async def test_an_unreadable_tracker_is_said_to_be_one(caller: Caller, tracker: object) -> None:
    response = await caller.post("/turn", body(tracker=tracker))
    assert response.status_code == 422, response.text
    assert response.json()["error"]["code"] == "tracker"


async def test_a_greeting_is_answered_in_the_channels_own_form(caller: Caller) -> None:
    answered = await caller.turn("oi")
    assert "Loja Azul" in texts(answered)[0]
    assert answered["answers"][0]["type"] == "interactive"
    assert answered["controls"] == []
    assert answered["nlu"]["intent"] == "greet"
    assert answered["model"].startswith("default@")


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_the_other_channels_get_their_own_form(caller: Caller, channel: str) -> None:
    request = json.loads(body("qual o horário?", channel=channel))
    request["event"]["channel"] = channel
    response = await caller.post("/turn", json.dumps(request).encode())
    assert response.json()["answers"][0]["message"]["text"] == "Abrimos: 9h às 18h"


async def test_the_same_request_gets_the_same_answer_twice(caller: Caller) -> None:
    first = await caller.turn("oi")
    again = body("qual o horário?", tracker=first["tracker"])
    one, two = await caller.post("/turn", again), await caller.post("/turn", again)
    assert one.content == two.content


async def test_the_conversation_goes_on_from_the_tracker_alone(caller: Caller) -> None:
    first = await caller.turn("where is my order 12345?", locale="en")
    assert first["nlu"]["entities"] == [{"entity": "order_number", "value": "12345"}]
    second = await caller.turn("ok thanks", tracker=first["tracker"], locale="en")
    slots = {e["name"]: e["value"] for e in second["tracker"]["events"] if e["event"] == "slot"}
    assert slots["order_number"] == "12345"


async def test_the_customers_language_is_kept_through_short_words_and_buttons(caller: Caller) -> None:
    first = await caller.turn("hello, good morning")
    assert texts(first) == ["Hi! This is Loja Azul."]
    second = await caller.turn("ok", tracker=first["tracker"])
    assert second["nlu"]["language"] == "en"
    pressed = {"id": "wamid.2", "type": "button", "text": "Horário", "payload": "/ask_hours"}
    third = await caller.turn(None, message=pressed, tracker=second["tracker"])
    assert (third["nlu"]["intent"], third["nlu"]["language"]) == ("ask_hours", "en")


async def test_a_typed_command_is_only_text(caller: Caller) -> None:
    answered = await caller.turn("/ask_human")
    assert answered["nlu"]["confidence"] < 1.0


async def test_what_is_no_text_reaches_the_dialogue_as_an_event(caller: Caller) -> None:
    voice = {"id": "wamid.3", "type": "audio", "media": [{"kind": "audio", "id": "77", "voice": True}]}
    first = await caller.turn(None, message=voice)
    assert texts(first) == ["Recebi: audio"]
    place = {"id": "wamid.4", "type": "location", "location": {"latitude": 1.0, "longitude": 2.0}}
    assert texts(await caller.turn(None, message=place, tracker=first["tracker"])) == ["Recebi: location"]


async def test_a_changed_profile_is_said_at_once(caller: Caller) -> None:
    first = await caller.turn("qual o horário?")
    second = await caller.turn(
        "qual o horário?", tracker=first["tracker"], profile={"name": "Loja Azul", "hours": "24 horas"}
    )
    assert texts(second) == ["Abrimos: 24 horas"]


async def test_a_new_session_leaves_the_old_events_behind(caller: Caller) -> None:
    tracker = None
    for _ in range(3):
        tracker = (await caller.turn("qual o horário?", tracker=tracker))["tracker"]
    later = await caller.turn("oi", tracker=tracker, at="2026-11-26T12:00:00Z")
    users = [event for event in later["tracker"]["events"] if event["event"] == "user"]
    assert [event["text"] for event in users] == ["oi"]
    assert later["tracker"]["session"] > tracker["session"]


async def test_health_tells_of_each_tenant(caller: Caller) -> None:
    await caller.turn("oi")
    health = (await caller.http.get("/health")).json()
    assert health["status"] == "ready"
    assert [one["turns"] for one in health["tenants"].values()] == [1]
    assert health["rss_mb"] > 0

"""Actions: what they are told, what the dialogue tells the platform through them, and when they fail."""

from __future__ import annotations

from tests.bot.hosting import Actions, Caller, texts

HANDOFF = {"kind": "handoff", "reason": "asked", "summary": "wants a human", "slots": {}}


async def test_a_failing_action_brings_an_apology_and_a_human(caller: Caller, actions: Actions) -> None:
    actions.status = 500
    answered = await caller.turn("cadê meu pedido?")
    assert len(texts(answered)) == 1
    assert "Desculpe" in texts(answered)[0]
    control = answered["controls"][0]
    assert (control["kind"], control["reason"], control["summary"]) == (
        "handoff",
        "error",
        "cadê meu pedido?",
    )


async def test_a_silent_action_server_is_given_up_in_time(caller: Caller, actions: Actions) -> None:
    actions.delay = 4.0
    answered = await caller.turn("where is my order?", locale="en")
    assert "Sorry" in texts(answered)[0]
    assert answered["controls"][0]["reason"] == "error"


async def test_the_conversation_survives_a_failed_action(caller: Caller, actions: Actions) -> None:
    actions.status = 503
    first = await caller.turn("cadê meu pedido?")
    second = await caller.turn("qual o horário?", tracker=first["tracker"])
    assert texts(second) == ["Abrimos: 9h às 18h"]
    assert second["controls"] == []


async def test_a_dialogue_with_nothing_to_say_calls_a_human(caller: Caller) -> None:
    answered = await caller.turn("muito obrigada")
    assert answered["answers"]
    assert answered["controls"][0]["reason"] == "fallback"


async def test_an_action_hands_over_by_a_control_that_is_not_sent(caller: Caller, actions: Actions) -> None:
    actions.responses = [{"text": "Um momento."}, {"custom": {"konectus": HANDOFF}}]
    answered = await caller.turn("quero falar com uma pessoa")
    assert texts(answered) == ["Um momento."]
    assert answered["controls"] == [HANDOFF]


async def test_an_action_knows_whose_message_it_serves(caller: Caller, actions: Actions) -> None:
    actions.responses = [{"text": "Já vejo."}]
    answered = await caller.turn("cadê meu pedido?")
    metadata = actions.calls[0]["tracker"]["latest_message"]["metadata"]
    assert metadata["message_id"] == answered["message_id"]
    assert {"tenant", "conversation", "channel", "account"} <= set(metadata)

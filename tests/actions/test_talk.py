"""Handing over, consent and the question when the bot is unsure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from actions import rules, texts
from tests.actions.conftest import Rasa, did, user


@pytest.mark.parametrize(
    ("intent", "before", "reason"),
    [
        ("nlu_fallback", "action_ask_affirmation", "fallback"),
        ("out_of_scope", "utter_out_of_scope", "fallback"),
        ("affirm", "utter_pick_one", "fallback"),
        ("deny", "utter_rephrase", "fallback"),
        (None, None, "fallback"),
        ("ask_human", None, "asked"),
        ("ask_human", "utter_hours", "asked"),
        ("affirm", "utter_hours_unknown", "asked"),
        ("affirm", "utter_complaint", "complaint"),
        ("ask_human", "utter_complaint_channel", "complaint"),
        ("complaint", "utter_complaint", "complaint"),
    ],
)
def test_the_reason_follows_from_what_was_said(intent: str | None, before: str | None, reason: str):
    assert rules.handoff_reason(intent, before) == reason


async def test_handing_over_says_one_line_and_tells_the_agent_why(rasa: Rasa):
    events = [
        user("oi", "greet"),
        did("utter_greet"),
        did("action_listen"),
        user("/prices_plans", "prices_plans"),
        did("utter_prices_unknown"),
        did("action_listen"),
        user("quero falar com uma pessoa", "ask_human"),
    ]
    answer = await rasa.run("action_handoff", events=events, language="pt", business_hours="9-18")
    assert answer.lines == ["utter_handoff"]
    assert answer.controls == [
        {
            "kind": "handoff",
            "reason": "asked",
            "summary": (
                "O cliente pediu para falar com uma pessoa.\n"
                "Assuntos: Saudação → Preços e planos → Falar com alguém\n"
                "Últimas mensagens: “oi” · [Preços e planos] · “quero falar com uma pessoa”"
            ),
            "slots": {"language": "pt"},
        }
    ]


async def test_an_accepted_complaint_is_handed_over_as_one(rasa: Rasa):
    said = user("terrible service", "complaint"), did("utter_complaint"), did("action_listen")
    answer = await rasa.run("action_handoff", events=[*said, user("yes please", "affirm")], language="en")
    assert answer.lines == ["utter_handoff_complaint"]
    assert answer.controls[0]["reason"] == "complaint"
    assert answer.controls[0]["summary"].startswith("The customer has a complaint")


async def test_a_long_story_is_shortened_for_the_agent(rasa: Rasa):
    events = [user("reclamo " * 200, "complaint"), did("utter_complaint"), user("sí", "affirm")]
    answer = await rasa.run("action_handoff", events=events, language="es")
    assert len(answer.controls[0]["summary"]) < 400


@pytest.mark.parametrize(
    ("action", "state", "line"),
    [("action_opt_out", "out", "utter_opt_out"), ("action_opt_in", "in", "utter_opt_in")],
)
async def test_consent_is_recorded_and_confirmed(rasa: Rasa, action: str, state: str, line: str):
    answer = await rasa.run(action, events=[user("SAIR", "opt_out")])
    assert answer.controls == [{"kind": "consent", "purpose": "marketing", "state": state}]
    assert answer.lines == [line]


async def test_without_a_likely_topic_the_bot_asks_for_other_words(rasa: Rasa):
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.7},
        {"name": "greet", "confidence": 0.2},
        {"name": "delivery", "confidence": 0.09},
    ]
    events = [user("hein", "nlu_fallback", intent_ranking=ranking)]
    answer = await rasa.run("action_ask_affirmation", events=events)
    assert answer.lines == ["utter_rephrase"]


async def test_a_single_likely_topic_comes_with_a_human(rasa: Rasa):
    ranking = [{"name": "delivery", "confidence": 0.3}, {"name": "deny", "confidence": 0.3}]
    answer = await rasa.run(
        "action_ask_affirmation", events=[user("?", "nlu_fallback", intent_ranking=ranking)]
    )
    payloads = [button["payload"] for button in answer.said[0]["buttons"]]
    assert payloads == ["/delivery", "/ask_human", "/deny"]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("pt", ["Entrega", "Meu pedido", "Nenhuma delas"]),
        ("es", ["Envío", "Mi pedido", "Ninguna"]),
        ("en", ["Delivery", "My order", "None of these"]),
        ("fr", ["Entrega", "Meu pedido", "Nenhuma delas"]),
    ],
)
async def test_the_two_likeliest_topics_become_buttons(rasa: Rasa, language: str, titles: list[str]):
    names = ["nlu_fallback", "delivery", "deny", "order_status", "ask_hours"]
    ranking = [{"name": name, "confidence": 0.2} for name in names]
    events = [user("chega?", "nlu_fallback", intent_ranking=ranking)]
    answer = await rasa.run("action_ask_affirmation", events=events, language=language)
    assert answer.lines == ["utter_ask_affirmation"]
    assert [button["title"] for button in answer.said[0]["buttons"]] == titles
    assert [button["payload"] for button in answer.said[0]["buttons"]] == [
        "/delivery",
        "/order_status",
        "/deny",
    ]


def test_every_title_fits_a_button():
    titles = [words for intent in rules.SUGGESTIBLE for words in texts.TOPICS[intent].values()]
    assert [title for title in [*titles, *texts.NONE_OF_THESE.values()] if len(title) > 20] == []


def test_a_step_counts_the_actions_of_this_turn_only():
    events = [user("oi", "greet"), did("utter_greet"), did("action_listen"), user("pedido", "order_status")]
    assert rules.step(events) == 1
    assert rules.step([*events, did("order_form")]) == 2


def test_a_time_without_a_zone_is_no_date():
    zone = ZoneInfo("America/Sao_Paulo")
    assert rules.day("2026-03-01T01:30:00", "pt", zone) is None
    assert rules.day(None, "pt", zone) is None
    assert rules.day("2026-03-01T01:30:00+00:00", "en", zone) == "2026-02-28"

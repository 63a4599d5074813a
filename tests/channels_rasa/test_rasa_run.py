"""Rasa's own server, a model trained here, our channels in credentials.yml: the whole way, as a stranger uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from connectors.meta import sign
from tests.channels_rasa.graph import FakeGraph, free_port

ROOT = Path(__file__).resolve().parents[2]
GRAPH_PORT, PORT = free_port(), free_port()
FILES = {
    "config.yml": """
recipe: default.v1
language: pt
assistant_id: direct-mode
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
""",
    "domain.yml": """
version: "3.1"
intents: [greet, affirm, customer_event]
entities: [event]
responses:
  utter_greet:
    - text: "Olá! Quer ver os planos?"
      buttons:
        - {title: "Sim", payload: "/affirm"}
        - {title: "Não", payload: "/greet"}
  utter_plans:
    - text: "O plano custa R$ 20."
      image: "https://loja.example/plano.png"
  utter_event:
    - text: "Recebi, mas ainda não sei ler isso."
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - oi
      - olá
  - intent: affirm
    examples: |
      - sim
  - intent: customer_event
    examples: |
      - customer event
""",
    "data/rules.yml": """
version: "3.1"
rules:
  - rule: greet
    steps:
      - intent: greet
      - action: utter_greet
  - rule: plans
    steps:
      - intent: affirm
      - action: utter_plans
  - rule: event
    steps:
      - intent: customer_event
      - action: utter_event
""",
    "endpoints.yml": "",
    "credentials.yml": f"""
connectors.whatsapp.rasa.WhatsAppInput:
  verify_token: verify-me
  app_secret: app-secret
  access_token: TOKEN
  phone_number_id: "500000000000202"
  graph_url: http://127.0.0.1:{GRAPH_PORT}
connectors.messenger.rasa.MessengerInput:
  verify_token: verify-me
  app_secret: app-secret
  access_token: TOKEN
  page_id: "610000000000001"
  graph_url: http://127.0.0.1:{GRAPH_PORT}
connectors.instagram.rasa.InstagramInput:
  verify_token: verify-me
  app_secret: app-secret
  access_token: TOKEN
  account_id: "17800000000000001"
  graph_url: http://127.0.0.1:{GRAPH_PORT}
""",
}


def rasa(project: Path, *words: str) -> subprocess.Popen[bytes]:
    """Rasa's command line in the project's folder, which knows nothing of this repository but its path."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "SANIC_HOST": "127.0.0.1"}
    with (project / "rasa.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bot.rasa_cli", *words],
            cwd=project,
            env=environ,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text, "utf-8")
    assert rasa(project, "train", "--quiet").wait(timeout=180) == 0, (project / "rasa.log").read_text()
    running = rasa(project, "run", "--port", str(PORT), "--interface", "127.0.0.1")
    try:
        wait_until_ready(running, project / "rasa.log")
        yield f"http://127.0.0.1:{PORT}"
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_until_ready(running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert running.poll() is None, log.read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}/webhooks/whatsapp/").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def graph():
    with FakeGraph(GRAPH_PORT) as running:
        yield running


def post(server: str, channel: str, body: bytes, secret: str = "app-secret") -> int:
    headers = {"X-Hub-Signature-256": sign(body, secret)}
    return httpx.post(f"{server}/webhooks/{channel}/webhook", content=body, headers=headers).status_code


def said(graph: FakeGraph, count: int):
    end = time.monotonic() + 15
    while len(graph.said) < count and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.2)
    assert len(graph.said) == count
    return graph.said


def as_text(body: bytes, words: str, mid: str) -> bytes:
    text = body.replace("oi, tudo bem? 😀 ação".encode(), words.encode()).replace(
        "oi 😀 ação".encode(), words.encode()
    )
    return text.replace(b"wamid.IN1", mid.encode()).replace(b"m_IN1", mid.encode())


def test_a_wrong_signature_and_a_wrong_token_are_refused(server, graph, body):
    assert post(server, "whatsapp", body("whatsapp", "text"), "wrong") == 401
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "wrong"}
    assert httpx.get(f"{server}/webhooks/whatsapp/webhook", params=asked).status_code == 403
    assert said(graph, 0) == []


def test_a_typed_command_is_no_command(server, graph, body):
    assert post(server, "messenger", as_text(body("messenger", "text"), "/affirm", "m_TYPED")) == 200
    assert [call for call in said(graph, 0) if "20" in str(call)] == []


def test_a_greeting_is_answered_with_buttons_and_the_pressed_button_is_understood(server, graph, body):
    assert post(server, "whatsapp", as_text(body("whatsapp", "text"), "oi", "wamid.HI")) == 200
    (greeting,) = said(graph, 1)
    buttons = greeting["interactive"]["action"]["buttons"]
    assert [button["reply"]["id"] for button in buttons] == ["/affirm", "/greet"]
    assert greeting["to"] == "+5511955550123"
    pressed = body("whatsapp", "button_reply").replace(b"wamid.IN1", b"wamid.PRESSED")
    assert post(server, "whatsapp", pressed) == 200
    plans = said(graph, 2)[1]
    assert plans["image"] == {"link": "https://loja.example/plano.png", "caption": "O plano custa R$ 20."}


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_the_other_channels_answer_too(server, graph, body, channel):
    assert post(server, channel, as_text(body(channel, "text"), "oi", f"m_{channel}")) == 200
    (greeting,) = said(graph, 1)
    payload = greeting["message"]["attachment"]["payload"]
    assert payload["text"] == "Olá! Quer ver os planos?"
    assert [button["payload"] for button in payload["buttons"]] == ["/affirm", "/greet"]


@pytest.mark.parametrize(
    ("channel", "name"), [("whatsapp", "audio_voice"), ("messenger", "image"), ("instagram", "story_mention")]
)
def test_what_has_no_words_reaches_the_dialogue_as_a_named_event(server, graph, body, channel, name):
    unheard = (
        body(channel, name)
        .replace(b"wamid.IN1", b"wamid.EV")
        .replace(b"m_IN1", b"m_EV")
        .replace(b"aWdf", b"ev")
    )
    assert post(server, channel, unheard) == 200
    (answer,) = said(graph, 1)
    assert "Recebi" in str(answer)

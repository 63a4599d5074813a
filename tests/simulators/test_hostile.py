"""Bodies, paths and knobs from people who mean ill: refused, never a 500."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.simulators.conftest import ANA, BIA, INSTAGRAM, NUMBER, PAGE, WABA, Meta

HOSTILE_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b'"x"',
    b"\xff\xfe",
    b'{"a":' * 20_000,
    b"1e999",
    b'{"text":"\\ud800"}',
]
PATHS = [
    f"/v26.0/{NUMBER}/messages?access_token=T-whatsapp",
    f"/v26.0/{PAGE}/messages?access_token=T-messenger",
    f"/v26.0/{INSTAGRAM}/messages?access_token=T-instagram",
    f"/v26.0/{NUMBER}/media?access_token=T-whatsapp",
    f"/v26.0/{WABA}/message_templates?access_token=T-whatsapp",
    f"/_sim/customers/whatsapp/{NUMBER}/{ANA}/messages",
    f"/_sim/customers/instagram/{INSTAGRAM}/{BIA}/messages",
    "/_sim/accounts",
]


@pytest.mark.parametrize("path", PATHS)
async def test_bodies_that_are_no_object_are_refused(meta: Meta, path: str):
    for body in HOSTILE_BODIES:
        answer = await meta.client.post(path, content=body, headers={"content-type": "application/json"})
        assert 400 <= answer.status_code < 500, (body[:20], answer.status_code, answer.text)


JUNK: list[Any] = [
    None,
    True,
    -1,
    1e300,
    "",
    "x" * 70_000,
    "\x00",
    [],
    [1],
    [[]],
    {},
    {"id": []},
    {"": None},
    "../..",
    "💥",
]


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one leaf or branch replaced by junk."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(sorted(value))
        return value | {name: mutated(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        index = chance.randrange(len(value))
        return [*value[:index], mutated(value[index], chance), *value[index + 1 :]]
    return chance.choice(JUNK)


PARAMETERS = [{"type": "text", "text": "Ana"}]
GOOD: list[tuple[str, dict[str, Any]]] = [
    (PATHS[0], {"messaging_product": "whatsapp", "to": f"+{ANA}", "type": "template", "template": {
        "name": "promocao_semana", "language": {"code": "pt_BR"},
        "components": [{"type": "body", "parameters": PARAMETERS}]}}),
    (PATHS[0], {"messaging_product": "whatsapp", "to": f"+{ANA}", "type": "interactive",
        "context": {"message_id": "x"},
        "interactive": {"type": "list", "header": {"type": "text", "text": "h"}, "body": {"text": "b"}, "action": {
            "button": "v", "sections": [{"title": "s", "rows": [{"id": "1", "title": "t", "description": "d"}]}]}}}),
    (PATHS[0], {"messaging_product": "whatsapp", "status": "read", "message_id": "x",
        "typing_indicator": {"type": "text"}}),
    (PATHS[1], {"recipient": {"id": BIA}, "messaging_type": "RESPONSE", "message": {"attachment": {"type": "template",
        "payload": {"template_type": "generic", "elements": [{"title": "t", "subtitle": "s", "buttons": [
            {"type": "postback", "title": "t", "payload": "p"}]}]}}}}),
    (PATHS[1], {"recipient": {"id": BIA}, "sender_action": "react", "payload": {"message_id": "m", "reaction": "x"}}),
    (PATHS[2], {"recipient": {"id": BIA}, "message": {"text": "t", "quick_replies": [
        {"content_type": "text", "title": "t", "payload": "p"}]}}),
    (PATHS[4], {"name": "n", "language": "pt_BR", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Oi {{1}}."}, {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://x"}]}]}),
    (PATHS[5], {"media": {"kind": "image", "caption": "c", "mime_type": "image/png", "data_base64": "AAAA"}}),
    (PATHS[5], {"list": {"id": "1", "title": "t"}, "reply_to": "x", "name": "n"}),
    (PATHS[6], {"reaction": {"message_id": "x", "emoji": "y"}}),
    (PATHS[6], {"postback": {"title": "t", "payload": "p"}, "referral": {"ref": "r"}}),
    (PATHS[7], {"kind": "whatsapp", "account_id": "1", "name": "n", "token": "t", "templates": [
        {"name": "n", "language": "pt_BR", "category": "UTILITY", "components": [{"type": "BODY", "text": "a"}]}]}),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
async def test_a_thousand_mutated_bodies_never_break_it(meta: Meta, seed: int):
    chance = random.Random(seed)
    await meta.ana(text="oi")
    await meta.says("messenger", PAGE, BIA, text="oi")
    await meta.says("instagram", INSTAGRAM, BIA, text="oi")
    for _ in range(340):
        path, body = chance.choice(GOOD)
        answer = await meta.client.post(path, json=mutated(body, chance))
        assert answer.status_code < 500, (path, answer.text)
    await meta.drained()
    for kind, account, user in (
        ("whatsapp", NUMBER, ANA),
        ("messenger", PAGE, BIA),
        ("instagram", INSTAGRAM, BIA),
    ):
        await meta.get(f"/_sim/thread/{kind}/{account}/{user}")
    await meta.get("/_sim/sent")
    await meta.get("/_sim/accounts")


@pytest.mark.parametrize("path", [
    "/nothing", "/v26.0/", "/v26.0/me", "/x/y/z", "/v26.0/a/b/c/d", "/phones/static/..%2fapp.py",
    "/phones/static/none.js", "/_sim/thread/whatsapp/0/1", "/_sim/customers/pager/1/2",
    f"/_sim/customers/whatsapp/{NUMBER}/abc", "/_sim/sent?after=x", "/_sim/media/1",
    "/attachments/file?mid=1&ext=x&hash=y",
    "/_sim/sent?limit=-1",
])  # fmt: skip
async def test_paths_that_lead_nowhere_are_4xx(meta: Meta, path: str):
    answer = await meta.client.get(path)
    assert 400 <= answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", [
    {"no_such_knob": 1}, {"error_rate": 2}, {"latency_ms": -1}, {"envelope": "x"}, {"seed": "x"}, {"account": 1},
    {"batch_max": 0}, {"duplicate_webhooks": "yes"},
])  # fmt: skip
async def test_wrong_knobs_are_refused_and_change_nothing(meta: Meta, body: dict[str, Any]):
    before = await meta.get("/_sim/faults")
    assert (await meta.client.post("/_sim/faults", json=body)).status_code == 400
    assert await meta.get("/_sim/faults") == before

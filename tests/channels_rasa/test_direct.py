"""Direct mode behind a real Sanic server, with a dialogue that repeats what it hears."""

import asyncio
import contextlib
import json
import time

import httpx
import pytest
from rasa.core.channels.channel import register
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from connectors.instagram.rasa import InstagramInput
from connectors.messenger.rasa import MessengerInput
from connectors.meta import sign
from connectors.whatsapp.rasa import WhatsAppInput
from tests.channels_rasa.graph import FakeGraph, free_port, is_courtesy, text_of

GRAPH_PORT, PORT = free_port(), free_port()
SECRET, OLD_SECRET = "app-secret", "old-secret"
COMMON = {
    "verify_token": "verify-me",
    "app_secret": [SECRET, OLD_SECRET],
    "access_token": "TOKEN",
    "graph_url": f"http://127.0.0.1:{GRAPH_PORT}",
}
INPUTS = {
    "whatsapp": (WhatsAppInput, {"phone_number_id": "500000000000202"}),
    "messenger": (MessengerInput, {"page_id": "610000000000001"}),
    "instagram": (InstagramInput, {"account_id": "17800000000000001"}),
}
ALL = pytest.mark.parametrize("channel", sorted(INPUTS))


class Parrot:
    """Stands where Rasa's agent stands."""

    def __init__(self):
        self.heard = []
        self.pause = 0.0

    async def handle_message(self, message):
        self.heard.append((message.sender_id, message.text))
        await asyncio.sleep(self.pause)
        if message.text == "crash":
            raise RuntimeError("the dialogue failed")
        await message.output_channel.send_response(message.sender_id, {"text": f"eco: {message.text}"})


class Site:
    def __init__(self, parrot, graph, client):
        self.parrot = parrot
        self.graph = graph
        self.client = client

    async def post(self, channel, body, **headers):
        headers = headers or {"X-Hub-Signature-256": sign(body, SECRET)}
        return await self.client.post(f"/webhooks/{channel}/webhook", content=body, headers=headers)

    async def until_said(self, count):
        for _ in range(200):
            if len(self.graph.said) >= count:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)  # more than asked for would show up now
        return [text_of(body) for body in self.graph.said]


@contextlib.asynccontextmanager
async def running(app):
    server = await app.create_server(
        host="127.0.0.1", port=PORT, return_asyncio_server=True, access_log=False
    )
    await server.startup()
    await server.before_start()
    await server.start_serving()
    try:
        yield
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()


@pytest.fixture
async def site():
    Sanic.test_mode = True
    app, parrot = Sanic(f"direct_{time.monotonic_ns()}"), Parrot()
    app.ctx.agent = parrot
    inputs = [kind.from_credentials({**COMMON, **more}) for kind, more in INPUTS.values()]
    register(inputs, app, "/webhooks/")
    with FakeGraph(GRAPH_PORT) as graph:
        async with running(app), httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}") as client:
            yield Site(parrot, graph, client)


# --- refusals --------------------------------------------------------------------------------


@ALL
@pytest.mark.parametrize("missing", ["verify_token", "app_secret", "access_token", "account"])
def test_credentials_with_something_missing_stop_the_start(channel, missing):
    kind, account = INPUTS[channel]
    given = {**COMMON, **(account if missing != "account" else {})}
    given.pop(missing, None)
    with pytest.raises(RasaException):
        kind.from_credentials(given)
    with pytest.raises(RasaException):
        kind.from_credentials(None)


@ALL
async def test_a_wrong_signature_is_refused_and_nothing_is_heard(site, body, channel):
    text = body(channel, "text")
    for header in ("sha256=" + "0" * 64, "sha1=abc", "md5=abc", sign(text, "other"), sign(text, "")):
        assert (await site.post(channel, text, **{"X-Hub-Signature-256": header})).status_code == 401
    assert (await site.post(channel, text, **{"X-Hub-Signature": sign(text, SECRET)})).status_code == 401
    assert site.parrot.heard == []


@ALL
async def test_a_wrong_verify_token_is_refused(site, channel):
    asked = {"hub.mode": "subscribe", "hub.challenge": "123", "hub.verify_token": "wrong"}
    answer = await site.client.get(f"/webhooks/{channel}/webhook", params=asked)
    assert (answer.status_code, answer.text) == (403, "")


@ALL
async def test_what_will_never_parse_is_taken_so_that_it_does_not_come_back(site, channel):
    for text in (b"", b"not json", b"[" * 50_000, b"{}", b'{"object":"x"}'):
        assert (await site.post(channel, text)).status_code == 200
    assert site.parrot.heard == []


async def test_another_accounts_message_is_not_answered_with_our_token(site, body):
    foreign = body("whatsapp", "text").replace(b"500000000000202", b"500000000000999")
    assert (await site.post("whatsapp", foreign)).status_code == 200
    await asyncio.sleep(0.1)
    assert site.parrot.heard == []


@ALL
async def test_what_is_not_a_customers_message_is_not_answered(site, body, channel):
    quiet = {
        "whatsapp": ["status_read", "echo", "standby", "reaction", "number_changed", "handover_taken"],
        "messenger": ["echo", "echo_image", "standby_text", "read", "delivery", "reaction", "feed_comment"],
        "instagram": ["echo", "self_message", "self_echo", "standby_text", "read", "unsent", "comment"],
    }
    for name in quiet[channel]:
        assert (await site.post(channel, body(channel, name))).status_code == 200
    await asyncio.sleep(0.1)
    assert site.parrot.heard == []


# --- what works ------------------------------------------------------------------------------


@ALL
async def test_the_challenge_comes_back(site, channel):
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify-me"}
    answer = await site.client.get(f"/webhooks/{channel}/webhook", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")


@ALL
async def test_a_text_is_answered_marked_read_and_addressed(site, body, channel):
    assert (await site.post(channel, body(channel, "text"))).status_code == 200
    assert await site.until_said(1) == [
        "eco: oi, tudo bem? 😀 ação" if channel == "whatsapp" else "eco: oi 😀 ação"
    ]
    path, token, said = site.graph.calls[-1]
    account = next(iter(INPUTS[channel][1].values()))
    assert (path, token) == (f"/v26.0/{account}/messages", "Bearer TOKEN")
    if channel == "whatsapp":
        assert (said["to"], said["recipient"]) == ("+5511955550123", "BR.9f3kExample01")
    else:
        assert said["recipient"]["id"] == site.parrot.heard[0][0]
    assert is_courtesy(site.graph.calls[0][2])


@ALL
async def test_every_item_of_a_batch_is_heard(site, body, channel):
    await site.post(channel, body(channel, "batch_with_a_broken_item"))
    expected = {
        "whatsapp": ["um", "três", "quatro"],
        "messenger": ["um", "três"],
        "instagram": ["um", "três"],
    }
    said = await site.until_said(len(expected[channel]))
    assert sorted(said) == sorted(f"eco: {text}" for text in expected[channel])


@ALL
async def test_a_repeated_delivery_is_answered_once(site, body, channel):
    for _ in range(3):
        assert (await site.post(channel, body(channel, "text"))).status_code == 200
    assert len(await site.until_said(1)) == 1


async def test_either_secret_is_good_during_a_rotation(site, body):
    text = body("messenger", "text")
    answer = await site.post("messenger", text, **{"X-Hub-Signature-256": sign(text, OLD_SECRET)})
    assert answer.status_code == 200
    assert len(await site.until_said(1)) == 1


def texts(count, user, start=0):
    messages = [
        {
            "from": user,
            "id": f"wamid.{user}.{start + n}",
            "timestamp": str(1790000000 + start + n),
            "type": "text",
            "text": {"body": f"{user} {start + n}"},
        }
        for n in range(count)
    ]
    value = {"metadata": {"phone_number_id": "500000000000202"}, "messages": messages[::-1]}
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    ).encode()


async def test_the_acknowledgement_waits_for_nobody(site):
    site.parrot.pause = 0.5
    assert (await site.post("whatsapp", texts(1, "5511"))).status_code == 200
    assert site.graph.said == []
    assert len(await site.until_said(1)) == 1


async def test_each_customers_messages_are_answered_in_order_and_customers_side_by_side(site):
    site.parrot.pause = 0.02
    users = [f"55119000{n}" for n in range(8)]
    began = time.monotonic()
    await asyncio.gather(*[site.post("whatsapp", texts(5, user)) for user in users])
    said = await site.until_said(40)
    assert len(said) == 40
    for user in users:
        assert [text for text in said if f" {user} " in text] == [f"eco: {user} {n}" for n in range(5)]
    assert time.monotonic() - began < 4


async def test_a_dialogue_that_fails_silences_nobody(site, body):
    crash = body("messenger", "text").replace("oi 😀 ação".encode(), b"crash").replace(b"m_IN1", b"m_IN0")
    await site.post("messenger", crash)
    await site.post("messenger", body("messenger", "text"))
    assert await site.until_said(1) == ["eco: oi 😀 ação"]


async def test_a_throttled_answer_is_sent_again(site, body):
    site.graph.refusals = [80007]
    await site.post("messenger", body("messenger", "text"))
    for _ in range(400):
        if site.graph.said:
            break
        await asyncio.sleep(0.02)
    assert len(site.graph.said) == 1


@ALL
def test_rasa_can_speak_first(channel):
    kind, account = INPUTS[channel]
    output = kind.from_credentials({**COMMON, **account}).get_output_channel()
    assert output.name() == channel

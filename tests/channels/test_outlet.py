import json

import httpx
import pytest

from connectors.channels import CHANNEL
from connectors.meta import Graph
from connectors.shared.outlet import Outlet

TEXT = {"type": "text", "text": {"body": "oi"}}
ACCEPTED = httpx.Response(200, json={"messages": [{"id": "wamid.OUT1"}]})


def refused(code, status=400):
    return httpx.Response(status, json={"error": {"code": code, "message": "m"}})


class FakeGraph:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.bodies = []
        self.waits = []

    def __call__(self, request):
        self.bodies.append(json.loads(request.content))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds):
        self.waits.append(seconds)

    def outlet(self):
        graph = Graph(httpx.AsyncClient(transport=httpx.MockTransport(self)), "https://graph.test")
        send = CHANNEL["whatsapp"].send
        return Outlet(graph, send, channel="whatsapp", account="5000", token="TOK", sleep=self.sleep)


@pytest.mark.parametrize(
    "answer",
    [
        refused(131047),
        refused(190, 401),
        refused(100),
        refused(131000, 500),
        httpx.ReadTimeout("x"),
        httpx.Response(502, text="x"),
        httpx.Response(200, json={}),
    ],
)
async def test_what_is_refused_or_may_have_been_sent_is_not_sent_again(answer):
    fake = FakeGraph(answer, ACCEPTED)
    assert await fake.outlet().say(TEXT, user="5511", phone=None) is False
    assert len(fake.bodies) == 1


@pytest.mark.parametrize("answer", [refused(130429), refused(131056), httpx.ConnectError("refused")])
async def test_what_was_surely_not_sent_is_tried_again(answer):
    fake = FakeGraph(answer, answer, ACCEPTED)
    assert await fake.outlet().say(TEXT, user="5511", phone=None) is True
    assert len(fake.bodies) == 3
    assert all(0 < wait <= 30 for wait in fake.waits)
    assert len({body["biz_opaque_callback_data"] for body in fake.bodies}) == 1


async def test_three_times_is_enough():
    fake = FakeGraph(*[refused(130429) for _ in range(4)])
    assert await fake.outlet().say(TEXT, user="5511", phone=None) is False
    assert (len(fake.bodies), len(fake.waits)) == (3, 2)


async def test_a_failed_read_mark_costs_nothing():
    fake = FakeGraph(refused(131000, 500))
    await fake.outlet().mark_read("wamid.IN1", "5511", typing=True)
    assert fake.bodies[0]["typing_indicator"] == {"type": "text"}

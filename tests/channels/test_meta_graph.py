import json

import httpx
import pytest

from connectors.events import SendError
from connectors.meta import Graph, appsecret_proof


def _graph(answer, secret=""):
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Graph(client, "https://graph.test/", app_secret=secret)


async def _fails(answer) -> SendError:
    with pytest.raises(SendError) as caught:
        await _graph(answer).call("POST", "/1/messages", token="TOK", json={})
    return caught.value


def _raises(problem):
    def answer(request):
        raise problem

    return answer


@pytest.mark.parametrize(
    "problem", [httpx.ConnectError("refused"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
)
async def test_what_never_left_was_not_sent(problem):
    error = await _fails(_raises(problem))
    assert (error.kind, error.permanent, error.maybe_sent) == ("unknown", False, False)


@pytest.mark.parametrize(
    "problem",
    [
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.ReadError("reset"),
        httpx.WriteError("x"),
        httpx.RemoteProtocolError("closed"),
        httpx.DecodingError("x"),
    ],
)
async def test_a_connection_lost_after_asking_may_have_sent(problem):
    error = await _fails(_raises(problem))
    assert (error.kind, error.permanent, error.maybe_sent) == ("unknown", False, True)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[1]", b'"x"', b"[" * 100_000])
async def test_a_2xx_without_an_object_may_have_sent(answer):
    error = await _fails(lambda request: httpx.Response(200, content=answer))
    assert (error.kind, error.maybe_sent) == ("unknown", True)


async def test_a_5xx_of_a_proxy_may_have_sent():
    error = await _fails(lambda request: httpx.Response(502, text="Bad Gateway"))
    assert (error.kind, error.code, error.maybe_sent) == ("unknown", "http502", True)


async def test_a_refusal_is_classified():
    error = await _fails(
        lambda request: httpx.Response(400, json={"error": {"code": 131047, "message": "m"}})
    )
    assert (error.kind, error.permanent, error.maybe_sent) == ("window", True, False)


async def test_a_refusal_under_200_is_still_a_refusal():
    error = await _fails(lambda request: httpx.Response(200, json={"error": {"code": 190}}))
    assert error.kind == "auth"


async def test_a_redirect_is_not_followed():
    error = await _fails(lambda request: httpx.Response(302, headers={"location": "https://evil.test"}))
    assert (error.kind, error.permanent) == ("other", True)


async def test_no_error_text_holds_the_token_or_the_proof():
    graph = _graph(_raises(httpx.ReadTimeout("GET https://graph.test/?appsecret_proof=abc")), secret="s")
    with pytest.raises(SendError) as caught:
        await graph.call("GET", "/me", token="TOK")
    assert "abc" not in str(caught.value) and "TOK" not in str(caught.value)


async def test_a_call_carries_token_version_proof_and_body():
    seen = []

    def answer(request):
        seen.append(request)
        return httpx.Response(200, json={"ok": 1})

    result = await _graph(answer, secret="s").call(
        "POST", "/1/messages", token="TOK", json={"a": "é"}, params={"fields": "id"}
    )
    (request,) = seen
    assert result == {"ok": 1}
    assert request.headers["authorization"] == "Bearer TOK"
    assert request.url.path == "/v26.0/1/messages"
    assert dict(request.url.params) == {"fields": "id", "appsecret_proof": appsecret_proof("TOK", "s")}
    assert json.loads(request.content) == {"a": "é"}


async def test_without_an_app_secret_no_proof_is_sent():
    def answer(request):
        return httpx.Response(200, json={"query": str(request.url.query, "ascii")})

    assert await _graph(answer).call("GET", "/me", token="TOK") == {"query": ""}

"""The Graph API's door: who calls, about which node, and which handler answers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sanic import Request
from sanic.response import HTTPResponse, raw

from simulators.meta.errors import GraphError
from simulators.meta.faults import Knobs, chance
from simulators.meta.sim import Simulator
from simulators.meta.state import Account

Body = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One authorised call. `accounts` are those the token may act for."""

    sim: Simulator
    request: Request
    token: str
    accounts: list[Account]
    node: str
    params: dict[str, str]
    body: Body

    def account(self, *kinds: str) -> Account:
        """The account that the node names for this token."""
        for account in self.accounts:
            named = self.node in ("me", account.account_id, account.page_id, account.waba_id)
            if named and (not kinds or account.kind in kinds):
                return account
        raise no_such_object(self.node)

    def text(self, name: str) -> str:
        """A parameter, wherever it was put."""
        value = self.params.get(name, self.body.get(name, ""))
        return value if isinstance(value, str) else ""


Handler = Callable[[Call], Awaitable[Any]]


def no_such_object(node: str) -> GraphError:
    text = f"Unsupported request. Object with ID '{node[:64]}' does not exist or cannot be loaded due to missing permissions"  # noqa: E501 - Meta's sentence
    return GraphError(100, text, subcode=33)


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    return raw(msgspec.json.encode(value), status, headers, content_type="application/json; charset=UTF-8")


def open_call(sim: Simulator, request: Request, node: str) -> Call:
    params = {name: values[0] for name, values in request.args.items()}
    body = read_body(request)
    token = _token(request, params, body)
    accounts = sim.world.by_token.get(token, [])
    if not accounts:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if accounts[0].token_until is not None and accounts[0].token_until <= sim.clock.now():
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    _check_proof(sim, token, params.get("appsecret_proof") or body.get("appsecret_proof"))
    return Call(sim, request, token, accounts, node, params, body)


def _token(request: Request, params: dict[str, str], body: Body) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and token.strip():
        return token.strip()
    found = params.get("access_token") or body.get("access_token") or ""
    return found if isinstance(found, str) else ""


def _check_proof(sim: Simulator, token: str, proof: Any) -> None:
    if proof is None:
        return
    secrets = {sim.config.app_secret, sim.config.secret_for("instagram")}
    wanted = [hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest() for secret in secrets]
    if not isinstance(proof, str) or proof not in wanted:
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")


def read_body(request: Request) -> Body:
    """JSON, or a form whose values may themselves be JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {name: _form_value(values[0]) for name, values in (request.form or {}).items()}
    if not request.body:
        return {}
    try:
        body = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise GraphError(100, "The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The body must be a JSON object")
    return body


def _form_value(text: str) -> Any:
    if text[:1] in ("{", "["):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return text
    return text


# --- planted faults ------------------------------------------------------------------------------


async def with_faults(call: Call, account: Account, act: Callable[[], Any], user: str) -> HTTPResponse:
    """Run `act` (accept and answer) with what the knobs demand: delay, refusal, silence."""
    knobs = call.sim.knobs(account)
    if knobs.latency_ms:
        await asyncio.sleep(knobs.latency_ms / 1000)
    turn = _turn(account, user)
    fails = _fails(knobs, user, turn)
    if fails and not knobs.error_after_accept:
        return _planted(knobs, account)
    value = act()
    if knobs.status_before_response:
        await call.sim.delivery.settled(account, user, 2.0)
    if fails:
        return _planted(knobs, account)
    silent = knobs.timeout_after_accept_rate
    if silent and chance(knobs, "timeout", user, turn) < silent:
        return await _silence(call, knobs)
    return answer(value)


def _turn(account: Account, user: str) -> int:
    """How many calls were made for this user, kept even while every one is refused."""
    account.calls[user] = account.calls.get(user, 0) + 1
    return account.calls[user]


def _fails(knobs: Knobs, user: str, turn: int) -> bool:
    if knobs.error_code is None and knobs.http_status is None:
        return False
    return chance(knobs, "error", user, turn) < knobs.error_rate


def _planted(knobs: Knobs, account: Account) -> HTTPResponse:
    if knobs.error_code is None:
        return raw(b"<html><body>Sorry, something went wrong.</body></html>", knobs.http_status or 502,
                   content_type="text/html; charset=utf-8")  # fmt: skip
    error = GraphError(
        knobs.error_code,
        subcode=knobs.error_subcode,
        whatsapp=account.kind == "whatsapp",
        status=knobs.http_status,
    )
    return answer(error.body(), error.status)


async def _silence(call: Call, knobs: Knobs) -> HTTPResponse:
    """Never answer: hold the connection, then cut it."""
    await asyncio.sleep(knobs.timeout_ms / 1000)
    if isinstance(call.request.transport, asyncio.Transport):
        call.request.transport.abort()
    return answer({}, 504)

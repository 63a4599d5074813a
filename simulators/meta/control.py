"""/_sim: the judge's and the puppeteer's entrance — accounts, records, faults, clock."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import msgspec
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from simulators.meta import callbacks, templates
from simulators.meta.errors import ControlError, GraphError
from simulators.meta.graph import answer
from simulators.meta.sim import Simulator
from simulators.meta.state import CHANNELS, Account

blueprint = Blueprint("control", url_prefix="/_sim")

Short = msgspec.Meta(min_length=1, max_length=256)


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["whatsapp", "messenger", "instagram"]
    account_id: Annotated[str, Short]
    name: Annotated[str, Short]
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    page_id: Annotated[str, Short] | None = None
    waba_id: Annotated[str, Short] | None = None
    phone: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    username: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    throughput: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    subscribed: bool | None = None
    templates: list[dict[str, Any]] | None = None
    callback: str | None = None
    token_life_s: Annotated[float, msgspec.Meta(ge=0, le=10**9)] | None = None


def simulator(request: Request) -> Simulator:
    found: Simulator = request.app.ctx.sim
    return found


def json_object(request: Request) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(request.body or b"{}")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ControlError(400, "invalid", "the body is not valid JSON") from None
    if not isinstance(body, dict):
        raise ControlError(400, "invalid", "the body must be a JSON object")
    return body


# --- accounts ------------------------------------------------------------------------------------


@blueprint.post("/accounts")
async def add_account(request: Request) -> HTTPResponse:
    """Register or update; the same call twice changes nothing."""
    sim = simulator(request)
    try:
        new = msgspec.convert(json_object(request), NewAccount)
    except msgspec.ValidationError as error:
        raise ControlError(400, "invalid", str(error)) from None
    account = sim.world.accounts.get((new.kind, new.account_id))
    status = 200 if account else 201
    if account is None:
        account = _made(new)
        sim.world.add(account)
    _update(account, new)
    if new.token_life_s is not None:
        account.token_until = sim.clock.now() + new.token_life_s
    sim.world.reindex()
    return answer(account.view(), status)


def _made(new: NewAccount) -> Account:
    whatsapp = new.kind == "whatsapp"
    return Account(
        kind=new.kind,
        account_id=new.account_id,
        name=new.name,
        token=new.token,
        page_id=new.page_id or (new.account_id if new.kind == "messenger" else None),
        waba_id=(new.waba_id or f"4{new.account_id}") if whatsapp else "",
        phone="".join(c for c in (new.phone or "15550100001") if c.isdigit()) if whatsapp else "",
        username=new.username or new.name.lower().replace(" ", "."),
        throughput=new.throughput if new.throughput is not None else (80.0 if whatsapp else 300.0),
        templates=templates.defaults() if whatsapp and new.templates is None else {},
    )


def _update(account: Account, new: NewAccount) -> None:
    account.name, account.token = new.name, new.token
    for name in ("page_id", "username", "throughput", "subscribed", "callback"):
        value = getattr(new, name)
        if value is not None:
            setattr(account, name, value)
    if account.kind == "whatsapp":
        account.waba_id = new.waba_id or account.waba_id
        account.phone = "".join(c for c in (new.phone or "") if c.isdigit()) or account.phone
    for given in new.templates or []:
        template = _template(given)
        account.templates[template["name"], template["language"]] = template


def _template(given: dict[str, Any]) -> dict[str, Any]:
    try:
        template = templates.create(given)
    except GraphError as error:
        raise ControlError(400, "invalid", error.details, "templates") from None
    return template | {
        "status": str(given.get("status", "APPROVED")),
        "id": str(given.get("id") or template["id"]),
    }


@blueprint.get("/accounts")
async def accounts(request: Request) -> HTTPResponse:
    return answer([account.view() for account in simulator(request).world.accounts.values()])


@blueprint.post("/accounts/<kind:str>/<account_id:str>/templates/<name:str>")
async def change_template(request: Request, kind: str, account_id: str, name: str) -> HTTPResponse:
    """Meta changes its mind: {"language", "status": "PAUSED", "reason"?}, told by webhook."""
    sim, body = simulator(request), json_object(request)
    account = sim.world.account(kind, account_id)
    template = account.templates.get((name, str(body.get("language", "pt_BR"))))
    if template is None:
        raise ControlError(404, "not_found", "no such template")
    status = body.get("status")
    if status not in ("APPROVED", "REJECTED", "PENDING", "PAUSED", "DISABLED", "DELETED"):
        raise ControlError(400, "invalid", "status is not valid", "status")
    callbacks.template_status(sim, account, template, status, str(body.get("reason", "NONE")))
    return answer(template)


@blueprint.post("/accounts/<kind:str>/<account_id:str>/news")
async def account_news(request: Request, kind: str, account_id: str) -> HTTPResponse:
    """Any account-level change: {"field", "value"}."""
    sim, body = simulator(request), json_object(request)
    account = sim.world.account(kind, account_id)
    field, value = body.get("field"), body.get("value")
    if not isinstance(field, str) or not isinstance(value, dict):
        raise ControlError(400, "invalid", "field (text) and value (object) are required")
    callbacks.account_news(sim, account, field, value)
    return answer({"queued": True})


@blueprint.post("/verify")
async def verify(request: Request) -> HTTPResponse:
    """Do the GET handshake with a channel's callback, as saving it in the dashboard does."""
    sim, body = simulator(request), json_object(request)
    url = f"{sim.config.webhook_base}/webhooks/{body.get('channel', 'whatsapp')}"
    try:
        await callbacks.handshake(sim, url, str(body.get("verify_token", sim.config.verify_token)))
    except GraphError:
        return answer({"verified": False})
    return answer({"verified": True})


@blueprint.post("/webhooks")
async def any_webhook(request: Request) -> HTTPResponse:
    """{"channel", "body", "signature"?}: post any body as Meta would; says whether it was answered 200."""
    sim, given = simulator(request), json_object(request)
    kind, signature = given.get("channel"), given.get("signature")
    if kind not in CHANNELS or "body" not in given or not isinstance(signature, str | None):
        raise ControlError(400, "invalid", "channel and body are required, signature is text")
    status = await callbacks.post(sim, kind, given["body"], signature)
    return answer({"status": status})


# --- the judge -----------------------------------------------------------------------------------


@blueprint.get("/sent")
async def sent(request: Request) -> HTTPResponse:
    """Accepted messages, oldest first. `to`, `account`, `after` (seq) and `limit` narrow it."""
    found = simulator(request).world.sent(request.args.get("to"))
    account, after = request.args.get("account"), _integer(request, "after", 0)
    found = [m for m in found if m.seq > after and account in (None, m.customer.account.account_id)]
    return answer([message.sent() for message in found[: _integer(request, "limit", len(found))]])


@blueprint.get("/tally")
async def tally(request: Request) -> HTTPResponse:
    """Counts per account: accepted, states, the fullest second, references and users reached more than once."""
    shown = {}
    for (kind, account_id), account in simulator(request).world.accounts.items():
        found = [
            m
            for c in account.customers.values()
            for m in c.thread
            if m.origin == "business" and not m.foreign
        ]
        references = Counter(m.reference for m in found if m.reference is not None)
        shown[f"{kind}/{account_id}"] = {
            "accepted": account.meter.total,
            "kept": len(found),
            "peak_per_s": account.meter.peak,
            "states": Counter(m.state for m in found),
            "references": len(references),
            "doubled": {reference: n for reference, n in references.items() if n > 1},
            "users": len({m.customer.user for m in found}),
        }
    return answer(shown)


@blueprint.get("/actions")
async def actions(request: Request) -> HTTPResponse:
    sim, user = simulator(request), request.args.get("to")
    found = []
    for account in sim.world.accounts.values():
        known = sim.world.find(account, user) if user is not None else None
        if user is None or known is not None:
            found += [a for a in account.actions if known is None or a["to"] == known.user]
    return answer(sorted(found, key=lambda action: str(action["at"])))


@blueprint.get("/deliveries")
async def deliveries(request: Request) -> HTTPResponse:
    delivery = simulator(request).delivery
    return answer(delivery.counts.view() | {"backlog": delivery.backlog()})


@blueprint.post("/drain")
async def drain(request: Request) -> HTTPResponse:
    """Wait (at most {"timeout_s"}) until every webhook is acknowledged or given up."""
    seconds = json_object(request).get("timeout_s", 10)
    if not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
        raise ControlError(400, "invalid", "timeout_s must be 0 to 600", "timeout_s")
    return answer({"drained": await simulator(request).delivery.drain(seconds)})


def _integer(request: Request, name: str, default: int) -> int:
    value = request.args.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise ControlError(400, "invalid", f"{name} must be a whole number", name)
    return int(value)


# --- faults, clock, reset ------------------------------------------------------------------------


@blueprint.get("/faults")
async def faults(request: Request) -> HTTPResponse:
    return answer(simulator(request).faults.view())


@blueprint.post("/faults")
async def change_faults(request: Request) -> HTTPResponse:
    sim = simulator(request)
    sim.faults.change(json_object(request))
    return answer(sim.faults.view())


@blueprint.delete("/faults")
async def clear_faults(request: Request) -> HTTPResponse:
    sim = simulator(request)
    sim.faults.clear()
    return answer(sim.faults.view())


@blueprint.post("/clock")
async def clock(request: Request) -> HTTPResponse:
    """{"advance_s"}: windows, pair limits and addresses age by so much."""
    sim, seconds = simulator(request), json_object(request).get("advance_s")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 10**8:
        raise ControlError(400, "invalid", "advance_s must be a number of seconds", "advance_s")
    sim.clock.advance(seconds)
    return answer({"now": sim.clock.now()})


@blueprint.post("/reset")
async def reset(request: Request) -> HTTPResponse:
    """Forget all; {"keep_accounts": true} keeps the accounts, without their history."""
    sim = simulator(request)
    kept = list(sim.world.accounts.values()) if json_object(request).get("keep_accounts") else []
    sim.reset()
    for old in kept:
        view = old.view()
        del view["templates"], view["profile"]
        new = msgspec.convert(view, NewAccount)
        account = _made(new)
        _update(account, new)
        account.templates, account.profile = old.templates, old.profile
        account.fields, account.callback = old.fields, old.callback
        sim.world.add(account)
    return answer({"reset": True})

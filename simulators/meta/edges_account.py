"""Graph calls about accounts: fields, subscriptions, templates, tokens, people, thread control."""

from __future__ import annotations

import hashlib
from typing import Any

from sanic.response import HTTPResponse

from simulators.meta import callbacks, templates
from simulators.meta.errors import GraphError
from simulators.meta.graph import Body, Call, answer, no_such_object
from simulators.meta.state import Account, Customer


async def subscribe(call: Call) -> HTTPResponse:
    account = call.account()
    fields = call.text("subscribed_fields")
    override = call.text("override_callback_uri")
    if account.kind != "whatsapp" and not fields:
        raise GraphError(100, "The parameter subscribed_fields is required")
    if override:
        await callbacks.handshake(call.sim, override, call.text("verify_token"))
    for each in _same_node(call, account):
        each.callback = override or each.callback
        each.subscribed = True
        if account.kind == "messenger":
            each.fields = frozenset(name.strip() for name in fields.split(",") if name.strip())
    return answer({"success": True})


async def unsubscribe(call: Call) -> HTTPResponse:
    for each in _same_node(call, call.account()):
        each.subscribed = False
        each.callback = None
    return answer({"success": True})


async def subscriptions(call: Call) -> HTTPResponse:
    account = call.account()
    data: list[Body] = []
    if account.subscribed:
        app: Body = {"id": call.sim.config.app_id, "name": "KONECTUS", "link": "https://app.example/"}
        if account.kind == "whatsapp":
            data = [{"whatsapp_business_api_data": app} | _override(account)]
        else:
            data = [
                app | {"subscribed_fields": sorted(account.fields or {"messages", "messaging_postbacks"})}
            ]
    return answer({"data": data})


def _override(account: Account) -> Body:
    return {"override_callback_uri": account.callback} if account.callback else {}


def _same_node(call: Call, account: Account) -> list[Account]:
    """All numbers of a WABA; both accounts of a page."""
    return [a for a in call.accounts if call.node in ("me", a.account_id, a.page_id, a.waba_id)] or [account]


# --- objects -------------------------------------------------------------------------------------


async def node(call: Call) -> HTTPResponse:
    """GET /{id}: an account, a file, a person, a template."""
    for account in call.accounts:
        if call.node in ("me", account.account_id, account.page_id):
            return answer(_selected(call, _account_fields(call, account)))
        if call.node == account.waba_id:
            return answer(_selected(call, {"id": account.waba_id, "name": account.name, "currency": "BRL"}))
    file = call.sim.media.get(call.node)
    if file is not None:
        return answer(_file_fields(call, file))
    for account in call.accounts:
        customer = account.customers.get(call.node)
        if account.kind != "whatsapp" and customer is not None:
            return answer(_selected(call, _person_fields(customer)))
        for template in account.templates.values():
            if template["id"] == call.node:
                return answer(_selected(call, template))
    raise no_such_object(call.node)


def _selected(call: Call, found: Body) -> Body:
    names = [
        name.strip().partition("{")[0] for name in call.params.get("fields", "").split(",") if name.strip()
    ]
    return {name: found[name] for name in dict.fromkeys(["id", *names]) if name in found} if names else found


def _account_fields(call: Call, account: Account) -> Body:
    if account.kind == "whatsapp":
        return {
            "id": account.account_id,
            "display_phone_number": account.phone,
            "verified_name": account.name,
            "quality_rating": "GREEN",
            "throughput": {"level": "HIGH" if account.throughput >= 1000 else "STANDARD"},
            "name_status": "APPROVED",
            "status": "CONNECTED",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "whatsapp_business_manager_messaging_limit": "TIER_10K",
        }
    if account.kind == "instagram" and call.node != account.page_id:
        scoped = str(int(hashlib.sha256(account.account_id.encode()).hexdigest()[:14], 16) + 10**16)
        return {
            "id": scoped,
            "user_id": account.account_id,
            "username": account.username,
            "name": account.name,
        }
    named = {"id": account.page_id or account.account_id, "name": account.name}
    if account.kind == "instagram":
        named["instagram_business_account"] = {"id": account.account_id}  # type: ignore[assignment]  # the other values are strings
    return named


def _file_fields(call: Call, file: Any) -> Body:
    if file.account not in {account.account_id for account in call.accounts}:
        raise no_such_object(call.node)
    base = f"{call.request.scheme}://{call.request.host}"
    return {
        "messaging_product": "whatsapp",
        "url": call.sim.media.address(file, base),
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "file_size": len(file.data),
        "id": file.id,
    }


def _person_fields(customer: Customer) -> Body:
    if customer.last_inbound is None:
        raise GraphError(230, "User consent is required to access user profile")
    name = customer.name or None
    if customer.account.kind == "instagram":
        return {
            "id": customer.user,
            "name": name,
            "username": customer.username or f"user_{customer.user[-6:]}",
            "follower_count": 120,
            "is_user_follow_business": True,
            "is_business_follow_user": False,
            "is_verified_user": False,
        }
    first, _, last = (name or "").partition(" ")
    return {"id": customer.user, "name": name, "first_name": first, "last_name": last}


# --- templates -----------------------------------------------------------------------------------


async def list_templates(call: Call) -> HTTPResponse:
    found = list(call.account().templates.values())
    for name in ("name", "status", "language", "category"):
        if call.params.get(name):
            found = [template for template in found if template[name] == call.params[name]]
    start, limit = _number(call, "after", 0), max(1, min(_number(call, "limit", 25), 1000))
    shown = [_selected(call, template) for template in found[start : start + limit]]
    cursors = {"before": str(start), "after": str(start + len(shown))}
    paging: Body = {"cursors": cursors}
    if start + len(shown) < len(found):
        url = f"{call.request.scheme}://{call.request.host}{call.request.path}"
        paging["next"] = f"{url}?limit={limit}&after={cursors['after']}"
    return answer({"data": shown, "paging": paging})


def _number(call: Call, name: str, default: int) -> int:
    value = call.params.get(name, "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise GraphError(100, f"{name} is not valid")
    return int(value) if value else default


async def create_template(call: Call) -> HTTPResponse:
    account = call.account()
    template = templates.create(call.body)
    key = template["name"], template["language"]
    if key in account.templates:
        raise GraphError(100, "There is already content in this language", subcode=2388024)
    for each in _same_node(call, account):
        each.templates[key] = template
    delay = max(call.sim.knobs(account).delay_status_ms, 2) / 1000
    call.sim.delivery.later(delay, lambda: callbacks.template_status(call.sim, account, template, "APPROVED"))
    return answer({"id": template["id"], "status": "PENDING", "category": template["category"]})


async def delete_template(call: Call) -> HTTPResponse:
    account, name = call.account(), call.text("name")
    keys = [key for key in account.templates if key[0] == name]
    if not keys:
        raise GraphError(100, "Message template was not found", subcode=2593002)
    for each in _same_node(call, account):
        for key in keys:
            each.templates.pop(key, None)
    return answer({"success": True})


# --- tokens and pages ----------------------------------------------------------------------------


async def pages(call: Call) -> HTTPResponse:
    found = [
        {
            "id": a.page_id or a.account_id,
            "name": a.name,
            "access_token": a.token,
            "tasks": ["MESSAGING", "MODERATE"],
        }
        for a in call.accounts
        if a.kind == "messenger"
    ]
    return answer({"data": found})


async def phone_numbers(call: Call) -> HTTPResponse:
    found = [_account_fields(call, a) for a in call.accounts if call.node == a.waba_id]
    if not found:
        raise no_such_object(call.node)
    return answer({"data": found})


async def messenger_profile(call: Call) -> HTTPResponse:
    profile = call.account("messenger", "instagram").profile
    if call.request.method == "GET":
        return answer({"data": [_selected(call, profile)] if profile else []})
    if call.request.method == "DELETE":
        fields = call.body.get("fields")
        if not isinstance(fields, list):
            raise GraphError(100, "The parameter fields is required")
        for name in fields:
            profile.pop(str(name), None)
    else:
        profile.update({k: v for k, v in call.body.items() if k not in ("access_token", "platform")})
    return answer({"result": "success"})


# --- thread control ------------------------------------------------------------------------------


async def thread_control(call: Call) -> HTTPResponse:
    account = call.account("messenger", "instagram")
    recipient = call.body.get("recipient")
    user = recipient.get("id") if isinstance(recipient, dict) else None
    customer = call.sim.world.find(account, user) if isinstance(user, str) else None
    if customer is None:
        raise GraphError(100, "No matching user found", subcode=2018001)
    edge = call.request.path.rstrip("/").rpartition("/")[2]
    if edge == "pass_thread_control":
        customer.owner_app = call.text("target_app_id") or None
    elif edge == "take_thread_control":
        customer.owner_app = call.sim.config.app_id
    elif edge == "release_thread_control":
        customer.owner_app = None
    return answer({"success": True})


async def thread_owner(call: Call) -> HTTPResponse:
    account = call.account("messenger", "instagram")
    customer = call.sim.world.find(account, call.text("recipient"))
    if customer is None:
        raise GraphError(100, "No matching user found", subcode=2018001)
    owner = customer.owner_app or call.sim.config.app_id
    return answer({"data": [{"thread_owner": {"app_id": owner}}]})

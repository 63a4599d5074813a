"""POST /{node}/messages: which account is meant, and whether it is a message, a mark or an action."""

from __future__ import annotations

from typing import Any

from sanic.response import HTTPResponse

from simulators.meta import page_rules, send, whatsapp_rules
from simulators.meta.clock import rfc3339
from simulators.meta.errors import GraphError, whatsapp_error
from simulators.meta.graph import Body, Call, with_faults
from simulators.meta.state import Account, Customer, canonical


async def messages(call: Call) -> HTTPResponse:
    account = _meant(call)
    if account.kind == "whatsapp":
        if call.body.get("status") is not None:
            return await _mark_read(call, account)
        user = canonical(account, _address(call.body))
        user = account.aliases.get(user, user)
        return await with_faults(call, account, lambda: send.whatsapp(call.sim, account, call.body)[1], user)
    return await with_faults(call, account, lambda: _page(call, account), _address(call.body))


async def marketing_messages(call: Call) -> HTTPResponse:
    account = call.account("whatsapp")
    template = call.body.get("template")
    name = template.get("name") if isinstance(template, dict) else None
    known = [t for t in account.templates.values() if t["name"] == name]
    if known and all(t["category"] != "MARKETING" for t in known):
        raise whatsapp_error(131055, "Only marketing templates can be sent through this endpoint")
    return await messages(call)


def _meant(call: Call) -> Account:
    """A page may carry a Messenger and an Instagram account: the recipient tells which."""
    first = call.account()
    if first.kind == "whatsapp" and call.node == first.waba_id != first.account_id:
        raise GraphError(100, "Unsupported post request: messages are sent from a phone number", subcode=33)
    user = _address(call.body)
    pages = [
        a for a in call.accounts if a.kind != "whatsapp" and call.node in ("me", a.account_id, a.page_id)
    ]
    for account in pages:
        if user in account.customers or _is_own_comment(call.body, account):
            return account
    return first


def _is_own_comment(body: Body, account: Account) -> bool:
    recipient = body.get("recipient")
    return isinstance(recipient, dict) and recipient.get("comment_id") in account.comments


def _address(body: Body) -> str:
    """Whom the body is for, unchecked: names the draws of chance and the lane."""
    recipient = body.get("recipient")
    found: Any = body.get("to") or recipient
    if isinstance(recipient, dict):
        found = recipient.get("id") or recipient.get("comment_id")
    return found if isinstance(found, str) else ""


# --- read marks and sender actions ---------------------------------------------------------------


async def _mark_read(call: Call, account: Account) -> HTTPResponse:
    body = call.body
    if body.get("messaging_product") != "whatsapp" or body.get("status") != "read":
        raise whatsapp_error(100, "status must be read")
    message_id = whatsapp_rules.check.text(body, "message_id", 256)
    message = call.sim.world.messages.get(message_id)
    if message is None or message.customer.account is not account or message.origin != "customer":
        raise whatsapp_error(100, "Invalid message_id")
    typing = body.get("typing_indicator")
    if typing is not None and not (isinstance(typing, dict) and typing.get("type") == "text"):
        raise whatsapp_error(131009, "typing_indicator type must be text")

    def act() -> Body:
        _seen(call, message.customer, message.seq)
        _note(call, message.customer, "read" if typing is None else "typing_on", body)
        if typing is not None:
            call.sim.type(message.customer, 25)
        return {"success": True}

    return await with_faults(call, account, act, message.customer.user)


def _page(call: Call, account: Account) -> Body:
    _, answer = send.page(call.sim, account, call.body)
    action = call.body.get("sender_action")
    if action is not None:
        customer = call.sim.world.customer(account, page_rules.recipient(call.body)[1])
        _note(call, customer, action, call.body)
        _act(call, customer, action)
    return answer


def _act(call: Call, customer: Customer, action: str) -> None:
    if action == "mark_seen":
        _seen(call, customer)
    elif action in ("typing_on", "typing_off"):
        call.sim.type(customer, 20 if action == "typing_on" else 0)
    else:
        payload = call.body["payload"]
        target = call.sim.world.messages.get(payload["message_id"])
        if target is None or target.customer is not customer:
            raise GraphError(100, "Invalid message_id")
        call.sim.react(target, "business", payload.get("reaction") if action == "react" else None)


def _seen(call: Call, customer: Customer, until: int | None = None) -> None:
    """The business saw the customer's messages up to `until`, or all there are."""
    last = customer.thread[-1].seq if customer.thread else 0
    customer.inbound_seen = max(customer.inbound_seen, last if until is None else until)
    call.sim.streams.tell(customer, "seen", {"until": customer.inbound_seen})


def _note(call: Call, customer: Customer, action: str, body: Body) -> None:
    account = customer.account
    account.actions.append({
        "channel": account.kind,
        "account": account.account_id,
        "to": customer.user,
        "at": rfc3339(call.sim.clock.now()),
        "action": action,
        "body": body,
    })  # fmt: skip

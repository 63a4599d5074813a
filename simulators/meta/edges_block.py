"""The block list of a WhatsApp number: whom the business does not want to hear."""

from __future__ import annotations

from typing import Any

from sanic.response import HTTPResponse

from simulators.meta import windows
from simulators.meta.errors import whatsapp_error
from simulators.meta.graph import Call, answer
from simulators.meta.state import Account, Customer
from simulators.meta.whatsapp_rules import check


async def change(call: Call) -> HTTPResponse:
    """POST blocks, DELETE unblocks; only people who wrote in the last 24 h can be blocked."""
    account = call.account("whatsapp")
    if call.body.get("messaging_product") != "whatsapp":
        raise whatsapp_error(100, "The parameter messaging_product is required.")
    done, failed = [], []
    for entry in check.items(call.body, "block_users", 1, 1000):
        customer = _person(call, account, entry)
        open_ = customer and windows.verdict(customer.last_inbound, call.sim.clock.now()) == "open"
        if customer is None or (call.request.method == "POST" and not open_):
            failed.append(entry | {"errors": [{"code": 139101, "message": "Failed to block user"}]})
        else:
            customer.unwanted = call.request.method == "POST"
            done.append({"input": entry, "wa_id": customer.phone, "user_id": customer.bsuid})
    name = "added_users" if call.request.method == "POST" else "removed_users"
    return answer({"messaging_product": "whatsapp", "block_users": {name: done, "failed_users": failed}})


async def blocked(call: Call) -> HTTPResponse:
    people = [c for c in call.account("whatsapp").customers.values() if c.unwanted]
    shown = [{"messaging_product": "whatsapp", "wa_id": c.phone, "user_id": c.bsuid} for c in people]
    return answer({"data": [{"block_users": shown}]})


def _person(call: Call, account: Account, entry: dict[str, Any]) -> Customer | None:
    user = entry.get("user") or entry.get("user_id")
    return call.sim.world.find(account, user) if isinstance(user, str) else None

"""/_sim/customers, /_sim/thread, /_sim/stream: one customer's hands and eyes."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

import msgspec
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from simulators.meta import customers, edges_media, ids, inbound_page, inbound_whatsapp, statuses
from simulators.meta.control import json_object, simulator
from simulators.meta.errors import ControlError
from simulators.meta.graph import answer
from simulators.meta.state import Customer, canonical
from simulators.meta.view import shown

blueprint = Blueprint("people", url_prefix="/_sim")
PATH = "/customers/<channel:str>/<account:str>/<user:str>"
KEEPALIVE = 15.0


def person(request: Request, channel: str, account: str, user: str) -> Customer:
    sim = simulator(request)
    found = sim.world.account(unquote(channel), unquote(account))
    user = canonical(found, unquote(user))
    if (
        found.kind == "whatsapp"
        and not ids.is_bsuid(user)
        and not (user.isascii() and user.isdigit() and 7 <= len(user) <= 15)
    ):
        raise ControlError(
            400, "invalid", "a WhatsApp user is a phone number or a business-scoped id", "user"
        )
    if len(user) > 160 or not user.isprintable():
        raise ControlError(400, "invalid", "user is not valid", "user")
    return sim.world.customer(found, user)


@blueprint.post(PATH)
async def change(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """Who the person is: {"name", "username", "blocked", "hide_phone", "window_age_s"}."""
    customer, body = person(request, channel, account, user), json_object(request)
    customers.introduce(customer, body)
    if isinstance(body.get("blocked"), bool):
        customer.blocked = body["blocked"]
    if body.get("hide_phone") is True and customer.account.kind == "whatsapp":
        customer.phone = None
    age = body.get("window_age_s")
    if age is not None:
        if isinstance(age, bool) or not isinstance(age, int | float) or not 0 <= age <= 10**8:
            raise ControlError(400, "invalid", "window_age_s must be a number of seconds", "window_age_s")
        customer.last_inbound = simulator(request).clock.now() - age
    return answer(view(customer))


@blueprint.get(PATH)
async def show(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    return answer(view(person(request, channel, account, user)))


def view(customer: Customer) -> dict[str, Any]:
    return {
        "channel": customer.account.kind,
        "account": customer.account.account_id,
        "user": customer.user,
        "phone": customer.phone,
        "bsuid": customer.bsuid,
        "name": customer.name,
        "username": customer.username,
        "blocked": customer.blocked,
        "unread": len(customer.unread),
    }


@blueprint.post(f"{PATH}/messages")
async def write(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    body = json_object(request)
    customer = person(request, channel, account, user)
    return answer(
        {"message_id": customers.write(simulator(request), customer, body), "user": customer.user}, 201
    )


@blueprint.post(f"{PATH}/read")
async def read(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """Everything, or up to {"message_id"}, is read."""
    customer, until = person(request, channel, account, user), json_object(request).get("message_id")
    if until is not None and (not isinstance(until, str) or until not in customer.unread):
        raise ControlError(404, "not_found", "no such unread message", "message_id")
    return answer({"read": statuses.read(simulator(request), customer, until)})


@blueprint.post(f"{PATH}/number")
async def number(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """{"new": phone}: the person moves to another number."""
    customer, new = person(request, channel, account, user), str(json_object(request).get("new", ""))
    digits = canonical(customer.account, new)
    if customer.account.kind != "whatsapp" or not digits.isdigit() or not 7 <= len(digits) <= 15:
        raise ControlError(400, "invalid", "new must be a phone number, on WhatsApp", "new")
    inbound_whatsapp.change_number(simulator(request), customer, digits)
    return answer(view(customer))


@blueprint.post(f"{PATH}/preference")
async def preference(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """{"value": "stop"|"resume"}: marketing messages, in WhatsApp's own settings."""
    customer, value = person(request, channel, account, user), json_object(request).get("value")
    if customer.account.kind != "whatsapp" or value not in ("stop", "resume"):
        raise ControlError(400, "invalid", "value must be stop or resume, on WhatsApp", "value")
    inbound_whatsapp.preference(simulator(request), customer, value)
    return answer(view(customer))


@blueprint.post(f"{PATH}/echo")
async def echo(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """{"text", "app_id"?}: somebody of the business writes from Meta's own inbox or app."""
    sim, body = simulator(request), json_object(request)
    customer, text = person(request, channel, account, user), body.get("text")
    if not isinstance(text, str) or not text:
        raise ControlError(400, "invalid", "text is required", "text")
    if customer.account.kind == "whatsapp":
        message_id = ids.wamid(customer.user, True)
        told: dict[str, Any] = {
            "from": customer.account.phone,
            "to_user_id": customer.bsuid,
            "id": message_id,
        }
        told |= {"to": customer.phone} if customer.phone else {}
        told |= {"timestamp": str(int(sim.clock.now())), "type": "text", "text": {"body": text}}
        sim.tell(customer, "smb_message_echoes", "message_echoes", told)
        shown: dict[str, Any] = {"type": "text", "text": {"body": text}}
    else:
        message_id = ids.messenger_mid() if customer.account.kind == "messenger" else ids.instagram_mid()
        told = {"mid": message_id, "text": text, "is_echo": True}
        if customer.account.kind == "messenger":
            told["app_id"] = body.get("app_id", 263902037430900)
        statuses.tell_echo(sim, customer, told)
        shown = {"message": {"text": text}}
    message = sim.world.record(customer, message_id, "business", shown)
    message.foreign = True
    sim.show(message)
    return answer({"message_id": message_id}, 201)


@blueprint.post(f"{PATH}/handover")
async def handover(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """{"action": "pass"|"take"|"request", "app_id"?}: control to us, away from us, asked for."""
    customer, body = person(request, channel, account, user), json_object(request)
    action, app_id = body.get("action"), str(body.get("app_id", "263902037430900"))
    if customer.account.kind == "whatsapp" or action not in ("pass", "take", "request"):
        raise ControlError(400, "invalid", "action must be pass, take or request, not on WhatsApp", "action")
    inbound_page.handover(simulator(request), customer, action, app_id)
    return answer(view(customer))


@blueprint.post(f"{PATH}/comment")
async def comment(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    """{"text", "own"?}: a public comment under a post."""
    customer, body = person(request, channel, account, user), json_object(request)
    text = body.get("text")
    if customer.account.kind == "whatsapp" or not isinstance(text, str) or not text:
        raise ControlError(400, "invalid", "text is required, not on WhatsApp", "text")
    customers.introduce(customer, body)
    comment_id = inbound_page.comment(simulator(request), customer, text, body.get("own") is True)
    return answer({"comment_id": comment_id}, 201)


# --- looking -------------------------------------------------------------------------------------


@blueprint.get("/thread/<channel:str>/<account:str>/<user:str>")
async def thread(request: Request, channel: str, account: str, user: str) -> HTTPResponse:
    customer = person(request, channel, account, user)
    return answer([shown(message) for message in customer.thread])


@blueprint.get("/stream/<channel:str>/<account:str>/<user:str>")
async def stream(request: Request, channel: str, account: str, user: str) -> None:
    """Server-sent events: first how things stand, then message, status, typing, seen, reaction."""
    sim = simulator(request)
    customer = person(request, channel, account, user)
    queue = sim.streams.open(customer)
    response = await request.respond(content_type="text/event-stream", headers={"cache-control": "no-store"})
    try:
        for name, data in sim.state(customer):
            await response.send(_event(name, data))
        while True:
            try:
                note = await asyncio.wait_for(queue.get(), KEEPALIVE)
            except TimeoutError:
                await response.send(b": still here\n\n")
                continue
            await response.send(_event(note["event"], note["data"]))
    finally:
        sim.streams.close(customer, queue)


def _event(name: str, data: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


@blueprint.get("/media/<media_id:str>")
async def media(request: Request, media_id: str) -> HTTPResponse:
    """A file as the phone shows it, without token."""
    return edges_media.show(simulator(request), media_id)

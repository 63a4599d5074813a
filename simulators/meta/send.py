"""Accepting a message from a business: limits, windows, templates, private replies, then its record."""

from __future__ import annotations

import time
from typing import Any

from simulators.meta import ids, page_rules, statuses, templates, whatsapp_rules, windows
from simulators.meta.errors import GraphError, whatsapp_error
from simulators.meta.limits import Bucket
from simulators.meta.sim import Simulator
from simulators.meta.state import Account, Customer, Message

Body = dict[str, Any]
Failure = tuple[int, str] | None


# --- WhatsApp ------------------------------------------------------------------------------------


def whatsapp(sim: Simulator, account: Account, body: Body) -> tuple[Message, Body]:
    """The record and the 200 answer; raises GraphError for a refusal in the call."""
    whatsapp_rules.validate(body)
    address = whatsapp_rules.recipient(body)
    if address == account.phone:
        raise whatsapp_error(131021)
    customer = sim.world.customer(account, address)
    if customer.unwanted:
        raise whatsapp_error(130403)
    template = _template(sim, account, body, address)
    _check_media(sim, account, body)
    _throughput(sim, account, whatsapp_error(130429))
    _pair(sim, customer)
    failure = _later_failure(sim, customer, body, template)
    message = sim.world.record(
        customer, ids.wamid(customer.user, True), "business", body, body.get("biz_opaque_callback_data")
    )
    message.pricing = None if failure else _pricing(customer, template)
    account.meter.hit(time.monotonic())
    sim.show(message)
    if body.get("type") == "reaction" and failure is None:
        sim.react(sim.world.messages[body["reaction"]["message_id"]], "business", body["reaction"]["emoji"])
    statuses.schedule(sim, message, failure)
    return message, _whatsapp_answer(body, customer, message, template)


def _template(sim: Simulator, account: Account, body: Body, address: str) -> Body | None:
    if body.get("type") != "template":
        return None
    template = templates.find(account.templates, body["template"])
    templates.fit(template, body["template"])
    if template["category"] == "AUTHENTICATION" and ids.is_bsuid(address):
        raise whatsapp_error(131062)
    return template


def _check_media(sim: Simulator, account: Account, body: Body) -> None:
    media = body.get(str(body.get("type")))
    if not isinstance(media, dict) or body.get("type") not in whatsapp_rules.MEDIA or media.get("id") is None:
        return
    file = sim.media.get(media["id"])
    if file is None or file.account != account.account_id:
        raise whatsapp_error(
            131009, f"{body['type']}: media id {media['id']} was not uploaded for this number"
        )


def _throughput(sim: Simulator, account: Account, refusal: GraphError, force: bool = False) -> None:
    limit = sim.knobs(account).throughput_per_s
    rate = account.throughput if limit is None else limit
    if rate <= 0:
        return
    now = time.monotonic()
    account.bucket = account.bucket or Bucket(rate, now)
    if not account.bucket.take(rate, rate, now, force):
        raise refusal


def count_inbound(sim: Simulator, account: Account) -> None:
    """A number's throughput counts both directions."""
    if account.kind == "whatsapp":
        _throughput(sim, account, whatsapp_error(130429), force=True)


def _pair(sim: Simulator, customer: Customer) -> None:
    knobs = sim.knobs(customer.account)
    if knobs.pair_burst <= 0:
        return
    now = sim.clock.now()
    customer.pair = customer.pair or Bucket(knobs.pair_burst, now)
    if not customer.pair.take(knobs.pair_burst, 1 / knobs.pair_interval_s, now):
        raise whatsapp_error(131056)


def _later_failure(sim: Simulator, customer: Customer, body: Body, template: Body | None) -> Failure:
    """What a status will say after the 200."""
    knobs, account, now = sim.knobs(customer.account), customer.account, sim.clock.now()
    if customer.blocked:
        return 131026, "Message Undeliverable."
    if body.get("type") == "reaction" and body["reaction"]["message_id"] not in sim.world.messages:
        return 131009, "Reaction target not found"
    closed = windows.verdict(customer.last_inbound, now) != "open"
    if template is None:
        if closed and knobs.enforce_windows:
            return 131047, "More than 24 hours have passed since the customer last replied to this number."
        if knobs.service_allowance is not None and account.service_sent >= knobs.service_allowance:
            return 131042, "Message failed to send because there is a payment problem."
    elif template["category"] == "MARKETING" and customer.stopped_marketing:
        return 131050, "User has stopped marketing messages from this business."
    elif (
        closed
        and knobs.unique_users_limit is not None
        and _over_limit(customer, knobs.unique_users_limit, now)
    ):
        return 131048, "Too many unique users contacted in 24 hours."
    return None


def _over_limit(customer: Customer, limit: float, now: float) -> bool:
    """Rolling 24 h of users reached by template; dict order is time order, so old ones are at the front."""
    users = customer.account.template_users
    while users and next(iter(users.values())) <= now - windows.DAY:
        users.pop(next(iter(users)))
    if customer.user in users:
        return False
    if len(users) >= limit:
        return True
    users[customer.user] = now
    return False


def _pricing(customer: Customer, template: Body | None) -> Body:
    if template is not None:
        category, kind = template["category"].lower(), "regular"
    else:
        customer.account.service_sent += 1
        category = "service"
        kind = "free_customer_service" if customer.account.service_sent <= 1000 else "regular"
    return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


def _whatsapp_answer(body: Body, customer: Customer, message: Message, template: Body | None) -> Body:
    contact: Body
    if body.get("to") is not None:
        contact = {"input": body["to"], "wa_id": customer.phone or customer.user}
    else:
        contact = {"input": body["recipient"], "user_id": customer.bsuid}
    accepted: Body = {"id": message.id} | ({"message_status": "accepted"} if template else {})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]}


# --- Messenger and Instagram ---------------------------------------------------------------------


def page(sim: Simulator, account: Account, body: Body) -> tuple[Message | None, Body]:
    """As `whatsapp`; a sender action makes no record of a message."""
    page_rules.validate(body, account.kind)
    kind, address = page_rules.recipient(body)
    if kind in ("comment_id", "post_id"):
        return _private_reply(sim, account, body, address)
    customer = _person(sim, account, kind, address)
    if body.get("sender_action") is not None:
        return None, {"recipient_id": customer.user}
    if customer.blocked:
        raise GraphError(551, "This person isn't available right now.", subcode=1545041)
    _check_attachments(sim, account, body["message"])
    _window(sim, customer, body)
    _throughput(sim, account, GraphError(613, "Calls to this api have exceeded the rate limit."))
    message = _accept(sim, customer, body)
    return message, {"recipient_id": customer.user, "message_id": message.id}


def _person(sim: Simulator, account: Account, kind: str, address: str) -> Customer:
    customer = sim.world.find(account, address)
    if kind != "id" or customer is None or customer.last_inbound is None:
        if account.kind == "instagram":
            raise GraphError(100, "The requested user cannot be found.", subcode=2534014)
        raise GraphError(100, "No matching user found", subcode=2018001)
    return customer


def _check_attachments(sim: Simulator, account: Account, message: Body) -> None:
    for attachment in message.get("attachments") or [message.get("attachment") or {}]:
        payload = attachment.get("payload")
        known = payload.get("attachment_id") if isinstance(payload, dict) else None
        if known is not None:
            file = sim.media.get(str(known))
            if file is None or file.account != account.account_id:
                raise GraphError(100, "Upload attachment failure.", subcode=2018047)


def _window(sim: Simulator, customer: Customer, body: Body) -> None:
    verdict = windows.verdict(customer.last_inbound, sim.clock.now())
    if verdict == "open" or not sim.knobs(customer.account).enforce_windows:
        return
    if verdict == "human_agent" and body.get("tag") == "HUMAN_AGENT":
        return
    if body.get("messaging_type") == "UTILITY" and "template" in body["message"]:
        return
    subcode = 2534022 if customer.account.kind == "instagram" else 2018278
    raise GraphError(10, "This message is sent outside of allowed window.", subcode=subcode, status=400)


def _accept(sim: Simulator, customer: Customer, body: Body) -> Message:
    instagram = customer.account.kind == "instagram"
    reference = body["message"].get("metadata")
    mid = ids.instagram_mid() if instagram else ids.messenger_mid()
    message = sim.world.record(customer, mid, "business", body, reference)
    customer.account.meter.hit(time.monotonic())
    sim.show(message)
    statuses.schedule(sim, message)
    return message


def _private_reply(sim: Simulator, account: Account, body: Body, comment_id: str) -> tuple[Message, Body]:
    comment = account.comments.get(comment_id)
    if comment is None:
        raise GraphError(10900 if account.kind == "instagram" else 100, "The comment does not exist.",
                         subcode=None if account.kind == "instagram" else 33)  # fmt: skip
    if comment_id in account.private_replies:
        raise GraphError(10903, "This comment already has a private reply.", subcode=2534025)
    if sim.clock.now() - comment["at"] > windows.HUMAN_AGENT:
        raise GraphError(10903, "This comment is too old for a private reply.", subcode=2534039)
    account.private_replies.add(comment_id)
    customer = sim.world.customer(account, comment["user"])
    message = _accept(sim, customer, body)
    return message, {"recipient_id": customer.user, "message_id": message.id}

"""The handshake with a callback, and news about templates."""

from __future__ import annotations

import secrets
from typing import Any

import aiohttp

from simulators.meta import envelopes
from simulators.meta.envelopes import Event
from simulators.meta.errors import GraphError
from simulators.meta.sim import Simulator
from simulators.meta.state import Account


async def handshake(sim: Simulator, url: str, token: str) -> None:
    """GET with hub.challenge; raises unless the challenge comes back as it was."""
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    session = sim.delivery.session
    refused = GraphError(100, "The URL couldn't be validated. Callback verification failed", subcode=2200)
    if session is None or not url.startswith(("http://", "https://")) or len(url) > 200:
        raise refused
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with session.get(url, params=query, timeout=timeout, allow_redirects=False) as answer:
            accepted = answer.status == 200 and (await answer.content.read(1000)).decode() == challenge
    except (aiohttp.ClientError, TimeoutError, ValueError):
        accepted = False
    if not accepted:
        raise refused


async def post(sim: Simulator, channel: str, body: Any, signature: str | None) -> int:
    """One POST outside of all queues, signed rightly unless a signature is given; 0: nobody answered."""
    data = envelopes.encode(body, escape_slashes=False)
    signature = signature or envelopes.sign(data, sim.config.secret_for(channel))
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    if sim.delivery.session is None or not sim.config.webhook_base:
        return 0
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        url = f"{sim.config.webhook_base}/webhooks/{channel}"
        async with sim.delivery.session.post(url, data=data, headers=headers, timeout=timeout) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0


def template_status(
    sim: Simulator, account: Account, template: dict[str, Any], status: str, reason: str = "NONE"
) -> None:
    template["status"] = status
    value: dict[str, Any] = {
        "event": status,
        "message_template_id": int(template["id"]),
        "message_template_name": template["name"],
        "message_template_language": template["language"],
        "message_template_category": template["category"],
        "reason": reason,
    }
    account_news(sim, account, "message_template_status_update", value)


def account_news(sim: Simulator, account: Account, field: str, value: dict[str, Any]) -> None:
    """A change about the account itself; such news has its own lane."""
    kind = "raw" if account.kind == "whatsapp" else "changes"
    sim.delivery.put(Event(account, f"#{field}", field, kind, value, sim.clock.now()))

"""Access tokens: looking into one, exchanging a code or an old one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanic import Request

from simulators.meta.errors import GraphError
from simulators.meta.sim import Simulator

LIFE = 60 * 86_400

SCOPES = {
    "whatsapp": ["whatsapp_business_management", "whatsapp_business_messaging"],
    "messenger": ["pages_show_list", "pages_manage_metadata", "pages_messaging", "pages_read_engagement"],
    "instagram": ["instagram_basic", "instagram_manage_messages", "pages_manage_metadata"],
}


def debug(sim: Simulator, request: Request) -> dict[str, Any]:
    """GET /debug_token?input_token=…, by app token or any token we know."""
    caller = request.args.get("access_token") or request.headers.get("authorization", "").partition(" ")[2]
    app_token = f"{sim.config.app_id}|{sim.config.app_secret}"
    if caller != app_token and caller not in sim.world.by_token:
        raise GraphError(190)
    accounts = sim.world.by_token.get(request.args.get("input_token", ""), [])
    if not accounts:
        return {
            "data": {
                "is_valid": False,
                "scopes": [],
                "error": {"code": 190, "message": "Malformed access token"},
            }
        }
    scopes = sorted({scope for account in accounts for scope in SCOPES[account.kind]})
    until = accounts[0].token_until
    targets = [account.waba_id or account.page_id or account.account_id for account in accounts]
    return {
        "data": {
            "app_id": sim.config.app_id,
            "type": "SYSTEM_USER" if accounts[0].kind == "whatsapp" else "PAGE",
            "is_valid": until is None or until > sim.clock.now(),
            "scopes": scopes,
            "granular_scopes": [{"scope": scope, "target_ids": targets} for scope in scopes],
            "expires_at": int(until or 0),
            "data_access_expires_at": int(sim.clock.now()) + 90 * 86_400,
        }
    }


def exchange(sim: Simulator, request: Request) -> dict[str, Any]:
    """GET /oauth/access_token: a known token (as code or exchange token) is given back, longer-lived."""
    if request.args.get("client_secret") not in (sim.config.app_secret, sim.config.secret_for("instagram")):
        raise GraphError(1, "Error validating client secret.", status=400)
    given = request.args.get("code") or request.args.get("fb_exchange_token") or ""
    return _renewed(sim, given)


def exchange_instagram(sim: Simulator, request: Request) -> dict[str, Any]:
    return _renewed(sim, request.args.get("access_token", ""))


def _renewed(sim: Simulator, token: str) -> dict[str, Any]:
    accounts = sim.world.by_token.get(token, [])
    if not accounts:
        raise GraphError(190)
    for account in accounts:
        if account.token_until is not None:
            if account.token_until <= sim.clock.now():
                raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
            account.token_until = sim.clock.now() + LIFE
    return {"access_token": token, "token_type": "bearer", "expires_in": LIFE}


OPEN: dict[str, Callable[[Simulator, Request], dict[str, Any]]] = {
    "debug_token": debug,
    "oauth/access_token": exchange,
    "access_token": exchange_instagram,
    "refresh_access_token": exchange_instagram,
}

"""Which service owns which path: the table of the proxy (deploy/Caddyfile holds the same)."""

from __future__ import annotations

ROUTES = {
    "/api/auth": "accounts",
    "/api/tenant": "accounts",
    "/api/users": "accounts",
    "/api/tokens": "accounts",
    "/api/terms": "accounts",
    "/webhooks": "connectors",
    "/api/channels": "connectors",
    "/api/conversations": "router",
    "/api/presence": "router",
    "/api/queues": "router",
    "/api/live": "router",
    "/api/contacts": "crm",
    "/api/contact-fields": "crm",
    "/api/orders": "crm",
    "/api/billing": "billing",
}
ELSE = "router"  # the console's files, /health, /api/openapi.json
EVERYONE = "/health"  # each service can tell how all are
HIDDEN = "/internal"  # services reach each other directly, never through the front door
NAMES = sorted({*ROUTES.values(), ELSE})


def services_for(target: str) -> list[str]:
    """The services that can answer, the one to ask first first; none for what is not reached from outside."""
    path = target.split("?", 1)[0]
    if _below(path, HIDDEN):
        return []
    if path == EVERYONE:
        return [ELSE, *(name for name in NAMES if name != ELSE)]
    return [next((name for prefix, name in ROUTES.items() if _below(path, prefix)), ELSE)]


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")

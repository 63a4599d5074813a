"""Every HTTP route with the least role that may call it: the API and its rights on one screen."""

from __future__ import annotations

import accounts.api
import billing.api
import connectors.api
import crm.api
import router.api
from kernel.web import Route

SERVICES = ("router", "crm", "billing", "accounts", "connectors")


def accounts_routes(a: accounts.api.Api) -> list[Route]:
    return [
        Route("POST", "/api/auth/signup", a.sign_up, "public", status=201),
        Route("POST", "/api/auth/login", a.log_in, "public"),
        Route("POST", "/api/auth/accept", a.accept_invite, "public"),
        Route("POST", "/api/auth/logout", a.log_out, "public"),
        Route("GET", "/api/auth/me", a.me, "agent"),
        Route("GET", "/api/terms", a.terms, "public"),
        Route("GET", "/api/tenant", a.tenant, "agent"),
        Route("PATCH", "/api/tenant", a.patch_tenant, "admin", "tenant"),
        Route("GET", "/api/users", a.users, "agent"),
        Route("POST", "/api/users", a.invite, "admin", "users", status=201),
        Route("PATCH", "/api/users/<user_id>", a.patch_user, "admin", "users"),
        Route("GET", "/api/tokens", a.tokens, "admin", "tokens"),
        Route("POST", "/api/tokens", a.create_token, "admin", "tokens", status=201),
        Route("DELETE", "/api/tokens/<token_id>", a.delete_token, "admin", "tokens"),
    ]


def connectors_routes(c: connectors.api.Api) -> list[Route]:
    return [
        Route("GET", "/webhooks/<channel>", c.webhook_challenge, "public"),
        Route("GET", "/api/channels", c.channels, "agent"),
        Route("POST", "/api/channels", c.connect, "admin", "channels", status=201, tx=False),
        Route("PATCH", "/api/channels/<channel_id>", c.patch_channel, "admin", "channels", tx=False),
        Route("DELETE", "/api/channels/<channel_id>", c.delete_channel, "admin", "channels", tx=False),
    ]


def router_routes(r: router.api.Api) -> list[Route]:
    one = "/api/conversations/<conversation_id>"
    return [
        Route("GET", "/api/conversations", r.conversations, "agent", "conversations"),
        Route("GET", one, r.conversation, "agent", "conversations"),
        Route("GET", f"{one}/messages", r.messages, "agent", "conversations"),
        Route("POST", f"{one}/messages", r.write, "agent", "conversations", status=201),
        Route("POST", f"{one}/notes", r.note, "agent", "conversations", status=201),
        Route("POST", f"{one}/take", r.take, "agent", "conversations"),
        Route("POST", f"{one}/accept", r.accept, "agent", "conversations"),
        Route("POST", f"{one}/reject", r.reject, "agent", "conversations"),
        Route("POST", f"{one}/resolve", r.resolve, "agent", "conversations"),
        Route("POST", f"{one}/return", r.return_to_bot, "agent", "conversations"),
        Route("POST", f"{one}/read", r.read, "agent", "conversations"),
        Route("POST", f"{one}/typing", r.typing, "agent", "conversations"),
        Route("GET", "/api/presence", r.presence, "agent"),
        Route("PUT", "/api/presence", r.set_presence, "agent"),
        Route("GET", "/api/queues", r.queues, "agent"),
    ]


def crm_routes(c: crm.api.Api) -> list[Route]:
    return [
        Route("GET", "/api/contacts", c.contacts, "agent", "contacts"),
        Route("POST", "/api/contacts", c.create_contact, "agent", "contacts", status=201),
        Route("GET", "/api/contacts/<contact_id>", c.contact, "agent", "contacts"),
        Route("PATCH", "/api/contacts/<contact_id>", c.patch_contact, "agent", "contacts"),
        Route("POST", "/api/contacts/<contact_id>/notes", c.add_note, "agent", "contacts", status=201),
        Route("POST", "/api/contacts/<contact_id>/consents", c.add_consent, "agent", "contacts", status=201),
        Route("GET", "/api/contact-fields", c.fields, "agent", "contacts"),
        Route("PUT", "/api/contact-fields", c.put_field, "admin", "contacts"),
        Route("GET", "/api/orders", c.orders, "agent", "orders"),
        Route("GET", "/api/orders/<number>", c.order, "agent", "orders"),
        Route("PUT", "/api/orders/<number>", c.put_order, "admin", "orders"),
        # Between our own processes, signed with the internal secret.
        Route("GET", "/internal/crm/orders/<number>", c.internal_order, "public"),
    ]


def billing_routes(b: billing.api.Api) -> list[Route]:
    return [
        Route("GET", "/api/billing", b.overview, "agent"),
        Route("GET", "/api/billing/plans", b.plans, "agent"),
        Route("POST", "/api/billing/plan", b.change_plan, "owner", "billing"),
    ]

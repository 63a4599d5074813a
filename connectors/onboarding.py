"""Asks Meta whether ids and token fit together, and subscribes the account's webhooks."""

from __future__ import annotations

from typing import Any, NoReturn

from connectors.errors import MetaRefused
from connectors.events import Channel, SendError
from connectors.meta import Graph, segment
from kernel.errors import Invalid, Unavailable

ABOUT: dict[Channel, str] = {
    "whatsapp": "display_phone_number,verified_name,quality_rating",
    "messenger": "name",
    "instagram": "username,name",
}
NAMES: dict[Channel, tuple[str, ...]] = {
    "whatsapp": ("verified_name", "display_phone_number"),
    "messenger": ("name",),
    "instagram": ("username", "name"),
}
FIELDS: dict[Channel, tuple[str, ...]] = {
    "whatsapp": (),  # chosen once for the whole app
    "messenger": (
        "messages", "messaging_postbacks", "messaging_referrals", "messaging_optins", "message_echoes",
        "message_edits", "message_deliveries", "message_reads", "message_reactions", "messaging_handovers",
        "messaging_policy_enforcement", "standby",
    ),
    "instagram": (
        "messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral",
        "message_edit", "messaging_optins", "messaging_handover", "standby",
    ),
}  # fmt: skip


async def introduce(graph: Graph, kind: Channel, external_id: str, parent_id: str | None, token: str) -> str:
    """The account's name as Meta tells it, its webhooks subscribed; MetaRefused names the wrong field."""
    if kind == "whatsapp" and parent_id is None:
        raise Invalid("a WhatsApp number needs the id of its business account", field="parent_id")
    try:
        about = await graph.call(
            "GET",
            f"/{segment(external_id)}",
            token=token,
            params={"fields": ABOUT[kind]},
            channel=kind,
        )
    except SendError as error:
        refuse(error, "external_id")
    try:
        await subscribe(graph, kind, external_id, parent_id, token)
    except SendError as error:
        refuse(error, "parent_id" if parent_id else "external_id")
    return name_of(kind, about) or external_id


async def subscribe(graph: Graph, kind: Channel, external_id: str, parent_id: str | None, token: str) -> None:
    fields = FIELDS[kind]
    params = {"subscribed_fields": ",".join(fields)} if fields else None
    path = subscription_path(kind, external_id, parent_id)
    await graph.call("POST", path, token=token, params=params, channel=kind)


async def unsubscribe(
    graph: Graph, kind: Channel, external_id: str, parent_id: str | None, token: str
) -> None:
    await graph.call("DELETE", subscription_path(kind, external_id, parent_id), token=token, channel=kind)


def subscription_path(kind: Channel, external_id: str, parent_id: str | None) -> str:
    """WhatsApp subscribes the business account, Instagram its page where it has one."""
    owner = external_id if kind == "messenger" or parent_id is None else parent_id
    return f"/{segment(owner)}/subscribed_apps"


def name_of(kind: Channel, about: dict[str, Any]) -> str | None:
    for field in NAMES[kind]:
        value = about.get(field)
        if isinstance(value, str) and value:
            return value[:120]
    return None


def refuse(error: SendError, id_field: str) -> NoReturn:
    """Which field is wrong, by Meta's error class, with Meta's own words."""
    if error.kind in ("unknown", "throttle"):
        raise Unavailable("Meta does not answer at the moment", code="meta") from error
    field = "access_token" if error.kind in ("auth", "permission") else id_field
    raise MetaRefused(f"Meta says: {error.detail or error.code}", field=field) from error

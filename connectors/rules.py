"""Decisions about events and windows: which lane, does it open the window, may this be sent now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from connectors.events import Channel, Event, Native
from connectors.policy import Policy

Origin = Literal["bot", "agent", "system", "campaign"]
Purpose = Literal["service", "utility", "marketing", "authentication"]
Delivered = Literal["sent", "delivered", "read", "failed"]
RANK: dict[str, int] = {"sent": 1, "delivered": 2, "read": 3}
OPENERS = ("message", "reaction")


class ChannelRef(msgspec.Struct, frozen=True):
    """One account of a tenant, without its secrets."""

    id: UUID
    kind: Channel
    external_id: str
    name: str
    bot_enabled: bool = True


class Verdict(msgspec.Struct, frozen=True):
    """May it go? `code` says why not; `human_agent`: it goes under Meta's tag for a person's own answer."""

    ok: bool
    human_agent: bool = False
    code: str = ""


# --- lanes -----------------------------------------------------------------------------------


def lane_user(user: str, phone: str | None) -> str:
    """One customer, one lane, whatever Meta names: the phone where there is one, else the scoped id.

    Who drops the phone between two messages gets a second lane: both are worked, each in order, and
    the identity is joined upstream.
    """
    return phone or user


def in_lane(channel_id: UUID, user: str, phone: str | None = None) -> str:
    return f"in:{channel_id}:{lane_user(user, phone)}"


def out_lane(channel_id: UUID, user: str, phone: str | None = None) -> str:
    return f"out:{channel_id}:{lane_user(user, phone)}"


def status_lane(channel_id: UUID) -> str:
    return f"st:{channel_id}"


def channel_of(lane: str) -> UUID:
    return UUID(lane.split(":", 2)[1])


def lane_of(event: Event, channel_id: UUID, app_id: str) -> str:
    """Customers' events in the customer's lane; news about what we sent, and of nobody, beside it."""
    if event.sender is None or event.kind in ("status", "account", "unknown") or own_echo(event, app_id):
        return status_lane(channel_id)
    return in_lane(channel_id, event.sender.user, event.sender.phone)


def own_echo(event: Event, app_id: str) -> bool:
    """Did we send this ourselves? Surely so when it carries our reference, or our app.

    Instagram's echoes carry no reference: what is ours there is found out in the customer's lane.
    """
    if event.kind != "echo" or event.channel == "instagram":
        return False
    return outbox_id(event.reference) is not None or (bool(app_id) and event.app_id == app_id)


def outbox_id(reference: str | None) -> UUID | None:
    """What we send along is the outbox row's id; others' references are anything."""
    try:
        return UUID(reference) if reference else None
    except ValueError:
        return None


# --- windows ---------------------------------------------------------------------------------


def opens_window(event: Event) -> bool:
    """Everything the customer actively does, also while another app owns the thread."""
    if event.kind == "standby":
        return event.field in {f"standby.{kind}" for kind in OPENERS}
    return event.kind in OPENERS


def window_keys(user: str, *others: str | None) -> list[str]:
    """The names under which one customer's window is kept."""
    return list(dict.fromkeys([user, *(other for other in others if other)]))


def verdict(
    channel: Channel,
    now: datetime,
    opened_at: datetime | None,
    origin: Origin,
    human: bool,
    native: Native,
    purpose: Purpose,
    policy: Policy,
) -> Verdict:
    """The send gate's window rules. `human`: an agent's own act; only that may use the agent tag."""
    template = is_template(channel, native)
    if template and policy.figure(channel, "template_outside", now):
        return Verdict(True)
    if purpose == "marketing":
        return Verdict(False, code="template_needed")
    if _within(channel, "window_hours", now, opened_at, policy):
        return Verdict(True)
    if human and origin == "agent" and _within(channel, "human_agent_hours", now, opened_at, policy):
        return Verdict(True, human_agent=True)
    return Verdict(False, code="window_closed")


def _within(channel: Channel, key: str, now: datetime, opened_at: datetime | None, policy: Policy) -> bool:
    if opened_at is None:
        return False
    margin = timedelta(seconds=policy.figure(channel, "margin_seconds", now))
    return now < opened_at + timedelta(hours=policy.figure(channel, key, now)) - margin


def is_template(channel: Channel, native: Native) -> bool:
    """Content that Meta approved beforehand and takes outside the window."""
    if channel == "whatsapp":
        return native.get("type") == "template"
    if channel == "messenger":
        message = native.get("message")
        utility = native.get("messaging_type") == "UTILITY"
        return utility or (isinstance(message, dict) and "template" in message)
    return False


# --- delivery states -------------------------------------------------------------------------


def merge_delivery(known: str | None, news: str) -> Delivered | None:
    """The new delivery state, or None when the news says nothing new. Never backwards; `failed` is
    final unless the message turns out to have arrived."""
    if news == "failed":
        return None if known in ("failed", "delivered", "read") else "failed"
    if news not in RANK or (known == "failed" and news == "sent"):
        return None
    if known == "failed" or RANK[news] > RANK.get(known or "", 0):
        return news  # type: ignore[return-value]  # compared with the known states above
    return None

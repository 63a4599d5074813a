"""Wire types of the connectors: a tenant's channels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from connectors.events import Channel
from kernel.forms import In, Name, Out

ExternalId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,40}$")]


class ChannelOut(Out):
    """A WhatsApp number, Facebook page or Instagram account that this tenant has connected."""

    id: UUID
    kind: Channel
    name: str
    external_id: str  # phone number id, page id or Instagram account id
    parent_id: str | None  # WABA id, or the page behind an Instagram account
    state: Literal["connected", "needs_attention", "disconnected"]
    problem: str | None
    bot_enabled: bool
    webhook_url: str
    last_inbound_at: datetime | None
    created_at: datetime


class ChannelsOut(Out):
    items: list[ChannelOut]


class ConnectIn(In, kw_only=True):
    """Connects an account by its ids and token; the token is checked with Meta and kept encrypted."""

    kind: Channel
    external_id: ExternalId
    parent_id: ExternalId | None = None
    access_token: Annotated[str, msgspec.Meta(min_length=8, max_length=1000)]
    name: Name | None = None  # None: the name that Meta tells


class ChannelPatchIn(In):
    name: Name | None = None
    bot_enabled: bool | None = None
    access_token: Annotated[str, msgspec.Meta(min_length=8, max_length=1000)] | None = None

"""Tables of the connectors: channel accounts, raw webhook bodies, inbox, outbox, customer windows."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from kernel.schema import document, id_key, metadata, number, tenant_key, when, words

CHANNEL_IS = "channel IN ('whatsapp','messenger','instagram')"

channel_account = Table(
    "channel_account",
    metadata,
    tenant_key(),
    id_key(),
    words("kind"),
    words("external_id"),  # phone number id, page id, Instagram account id
    words("parent_id", nullable=True),  # WhatsApp business account, page behind an Instagram account
    words("name"),
    words("token_sealed"),  # empty once disconnected
    words("state", default="connected"),
    words("problem", nullable=True),
    Column("bot_enabled", Boolean, nullable=False, server_default=text("true")),
    when("last_inbound_at", nullable=True),
    when("created_at"),
    CheckConstraint("kind IN ('whatsapp','messenger','instagram')", name="kind"),
    CheckConstraint("state IN ('connected','needs_attention','disconnected')", name="state"),
    # One account of Meta's belongs to one tenant at a time, over all tenants.
    Index(
        "uq_channel_account_external",
        "kind",
        "external_id",
        unique=True,
        postgresql_where=text("state <> 'disconnected'"),
    ),
    Index("ix_channel_account_parent", "kind", "parent_id"),
    info={"dispatch": "select(tenant_id,id,kind,external_id,parent_id,state)"},
)

webhook_body = Table(
    "webhook_body",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    words("channel"),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    when("received_at"),
    words("problem", nullable=True),  # why it could not be read
    CheckConstraint(CHANNEL_IS, name="channel"),
    UniqueConstraint("hash", name="uq_webhook_body_hash"),
    Index("ix_webhook_body_received", "received_at", postgresql_using="brin"),
    info={"app": "", "dispatch": "select,insert,update(problem),delete"},
)

# The bodies that are still to be split. What is done leaves: a row that changes its state instead would be
# written anew with its body and in each index (docs/decisions/0011).
webhook_new = Table(
    "webhook_new",
    metadata,
    Column("body_id", BigInteger, primary_key=True, autoincrement=False),
    info={"app": "", "dispatch": "select,insert,delete"},
)

# Well signed, but of an account that nobody here has connected, or not readable: kept and counted.
webhook_orphan = Table(
    "webhook_orphan",
    metadata,
    id_key(),
    words("channel"),
    words("account"),
    words("key"),
    words("reason"),
    Column("raw", LargeBinary, nullable=False),
    when("at"),
    CheckConstraint("reason IN ('unknown_account','rejected','account_news')", name="reason"),
    UniqueConstraint("channel", "account", "key"),
    Index("ix_webhook_orphan_at", "at"),
    info={"app": "", "dispatch": "select,insert,delete"},
)

inbox_event = Table(
    "inbox_event",
    metadata,
    tenant_key(),
    id_key(),
    Column("channel_id", Uuid, nullable=False),
    words("channel"),
    words("key"),
    words("lane"),
    number("lane_seq"),
    words("kind"),
    when("at"),  # the provider's time
    when("received_at"),
    document("data"),  # connectors.events.Event
    UniqueConstraint("tenant_id", "channel_id", "key"),
    Index("ix_inbox_event_received", "received_at", postgresql_using="brin"),
    info={"dispatch": "select(tenant_id,id,channel_id,key,lane,lane_seq),insert"},
)

# The events that are still to be worked, in their lanes' order; what is done leaves.
inbox_waiting = Table(
    "inbox_waiting",
    metadata,
    tenant_key(),
    Column("lane", Text, primary_key=True),
    Column("lane_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False),
    words("state", default="ready"),
    number("attempts", default=0),
    when("not_before", nullable=True),
    words("error", nullable=True),
    CheckConstraint("state IN ('ready','dead')", name="state"),
    Index("ix_inbox_waiting_dead", "tenant_id", "event_id", postgresql_where=text("state = 'dead'")),
    info={"dispatch": "insert"},
)

outbox = Table(
    "outbox",
    metadata,
    tenant_key(),
    id_key(),
    words("lane"),
    number("lane_seq"),
    Column("channel_id", Uuid, nullable=False),
    words("channel"),
    words("account"),  # the sender's id at Meta
    words("user_key"),  # the customer's canonical id on that account
    words("phone", nullable=True),
    document("native"),
    words("origin"),
    words("purpose", default="service"),
    Column("message_id", Uuid, nullable=True),  # the router's message, the campaign's recipient
    number("epoch", nullable=True),
    words("client_id", nullable=True),
    Column("hold_id", Uuid, nullable=True),
    Column("human", Boolean, nullable=False, server_default=text("false")),
    when("not_before", nullable=True),
    when("expires_at", nullable=True),
    number("priority", default=0),
    words("state", default="queued"),
    number("attempts", default=0),
    words("provider_id", nullable=True),
    when("call_at", nullable=True),
    when("sent_at", nullable=True),
    words("error_kind", nullable=True),
    words("error_code", nullable=True),
    words("error_detail", nullable=True),
    words("delivered_state", nullable=True),
    when("created_at"),
    CheckConstraint(CHANNEL_IS, name="channel"),
    CheckConstraint("origin IN ('bot','agent','system','campaign')", name="origin"),
    CheckConstraint("purpose IN ('service','utility','marketing','authentication')", name="purpose"),
    CheckConstraint(
        "state IN ('queued','sending','sent','unknown','unconfirmed','failed','expired')", name="state"
    ),
    CheckConstraint("delivered_state IN ('sent','delivered','read','failed')", name="delivered_state"),
    Index("ix_outbox_provider", "tenant_id", "provider_id", postgresql_where=text("provider_id IS NOT NULL")),
    Index(
        "ix_outbox_lane",
        "tenant_id",
        "lane",
        "lane_seq",
        postgresql_where=text("state IN ('queued','sending','unknown')"),
    ),
    Index("ix_outbox_unknown", "tenant_id", "state", "call_at", postgresql_where=text("state = 'unknown'")),
    Index("ix_outbox_message", "tenant_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),
    # For watermarks: what this customer was sent and has not read yet.
    Index(
        "ix_outbox_unread",
        "tenant_id",
        "channel_id",
        "user_key",
        "sent_at",
        postgresql_where=text("delivered_state IN ('sent','delivered')"),
    ),
)

customer_window = Table(
    "customer_window",
    metadata,
    tenant_key(),
    Column("channel_id", Uuid, primary_key=True),
    Column("user_key", Text, primary_key=True),
    when("opened_at"),
)

# Figures that Meta moves, by the day they are valid from; rows here win over connectors.policy.
channel_policy = Table(
    "channel_policy",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("valid_from", DateTime(timezone=True), primary_key=True),
    number("value"),
    info={"app": "select", "dispatch": "select"},
)

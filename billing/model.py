"""Tables of billing: plans as versioned entitlements, the subscription and its history, usage, the ledger.

Histories and the ledger are append-only: the application's role has no right to change or delete them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from kernel.schema import id_key, metadata, number, tenant_key, when, words

STATES = "state IN ('active','past_due','suspended')"

# A version of a plan is never changed: who bought it keeps it until they choose another.
plan = Table(
    "plan",
    metadata,
    id_key(),
    words("code"),
    number("version"),
    words("name"),
    words("currency"),
    number("price_minor"),  # a month, without tax
    Column("active", Boolean, nullable=False, server_default=text("true")),  # on offer
    UniqueConstraint("code", "version"),
    CheckConstraint("price_minor >= 0", name="price"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    info={"app": "select"},
)

entitlement = Table(
    "entitlement",
    metadata,
    Column("plan_id", Uuid, ForeignKey("plan.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    words("kind"),
    Column("value", BigInteger, nullable=True),  # limit: null is none; flag: 0 or 1
    CheckConstraint("kind IN ('limit','flag')", name="kind"),
    CheckConstraint("value >= 0", name="value"),
    info={"app": "select"},
)

subscription = Table(
    "subscription",
    metadata,
    tenant_key(),
    Column("plan_id", Uuid, ForeignKey("plan.id"), nullable=False),
    words("state"),
    words("reason", nullable=True),
    number("anchor_day"),
    when("period_start"),
    when("period_end"),
    Column("cancel_at_period_end", Boolean, nullable=False, server_default=text("false")),
    when("changed_at"),
    number("revision", default=1),
    CheckConstraint(STATES, name="state"),
    CheckConstraint("anchor_day BETWEEN 1 AND 31", name="anchor_day"),
    CheckConstraint("period_end > period_start", name="period"),
)

subscription_change = Table(
    "subscription_change",
    metadata,
    tenant_key(),
    id_key(),
    words("kind"),
    words("before", nullable=True),
    words("after"),
    words("reason", nullable=True),
    number("revision"),
    when("at"),
    CheckConstraint("kind IN ('start','state','plan')", name="kind"),
    UniqueConstraint("tenant_id", "revision"),
    info={"app": "select,insert"},
)

usage_counter = Table(
    "usage_counter",
    metadata,
    tenant_key(),
    Column("key", Text, primary_key=True),
    number("used", default=0),
    CheckConstraint("used >= 0", name="used"),
)

ledger_account = Table(
    "ledger_account",
    metadata,
    tenant_key(),
    id_key(),
    words("code"),  # wallet, hold, receivable, …
    words("unit"),  # a currency, or credit
    when("created_at"),
    UniqueConstraint("tenant_id", "code", "unit"),
    info={"app": "select,insert"},
)

ledger_transfer = Table(
    "ledger_transfer",
    metadata,
    tenant_key(),
    id_key(),
    words("key"),  # idempotency key
    Column("debit_id", Uuid, nullable=False),
    Column("credit_id", Uuid, nullable=False),
    number("amount"),
    words("ref"),
    when("created_at"),
    UniqueConstraint("tenant_id", "key"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("debit_id <> credit_id", name="sides"),
    ForeignKeyConstraint(["tenant_id", "debit_id"], ["ledger_account.tenant_id", "ledger_account.id"]),
    ForeignKeyConstraint(["tenant_id", "credit_id"], ["ledger_account.tenant_id", "ledger_account.id"]),
    Index("ix_ledger_transfer_debit", "tenant_id", "debit_id"),
    Index("ix_ledger_transfer_credit", "tenant_id", "credit_id"),
    info={"app": "select,insert"},
)

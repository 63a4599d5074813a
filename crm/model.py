"""Tables of the CRM: contacts, the identities by which channels know them, notes, consents, orders.

A merge points one contact or identity at another (`merged_into`) and rewrites no note, consent or message.
The trigram index for search is made in crm.store.FUNCTIONS, since it needs an extension.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kernel.schema import document, id_key, metadata, tenant_key, when, words

NO_TEXTS = text("'{}'::text[]")


def _of_contact(column: str = "contact_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], ["contact.tenant_id", "contact.id"])


contact = Table(
    "contact",
    metadata,
    tenant_key(),
    id_key(),
    words("name", nullable=True),
    words("phone", nullable=True),  # digits with country code, as the channel or the business wrote it
    words("phone_key", nullable=True),  # the one spelling of that number by which people are matched
    words("email", nullable=True),
    words("language", nullable=True),
    Column("tags", ARRAY(Text), nullable=False, server_default=NO_TEXTS),
    document("fields", default="{}"),
    words("search", default=""),  # name, phone and mail in plain lower case
    Column("over_limit", Boolean, nullable=False, server_default=text("false")),
    Column("merged_into", Uuid, nullable=True),
    when("created_at"),
    when("updated_at"),
    Index(
        "uq_contact_phone_key",
        "tenant_id",
        "phone_key",
        unique=True,
        postgresql_where=text("phone_key IS NOT NULL AND merged_into IS NULL"),
    ),
    Index("ix_contact_merged", "tenant_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index(
        "ix_contact_search_prefix",
        "tenant_id",
        text("search text_pattern_ops"),
        postgresql_where=text("merged_into IS NULL"),
    ),
    _of_contact("merged_into"),
)

contact_field = Table(
    "contact_field",
    metadata,
    tenant_key(),
    Column("key", Text, primary_key=True),
    words("label"),
    words("type"),
    Column("choices", ARRAY(Text), nullable=False, server_default=NO_TEXTS),
    when("created_at"),
    CheckConstraint("type IN ('text','number','date','boolean','choice')", name="type"),
)

identity = Table(
    "identity",
    metadata,
    tenant_key(),
    id_key(),
    Column("contact_id", Uuid, nullable=False),
    words("channel"),
    words("account"),  # the channel's own id of the account
    Column("channel_id", Uuid, nullable=False),
    words("user_key"),
    words("name", nullable=True),
    words("username", nullable=True),
    Column("merged_into", Uuid, nullable=True),
    when("created_at"),
    Index(
        "uq_identity_user_key",
        "tenant_id",
        "channel_id",
        "user_key",
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
    CheckConstraint("channel IN ('whatsapp','messenger','instagram')", name="channel"),
    Index("ix_identity_contact", "tenant_id", "contact_id"),
    Index("ix_identity_merged", "tenant_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    _of_contact(),
)

identity_alias = Table(
    "identity_alias",
    metadata,
    tenant_key(),
    Column("scope", Text, primary_key=True),  # the channel account within which the name is unique
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("identity_id", Uuid, nullable=False),
    when("created_at"),
    CheckConstraint("kind IN ('phone','bsuid','psid','igsid','username')", name="kind"),
    ForeignKeyConstraint(["tenant_id", "identity_id"], ["identity.tenant_id", "identity.id"]),
    Index("ix_identity_alias_value", "tenant_id", "kind", "value"),
    Index("ix_identity_alias_identity", "tenant_id", "identity_id"),
)

note = Table(
    "note",
    metadata,
    tenant_key(),
    id_key(),
    Column("contact_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    words("text"),
    when("at"),
    Index("ix_note_contact", "tenant_id", "contact_id", "at"),
    _of_contact(),
)

consent = Table(
    "consent",
    metadata,
    tenant_key(),
    id_key(),
    Column("contact_id", Uuid, nullable=False),
    words("purpose"),
    words("state"),
    words("source"),
    document("evidence", default="{}"),
    when("at"),
    CheckConstraint("purpose IN ('marketing','service')", name="purpose"),
    CheckConstraint("state IN ('in','out')", name="state"),
    Index("ix_consent_contact", "tenant_id", "contact_id", "purpose", "at"),
    _of_contact(),
    info={"app": "select,insert"},  # a ledger: what was said stays said
)

customer_order = Table(
    "customer_order",
    metadata,
    tenant_key(),
    Column("number", Text, primary_key=True),
    words("status"),
    words("detail", default=""),
    words("tracking_url", nullable=True),
    when("updated_at"),
    Index("ix_customer_order_updated", "tenant_id", "updated_at"),
)

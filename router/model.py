"""Tables of the router: conversations, messages, turns, work for humans and who does it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kernel.schema import document, id_key, metadata, number, tenant_key, when, words


def _uuid(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Uuid, nullable=nullable)


def _of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"], ondelete="CASCADE"
    )


def _flag(name: str) -> Column[object]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


queue = Table(
    "queue",
    metadata,
    tenant_key(),
    id_key(),
    words("name"),
    _flag("is_default"),
    when("created_at"),
    Index("uq_queue_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
)

# What the tenant has decided about routing; the newest version is in force.
policy_version = Table(
    "policy_version",
    metadata,
    tenant_key(),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    document("policy"),
    _uuid("created_by", nullable=True),
    when("created_at"),
)

# A person on one channel account, for ever. `epoch` grows with each change of owner: who speaks
# for an older epoch is not heard.
conversation = Table(
    "conversation",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("channel_id"),
    words("channel"),
    words("user_key"),
    words("phone", nullable=True),
    _uuid("identity_id"),
    words("owner", default="none"),
    _uuid("assignee_id", nullable=True),
    number("epoch", default=1),
    words("state", default="open"),
    words("language", nullable=True),
    number("unread", default=0),
    number("next_seq", default=1),
    document("preview", nullable=True),
    when("last_at"),
    when("window_opened_at", nullable=True),
    _flag("owed"),  # the bot could not answer (suspended) and still should
    when("created_at"),
    CheckConstraint("owner IN ('bot','queue','offered','agent','none')", name="owner"),
    CheckConstraint("(owner IN ('agent','offered')) = (assignee_id IS NOT NULL)", name="assignee"),
    CheckConstraint("state IN ('open','resolved')", name="state"),
    Index("uq_conversation_identity", "tenant_id", "identity_id", unique=True),
    Index("ix_conversation_recent", "tenant_id", "state", "last_at", "id"),
    Index("ix_conversation_owner", "tenant_id", "owner", "last_at", postgresql_where=text("state = 'open'")),
    Index("ix_conversation_assignee", "tenant_id", "assignee_id", "last_at"),
    Index("ix_conversation_owed", "tenant_id", postgresql_where=text("owed")),
)

episode = Table(
    "episode",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("conversation_id"),
    when("opened_at"),
    when("closed_at", nullable=True),
    words("close_reason", nullable=True),
    _of_conversation(),
    Index(
        "uq_episode_open",
        "tenant_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
)

message = Table(
    "message",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("conversation_id"),
    _uuid("episode_id", nullable=True),
    number("seq"),
    words("direction"),
    words("origin"),
    _uuid("author_id", nullable=True),
    words("kind"),
    words("text", default=""),
    document("content", default="{}"),  # attachments, buttons, location, detail
    words("provider_id", nullable=True),
    _uuid("reply_to", nullable=True),
    words("status"),
    document("failure", nullable=True),
    _uuid("client_id", nullable=True),
    document("bot", nullable=True),
    words("reaction", nullable=True),
    _flag("deleted"),
    _flag("edited"),
    when("at"),  # the provider's time for what came in, ours for what goes out
    when("created_at"),
    _of_conversation(),
    Index("ix_message_shown", "tenant_id", "conversation_id", "at", "seq"),
    Index(
        "uq_message_provider",
        "tenant_id",
        "conversation_id",
        "provider_id",
        unique=True,
        postgresql_where=text("provider_id IS NOT NULL"),
    ),
    Index(
        "uq_message_client",
        "tenant_id",
        "conversation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
)

# The bot's recorded answer to one message: a repeated message gets this, not a second thought.
turn = Table(
    "turn",
    metadata,
    tenant_key(),
    Column("message_id", Uuid, primary_key=True),
    _uuid("conversation_id"),
    number("epoch"),
    document("answers"),
    document("controls", default="[]"),
    document("nlu"),
    words("model"),
    when("at"),
    _of_conversation(),
    Index("ix_turn_conversation", "tenant_id", "conversation_id", "at"),
)

tracker = Table(
    "tracker",
    metadata,
    tenant_key(),
    Column("conversation_id", Uuid, primary_key=True),
    document("data"),
    when("updated_at"),
    _of_conversation(),
)

work_item = Table(
    "work_item",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("conversation_id"),
    _uuid("episode_id"),
    _uuid("queue_id"),
    words("state"),
    words("reason"),
    document("packet"),
    Column("excluded", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    number("version", default=1),
    when("queued_at"),
    when("done_at", nullable=True),
    words("done_reason", nullable=True),
    _of_conversation(),
    CheckConstraint("state IN ('queued','offered','active','done')", name="state"),
    Index(
        "uq_work_item_open",
        "tenant_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("state <> 'done'"),
    ),
    Index("ix_work_item_waiting", "tenant_id", "queued_at", postgresql_where=text("state = 'queued'")),
)

offer = Table(
    "offer",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("work_item_id"),
    _uuid("user_id"),
    words("state", default="pending"),
    number("session_epoch"),
    when("offered_at"),
    when("expires_at"),
    when("ended_at", nullable=True),
    CheckConstraint("state IN ('pending','accepted','rejected','expired','withdrawn')", name="state"),
    Index(
        "uq_offer_pending",
        "tenant_id",
        "work_item_id",
        unique=True,
        postgresql_where=text("state = 'pending'"),
    ),
)

assignment = Table(
    "assignment",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("work_item_id"),
    _uuid("conversation_id"),
    _uuid("user_id"),
    when("started_at"),
    when("ended_at", nullable=True),
    words("end_reason", nullable=True),
    _of_conversation(),
    Index(
        "uq_assignment_live",
        "tenant_id",
        "work_item_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
)

# Presence: what the agent wants (state) and when the agent was last heard of (seen_at).
agent_session = Table(
    "agent_session",
    metadata,
    tenant_key(),
    Column("user_id", Uuid, primary_key=True),
    words("state", default="offline"),
    number("epoch", default=1),
    when("since"),
    when("seen_at"),
    when("idle_since"),
    CheckConstraint("state IN ('ready','paused','offline')", name="state"),
)

# Units of work an agent can hold; reserved at the offer, given back at every exit.
capacity = Table(
    "capacity",
    metadata,
    tenant_key(),
    Column("user_id", Uuid, primary_key=True),
    number("total", default=5),
    number("used", default=0),
    CheckConstraint("used BETWEEN 0 AND total", name="room"),
)

decision_log = Table(
    "decision_log",
    metadata,
    tenant_key(),
    id_key(),
    _uuid("work_item_id"),
    when("at"),
    words("event"),
    words("from_state", nullable=True),
    words("to_state"),
    _uuid("actor_id", nullable=True),
    document("data", default="{}"),
    Index("ix_decision_log_item", "tenant_id", "work_item_id", "at"),
    info={"app": "select,insert"},
)

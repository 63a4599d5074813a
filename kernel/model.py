"""Tables of the kernel: lanes, durable jobs, the live log, processes."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, Uuid, text
from sqlalchemy.types import Text

from kernel.schema import document, id_key, metadata, number, tenant_key, when, words

# A lane is a queue of its own that one worker at a time works off in order. The items lie in
# tables of the services; the row here says only whether there is something to do and who does it.
lane = Table(
    "lane",
    metadata,
    tenant_key(),
    Column("lane", Text, primary_key=True),
    words("kind"),
    number("next_seq", default=1),
    number("priority", default=0),
    when("ready_at", nullable=True),  # null: nothing to do
    number("token", default=0),  # fencing token, grows with each claim
    when("lease_until", nullable=True),
    Index("ix_lane_due", "kind", "priority", "ready_at", postgresql_where=text("ready_at IS NOT NULL")),
    info={"dispatch": "select,insert,update"},
)

job = Table(
    "job",
    metadata,
    id_key(),
    Column("tenant_id", Uuid, nullable=True),
    words("topic"),
    document("payload"),
    words("unique_key", nullable=True),
    words("state", default="ready"),
    when("run_at"),
    number("attempts", default=0),
    number("max_attempts", default=10),
    number("token", default=0),
    when("lease_until", nullable=True),
    words("error", nullable=True),
    when("created_at"),
    when("done_at", nullable=True),
    CheckConstraint("state IN ('ready','running','done','dead')", name="state"),
    Index("ix_job_due", "run_at", postgresql_where=text("state = 'ready'")),
    Index("ix_job_lease", "lease_until", postgresql_where=text("state = 'running'")),
    Index(
        "uq_job_waiting",
        "topic",
        "unique_key",
        unique=True,
        postgresql_where=text("state = 'ready' AND unique_key IS NOT NULL"),
    ),
    info={"dispatch": "select,insert,update,delete"},
)

live_head = Table("live_head", metadata, tenant_key(), number("head", default=0))

live_event = Table(
    "live_event",
    metadata,
    tenant_key(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    words("type"),
    document("data"),
    when("at"),
)

process = Table(
    "process",
    metadata,
    id_key(),
    words("role"),
    when("started_at"),
    when("seen_at"),
    document("detail", default="{}"),
    info={"app": "", "dispatch": "select,insert,update,delete"},
)

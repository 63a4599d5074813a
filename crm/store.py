"""Every query about contacts, their fields, notes and consents; the search function. Orders and people
(who is who) have their own stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import jsons
from kernel.db import Row, Tx
from kernel.ids import new_id
from kernel.rls import APP, SEARCH, TENANT

# Under plain row-level security the planner may not use a trigram index, as LIKE is not leak-proof. The
# function runs as a role whose policy lets it see all rows, takes the tenant from the setting itself,
# and is planned anew for each call, with the words known.
SEARCH_QUERY = (
    "SELECT * FROM public.contact WHERE tenant_id = $1 AND merged_into IS NULL AND id < $2%s "
    "ORDER BY id DESC LIMIT $3"
)
FUNCTIONS: list[str] = [
    "CREATE INDEX ix_contact_search ON contact USING gin (search gin_trgm_ops)",
    f"GRANT SELECT ON contact TO {SEARCH}",
    f"CREATE POLICY search ON contact FOR SELECT TO {SEARCH} USING (true)",
    f"""CREATE FUNCTION crm_search(patterns text[], before uuid, n integer) RETURNS SETOF contact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
DECLARE
  filters text := '';
  pattern text;
BEGIN
  FOREACH pattern IN ARRAY patterns LOOP
    filters := filters || format(' AND search LIKE %L', pattern);
  END LOOP;
  RETURN QUERY EXECUTE format('{SEARCH_QUERY}', filters)
  USING {TENANT}, before, n;
END $function$""",
    f"GRANT CREATE ON SCHEMA public TO {SEARCH}",
    f"ALTER FUNCTION crm_search(text[], uuid, integer) OWNER TO {SEARCH}",
    f"REVOKE CREATE ON SCHEMA public FROM {SEARCH}",
    "REVOKE ALL ON FUNCTION crm_search(text[], uuid, integer) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION crm_search(text[], uuid, integer) TO {APP}",
]

COLUMNS = "c.id, c.name, c.phone, c.phone_key, c.email, c.language, c.tags, c.fields, c.created_at"
LAST = UUID(int=2**128 - 1)
LIST = text(
    f"SELECT {COLUMNS} FROM contact c WHERE c.tenant_id = :tenant AND c.merged_into IS NULL "
    "AND c.id < :before ORDER BY c.id DESC LIMIT :n"
)
FIND = text(f"SELECT {COLUMNS} FROM crm_search(CAST(:patterns AS text[]), :before, :n) c")
LIVE_ID = "SELECT COALESCE(merged_into, id) FROM contact WHERE tenant_id = :tenant AND id = :id"
CONTACT = text(f"SELECT {COLUMNS} FROM contact c WHERE c.tenant_id = :tenant AND c.id = ({LIVE_ID})")
LOCKED = text(
    f"SELECT {COLUMNS} FROM contact c WHERE c.tenant_id = :tenant AND c.id = ({LIVE_ID}) FOR UPDATE"
)
CREATE = text(
    "INSERT INTO contact (tenant_id, id, name, phone, phone_key, email, tags, search, over_limit, created_at, "
    "updated_at) VALUES (:tenant, :id, :name, :phone, :phone_key, :email, CAST(:tags AS text[]), :search, "
    ":over_limit, :now, :now)"
)
CHANGE = text(
    "UPDATE contact SET name = :name, phone = :phone, phone_key = :phone_key, email = :email, "
    "tags = CAST(:tags AS text[]), fields = CAST(:fields AS jsonb), search = :search, updated_at = :now "
    "WHERE tenant_id = :tenant AND id = :id"
)
SET_LANGUAGE = text(
    f"UPDATE contact SET language = :language WHERE tenant_id = :tenant AND id = ({LIVE_ID}) "
    "AND language IS DISTINCT FROM :language RETURNING id"
)
CHANNELS = text(
    "SELECT DISTINCT contact_id, channel FROM identity WHERE tenant_id = :tenant "
    "AND contact_id = ANY(CAST(:ids AS uuid[])) AND merged_into IS NULL ORDER BY contact_id, channel"
)
IDENTITIES = text(
    "SELECT id, channel, channel_id, user_key, name, username FROM identity "
    "WHERE tenant_id = :tenant AND contact_id = :id AND merged_into IS NULL ORDER BY id"
)
REFS = text(
    "SELECT c.id, COALESCE(m.name, c.name) AS name, COALESCE(m.phone, c.phone) AS phone FROM contact c "
    "LEFT JOIN contact m ON m.tenant_id = c.tenant_id AND m.id = c.merged_into "
    "WHERE c.tenant_id = :tenant AND c.id = ANY(CAST(:ids AS uuid[]))"
)

FIELDS = text(
    "SELECT key, label, type, choices FROM contact_field WHERE tenant_id = :tenant ORDER BY created_at, key"
)
PUT_FIELD = text(
    "INSERT INTO contact_field AS f (tenant_id, key, label, type, choices, created_at) "
    "VALUES (:tenant, :key, :label, :type, CAST(:choices AS text[]), :now) "
    "ON CONFLICT (tenant_id, key) DO UPDATE SET label = EXCLUDED.label, choices = EXCLUDED.choices "
    "WHERE f.type = EXCLUDED.type"
)

# What was written about a contact stays where it was written; those merged into it count as it.
SELF = "contact_id IN (SELECT id FROM contact WHERE tenant_id = :tenant AND (id = :id OR merged_into = :id))"
ADD_NOTE = text(
    "INSERT INTO note (tenant_id, id, contact_id, author_id, text, at) "
    "VALUES (:tenant, :note, :id, :author, :text, :now)"
)
NOTES = text(
    f"SELECT id, text, author_id, at FROM note WHERE tenant_id = :tenant AND {SELF} "
    "ORDER BY at DESC, id DESC LIMIT 200"
)
ADD_CONSENT = text(
    "INSERT INTO consent (tenant_id, id, contact_id, purpose, state, source, evidence, at) "
    "VALUES (:tenant, :consent, :id, :purpose, :state, :source, CAST(:evidence AS jsonb), :now)"
)
CONSENTS = text(
    f"SELECT DISTINCT ON (purpose) purpose, state, source, at FROM consent "
    f"WHERE tenant_id = :tenant AND {SELF} ORDER BY purpose, at DESC, id DESC"
)


async def contacts(tx: Tx, patterns: Sequence[str], before: UUID | None, n: int) -> Sequence[Row]:
    """Newest first; with patterns only those whose search text matches each."""
    row = {"before": before or LAST, "n": n}
    if patterns:
        return await tx.all(FIND, row | {"patterns": list(patterns)})
    return await tx.all(LIST, row | {"tenant": tx.tenant_id})


async def contact(tx: Tx, contact_id: UUID, *, lock: bool = False) -> Row | None:
    """The contact, or the one that it was merged into."""
    return await tx.one(LOCKED if lock else CONTACT, {"tenant": tx.tenant_id, "id": contact_id})


async def create(tx: Tx, row: dict[str, Any]) -> None:
    await tx.run(CREATE, {"tenant": tx.tenant_id, "now": tx.now} | row)


async def change(tx: Tx, contact_id: UUID, row: dict[str, Any]) -> None:
    keyed = {"tenant": tx.tenant_id, "id": contact_id, "now": tx.now}
    await tx.run(CHANGE, keyed | row | {"fields": jsons.dumps(row["fields"])})


async def set_language(tx: Tx, contact_id: UUID, language: str) -> UUID | None:
    row = {"tenant": tx.tenant_id, "id": contact_id, "language": language}
    found: UUID | None = await tx.scalar(SET_LANGUAGE, row)
    return found


async def channels(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {contact_id: [] for contact_id in ids}
    for row in await tx.all(CHANNELS, {"tenant": tx.tenant_id, "ids": list(ids)}):
        found[row.contact_id].append(row.channel)
    return found


async def identities(tx: Tx, contact_id: UUID) -> Sequence[Row]:
    return await tx.all(IDENTITIES, {"tenant": tx.tenant_id, "id": contact_id})


async def refs(tx: Tx, ids: Sequence[UUID]) -> Sequence[Row]:
    return await tx.all(REFS, {"tenant": tx.tenant_id, "ids": list(ids)})


async def fields(tx: Tx) -> Sequence[Row]:
    return await tx.all(FIELDS, {"tenant": tx.tenant_id})


async def put_field(tx: Tx, key: str, label: str, type_: str, choices: Sequence[str]) -> bool:
    """False when the field exists with another type."""
    row = {"tenant": tx.tenant_id, "key": key, "label": label, "type": type_, "choices": list(choices)}
    return await tx.run(PUT_FIELD, row | {"now": tx.now}) == 1


async def add_note(tx: Tx, contact_id: UUID, author: UUID, words: str) -> UUID:
    note = new_id()
    row = {"tenant": tx.tenant_id, "id": contact_id, "note": note, "author": author, "text": words}
    await tx.run(ADD_NOTE, row | {"now": tx.now})
    return note


async def notes(tx: Tx, contact_id: UUID) -> Sequence[Row]:
    return await tx.all(NOTES, {"tenant": tx.tenant_id, "id": contact_id})


async def add_consent(
    tx: Tx, contact_id: UUID, purpose: str, state: str, source: str, evidence: object
) -> None:
    row = {"tenant": tx.tenant_id, "id": contact_id, "consent": new_id(), "purpose": purpose, "state": state}
    await tx.run(ADD_CONSENT, row | {"source": source, "evidence": jsons.dumps(evidence), "now": tx.now})


async def consents(tx: Tx, contact_id: UUID) -> Sequence[Row]:
    """The latest word for each purpose."""
    return await tx.all(CONSENTS, {"tenant": tx.tenant_id, "id": contact_id})

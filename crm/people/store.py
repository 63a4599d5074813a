"""Every query about identities, their names (aliases), and joining what proves to be one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from crm.people.rules import Alias, Match
from kernel.db import Row, Tx

GIVEN = "unnest(CAST(:kinds AS text[]), CAST(:values AS text[])) AS g(kind, value)"
PERSON = (
    "i.id AS identity_id, i.user_key, i.name AS identity_name, i.username, c.id AS contact_id, c.name, c.phone, "
    "c.phone_key, c.email, c.over_limit"
)
# One look for the usual case: everything that the sender says is known already.
KNOWN = text(
    f"SELECT {PERSON}, (SELECT count(*) FROM {GIVEN} JOIN identity_alias b ON b.tenant_id = :tenant "
    "AND b.scope = :scope AND b.kind = g.kind AND b.value = g.value AND b.identity_id = i.id) AS known "
    "FROM identity_alias a JOIN identity i ON i.tenant_id = a.tenant_id AND i.id = a.identity_id "
    "JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id "
    "WHERE a.tenant_id = :tenant AND a.scope = :scope AND a.kind = :kind AND a.value = :value"
)
# Two who write under one name at once wait for each other here; sorted, so that they cannot wait in a ring.
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest(CAST(:keys AS text[])) AS k")
MATCHES = text(
    "SELECT i.id AS identity_id, i.contact_id, a.kind, a.value, a.created_at, "
    "ARRAY(SELECT b.value FROM identity_alias b "
    "WHERE b.tenant_id = i.tenant_id AND b.identity_id = i.id AND b.kind = 'bsuid') AS bsuids "
    f"FROM {GIVEN} JOIN identity_alias a ON a.tenant_id = :tenant AND a.scope = :scope AND a.kind = g.kind "
    "AND a.value = g.value AND (CAST(:before AS timestamptz) IS NULL OR a.created_at <= :before) "
    "JOIN identity i ON i.tenant_id = a.tenant_id AND i.id = a.identity_id"
)
ELSEWHERE = text(
    f"SELECT DISTINCT i.contact_id FROM {GIVEN} JOIN identity_alias a ON a.tenant_id = :tenant "
    "AND a.kind = g.kind AND a.value = g.value AND a.scope <> :scope "
    "JOIN identity i ON i.tenant_id = a.tenant_id AND i.id = a.identity_id"
)
BY_PHONE = text(
    "SELECT id FROM contact WHERE tenant_id = :tenant AND phone_key = :phone AND merged_into IS NULL UNION "
    "SELECT i.contact_id FROM identity_alias a JOIN identity i ON i.tenant_id = a.tenant_id "
    "AND i.id = a.identity_id WHERE a.tenant_id = :tenant AND a.kind = 'phone' AND a.value = :phone"
)
# Held until we commit, so that nobody joins them with others meanwhile.
LIVE_CONTACTS = text(
    "SELECT id, merged_into FROM contact WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY id FOR NO KEY UPDATE"
)
LIVE_IDENTITIES = text(
    "SELECT id, merged_into FROM identity WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY id FOR NO KEY UPDATE"
)
PERSON_OF = text(
    f"SELECT {PERSON} FROM identity i JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id "
    "WHERE i.tenant_id = :tenant AND i.id = :id"
)
ALIASES = text(
    "SELECT kind, value, created_at FROM identity_alias WHERE tenant_id = :tenant AND identity_id = :id "
    "AND kind <> 'username'"
)
CREATE = text(
    "INSERT INTO identity (tenant_id, id, contact_id, channel, account, channel_id, user_key, name, username, "
    "created_at) VALUES (:tenant, :id, :contact, :channel, :account, :channel_id, :user, :name, :username, :now)"
)
ATTACH = text(
    "INSERT INTO identity_alias (tenant_id, scope, kind, value, identity_id, created_at) "
    f"SELECT :tenant, :scope, g.kind, g.value, :id, :at FROM {GIVEN} "
    "ON CONFLICT (tenant_id, scope, kind, value) DO UPDATE "
    "SET identity_id = EXCLUDED.identity_id, created_at = EXCLUDED.created_at "
    "WHERE identity_alias.identity_id <> EXCLUDED.identity_id "
    "AND identity_alias.created_at <= EXCLUDED.created_at"
)
DROP_NUMBERS = text(
    "DELETE FROM identity_alias WHERE tenant_id = :tenant AND scope = :scope AND kind = 'phone' "
    "AND identity_id = :id AND value = ANY(CAST(:values AS text[])) AND created_at <= :at"
)
LOSE_PHONE = text(
    "UPDATE contact SET phone = NULL, phone_key = NULL, search = :search, updated_at = :now "
    "WHERE tenant_id = :tenant AND id = :id"
)
DESCRIBE = text(
    "UPDATE identity SET user_key = :user, name = :name, username = :username "
    "WHERE tenant_id = :tenant AND id = :id"
)
JOIN_IDENTITY = text(
    "UPDATE identity SET merged_into = :into, contact_id = :contact "
    "WHERE tenant_id = :tenant AND (id = :id OR merged_into = :id)"
)
MOVE_ALIASES = text(
    "UPDATE identity_alias SET identity_id = :into WHERE tenant_id = :tenant AND identity_id = :id"
)
LEAVE = text(
    "UPDATE contact SET merged_into = :into, updated_at = :now "
    "WHERE tenant_id = :tenant AND (id = :id OR merged_into = :id)"
)
REPOINT = text("UPDATE identity SET contact_id = :into WHERE tenant_id = :tenant AND contact_id = :id")
INHERIT = text(
    "UPDATE contact s SET name = COALESCE(s.name, l.name), email = COALESCE(s.email, l.email), "
    "phone = CASE WHEN s.phone IS NULL THEN l.phone ELSE s.phone END, "
    "phone_key = CASE WHEN s.phone IS NULL THEN l.phone_key ELSE s.phone_key END, "
    "language = COALESCE(s.language, l.language), fields = l.fields || s.fields, "
    "tags = ARRAY(SELECT DISTINCT t FROM unnest(s.tags || l.tags) AS t ORDER BY t), "
    "over_limit = s.over_limit AND l.over_limit, created_at = LEAST(s.created_at, l.created_at) "
    "FROM contact l WHERE s.tenant_id = :tenant AND s.id = :into AND l.tenant_id = :tenant AND l.id = :id"
)
KEEP_CARD = text(
    "UPDATE contact SET name = :name, phone = :phone, phone_key = :phone_key, search = :search, "
    "updated_at = :now WHERE tenant_id = :tenant AND id = :id"
)


def _given(aliases: Iterable[Alias]) -> dict[str, list[str]]:
    found = list(aliases)
    return {"kinds": [a.kind for a in found], "values": [a.value for a in found]}


async def known(tx: Tx, scope: str, main: Alias, aliases: Sequence[Alias]) -> Row | None:
    """Who the main name means here; `known` of the row counts how many of the names already do so."""
    row = {"tenant": tx.tenant_id, "scope": scope, "kind": main.kind, "value": main.value}
    return await tx.one(KNOWN, row | _given(aliases))


async def lock(tx: Tx, aliases: Iterable[Alias]) -> None:
    keys = sorted({f"{tx.tenant_id}:{a.kind}:{a.value}" for a in aliases})
    await tx.run(LOCK, {"keys": keys})


async def matches(
    tx: Tx, scope: str, aliases: Sequence[Alias], before: datetime | None = None
) -> list[Match]:
    """Identities that have one of the names; with `before` only those that had it by then."""
    if not aliases:
        return []
    row = {"tenant": tx.tenant_id, "scope": scope, "before": before}
    return [
        Match(r.identity_id, r.contact_id, Alias(r.kind, r.value), r.created_at, frozenset(r.bsuids))
        for r in await tx.all(MATCHES, row | _given(aliases))
    ]


async def elsewhere(tx: Tx, scope: str, aliases: Sequence[Alias]) -> set[UUID]:
    """Contacts whom other accounts know under one of the names."""
    row = {"tenant": tx.tenant_id, "scope": scope} | _given(aliases)
    return {r.contact_id for r in await tx.all(ELSEWHERE, row)}


async def by_phone(tx: Tx, phone_key: str) -> set[UUID]:
    """Contacts that have the number, or an identity that has it."""
    return {r.id for r in await tx.all(BY_PHONE, {"tenant": tx.tenant_id, "phone": phone_key})}


async def live_contacts(tx: Tx, ids: set[UUID]) -> set[UUID]:
    """The contacts, or those that they were merged into, held until the transaction ends."""
    return await _live(tx, LIVE_CONTACTS, ids)


async def live_identities(tx: Tx, ids: set[UUID]) -> set[UUID]:
    return await _live(tx, LIVE_IDENTITIES, ids)


async def _live(tx: Tx, query: TextClause, ids: set[UUID]) -> set[UUID]:
    while ids:
        rows = await tx.all(query, {"tenant": tx.tenant_id, "ids": sorted(ids)})
        found = {row.merged_into or row.id for row in rows}
        if found <= ids:
            return found
        ids = found
    return ids


async def person(tx: Tx, identity_id: UUID) -> Row:
    row = await tx.one(PERSON_OF, {"tenant": tx.tenant_id, "id": identity_id})
    assert row is not None
    return row


async def aliases(tx: Tx, identity_id: UUID) -> dict[Alias, datetime]:
    """With the moment since when it has each."""
    rows = await tx.all(ALIASES, {"tenant": tx.tenant_id, "id": identity_id})
    return {Alias(r.kind, r.value): r.created_at for r in rows}


async def create(tx: Tx, row: dict[str, Any]) -> None:
    await tx.run(CREATE, {"tenant": tx.tenant_id, "now": tx.now} | row)


async def attach(
    tx: Tx, scope: str, identity_id: UUID, names: Sequence[tuple[str, str]], at: datetime
) -> None:
    """The names mean this identity from now on, whomever they meant before."""
    row = {"tenant": tx.tenant_id, "scope": scope, "id": identity_id, "at": at}
    await tx.run(
        ATTACH, row | {"kinds": [kind for kind, _ in names], "values": [value for _, value in names]}
    )


async def drop_numbers(tx: Tx, scope: str, identity_id: UUID, numbers: Sequence[str], at: datetime) -> None:
    """Numbers given up before `at`: somebody else will have them."""
    row = {"tenant": tx.tenant_id, "scope": scope, "id": identity_id, "values": list(numbers), "at": at}
    await tx.run(DROP_NUMBERS, row)


async def lose_phone(tx: Tx, contact_id: UUID, search: str) -> None:
    await tx.run(LOSE_PHONE, {"tenant": tx.tenant_id, "id": contact_id, "search": search, "now": tx.now})


async def describe(tx: Tx, identity_id: UUID, user: str, name: str | None, username: str | None) -> None:
    row = {"tenant": tx.tenant_id, "id": identity_id, "user": user, "name": name, "username": username}
    await tx.run(DESCRIBE, row)


async def join_identity(tx: Tx, identity_id: UUID, into: UUID, contact_id: UUID) -> None:
    row = {"tenant": tx.tenant_id, "id": identity_id, "into": into}
    await tx.run(JOIN_IDENTITY, row | {"contact": contact_id})
    await tx.run(MOVE_ALIASES, row)


async def join_contact(tx: Tx, contact_id: UUID, into: UUID) -> None:
    row = {"tenant": tx.tenant_id, "id": contact_id, "into": into}
    await tx.run(LEAVE, row | {"now": tx.now})
    await tx.run(REPOINT, row)
    await tx.run(INHERIT, row)


async def keep_card(
    tx: Tx, contact_id: UUID, name: str | None, phone: str | None, phone_key: str | None, search: str
) -> None:
    row = {"tenant": tx.tenant_id, "id": contact_id, "name": name, "phone": phone, "phone_key": phone_key}
    await tx.run(KEEP_CARD, row | {"search": search, "now": tx.now})

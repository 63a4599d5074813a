"""The verbs of the CRM: contacts, their fields, notes and consents. Who is who: crm.people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from accounts import service as accounts
from billing import service as billing
from crm import rules, store
from crm.errors import FieldType, PhoneTaken, WrongValue
from crm.orders.service import get_order, list_orders, put_order
from crm.people import store as people
from crm.people.rules import Alias
from crm.people.service import Resolved, change_identity, resolve
from crm.schemas import (
    Consent,
    Contact,
    ContactIn,
    ContactPatchIn,
    ContactQuery,
    ContactRow,
    Contacts,
    FieldDefinition,
    FieldDefinitionIn,
    FieldDefinitions,
    FieldValue,
    Identity,
    Note,
)
from kernel.db import Row, Tx
from kernel.errors import Conflict, Invalid, NotFound
from kernel.ids import new_id

__all__ = [
    "ContactRef", "Resolved", "add_note", "change_identity", "consent_state", "contact_refs", "create_contact",
    "get_contact", "get_order", "introduce", "list_contacts", "list_fields", "list_orders", "patch_contact",
    "put_field", "put_order", "record_consent", "resolve", "set_language",
]  # fmt: skip

Purpose = Literal["marketing", "service"]
PURPOSES: tuple[Purpose, ...] = ("marketing", "service")


class ContactRef(msgspec.Struct, frozen=True):
    """A contact as others show it. `phone`: like +5511955550123."""

    id: UUID
    name: str | None
    phone: str | None


async def list_contacts(tx: Tx, query: ContactQuery) -> Contacts:
    patterns = rules.search_patterns(query.q)
    rows = await store.contacts(tx, patterns, _cursor(query.cursor), query.limit + 1)
    page = rows[: query.limit]
    channels = await store.channels(tx, [row.id for row in page])
    items = [
        ContactRow(r.id, r.name, _phone(r.phone), r.email, r.tags, channels[r.id], r.created_at) for r in page
    ]
    return Contacts(items, page[-1].id.hex if len(rows) > query.limit else None)


async def get_contact(tx: Tx, contact_id: UUID) -> Contact:
    row = await _contact(tx, contact_id)
    identities = [
        Identity(i.id, i.channel, i.channel_id, i.user_key, i.name, i.username)
        for i in await store.identities(tx, row.id)
    ]
    return Contact(
        row.id, row.name, _phone(row.phone), row.email, row.language, row.tags, row.fields, identities,
        await _consents(tx, row.id), await _notes(tx, row.id), row.created_at,
    )  # fmt: skip


async def create_contact(tx: Tx, body: ContactIn) -> Contact:
    phone, key = await _free_phone(tx, body.phone, None)
    await billing.reserve(tx, "contacts", 1)
    contact_id, email = new_id(), body.email and body.email.lower()
    row = {"id": contact_id, "name": body.name, "phone": phone, "phone_key": key, "email": email}
    search = rules.search_text(body.name, phone, email)
    tags = sorted(set(body.tags))
    await store.create(tx, row | {"tags": tags, "search": search, "over_limit": False})
    _changed(tx, contact_id)
    return await get_contact(tx, contact_id)


async def patch_contact(tx: Tx, contact_id: UUID, body: ContactPatchIn) -> Contact:
    """Only what is given changes; null empties."""
    known = await _contact(tx, contact_id)
    given = None if body.phone is msgspec.UNSET else await _free_phone(tx, body.phone, known.id)
    row = await _contact(tx, known.id, lock=True)  # after the lock on the number, as everywhere
    phone, key = given or (row.phone, row.phone_key)
    name, email = _given(body.name, row.name), _given(body.email, row.email)
    email = email and email.lower()
    fields = row.fields
    if body.fields is not msgspec.UNSET:
        fields = rules.merged_fields(fields, await _valid(tx, body.fields))
    tags = sorted(set(_given(body.tags, row.tags)))
    card = {"name": name, "phone": phone, "phone_key": key, "email": email, "tags": tags, "fields": fields}
    await store.change(tx, row.id, card | {"search": rules.search_text(name, phone, email)})
    _changed(tx, row.id)
    return await get_contact(tx, row.id)


async def introduce(tx: Tx, contact_id: UUID, name: str) -> None:
    """The channel tells a name: taken where nobody has given one yet."""
    row = await _contact(tx, contact_id)
    if row.name is None:
        await patch_contact(tx, row.id, ContactPatchIn(name=name))


async def set_language(tx: Tx, contact_id: UUID, language: str) -> None:
    """What the contact was last understood to speak."""
    if changed := await store.set_language(tx, contact_id, language):
        _changed(tx, changed)


async def contact_refs(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, ContactRef]:
    """By the ids asked for; a merged contact shows as the one that it became."""
    return {row.id: ContactRef(row.id, row.name, _phone(row.phone)) for row in await store.refs(tx, ids)}


async def add_note(tx: Tx, contact_id: UUID, author_id: UUID, words: str) -> Note:
    row = await _contact(tx, contact_id)
    note_id = await store.add_note(tx, row.id, author_id, words)
    _changed(tx, row.id)
    return next(note for note in await _notes(tx, row.id) if note.id == note_id)


async def record_consent(
    tx: Tx, contact_id: UUID, purpose: Purpose, state: Literal["in", "out"], source: str, evidence: object
) -> None:
    """Another line of the ledger. A customer's own "START" only lifts an earlier stop: written in passing
    by somebody who never agreed, it is no consent."""
    row = await _contact(tx, contact_id)
    if state == "in" and source == "customer_message" and await consent_state(tx, row.id, purpose) != "out":
        return
    await store.add_consent(tx, row.id, purpose, state, source, evidence)
    _changed(tx, row.id)


async def consent_state(tx: Tx, contact_id: UUID, purpose: Purpose) -> Literal["in", "out", "unknown"]:
    row = await _contact(tx, contact_id)
    return next(c.state for c in await _consents(tx, row.id) if c.purpose == purpose)


async def list_fields(tx: Tx) -> FieldDefinitions:
    rows = await store.fields(tx)
    return FieldDefinitions([FieldDefinition(r.key, r.label, r.type, r.choices) for r in rows])


async def put_field(tx: Tx, body: FieldDefinitionIn) -> FieldDefinition:
    choices = list(dict.fromkeys(body.choices))
    if bool(choices) != (body.type == "choice"):
        raise Invalid("choices belong to the type choice, which needs some", field="choices")
    known = {row.key for row in await store.fields(tx)}
    if body.key not in known and len(known) >= rules.MAX_FIELDS:
        raise Conflict(f"there are {rules.MAX_FIELDS} fields already", code="too_many_fields")
    if not await store.put_field(tx, body.key, body.label, body.type, choices):
        raise FieldType()
    return FieldDefinition(body.key, body.label, body.type, choices)


async def _contact(tx: Tx, contact_id: UUID, *, lock: bool = False) -> Row:
    row = await store.contact(tx, contact_id, lock=lock)
    if row is None:
        raise NotFound("there is no such contact")
    return row


async def _free_phone(tx: Tx, phone: str | None, own: UUID | None) -> tuple[str | None, str | None]:
    """Digits and matching form of a number that no other contact has, kept free until we commit."""
    if phone is None:
        return None, None
    country = "55" if (await accounts.get_tenant(tx)).locale == "pt-BR" else ""
    digits = rules.phone_digits(phone, country)
    if not 7 <= len(digits) <= 15:
        raise Invalid("must be a phone number with country code", field="phone")
    key = rules.phone_key(digits)
    await people.lock(tx, [Alias("phone", key)])
    if await people.by_phone(tx, key) - {own}:
        raise PhoneTaken()
    return digits, key


async def _valid(tx: Tx, values: dict[str, FieldValue]) -> dict[str, FieldValue]:
    known = {row.key: row for row in await store.fields(tx)}
    for key, value in values.items():
        if key not in known:
            raise WrongValue(key, "there is no such field")
        if value is not None and (problem := rules.field_problem(known[key].type, known[key].choices, value)):
            raise WrongValue(key, problem)
    return values


async def _consents(tx: Tx, contact_id: UUID) -> list[Consent]:
    latest = {row.purpose: row for row in await store.consents(tx, contact_id)}
    return [
        Consent(p, latest[p].state, latest[p].source, latest[p].at)
        if p in latest
        else Consent(p, "unknown", "", None)
        for p in PURPOSES
    ]


async def _notes(tx: Tx, contact_id: UUID) -> list[Note]:
    rows = await store.notes(tx, contact_id)
    authors = await accounts.users_by_id(tx, list({row.author_id for row in rows})) if rows else {}
    return [
        Note(r.id, r.text, authors[r.author_id].name if r.author_id in authors else "", r.at) for r in rows
    ]


def _changed(tx: Tx, contact_id: UUID) -> None:
    tx.live("contact.changed", {"contact_id": contact_id})


def _given(value: Any, old: Any) -> Any:
    return old if value is msgspec.UNSET else value


def _phone(digits: str | None) -> str | None:
    return f"+{digits}" if digits else None


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid("is not a cursor of this list", field="cursor") from error

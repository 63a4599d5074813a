"""Wire types of the CRM: contacts, identities, fields, notes, consents, orders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from connectors.events import Channel
from kernel.forms import Email, In, LongText, Name, Out, ShortText

FieldType = Literal["text", "number", "date", "boolean", "choice"]
FieldValue = str | float | bool | None
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Phone = Annotated[str, msgspec.Meta(min_length=6, max_length=24, pattern=r"^\+?[0-9 ().-]+$")]


class Identity(Out):
    """One person on one of the tenant's channel accounts."""

    id: UUID
    channel: Channel
    channel_id: UUID
    user: str
    name: str | None
    username: str | None


class Note(Out):
    id: UUID
    text: str
    author_name: str
    at: datetime


class Consent(Out):
    purpose: Literal["marketing", "service"]
    state: Literal["in", "out", "unknown"]
    source: str
    at: datetime | None


class ContactRow(Out):
    id: UUID
    name: str | None
    phone: str | None
    email: str | None
    tags: list[str]
    channels: list[Channel]
    created_at: datetime


class Contact(Out):
    id: UUID
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    tags: list[str]
    fields: dict[str, FieldValue]
    identities: list[Identity]
    consents: list[Consent]
    notes: list[Note]
    created_at: datetime


class Contacts(Out):
    items: list[ContactRow]
    next: str | None


class ContactQuery(In):
    q: str = ""
    cursor: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class ContactIn(In):
    name: Name
    phone: Phone | None = None
    email: Email | None = None
    tags: tuple[Tag, ...] = ()


class ContactPatchIn(In):
    """Only what is given changes; null empties."""

    name: Name | msgspec.UnsetType | None = msgspec.UNSET
    phone: Phone | msgspec.UnsetType | None = msgspec.UNSET
    email: Email | msgspec.UnsetType | None = msgspec.UNSET
    tags: Annotated[list[Tag], msgspec.Meta(max_length=50)] | msgspec.UnsetType = msgspec.UNSET
    fields: dict[str, FieldValue] | msgspec.UnsetType = msgspec.UNSET


class NoteIn(In):
    text: LongText


class ConsentIn(In, kw_only=True):
    purpose: Literal["marketing", "service"] = "marketing"
    state: Literal["in", "out"]
    source: ShortText


class FieldDefinition(Out):
    key: str
    label: str
    type: FieldType
    choices: list[str]


class FieldDefinitions(Out):
    items: list[FieldDefinition]


class FieldDefinitionIn(In):
    key: Key
    label: ShortText
    type: FieldType
    choices: tuple[ShortText, ...] = ()


class OrderIn(In):
    """What the business tells about an order, so that the bot can answer where it is."""

    status: ShortText
    detail: Annotated[str, msgspec.Meta(max_length=600)] = ""
    tracking_url: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https?://")] | None = None


class Order(Out):
    number: str
    status: str
    detail: str
    tracking_url: str | None
    updated_at: datetime


class Orders(Out):
    items: list[Order]


class InternalQuery(In):
    tenant: UUID

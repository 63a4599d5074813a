"""Handlers of the CRM."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import unquote
from uuid import UUID

from billing.errors import Suspended
from crm import rules, service
from crm.schemas import (
    Consent,
    ConsentIn,
    Contact,
    ContactIn,
    ContactPatchIn,
    ContactQuery,
    Contacts,
    FieldDefinition,
    FieldDefinitionIn,
    FieldDefinitions,
    InternalQuery,
    Note,
    NoteIn,
    Order,
    OrderIn,
    Orders,
)
from kernel.db import Tx
from kernel.errors import Unauthenticated
from kernel.web import Call

SIGNATURE = "x-konectus-signature"


class Api:
    def __init__(self, *, internal_secret: str, may_serve: Callable[[Tx], Awaitable[bool]]) -> None:
        """`internal_secret`: signs calls between our own processes. `may_serve`: false while the tenant is
        suspended; then it may read, and its customers may opt out, but nothing is written."""
        self._secret = internal_secret
        self._may_serve = may_serve

    async def contacts(self, call: Call, query: ContactQuery) -> Contacts:
        return await service.list_contacts(call.tx, query)

    async def create_contact(self, call: Call, body: ContactIn) -> Contact:
        await self._require_service(call.tx)
        return await service.create_contact(call.tx, body)

    async def contact(self, call: Call, contact_id: UUID) -> Contact:
        return await service.get_contact(call.tx, contact_id)

    async def patch_contact(self, call: Call, contact_id: UUID, body: ContactPatchIn) -> Contact:
        await self._require_service(call.tx)
        return await service.patch_contact(call.tx, contact_id, body)

    async def add_note(self, call: Call, contact_id: UUID, body: NoteIn) -> Note:
        await self._require_service(call.tx)
        return await service.add_note(call.tx, contact_id, call.operator.user_id, body.text)

    async def add_consent(self, call: Call, contact_id: UUID, body: ConsentIn) -> Consent:
        """While suspended, too: who does not want to be written to is heard."""
        evidence = {"user": str(call.operator.user_id), "via": call.operator.via}
        await service.record_consent(call.tx, contact_id, body.purpose, body.state, body.source, evidence)
        contact = await service.get_contact(call.tx, contact_id)
        return next(c for c in contact.consents if c.purpose == body.purpose)

    async def fields(self, call: Call) -> FieldDefinitions:
        return await service.list_fields(call.tx)

    async def put_field(self, call: Call, body: FieldDefinitionIn) -> FieldDefinition:
        await self._require_service(call.tx)
        return await service.put_field(call.tx, body)

    async def orders(self, call: Call) -> Orders:
        return await service.list_orders(call.tx)

    async def order(self, call: Call, number: str) -> Order:
        return await service.get_order(call.tx, unquote(number))

    async def put_order(self, call: Call, number: str, body: OrderIn) -> Order:
        await self._require_service(call.tx)
        return await service.put_order(call.tx, unquote(number), body)

    async def internal_order(self, call: Call, number: str, query: InternalQuery) -> Order:
        """For the bot's actions: signed with the internal secret over "GET path?query" as sent."""
        message = b"GET " + call.request.raw_url
        if not rules.is_signed(message, call.request.headers.get(SIGNATURE), self._secret):
            raise Unauthenticated("the signature is missing or wrong", code="signature")
        async with call.db.tenant(query.tenant) as tx:
            await self._require_service(tx)
            return await service.get_order(tx, unquote(number))

    async def _require_service(self, tx: Tx) -> None:
        if not await self._may_serve(tx):
            raise Suspended()

"""Who is this? One contact for each person, however many names and accounts they write from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from billing.service import release_usage
from connectors.events import Channel, Sender
from crm import rules as words
from crm import store as contacts
from crm.people import rules, store
from crm.people.rules import Alias, Match, Names
from kernel.db import Row, Tx
from kernel.ids import new_id

CountOver = Callable[[Tx, str, int], Awaitable[bool]]  # counts one more; true when over the plan's limit


class Resolved(msgspec.Struct, frozen=True):
    """`contact_phone`: digits with country code. `created`: the contact is new."""

    contact_id: UUID
    identity_id: UUID
    contact_name: str | None
    contact_phone: str | None
    created: bool


class Sighting(msgspec.Struct, frozen=True):
    """A sender on one channel account at a moment of the provider's clock."""

    channel: Channel
    channel_id: UUID
    account: str
    sender: Sender
    at: datetime
    names: Names

    @property
    def scope(self) -> str:
        return str(self.channel_id)

    @property
    def phone(self) -> str | None:
        main = self.names.main
        return self.sender.phone or (self.sender.user if main.kind == "phone" else None)


async def resolve(
    tx: Tx,
    *,
    channel: Channel,
    channel_id: UUID,
    account: str,
    sender: Sender,
    at: datetime,
    reserve: CountOver,
) -> Resolved:
    """The sender's contact and identity, made where there are none; the same for every repetition."""
    seen = Sighting(channel, channel_id, account, sender, at, rules.names(channel, sender))
    row = await _as_known(tx, seen)
    if row is not None:
        return _resolved(row)
    await store.lock(tx, seen.names.now + seen.names.past)
    seen, same, others = await _matches(tx, seen)
    ids = await _contacts(tx, seen, same, others)
    if ids:
        return await _settle(tx, seen, same, await _one_contact(tx, ids), created=False)
    return await _settle(tx, seen, same, await _new_contact(tx, seen, reserve), created=True)


async def change_identity(
    tx: Tx, *, channel: Channel, channel_id: UUID, account: str, sender: Sender, at: datetime
) -> Resolved | None:
    """The sender, known under `sender.previous`, has new names. None when nobody here knows them."""
    seen = Sighting(channel, channel_id, account, sender, at, rules.names(channel, sender))
    await store.lock(tx, seen.names.now + seen.names.past)
    seen, same, others = await _matches(tx, seen)
    if not same:
        return None
    contact_id = await _one_contact(tx, await _contacts(tx, seen, same, others))
    return await _settle(tx, seen, same, contact_id, created=False)


async def _as_known(tx: Tx, seen: Sighting) -> Row | None:
    """The usual case in one query: everything that the sender says is known already."""
    sender, names = seen.sender, seen.names
    if names.past:
        return None
    row = await store.known(tx, seen.scope, names.main, names.now)
    if row is None or row.known < len(names.now):
        return None
    news = (
        (sender.name and sender.name != row.identity_name)
        or (sender.username and sender.username != row.username)
        or (seen.phone and row.phone is None)
    )
    return None if news else row


async def _matches(tx: Tx, seen: Sighting) -> tuple[Sighting, list[Match], list[Match]]:
    """Identities that are the sender, and others with the same number. Old names count only for who had them
    before the change, and a number not at all when somebody has got it since: the sighting is without it then."""
    now = await store.matches(tx, seen.scope, seen.names.now)
    past = await store.matches(tx, seen.scope, seen.names.past, seen.at)
    same, others = rules.split([*now, *past], seen.names)
    if rules.is_outdated(others, seen.at):
        sender = msgspec.structs.replace(seen.sender, phone=None)
        names = rules.names(seen.channel, sender)
        return msgspec.structs.replace(seen, sender=sender, names=names), same, others
    for match in others:
        await _take_number(tx, match)
    return seen, same, others


async def _contacts(tx: Tx, seen: Sighting, same: list[Match], others: list[Match]) -> set[UUID]:
    """All contacts that are this person."""
    ids = await store.elsewhere(tx, seen.scope, seen.names.everywhere)
    if seen.phone:
        ids |= await store.by_phone(tx, words.phone_key(seen.phone))
    ids -= {match.contact_id for match in others}
    return await store.live_contacts(tx, ids | {match.contact_id for match in same})


async def _take_number(tx: Tx, match: Match) -> None:
    """The number of this contact is the sender's now."""
    row = await contacts.contact(tx, match.contact_id, lock=True)
    if row is not None and row.phone_key == match.by.value:
        await store.lose_phone(tx, row.id, words.search_text(row.name, None, row.email))
        tx.live("contact.changed", {"contact_id": row.id})


async def _new_contact(tx: Tx, seen: Sighting, reserve: CountOver) -> UUID:
    """A customer who writes is never turned away: over the plan's limit the contact is marked."""
    over = await reserve(tx, "contacts", 1)
    name, phone = seen.sender.name, seen.phone
    contact_id, key = new_id(), words.phone_key(phone) if phone else None
    card: dict[str, Any] = {"name": name, "phone": phone, "phone_key": key, "email": None, "tags": []}
    search = words.search_text(name, phone, None)
    await contacts.create(tx, card | {"id": contact_id, "over_limit": over, "search": search})
    return contact_id


async def _one_contact(tx: Tx, ids: set[UUID]) -> UUID:
    """The oldest; the others are merged into it."""
    oldest, *others = sorted(ids)
    for other in others:
        await store.join_contact(tx, other, oldest)
        await release_usage(tx, "contacts", 1)
        tx.live("contact.changed", {"contact_id": other})
    return oldest


async def _settle(tx: Tx, seen: Sighting, same: list[Match], contact_id: UUID, *, created: bool) -> Resolved:
    """One identity on this account, of this contact, with all names."""
    live = await store.live_identities(tx, {match.identity_id for match in same})
    if created and not live:
        return await _introduce(tx, seen, contact_id)
    identity_id = min(live) if live else await _new_identity(tx, seen, contact_id)
    for other in sorted(live - {identity_id}):
        await store.join_identity(tx, other, identity_id, contact_id)
    await _keep_names(tx, seen, identity_id)
    await _keep_card(tx, seen, identity_id)
    tx.live("contact.changed", {"contact_id": contact_id})
    return _resolved(await store.person(tx, identity_id), created)


async def _introduce(tx: Tx, seen: Sighting, contact_id: UUID) -> Resolved:
    """Nobody knew them: the card just made and their words are all there is."""
    identity_id = await _new_identity(tx, seen, contact_id)
    await store.attach(tx, seen.scope, identity_id, _lasting_names(seen), seen.at)
    tx.live("contact.changed", {"contact_id": contact_id})
    return Resolved(contact_id, identity_id, seen.sender.name, seen.phone, True)


async def _new_identity(tx: Tx, seen: Sighting, contact_id: UUID) -> UUID:
    identity_id, sender = new_id(), seen.sender
    row = {"id": identity_id, "contact": contact_id, "channel": seen.channel, "account": seen.account}
    said = {"user": sender.user, "name": sender.name, "username": sender.username}
    await store.create(tx, row | said | {"channel_id": seen.channel_id})
    return identity_id


async def _keep_names(tx: Tx, seen: Sighting, identity_id: UUID) -> None:
    """New names are added. Old ids stay, old phone numbers go: the next owner may write tomorrow."""
    names, sender = seen.names, seen.sender
    row, had = await store.person(tx, identity_id), await store.aliases(tx, identity_id)
    await store.attach(tx, seen.scope, identity_id, _lasting_names(seen), seen.at)
    gone = [a.value for a in names.past if a.kind == "phone"]
    await store.drop_numbers(tx, seen.scope, identity_id, gone, seen.at)
    user = rules.new_user_key(row.user_key, sender, had, names, seen.at)
    name, username = sender.name or row.identity_name, sender.username or row.username
    await store.describe(tx, identity_id, user, name, username)


def _lasting_names(seen: Sighting) -> list[tuple[str, str]]:
    names, sender = seen.names, seen.sender
    stay = [a for a in (*names.now, *names.past) if a in names.now or a.kind != "phone"]
    given = [(str(a.kind), a.value) for a in stay]
    return [*given, ("username", sender.username)] if sender.username else given


async def _keep_card(tx: Tx, seen: Sighting, identity_id: UUID) -> None:
    """The contact's name and number, where it had none or the number is an old one."""
    row = await store.person(tx, identity_id)
    given_up = row.phone_key is not None and Alias("phone", row.phone_key) in seen.names.past
    phone = seen.phone if given_up or row.phone is None else row.phone
    name = row.name or seen.sender.name
    key = words.phone_key(phone) if phone else None
    await store.keep_card(tx, row.contact_id, name, phone, key, words.search_text(name, phone, row.email))


def _resolved(row: Row, created: bool = False) -> Resolved:
    return Resolved(row.contact_id, row.identity_id, row.name, row.phone, created)

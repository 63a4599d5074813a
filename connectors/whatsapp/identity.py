"""Who wrote: business-scoped id, phone, or both, in any mix; and the news that somebody changed them."""

from __future__ import annotations

import re
from typing import Any

from connectors.events import Event, Message, Sender
from connectors.shared.reading import (
    BadItem,
    Json,
    ident,
    key,
    need_ident,
    need_obj,
    need_when,
    obj,
    objects,
    raw,
    text,
)

NOT_DIGITS = re.compile(r"\D+", re.ASCII)
BSUID = re.compile(r"[A-Z]{2}\.(?:[A-Z]+\.)?[A-Za-z0-9]{1,128}")


class Contacts:
    """`contacts[]` of a value, found by phone or business-scoped id, never by position."""

    __slots__ = ("_by_id",)

    def __init__(self, value: Any) -> None:
        self._by_id: dict[str, Json] = {}
        for contact in objects(value):
            for name in ("wa_id", "user_id"):
                found = ident(contact.get(name))
                if found:
                    self._by_id[found] = contact

    def of(self, *ids: str | None) -> Json:
        for found in ids:
            if found and found in self._by_id:
                return self._by_id[found]
        return {}


def digits(value: Any) -> str | None:
    """A phone as Meta writes it: country code first, digits only."""
    found = ident(value)
    if found is None or len(found) > 40:
        return None
    return found if found.isascii() and found.isdigit() else NOT_DIGITS.sub("", found) or None


def is_bsuid(user: str) -> bool:
    return BSUID.fullmatch(user) is not None


def sender_of(
    item: Json, contacts: Contacts, *, phone: str = "from", user: str = "from_user_id", required: bool = True
) -> Sender | None:
    """The customer of an item; None only if not `required` and unnamed."""
    number, scoped = ident(item.get(phone)), ident(item.get(user))
    contact = contacts.of(scoped, number)
    scoped = scoped or ident(contact.get("user_id"))
    number = digits(number) or digits(contact.get("wa_id")) or _own_phone(item)
    who = scoped or number
    if who is None:
        if required:
            raise BadItem(f"{phone} or {user}")
        return None
    profile = obj(contact.get("profile"))
    return Sender(
        user=who,
        phone=number,
        bsuid=scoped,
        username=text(profile.get("username")),
        name=text(profile.get("name")),
    )


def _own_phone(item: Json) -> str | None:
    """A customer known by id alone who answered our request for the number told it in a contact card."""
    if item.get("type") != "contacts":
        return None
    for card in objects(item.get("contacts")):
        if card.get("origin") == "contact_request":
            for phone in objects(card.get("phones")):
                return digits(phone.get("wa_id")) or digits(phone.get("phone"))
    return None


def identity_change(item: Json, account: str, contacts: Contacts) -> Event:
    """user_changed_number, user_changed_user_id, customer_identity_changed, and what may come after them."""
    system, message_id = need_obj(item, "system"), need_ident(item, "id")
    phone, scoped = (
        digits(system.get("wa_id")),
        ident(system.get("user_id")) or ident(item.get("from_user_id")),
    )
    earlier = (ident(system.get("previous_user_id")), digits(item.get("from")))
    current = {scoped, phone}
    if phone is None and scoped is None:
        current, phone = {earlier[1]}, earlier[1]
    who = scoped or phone
    if who is None:
        raise BadItem("system.user_id")
    profile = obj(contacts.of(scoped, phone).get("profile"))
    detail = {"system": system} | ({"identity": item["identity"]} if "identity" in item else {})
    return Event(
        channel="whatsapp",
        account=account,
        key=key(message_id),
        kind="identity",
        at=need_when(item.get("timestamp")),
        sender=Sender(
            user=who,
            phone=phone,
            bsuid=scoped,
            username=text(profile.get("username")),
            name=text(profile.get("name")),
            previous=tuple(old for old in earlier if old is not None and old not in current),
        ),
        message=Message(
            id=message_id,
            type="event",
            text=text(system.get("body")),
            payload=text(system.get("type")),
            detail=detail,
        ),
        raw=raw(item),
    )

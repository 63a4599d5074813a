"""Whose event is this? From the ids in it to the tenant's channel, without guessing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from connectors.events import Event
from connectors.webhooks.store import Account


class Accounts:
    """Connected accounts by their own id and by their parent's (WhatsApp business, Facebook page)."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._own: dict[tuple[str, str], Account] = {}
        self._by_parent: dict[tuple[str, str], list[Account]] = {}
        for account in accounts:
            self._own[account.kind, account.external_id] = account
            if account.parent_id:
                self._by_parent.setdefault((account.kind, account.parent_id), []).append(account)

    def homes(self, event: Event) -> list[Account]:
        """The channel it belongs to; news of a WhatsApp business go once to each tenant in it."""
        for id_ in ids_of(event):
            if own := self._own.get((event.channel, id_)):
                return [own]
        for id_ in ids_of(event):
            children = self._by_parent.get((event.channel, id_), [])
            if event.channel == "whatsapp" and event.kind in ("account", "unknown"):
                return _one_each(children)
            if len(children) == 1:
                return children
        return []


def ids_of(event: Event) -> list[str]:
    """Ids that may name the account, the likeliest first. Instagram's entry id is not to be trusted."""
    ids = [event.account]
    if event.channel == "instagram":
        ids += _participants(event.raw)
    return [id_ for id_ in dict.fromkeys(ids) if id_]


def _participants(raw: bytes) -> list[str]:
    try:
        item: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return []
    people = [item.get(side) for side in ("recipient", "sender")] if isinstance(item, dict) else []
    ids = [person.get("id") for person in people if isinstance(person, dict)]
    return [id_ for id_ in ids if isinstance(id_, str)]


def _one_each(accounts: Iterable[Account]) -> list[Account]:
    return list({account.tenant_id: account for account in reversed(list(accounts))}.values())

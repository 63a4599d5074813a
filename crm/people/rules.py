"""Who is who: under which names a sender is known, and which known people are the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from connectors.events import Channel, Sender
from crm.rules import phone_key

Kind = Literal["phone", "bsuid", "psid", "igsid"]


@dataclass(frozen=True, slots=True, order=True)
class Alias:
    """A name that means one person on one channel account. Usernames change hands and are none."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Match:
    """An identity of this account that has one of the sender's names."""

    identity_id: UUID
    contact_id: UUID
    by: Alias
    since: datetime  # when it got that name
    bsuids: frozenset[str]  # all that it has


@dataclass(frozen=True, slots=True)
class Names:
    """`main`: the canonical one. `past`: had before a change of number or id."""

    main: Alias
    now: tuple[Alias, ...]
    past: tuple[Alias, ...]

    @property
    def bsuids(self) -> frozenset[str]:
        return frozenset(a.value for a in self.now + self.past if a.kind == "bsuid")

    @property
    def everywhere(self) -> tuple[Alias, ...]:
        """Names that mean the same person on other accounts of the tenant, too."""
        return tuple(a for a in self.now if a.kind in ("phone", "bsuid"))


def names(channel: Channel, sender: Sender) -> Names:
    main = _alias(channel, sender.user)
    found = {main}
    if sender.phone:
        found.add(Alias("phone", phone_key(sender.phone)))
    if sender.bsuid and channel == "whatsapp":
        found.add(Alias("bsuid", sender.bsuid))
    past = {_alias(channel, user) for user in sender.previous if user} - found
    return Names(main, tuple(sorted(found)), tuple(sorted(past)))


def _alias(channel: Channel, user: str) -> Alias:
    if channel == "messenger":
        return Alias("psid", user)
    if channel == "instagram":
        return Alias("igsid", user)
    return Alias("phone", phone_key(user)) if user.isdigit() else Alias("bsuid", user)


def is_same(match: Match, given: Names) -> bool:
    """A number may have passed to somebody else: it means the known person only while no other id speaks
    against it, or the channel says so (`past`). All other names are never given twice."""
    if match.by.kind != "phone" or match.by in given.past:
        return True
    own = frozenset(a.value for a in given.now if a.kind == "bsuid")
    return not own or not match.bsuids or bool(match.bsuids & given.bsuids)


def split(matches: Sequence[Match], given: Names) -> tuple[list[Match], list[Match]]:
    """Those who are the sender, and others who have or had the sender's number."""
    same = [m for m in matches if is_same(m, given)]
    ids = {m.identity_id for m in same}
    return same, [m for m in matches if m.identity_id not in ids]


def is_outdated(others: Sequence[Match], at: datetime) -> bool:
    """Has somebody else got the number since the sender was seen with it?"""
    return any(m.since > at for m in others)


def new_user_key(
    known: str, sender: Sender, had: Mapping[Alias, datetime], given: Names, at: datetime
) -> str:
    """The canonical id moves to a name that is new to us or announced as new (`past`), and never back to an
    older one or from an id to a phone."""
    if given.past:
        newer = any(since > at for alias, since in had.items() if alias.kind != "phone")
        return known if newer else sender.user
    if given.main in had or (given.main.kind == "phone" and any(a.kind == "bsuid" for a in had)):
        return known
    return sender.user

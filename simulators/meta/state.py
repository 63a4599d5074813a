"""All that the simulator remembers: accounts, customers, messages. Memory only, every step O(1)."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from simulators.meta import ids
from simulators.meta.clock import Clock, rfc3339
from simulators.meta.errors import ControlError
from simulators.meta.limits import Bucket, Meter

Channel = Literal["whatsapp", "messenger", "instagram"]
CHANNELS: tuple[Channel, ...] = ("whatsapp", "messenger", "instagram")
State = Literal["accepted", "sent", "delivered", "read", "failed", "received", "deleted"]


@dataclass(slots=True, eq=False)
class Message:
    """One message either way. `body` is as sent by the business, or the customer's own act."""

    seq: int
    id: str
    origin: Literal["business", "customer"]
    customer: Customer
    at: float
    body: dict[str, Any]
    state: State
    reference: str | None = None
    error: dict[str, Any] | None = None
    pricing: dict[str, Any] | None = None
    reactions: dict[str, str] = field(default_factory=dict)
    foreign: bool = False  # written by the business, but not through our API

    def sent(self) -> dict[str, Any]:
        account = self.customer.account
        return {
            "seq": self.seq,
            "channel": account.kind,
            "account": account.account_id,
            "to": self.customer.user,
            "at": rfc3339(self.at),
            "body": self.body,
            "message_id": self.id,
            "reference": self.reference,
            "status": self.state,
            "error": self.error,
        }

    def shown(self) -> dict[str, Any]:
        """As a phone shows it: `in` is what reached the phone, `out` what its owner wrote."""
        return {
            "seq": self.seq,
            "message_id": self.id,
            "direction": "in" if self.origin == "business" else "out",
            "from": self.origin,
            "at": rfc3339(self.at),
            "body": self.body,
            "status": self.state,
            "error": self.error,
            "reactions": self.reactions,
        }


@dataclass(slots=True, eq=False)
class Customer:
    """A person as one account knows them. `user`: phone digits or BSUID (WhatsApp), scoped id elsewhere."""

    account: Account
    user: str
    thread: deque[Message]
    name: str = ""
    username: str = ""
    phone: str | None = None
    bsuid: str | None = None
    last_inbound: float | None = None
    blocked: bool = False  # the customer blocked the business
    unwanted: bool = False  # the business blocked the customer
    stopped_marketing: bool = False
    pair: Bucket | None = None
    unread: dict[str, Message] = field(default_factory=dict)
    inbound_seen: int = 0  # seq of the last own message that the business marked read
    owner_app: str | None = None
    typing_until: float = 0.0


@dataclass(slots=True, eq=False)
class Account:
    kind: Channel
    account_id: str
    name: str
    token: str
    page_id: str | None
    waba_id: str
    phone: str
    username: str
    throughput: float
    subscribed: bool = False
    fields: frozenset[str] | None = None  # None: all of them
    callback: str | None = None
    token_until: float | None = None  # None: it never expires
    templates: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    actions: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=100_000))
    profile: dict[str, Any] = field(default_factory=dict)  # messenger_profile
    bucket: Bucket | None = None
    meter: Meter = field(default_factory=Meter)
    calls: dict[str, int] = field(default_factory=dict)  # per user, names the draws of chance
    service_sent: int = 0
    template_users: dict[str, float] = field(default_factory=dict)
    private_replies: set[str] = field(default_factory=set)
    comments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "account_id": self.account_id,
            "page_id": self.page_id,
            "waba_id": self.waba_id or None,
            "name": self.name,
            "token": self.token,
            "phone": self.phone or None,
            "username": self.username or None,
            "throughput": self.throughput,
            "subscribed": self.subscribed,
            "templates": [f"{name}/{language}" for name, language in self.templates],
            "profile": self.profile,
        }


class World:
    def __init__(self, clock: Clock, history: int) -> None:
        self.clock = clock
        self.history = history
        self.accounts: dict[tuple[str, str], Account] = {}
        self.by_token: dict[str, list[Account]] = {}
        self.by_node: dict[str, list[Account]] = {}
        self.messages: dict[str, Message] = {}
        self.serial = itertools.count(1)

    def add(self, account: Account) -> None:
        self.accounts[account.kind, account.account_id] = account
        self._index()

    def _index(self) -> None:
        self.by_token, self.by_node = {}, {}
        for account in self.accounts.values():
            self.by_token.setdefault(account.token, []).append(account)
            for node in {account.account_id, account.page_id, account.waba_id} - {None, ""}:
                self.by_node.setdefault(str(node), []).append(account)

    def reindex(self) -> None:
        self._index()

    def account(self, kind: str, account_id: str) -> Account:
        found = self.accounts.get((kind, account_id))
        if found is None:
            raise ControlError(404, "not_found", f"no {kind} account {account_id}")
        return found

    def find(self, account: Account, user: str) -> Customer | None:
        user = canonical(account, user)
        return account.customers.get(account.aliases.get(user, user))

    def customer(self, account: Account, user: str) -> Customer:
        """The person, made on first mention."""
        known = self.find(account, user)
        if known is not None:
            return known
        user = canonical(account, user)
        made = Customer(account, user, deque())
        if account.kind == "whatsapp":
            made.phone = None if ids.is_bsuid(user) else user
            made.bsuid = user if made.phone is None else ids.bsuid(user, account.waba_id)
            account.aliases[made.bsuid] = user
        account.customers[user] = made
        return made

    def record(self, customer: Customer, message_id: str, origin: Literal["business", "customer"],
               body: dict[str, Any], reference: str | None = None) -> Message:  # fmt: skip
        state: State = "accepted" if origin == "business" else "received"
        at = self.clock.now()
        message = Message(next(self.serial), message_id, origin, customer, at, body, state, reference)
        customer.thread.append(message)
        self.messages[message_id] = message
        if len(customer.thread) > self.history:
            old = customer.thread.popleft()
            self.messages.pop(old.id, None)
            customer.unread.pop(old.id, None)
        return message

    def sent(self, user: str | None = None) -> list[Message]:
        """Everything accepted from businesses (for one user), oldest first."""
        found = [
            m
            for customer in self._people(user)
            for m in customer.thread
            if m.origin == "business" and not m.foreign
        ]
        return sorted(found, key=lambda message: message.seq)

    def _people(self, user: str | None) -> Iterator[Customer]:
        for account in self.accounts.values():
            if user is None:
                yield from account.customers.values()
            else:
                found = self.find(account, user)
                if found is not None:
                    yield found

    def clear(self) -> None:
        self.accounts.clear()
        self.messages.clear()
        self._index()


def canonical(account: Account, user: str) -> str:
    """`+55 (11) 9…` and `5511…` are one WhatsApp user."""
    if account.kind != "whatsapp" or ids.is_bsuid(user):
        return user
    return re.sub(r"\D", "", user) or user

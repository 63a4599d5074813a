"""Optional memory across restarts (SIM_STATE): accounts, people and threads in one JSON file. Files are not kept."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from simulators.meta.state import Account, Customer, Message, World

KEPT = 200  # messages per person

ACCOUNT = (
    "kind", "account_id", "name", "token", "page_id", "waba_id", "phone", "username", "throughput", "subscribed",
    "callback", "token_until", "aliases", "profile", "service_sent",
)  # fmt: skip
CUSTOMER = (
    "user", "name", "username", "phone", "bsuid", "last_inbound", "blocked", "unwanted", "stopped_marketing",
    "inbound_seen", "owner_app",
)  # fmt: skip
MESSAGE = (
    "seq",
    "id",
    "origin",
    "at",
    "body",
    "state",
    "reference",
    "error",
    "pricing",
    "reactions",
    "foreign",
)


def save(world: World, path: Path) -> None:
    """All or nothing: written beside, then moved over."""
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(msgspec.json.encode([_account(account) for account in world.accounts.values()]))
    beside.replace(path)


def load(world: World, path: Path) -> None:
    """Take up where the last process stopped; a file that cannot be read is left alone and ignored."""
    try:
        saved = msgspec.json.decode(path.read_bytes())
        accounts = [_read_account(world, item) for item in saved]
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        world.messages.clear()
        return
    for account in accounts:
        world.add(account)
    world.serial = itertools.count(max((m.seq for m in world.messages.values()), default=0) + 1)


def _some(thing: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _account(account: Account) -> dict[str, Any]:
    return _some(account, ACCOUNT) | {
        "fields": None if account.fields is None else sorted(account.fields),
        "templates": list(account.templates.values()),
        "customers": [_customer(customer) for customer in account.customers.values()],
    }


def _customer(customer: Customer) -> dict[str, Any]:
    thread = list(customer.thread)[-KEPT:]
    return _some(customer, CUSTOMER) | {
        "thread": [_some(message, MESSAGE) for message in thread],
        "unread": list(customer.unread),
    }


def _read_account(world: World, item: dict[str, Any]) -> Account:
    account = Account(**{name: item[name] for name in ACCOUNT})
    account.fields = None if item["fields"] is None else frozenset(item["fields"])
    account.templates = {(t["name"], t["language"]): t for t in item["templates"]}
    for saved in item["customers"]:
        customer = Customer(account, thread=deque(), **{name: saved[name] for name in CUSTOMER})
        account.customers[customer.user] = customer
        for kept in saved["thread"]:
            message = Message(customer=customer, **{name: kept[name] for name in MESSAGE})
            customer.thread.append(message)
            world.messages[message.id] = message
            if message.id in saved["unread"]:
                customer.unread[message.id] = message
    return account

"""Customers who write while things fall over, and what the simulator says that each of them got."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx

from accounts.terms import VERSION

ACCOUNTS: dict[str, dict[str, str]] = {
    "whatsapp": {"account_id": "500000000000202", "waba_id": "400000000000101", "phone": "5511955500001"},
    "messenger": {"account_id": "610000000000001"},
    "instagram": {"account_id": "17800000000000001", "page_id": "610000000000002"},
}
PAUSE = (0.6, 3.0)  # seconds between two messages of one customer
AT_MOST = 40  # messages of one customer: Meta lets 45 answers through in a burst


@dataclass
class Customer:
    channel: str
    user: str
    mark: str  # in front of everything that this customer writes
    wrote: list[str] = field(default_factory=list)

    async def write(self, sim: httpx.AsyncClient, stop: asyncio.Event, chance: random.Random) -> None:
        account = ACCOUNTS[self.channel]["account_id"]
        while not stop.is_set() and len(self.wrote) < AT_MOST:
            await asyncio.sleep(chance.uniform(*PAUSE))
            text = f"{self.mark} mensagem {len(self.wrote)}"
            answer = await sim.post(
                f"/_sim/customers/{self.channel}/{account}/{self.user}/messages", json={"text": text}
            )
            assert answer.status_code == 201, answer.text
            self.wrote.append(text)

    async def got(self, sim: httpx.AsyncClient) -> list[str]:
        """Texts that Meta accepted for this customer, in the order in which it did."""
        found = (await sim.get("/_sim/sent", params={"to": self.user})).json()
        return [text_of(item["body"]) for item in found]


def text_of(body: dict[str, Any]) -> str:
    return str(body["text"]["body"] if "text" in body else body["message"]["text"])


def crowd(each: int) -> list[Customer]:
    first = {"whatsapp": 5511955550000, "messenger": 71000000000000000, "instagram": 90000000000000000}
    return [
        Customer(channel, str(number + n), f"{channel}-{n}")
        for channel, number in first.items()
        for n in range(each)
    ]


async def open_shop(base: str, sim: httpx.AsyncClient) -> None:
    """A tenant that signs up and connects its three channels, as an owner would."""
    async with httpx.AsyncClient(base_url=base, headers={"origin": base}, timeout=30) as owner:
        body = {
            "company": "Loja Teste", "name": "Olga", "email": "olga@loja.example",
            "password": "Correto-cavalo-42", "terms_version": VERSION,
        }  # fmt: skip
        await _posted(owner, "/api/auth/signup", body)
        for kind, account in ACCOUNTS.items():
            token = f"token-{kind}"
            await _posted(sim, "/_sim/accounts", {**account, "kind": kind, "name": "Loja", "token": token})
            parent = account.get("waba_id") or account.get("page_id")
            body = {"kind": kind, "external_id": account["account_id"], "access_token": token}
            await _posted(owner, "/api/channels", body | ({"parent_id": parent} if parent else {}))


async def _posted(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code < 300, answer.text


def out_of_order(answers: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Answers that came after one to a later message."""
    place = {text: n for n, text in enumerate(expected)}
    known = [text for text in answers if text in place]
    return [text for before, text in pairwise(known) if place[text] < place[before]]

"""Meta as a fake behind httpx's transport: it accepts, remembers, refuses and stays silent on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.connectors.bodies import PHONE

Answer = httpx.Response | Exception


@dataclass
class FakeMeta:
    """Accepts messages and remembers them; `script` answers the next calls instead, in order.

    An exception in the script is raised after the message was accepted if it is a ReadTimeout, before
    it if not: a timeout of reading means that nobody knows.
    """

    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    script: list[Answer] = field(default_factory=list)
    rule: Callable[[dict[str, Any]], Answer | None] = lambda body: None
    gate: asyncio.Event | None = None  # when given, calls wait here, after being accepted …
    gate_before: bool = False  # … or before
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body: Any = msgspec.json.decode(request.content) if request.content else None
        self.calls.append((request.method, request.url.path, body))
        if not request.url.path.endswith("/messages"):
            return self._other()
        self.arrived.set()
        if self.gate is not None and self.gate_before:
            await self.gate.wait()
        answer = self.script.pop(0) if self.script else self.rule(body)
        if answer is None or isinstance(answer, httpx.ReadTimeout):
            self.accepted.append(body)
        if self.gate is not None and not self.gate_before:
            await self.gate.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer or self._yes(body)

    def _other(self) -> httpx.Response:
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, Exception):
            raise answer
        return answer or httpx.Response(200, json={"success": True, "verified_name": "Loja", "name": "Loja"})

    def _yes(self, body: dict[str, Any]) -> httpx.Response:
        name = self.name_of(len(self.accepted))
        if body.get("messaging_product") == "whatsapp":
            return httpx.Response(200, json={"contacts": [{"wa_id": PHONE}], "messages": [{"id": name}]})
        return httpx.Response(200, json={"recipient_id": "77", "message_id": name})

    @staticmethod
    def name_of(count: int) -> str:
        return f"wamid.OUT{count}"

    @property
    def references(self) -> Counter[str]:
        return Counter(reference_of(body) for body in self.accepted)


def reference_of(body: dict[str, Any]) -> str:
    return body.get("biz_opaque_callback_data") or body.get("message", {}).get("metadata") or ""


def refusal(
    code: int, subcode: int | None = None, status: int = 400, retry_after: str = ""
) -> httpx.Response:
    error = {"code": code, "message": f"error {code}"} | ({"error_subcode": subcode} if subcode else {})
    return httpx.Response(status, json={"error": error}, headers={"retry-after": retry_after})

"""How actions reach the platform's services: HTTP only, signed, three seconds in all, never an odd answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from connectors.meta import sign

TIMEOUT = 3.0
DEFAULT_URL = "http://127.0.0.1:8080"


class ServiceFailed(Exception):
    """The service did not give a usable answer; the customer is handed to a human."""


class Suspended(ServiceFailed):
    """The business's subscription does not cover this any more."""


class Order(msgspec.Struct, frozen=True):
    number: str
    status: str
    detail: str | None = None
    updated_at: str | None = None
    tracking_url: str | None = None


@dataclass(frozen=True)
class Caller:
    """On whose behalf a call is made, from the metadata of the customer's message."""

    tenant: str
    message_id: str

    @classmethod
    def of(cls, metadata: Mapping[str, Any] | None) -> Caller:
        given = metadata or {}
        tenant, message_id = str(given.get("tenant") or ""), str(given.get("message_id") or "")
        if not tenant or not message_id:
            raise ServiceFailed("the message carries no tenant or no id")
        return cls(tenant, message_id)


class Services:
    """The services' internal API as the actions use it."""

    def __init__(self, client: httpx.AsyncClient, crm_url: str, secret: str) -> None:
        self._client = client
        self._crm_url = crm_url.rstrip("/")
        self._secret = secret

    async def order(self, caller: Caller, number: str, step: int) -> Order | None:
        """The order as the business tells it, None if it has no such order."""
        request = self._client.build_request(
            "GET",
            f"{self._crm_url}/internal/crm/orders/{quote(number, safe='')}",
            params={"tenant": caller.tenant},
            headers={"Idempotency-Key": f"{caller.message_id}:{step}"},
        )
        answer = await self._send(request)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code == httpx.codes.PAYMENT_REQUIRED:
            raise Suspended("the crm answered 402")
        if answer.status_code != httpx.codes.OK:
            raise ServiceFailed(f"the crm answered {answer.status_code}")
        try:
            return msgspec.json.decode(answer.content, type=Order)
        except msgspec.DecodeError as problem:
            raise ServiceFailed(f"the crm's order is malformed: {problem}") from problem

    async def _send(self, request: httpx.Request) -> httpx.Response:
        signed = f"{request.method} {request.url.raw_path.decode('ascii')}".encode()
        request.headers["X-Konectus-Signature"] = sign(signed, self._secret)
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._client.send(request)
        except (httpx.HTTPError, TimeoutError) as problem:
            raise ServiceFailed(f"no answer from {request.url.host}: {type(problem).__name__}") from problem


def crm_url(env: Mapping[str, str]) -> str:
    return env.get("CRM_URL") or env.get("KONECTUS_URL") or DEFAULT_URL

"""The knobs: what goes wrong, how often, for which account. Chances are hashes of the seed and the
thing's own name, not draws from a sequence, so a run repeats itself whatever the interleaving."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import msgspec

from simulators.meta.errors import ControlError

Rate = Annotated[float, msgspec.Meta(ge=0, le=1)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=10_000_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Knobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: int = 0
    # the Graph API
    latency_ms: Amount = 0
    error_code: int | None = None
    error_subcode: int | None = None
    error_rate: Rate = 1.0  # has effect only with error_code or http_status
    error_after_accept: bool = False  # the duplicate trap: refused in words, sent in deed
    http_status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = (
        None  # an answer that is not Meta's JSON
    )
    timeout_after_accept_rate: Rate = 0
    timeout_ms: Amount = 30_000
    enforce_windows: bool = True
    throughput_per_s: Amount | None = None  # None: the account's own; 0: without limit
    pair_burst: Amount = 45  # 0: without limit
    pair_interval_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 6
    unique_users_limit: Amount | None = None  # template recipients outside the window, rolling 24 h
    service_allowance: Amount | None = None  # free-form messages before 131042, None: payment works
    # webhooks
    drop_webhook_rate: Rate = 0
    duplicate_webhooks: bool | Rate = False
    shuffle_webhooks: bool = False
    shuffle_spread_ms: Amount = 200
    no_statuses: bool = False
    no_echoes: bool = False
    delay_status_ms: Amount = 50
    status_order: Literal["natural", "shuffled"] = "natural"
    status_before_response: bool = False
    read_without_delivered: bool = False
    watermark_only: bool = False  # Messenger: delivery without mids
    auto_read: bool = False
    envelope: Literal["messaging", "changes", "flat", "list"] = "messaging"  # Instagram's shapes
    batch_max: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    webhook_concurrency: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    webhook_timeout_ms: Amount = 5000
    retry_base_ms: Amount = 200
    retry_max_ms: Amount = 5000
    retry_give_up_s: Amount = 600
    unsubscribe_after_s: Amount | None = None  # Messenger, Instagram: Meta's hour of failures

    @property
    def duplicate_rate(self) -> float:
        return float(self.duplicate_webhooks)


def chance(knobs: Knobs, *names: object) -> float:
    """A number in [0, 1) that depends on the seed and the names only."""
    text = "\x1f".join(map(str, (knobs.seed, *names)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56


class Faults:
    """Knobs for all accounts, overlaid by those of one."""

    def __init__(self) -> None:
        self._common: dict[str, Any] = {}
        self._scoped: dict[str, dict[str, Any]] = {}
        self._ready: dict[str, Knobs] = {}
        self._default = Knobs()

    def of(self, account: str) -> Knobs:
        return self._ready.get(account, self._default)

    def change(self, body: dict[str, Any]) -> None:
        """Named knobs take the given value (null: the default again); others stay as they are."""
        body = dict(body)
        account = body.pop("account", None)
        if account is not None and not isinstance(account, str):
            raise ControlError(400, "invalid", "account must be text", "account")
        layer = dict(self._common if account is None else self._scoped.get(account, {}))
        for name, value in body.items():
            if value is None and name in Knobs.__struct_fields__:
                layer.pop(name, None)
            else:
                layer[name] = value
        try:
            msgspec.convert(layer, Knobs)
        except msgspec.ValidationError as error:
            raise ControlError(400, "invalid", str(error)) from None
        if account is None:
            self._common = layer
        else:
            self._scoped[account] = layer
        self._rebuild()

    def clear(self) -> None:
        self._common, self._scoped = {}, {}
        self._rebuild()

    def view(self) -> dict[str, Any]:
        accounts = {account: msgspec.to_builtins(self.of(account)) for account in self._scoped}
        common: dict[str, Any] = msgspec.to_builtins(self._default)
        return common | {"accounts": accounts}

    def _rebuild(self) -> None:
        self._default = msgspec.convert(self._common, Knobs)
        self._ready = {
            account: msgspec.convert(self._common | layer, Knobs) for account, layer in self._scoped.items()
        }

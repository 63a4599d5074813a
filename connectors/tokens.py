"""Opens channels' tokens, bound to tenant and channel, and keeps them open for a minute."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kernel.crypto import Vault

KEEP = 60.0


def place(tenant_id: UUID, channel_id: UUID) -> str:
    """Where a token belongs; copied into another row it does not open."""
    return f"{tenant_id}:{channel_id}"


class Tokens:
    def __init__(self, vault: Vault, monotonic: Callable[[], float]) -> None:
        self._vault = vault
        self._monotonic = monotonic
        self._open: dict[UUID, tuple[float, str, str]] = {}

    def open(self, sealed: str, tenant_id: UUID, channel_id: UUID) -> str:
        """SealBroken when it was sealed by other keys or for another channel."""
        known = self._open.get(channel_id)
        now = self._monotonic()
        if known is not None and known[0] > now and known[1] == sealed:
            return known[2]
        token = self._vault.open(sealed, place(tenant_id, channel_id))
        self._open[channel_id] = (now + KEEP, sealed, token)
        return token

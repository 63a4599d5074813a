"""What delivery must ask of higher rooms; the app hands the functions in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from connectors.outbox.rules import Outcome
from kernel.db import Tx


@dataclass(frozen=True, slots=True)
class Hooks:
    """All run inside the transaction that decides or records."""

    may_send: Callable[[Tx], Awaitable[bool]]
    """Does this tenant's subscription allow sending now?"""
    consent_out: Callable[[Tx, UUID], Awaitable[bool]]
    """True: the customer behind this message has opted out of marketing."""
    epochs: Callable[[Tx, Collection[UUID]], Awaitable[Mapping[UUID, int]]]
    """By message: the epoch of its conversation now. What the bot said in another one does not leave."""
    outcomes: Callable[[Tx, Sequence[Outcome]], Awaitable[None]]
    """Rows' states have changed, in this order."""

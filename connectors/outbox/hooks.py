"""What delivery must ask of higher rooms; the app hands the functions in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
    epoch_is_current: Callable[[Tx, UUID | None, int], Awaitable[bool]]
    """Does the bot still own the conversation of this message, in this epoch?"""
    outcome: Callable[[Tx, Outcome], Awaitable[None]]
    """A row's state has changed."""

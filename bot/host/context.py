"""What the turn being worked on knows, for code that Rasa calls without passing it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Turn:
    message_id: str
    at: float  # seconds since 1970, the provider's time of the customer's message
    failures: list[str] = field(default_factory=list)  # actions that failed


current: ContextVar[Turn] = ContextVar("turn")

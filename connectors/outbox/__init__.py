"""The way out: rows queued in order per customer, delivered once."""

from connectors.outbox.hooks import Hooks
from connectors.outbox.rules import Outcome
from connectors.outbox.service import cancel_queued, send, signal, unpark

__all__ = ["Hooks", "Outcome", "cancel_queued", "send", "signal", "unpark"]

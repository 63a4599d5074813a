"""The way in: events once each, in order per customer, handed to the router."""

from connectors.inbox.statuses import StatusWorker
from connectors.inbox.worker import InboxWorker, LaneWork

__all__ = ["InboxWorker", "LaneWork", "StatusWorker"]

"""What the router refuses, and how it says so."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid


class NotOwner(Conflict):
    """Only the person who holds the conversation may speak in it."""

    code = "not_owner"


class AlreadyTaken(Conflict):
    code = "already_taken"


class CapacityFull(Conflict):
    """The agent already holds as many conversations as the policy allows."""

    code = "capacity_full"


class WindowClosed(Conflict):
    """The channel no longer lets the business write freely to this customer."""

    code = "window_closed"


class CannotSay(Invalid):
    code = "cannot_say"

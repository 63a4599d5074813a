"""What can go wrong with a tenant's channels, for people to read."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class UnknownChannel(NotFound):
    code = "unknown_channel"


class BadSignature(Unauthenticated):
    code = "signature"


class BadVerifyToken(Forbidden):
    code = "verify_token"


class ChannelTaken(Conflict):
    code = "channel_taken"


class ChannelGone(Conflict):
    code = "channel_disconnected"


class MetaRefused(Invalid):
    """Meta did not accept the ids or the token; the message holds Meta's own reason."""

    code = "meta_refused"

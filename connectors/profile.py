"""Asks Meta what a customer is called: Messenger and Instagram tell it on request only."""

from __future__ import annotations

from uuid import UUID

from connectors import store
from connectors.events import Channel, SendError
from connectors.meta import Graph, segment
from connectors.tokens import place
from kernel.crypto import SealBroken, Vault
from kernel.db import Database

FIELDS: dict[Channel, str] = {"messenger": "first_name,last_name,name", "instagram": "name,username"}


async def name_of(
    db: Database, tenant_id: UUID, channel_id: UUID, user: str, *, graph: Graph, vault: Vault
) -> str | None:
    """None where Meta will not say (no consent, no profile). SendError when asking again may help."""
    async with db.tenant(tenant_id) as tx:
        row = await store.channel(tx, channel_id)
    if row is None or row.state == "disconnected" or row.kind not in FIELDS:
        return None
    try:
        token = vault.open(row.token_sealed, place(tenant_id, channel_id))
        params = {"fields": FIELDS[row.kind]}
        about = await graph.call("GET", f"/{segment(user)}", token=token, params=params, channel=row.kind)
    except SealBroken:
        return None
    except SendError as error:
        if error.permanent:
            return None
        raise
    return _name(about)


def _name(about: dict[str, object]) -> str | None:
    """The whole name, else its parts, else the account's name."""
    parts = " ".join(str(about[k]) for k in ("first_name", "last_name") if about.get(k))
    found = about.get("name") or parts or about.get("username")
    return str(found).strip()[:120] or None if found else None

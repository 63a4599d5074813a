"""Queries about channel accounts, customers' windows and Meta's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from connectors.policy import Figure
from connectors.rules import ChannelRef
from kernel.db import Row, Tx

COLUMNS = (
    "id, kind, external_id, parent_id, name, state, problem, bot_enabled, last_inbound_at, created_at, "
    "token_sealed"
)
CHANNELS = text(f"SELECT {COLUMNS} FROM channel_account WHERE tenant_id = :tenant ORDER BY created_at, id")
CHANNEL = text(f"SELECT {COLUMNS} FROM channel_account WHERE tenant_id = :tenant AND id = :id")
SOME = text(
    f"SELECT {COLUMNS} FROM channel_account WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS uuid[]))"
)
BY_EXTERNAL = text(
    f"SELECT {COLUMNS} FROM channel_account WHERE tenant_id = :tenant AND kind = :kind "
    "AND external_id = :external_id ORDER BY created_at DESC LIMIT 1"
)
# Seen by the dispatch role: over all tenants, ids only.
OWNERS = text(
    "SELECT tenant_id, id FROM channel_account WHERE kind = :kind AND external_id = :external_id "
    "AND state <> 'disconnected'"
)
SIBLINGS = text(
    "SELECT count(*) FROM channel_account WHERE kind = :kind AND parent_id = :parent_id "
    "AND state <> 'disconnected'"
)
ADD = text(
    "INSERT INTO channel_account (tenant_id, id, kind, external_id, parent_id, name, token_sealed, created_at) "
    "VALUES (:tenant, :id, :kind, :external_id, :parent_id, :name, :token, :now)"
)
REVIVE = text(
    "UPDATE channel_account SET parent_id = :parent_id, name = :name, token_sealed = :token, "
    "state = 'connected', problem = NULL WHERE tenant_id = :tenant AND id = :id"
)
PATCH = text(
    "UPDATE channel_account SET name = COALESCE(:name, name), bot_enabled = COALESCE(:bot_enabled, bot_enabled) "
    "WHERE tenant_id = :tenant AND id = :id"
)
NEW_TOKEN = text(
    "UPDATE channel_account SET token_sealed = :token, state = 'connected', problem = NULL "
    "WHERE tenant_id = :tenant AND id = :id AND state <> 'disconnected'"
)
DISCONNECT = text(
    "UPDATE channel_account SET state = 'disconnected', token_sealed = '', problem = NULL "
    "WHERE tenant_id = :tenant AND id = :id AND state <> 'disconnected'"
)
TROUBLE = text(
    "UPDATE channel_account SET state = 'needs_attention', problem = :problem WHERE tenant_id = :tenant "
    "AND id = :id AND state <> 'disconnected' AND (state <> 'needs_attention' OR problem <> :problem)"
)
RECOVER = text(
    "UPDATE channel_account SET state = 'connected', problem = NULL WHERE tenant_id = :tenant "
    "AND id = ANY(CAST(:ids AS uuid[])) AND state = 'needs_attention'"
)
SEEN = text(
    "UPDATE channel_account SET last_inbound_at = :now WHERE tenant_id = :tenant AND id = :id "
    "AND (last_inbound_at IS NULL OR last_inbound_at < CAST(:now AS timestamptz) - interval '1 minute')"
)
OPEN_WINDOWS = text(
    "INSERT INTO customer_window AS w (tenant_id, channel_id, user_key, opened_at) "
    "SELECT :tenant, k.channel_id, k.user_key, LEAST(k.at, :now) FROM unnest(CAST(:channels AS uuid[]), "
    "CAST(:keys AS text[]), CAST(:ats AS timestamptz[])) AS k(channel_id, user_key, at) "
    "ORDER BY k.channel_id, k.user_key "
    "ON CONFLICT (tenant_id, channel_id, user_key) DO UPDATE SET opened_at = EXCLUDED.opened_at "
    "WHERE w.opened_at < EXCLUDED.opened_at"
)
CLOSE_WINDOW = text(
    "UPDATE customer_window SET opened_at = LEAST(opened_at, :at) WHERE tenant_id = :tenant "
    "AND channel_id = :channel AND user_key = ANY(CAST(:keys AS text[]))"
)
WINDOWS = text(
    "SELECT w.channel_id, w.user_key, w.opened_at FROM unnest(CAST(:channels AS uuid[]), "
    "CAST(:keys AS text[])) AS n(channel_id, user_key) JOIN customer_window w ON w.tenant_id = :tenant "
    "AND w.channel_id = n.channel_id AND w.user_key = n.user_key"
)
TENANTS = text("SELECT DISTINCT tenant_id FROM channel_account")
FIGURES = text("SELECT channel, key, valid_from, value FROM channel_policy")


async def channels(tx: Tx) -> Sequence[Row]:
    return await tx.all(CHANNELS, {"tenant": tx.tenant_id})


async def channel(tx: Tx, channel_id: UUID) -> Row | None:
    return await tx.one(CHANNEL, {"tenant": tx.tenant_id, "id": channel_id})


async def some_channels(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Row]:
    rows = await tx.all(SOME, {"tenant": tx.tenant_id, "ids": list(ids)})
    return {r.id: r for r in rows}


async def by_external(tx: Tx, kind: str, external_id: str) -> Row | None:
    row = {"tenant": tx.tenant_id, "kind": kind, "external_id": external_id}
    return await tx.one(BY_EXTERNAL, row)


async def owners(tx: Tx, kind: str, external_id: str) -> list[UUID]:
    """Tenants that hold this account now (dispatch role): at most one."""
    rows = await tx.all(OWNERS, {"kind": kind, "external_id": external_id})
    return [r.tenant_id for r in rows]


async def siblings(tx: Tx, kind: str, parent_id: str) -> int:
    """Connected accounts under one parent, over all tenants (dispatch role)."""
    return int(await tx.scalar(SIBLINGS, {"kind": kind, "parent_id": parent_id}))


async def add(
    tx: Tx, id_: UUID, kind: str, external_id: str, parent_id: str | None, name: str, token: str
) -> None:
    row = {
        "tenant": tx.tenant_id,
        "id": id_,
        "kind": kind,
        "external_id": external_id,
        "parent_id": parent_id,
        "name": name,
        "token": token,
        "now": tx.now,
    }
    await tx.run(ADD, row)


async def revive(tx: Tx, id_: UUID, parent_id: str | None, name: str, token: str) -> None:
    row = {"tenant": tx.tenant_id, "id": id_, "parent_id": parent_id, "name": name, "token": token}
    await tx.run(REVIVE, row)


async def patch(tx: Tx, id_: UUID, name: str | None, bot_enabled: bool | None) -> int:
    return await tx.run(PATCH, {"tenant": tx.tenant_id, "id": id_, "name": name, "bot_enabled": bot_enabled})


async def new_token(tx: Tx, id_: UUID, token: str) -> int:
    return await tx.run(NEW_TOKEN, {"tenant": tx.tenant_id, "id": id_, "token": token})


async def disconnect(tx: Tx, id_: UUID) -> int:
    return await tx.run(DISCONNECT, {"tenant": tx.tenant_id, "id": id_})


async def trouble(tx: Tx, id_: UUID, problem: str) -> bool:
    """True when this is news."""
    return await tx.run(TROUBLE, {"tenant": tx.tenant_id, "id": id_, "problem": problem}) > 0


async def recover(tx: Tx, ids: Sequence[UUID]) -> int:
    return await tx.run(RECOVER, {"tenant": tx.tenant_id, "ids": list(ids)})


async def seen(tx: Tx, id_: UUID) -> None:
    await tx.run(SEEN, {"tenant": tx.tenant_id, "id": id_, "now": tx.now})


async def open_windows(tx: Tx, opened: Mapping[tuple[UUID, str], datetime]) -> None:
    if not opened:
        return
    row = {
        "tenant": tx.tenant_id,
        "channels": [channel_id for channel_id, _ in opened],
        "keys": [key for _, key in opened],
        "ats": list(opened.values()),
        "now": tx.now,
    }
    await tx.run(OPEN_WINDOWS, row)


async def close_window(tx: Tx, channel_id: UUID, keys: Sequence[str], at: datetime) -> None:
    row = {"tenant": tx.tenant_id, "channel": channel_id, "keys": list(keys), "at": at}
    await tx.run(CLOSE_WINDOW, row)


async def windows(tx: Tx, wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], datetime]:
    row = {"tenant": tx.tenant_id, "channels": [w[0] for w in wanted], "keys": [w[1] for w in wanted]}
    return {(r.channel_id, r.user_key): r.opened_at for r in await tx.all(WINDOWS, row)}


async def tenants(tx: Tx) -> list[UUID]:
    """All that ever had a channel (dispatch role)."""
    return [r.tenant_id for r in await tx.all(TENANTS)]


async def figures(tx: Tx) -> list[Figure]:
    return [Figure(r.channel, r.key, r.valid_from, r.value) for r in await tx.all(FIGURES)]


def ref(row: Row) -> ChannelRef:
    return ChannelRef(row.id, row.kind, row.external_id, row.name, row.bot_enabled)

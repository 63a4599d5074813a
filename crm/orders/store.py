"""Every query about orders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from kernel.db import Row, Tx

COLUMNS = "number, status, detail, tracking_url, updated_at"
PUT = text(
    "INSERT INTO customer_order (tenant_id, number, status, detail, tracking_url, updated_at) "
    "VALUES (:tenant, :number, :status, :detail, :url, :now) ON CONFLICT (tenant_id, number) DO UPDATE "
    "SET status = EXCLUDED.status, detail = EXCLUDED.detail, tracking_url = EXCLUDED.tracking_url, "
    "updated_at = EXCLUDED.updated_at"
)
ORDER = text(f"SELECT {COLUMNS} FROM customer_order WHERE tenant_id = :tenant AND number = :number")
LATEST = text(
    f"SELECT {COLUMNS} FROM customer_order WHERE tenant_id = :tenant "
    "ORDER BY updated_at DESC, number LIMIT :n"
)


async def put(tx: Tx, number: str, status: str, detail: str, url: str | None) -> None:
    row = {"tenant": tx.tenant_id, "number": number, "status": status, "detail": detail, "url": url}
    await tx.run(PUT, row | {"now": tx.now})


async def order(tx: Tx, number: str) -> Row | None:
    return await tx.one(ORDER, {"tenant": tx.tenant_id, "number": number})


async def latest(tx: Tx, n: int) -> Sequence[Row]:
    return await tx.all(LATEST, {"tenant": tx.tenant_id, "n": n})
